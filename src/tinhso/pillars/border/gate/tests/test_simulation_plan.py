"""Who comes on a simulated day, and what a vehicle does next: without a database."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from tinhso.pillars.border.gate.rules.tables import table
from tinhso.pillars.border.gate.simulation import checking, durations, moves, plan
from tinhso.pillars.border.gate.simulation import seen as s

DAY = date(2025, 7, 15)


class AlwaysOpen:
    """People work at any minute."""

    def on_shift(self, minute: float) -> float:
        return minute

    def when_open(self, point: str, direction: str, minute: float, *, before_closing: float = 1.0) -> float:
        return minute


def seen(**fields) -> s.Seen:
    values = {
        "id": UUID(int=1), "day": "2025-07-15", "number": 1, "version": 3, "state": "accepted", "since": 500.0,
        "point": "HN-1119", "direction": "X", "plate": "12C12345", "fate": "plain", "books": False, "arrives": 600.0,
        "undeclared": False, "has_slot": False, "misses": 0, "accepted": 400.0, "yard_in": 0.0, "unloaded": 0.0,
        "release_expires": 0.0, "load_kg": 18_000, "balance_kg": 0, "holds": 0, "fee_state": "assessed",
        "kind": "EXP_VN",
    }  # fmt: skip
    return s.Seen(**{**values, **fields})


def task(state: str, kind: str = "CUSTOMS_DOC", note: str = "") -> s.Task:
    return s.Task(UUID(int=2), kind, "EXIT", "HAIQUAN", state, 500.0, note)


def counted() -> list[plan.Planned]:
    """Those whom the sources count: not who comes for another's goods."""
    return [one for one in plan.plan_day(DAY, seed=1) if not one.takes_over]


def steps(vehicle: s.Seen) -> list[tuple[str, str]]:
    return [(one.verb, one.role) for one in moves.moves(vehicle, AlwaysOpen())]


def test_a_day_has_as_many_vehicles_as_the_sources_count_at_each_point():
    planned = counted()

    assert len(planned) == 1_759
    counts = Counter((one.point, one.direction) for one in planned)
    for row in table("gates"):
        assert counts[row["point_code"], "X"] == int(row["avg_export"])
        assert counts[row["point_code"], "N"] == int(row["avg_import"])


