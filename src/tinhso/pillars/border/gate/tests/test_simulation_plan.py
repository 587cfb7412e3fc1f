"""Who comes on a simulated day, and what a vehicle does next: without a database."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from tinhso.pillars.border.gate.rules.tables import table
from tinhso.pillars.border.gate.simulation import durations, moves, plan

DAY = date(2025, 7, 15)


class AlwaysOpen:
    """People work at any minute."""

    def on_shift(self, minute: float) -> float:
        return minute

    def when_open(self, point: str, direction: str, minute: float, *, before_closing: float = 1.0) -> float:
        return minute


def seen(**fields) -> moves.Seen:
    values = {
        "id": UUID(int=1), "day": "2025-07-15", "number": 1, "version": 3, "state": "accepted", "since": 500.0,
        "point": "HN-1119", "direction": "X", "plate": "12C12345", "fate": "plain", "books": False, "arrives": 600.0,
        "undeclared": False, "has_slot": False, "misses": 0, "accepted": 400.0, "yard_in": 0.0, "unloaded": 0.0,
        "release_expires": 0.0, "load_kg": 18_000, "balance_kg": 0, "holds": 0, "fee_state": "assessed",
    }  # fmt: skip
    return moves.Seen(**{**values, **fields})


def task(state: str, kind: str = "CUSTOMS_DOC", note: str = "") -> moves.Task:
    return moves.Task(UUID(int=2), kind, "EXIT", "HAIQUAN", state, 500.0, note)


def steps(vehicle: moves.Seen) -> list[tuple[str, str]]:
    return [(one.verb, one.role) for one in moves.moves(vehicle, AlwaysOpen())]


def test_a_day_has_as_many_vehicles_as_the_sources_count_at_each_point():
    planned = plan.plan_day(DAY, seed=1)

    assert len(planned) == 1_759
    counts = Counter((one.point, one.direction) for one in planned)
    for row in table("gates"):
        assert counts[row["point_code"], "X"] == int(row["avg_export"])
        assert counts[row["point_code"], "N"] == int(row["avg_import"])


def test_vehicles_come_in_the_hours_that_the_profile_tells():
    planned = plan.plan_day(DAY, seed=1)

    by_hour = Counter(int(one.arrives // 60) for one in planned)
    for hour, share in plan.hours().items():
        assert abs(by_hour[hour] - 1_759 * share) <= len(list(plan.volumes()))
    assert sum(by_hour.values()) == 1_759


def test_the_plan_follows_from_day_and_seed():
    assert plan.plan_day(DAY, seed=1) == plan.plan_day(DAY, seed=1)
    assert plan.plan_day(DAY, seed=1) != plan.plan_day(DAY, seed=2)


def test_out_of_the_ordinary_is_as_rare_as_the_table_says():
    fates = Counter(one.fate for one in plan.plan_day(DAY, seed=1))

    assert 0.015 < fates["red"] / 1_759 < 0.05
    assert 0.9 < fates["plain"] / 1_759 < 0.97
    assert 0 < fates["undeclared"] < 491 * 0.05


def test_every_duration_that_a_move_draws_stands_in_the_table():
    kinds = {row["task"] for row in table("check_rules")} - {"FEE", "CUSTOMS_RELEASE"}

    assert all(durations.row(f"task.{kind}") for kind in kinds)


def test_an_accepted_export_sets_out_so_that_it_comes_when_planned():
    (depart,) = moves.moves(seen(), AlwaysOpen())

    assert (depart.verb, depart.role) == ("trip.depart", "DRIVER")
    assert depart.due == 600.0 - seen().draw.minutes("travel.inland")


def test_a_called_truck_whose_fate_it_is_misses_the_first_call_only():
    assert steps(seen(state="called", fate="late_call")) == []
    assert steps(seen(state="called", fate="late_call", misses=1)) == [("trip.arrive", "BIENPHONG")]


def test_customs_release_last():
    waiting = seen(state="in_yard", yard_in=500.0, fee_state="paid", tasks=[task("open")])
    ready = seen(state="in_yard", yard_in=500.0, fee_state="paid", tasks=[task("passed")])

    assert steps(waiting) == [("task.take", "HAIQUAN")]
    assert steps(ready) == [("trip.release_out", "HAIQUAN")]


def test_what_people_have_held_or_failed_is_left_to_them():
    held = moves.Held(UUID(int=3), "HAIQUAN", 500.0, "Xe cần kiểm tra lại")
    by_people = seen(state="in_yard", fee_state="paid", holds=1, held=[held], tasks=[task("failed", note="Không đạt")])
    own = seen(state="in_yard", fee_state="paid", tasks=[task("failed", note=moves.FAILS)])

    assert steps(by_people) == []
    assert steps(own) == [("reopen", "SYSTEM")]


def test_a_release_that_has_lapsed_is_given_anew():
    lapsed = seen(state="released", since=500.0, release_expires=501.0)

    assert steps(lapsed) == [("trip.revoke_release", "HAIQUAN")]


def test_refused_goods_come_back_and_are_checked_before_the_trip_is_closed():
    abroad = seen(state="crossed_out", fate="refused", since=700.0)
    unchecked = moves.Task(UUID(int=2), "RETURN_CHECK", "RETURN", "HAIQUAN", "open", 900.0, "")
    checked = moves.Task(UUID(int=3), "RETURN_CHECK", "RETURN", "KDTV", "passed", 930.0, "")
    older = task("passed")

    assert steps(abroad) == [("refused", "BIENPHONG")]
    assert steps(seen(state="returned_in", tasks=[older, unchecked, checked])) == [("task.take", "HAIQUAN")]
    assert steps(seen(state="returned_in", tasks=[older, checked])) == [("trip.close_return", "BIENPHONG")]
    assert steps(seen(state="returned_in", tasks=[older])) == [("trip.close_return", "BIENPHONG")]