def test_vehicles_come_in_the_hours_that_the_profile_tells():
    planned = counted()

    by_hour = Counter(int(one.arrives // 60) for one in planned)
    for hour, share in plan.hours().items():
        assert abs(by_hour[hour] - 1_759 * share) <= len(list(plan.volumes()))
    assert sum(by_hour.values()) == 1_759


def test_the_plan_follows_from_day_and_seed():
    assert plan.plan_day(DAY, seed=1) == plan.plan_day(DAY, seed=1)
    assert plan.plan_day(DAY, seed=1) != plan.plan_day(DAY, seed=2)


def test_out_of_the_ordinary_is_as_rare_as_the_table_says():
    fates = Counter(one.fate for one in counted())

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
    held = s.Held(UUID(int=3), "HAIQUAN", 500.0, "Xe cần kiểm tra lại")
    by_people = seen(state="in_yard", fee_state="paid", holds=1, held=[held], tasks=[task("failed", note="Không đạt")])
    own = seen(state="in_yard", fee_state="paid", tasks=[task("failed", note=checking.FAILS)])

    assert steps(by_people) == []
    assert steps(own) == [("reopen", "SYSTEM")]


def test_a_release_that_has_lapsed_is_given_anew():
    lapsed = seen(state="released", since=500.0, release_expires=501.0)

    assert steps(lapsed) == [("trip.revoke_release", "HAIQUAN")]


def test_refused_goods_come_back_and_are_checked_before_the_trip_is_closed():
    abroad = seen(state="crossed_out", fate="refused", since=700.0)
    unchecked = s.Task(UUID(int=2), "RETURN_CHECK", "RETURN", "HAIQUAN", "open", 900.0, "")
    checked = s.Task(UUID(int=3), "RETURN_CHECK", "RETURN", "KDTV", "passed", 930.0, "")
    older = task("passed")

    assert steps(abroad) == [("refused", "BIENPHONG")]
    assert steps(seen(state="returned_in", tasks=[older, unchecked, checked])) == [("task.take", "HAIQUAN")]
    assert steps(seen(state="returned_in", tasks=[older, checked])) == [("trip.close_return", "BIENPHONG")]
    assert steps(seen(state="returned_in", tasks=[older])) == [("trip.close_return", "BIENPHONG")]


def other(state: str, **fields) -> s.Other:
    told = {"present": True, "balance_kg": 0, "loaded_kg": 0, "beside": state == "in_yard", "yard_in": 520.0, **fields}
    return s.Other(id=UUID(int=9), state=state, **told)


def giving(state: str, **fields) -> s.Seen:
    """A truck with export goods that another one is to take over, as that one stands."""
    around = s.Around(takers=(other(state, **fields),))
    values = {"kind": "EXP_XFER", "state": "in_yard", "balance_kg": 18_000, "fee_state": "paid", "around": around}
    return seen(**values, tasks=[task("open")])


def taking(state: str, **fields) -> s.Seen:
    """The other one, still abroad, with the giver as it stands."""
    giver = other(state, **{"balance_kg": 18_000, **fields})
    return seen(kind="CN_EMPTY_IN", load_kg=0, around=s.Around(givers=(giver,)))


def test_every_way_is_drawn_and_each_that_gives_its_goods_away_has_one_who_comes_for_them():
    planned = plan.plan_day(DAY, seed=1)

    assert {one.kind for one in planned} == {
        "EXP_VN", "EXP_XFER", "CN_EMPTY_IN", "IMP_CN", "IMP_VN_PICKUP", "NEW_VEHICLE", "TRANSIT", "AGV"
    }  # fmt: skip
    givers = {one.number for one in planned if one.way in plan.OTHER_HALF and not one.takes_over}
    assert sorted(one.giver for one in planned if one.takes_over) == sorted(givers)
    assert {one.point for one in planned if one.kind == "AGV"} == {plan.AGV_POINT}
    assert any(one.undeclared for one in planned)
    assert not [one for one in planned if one.way and one.undeclared]


def test_goods_change_trucks_when_both_stand_in_the_yard():
    waits = steps(giving("accepted"))
    both = [one for one in moves.moves(giving("in_yard"), AlwaysOpen()) if one.verb == "unload.onto"]

    assert waits == [("task.take", "HAIQUAN")]
    assert [(one.role, one.facts["taker"]) for one in both] == [("YARD", UUID(int=9))]
    assert both[0].due >= 520.0


def test_who_comes_for_goods_comes_when_they_are_there_and_stays_at_home_when_they_are_not():
    assert steps(taking("at_buffer")) == []
    assert steps(taking("in_yard")) == [("trip.cross_in", "BIENPHONG")]
    assert steps(taking("turned_back", present=False)) == [("trip.cancel", "BROKER")]
    assert steps(taking("in_yard", balance_kg=0)) == [("trip.cancel", "BROKER")]


def test_goods_for_which_nobody_comes_any_more_go_into_the_warehouse():
    left_alone = giving("cancelled", present=False, beside=False)
    left_alone.tasks = [task("passed")]

    assert ("unload.record", "YARD") in steps(left_alone)


def test_a_truck_that_people_have_left_without_its_goods_goes_away_empty():
    emptied = s.Around(givers=(other("released", balance_kg=0),))
    stands = {"state": "in_yard", "load_kg": 0, "fee_state": "paid", "around": emptied}

    assert steps(seen(kind="CN_EMPTY_IN", **stands)) == [("trip.release_out", "HAIQUAN")]
    assert steps(seen(kind="IMP_VN_PICKUP", direction="N", **stands)) == [("turn_back", "BQLKKT")]


def test_a_two_way_truck_comes_back_with_goods_that_were_declared():
    abroad = {"state": "crossed_out", "two_way": True}

    assert steps(seen(**abroad)) == [("back.declare", "BROKER")]
    assert steps(seen(**abroad, has_back=True)) == [("back.loaded", "BIENPHONG")]
    assert steps(seen(state="returned_in", leg=2, load_state="LOADED")) == [("trip.yard_in", "YARD")]
    assert steps(seen(state="in_yard", leg=2, fee_state="paid")) == [("trip.release_inland", "HAIQUAN")]


def test_a_number_that_customs_find_wrong_is_corrected_before_the_papers_pass():
    def found(**fields) -> list[tuple[str, str]]:
        return steps(seen(state="in_yard", fate="fault", fee_state="paid", tasks=[task("in_progress")], **fields))

    asked = s.Fault(UUID(int=4), "asked", 600.0, "HAIQUAN")
    wanted = s.Fault(UUID(int=4), "wanted", 600.0, "")

    assert found() == [("fault.want", "HAIQUAN")]
    assert found(around=s.Around(fault=wanted)) == [("fault.amend", "BROKER")]
    assert found(around=s.Around(fault=asked)) == [("fault.consent", "HAIQUAN")]
    assert found(amended=True) == [("task.pass", "HAIQUAN")]
