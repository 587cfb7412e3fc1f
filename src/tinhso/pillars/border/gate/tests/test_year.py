"""A generated year: its plan adds up, its days are taken by the replay, its figures are what history tells."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.db.models import Case, Count, F, Sum, When

from tinhso.kernel.audit.verify import verify
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.demo.runner import load_demo
from tinhso.kernel.modules.descriptor import import_loaders
from tinhso.kernel.workflow.models import History
from tinhso.kernel.workflow.replay import ReplayRefused
from tinhso.pillars.border.gate.actions.figures import count_days, count_month
from tinhso.pillars.border.gate.models import (
    ClearanceTask,
    DayFigure,
    FeeAssessment,
    GoodsLine,
    Incident,
    MonthTime,
    Pairing,
    ReplayedDay,
    SlotWindow,
    Transfer,
    TransferLine,
    Trip,
    TripGoods,
    UndeclaredArrival,
)
from tinhso.pillars.border.gate.queries import day_counts, release_times, report
from tinhso.pillars.border.gate.simulation.year.plan import DayPlan, closed, days_of, hours_of

NOW = datetime(2026, 6, 10, 5, tzinfo=UTC)
DAYS = [DayPlan(date(2025, 7, 14), 130, 0), DayPlan(date(2025, 7, 15), 110, 130), DayPlan(date(2025, 7, 16), 90, 240)]
SEED = 11


def test_the_year_has_exactly_as_many_vehicles_as_asked():
    plans = days_of(2025, 700_000)

    assert sum(plan.vehicles for plan in plans) == 700_000
    assert not {plan.day for plan in plans} & closed(2025)
    assert date(2025, 1, 29) in closed(2025)
    assert [plan.before for plan in plans[:3]] == [0, plans[0].vehicles, plans[0].vehicles + plans[1].vehicles]


def test_months_and_hours_follow_the_table_of_the_load():
    plans = days_of(2025, 700_000)
    of_month = {plan.day.month: plan.vehicles for plan in plans}
    hours = list(hours_of(1_759))

    assert of_month[2] < of_month[3] < of_month[5]
    assert sum(count for *_rest, count in hours) == 1_759
    assert sum(count for point, direction, _hour, count in hours if (point, direction) == ("HN-1119", "X")) == 262


@pytest.fixture
def owner(as_owner: str, settings) -> psycopg.Connection:
    settings.PROFILE = "demo"
    import_loaders()
    load_demo(at=datetime(2025, 7, 14, tzinfo=UTC), tell=lambda line: None)
    with psycopg.connect(as_owner, autocommit=True) as owner:
        owner.execute("set role tinhso_owner")
        yield owner


@pytest.fixture
def days(owner):
    from tinhso.pillars.border.gate.simulation.year.cast import Cast
    from tinhso.pillars.border.gate.simulation.year.day import Days

    return Days(owner, Cast(SEED), SEED)


def put_in(days, plans=DAYS):
    return [days.put_in(plan, by=SYSTEM, at=NOW) for plan in plans]


def test_days_come_in_whole_and_their_figures_are_what_history_tells(days, monkeypatch):
    from tinhso.pillars.border.gate.simulation import durations

    real, often = durations.share, {"xfer": 0.3, "pickup": 0.2, "two_way": 0.1, "transit": 0.1, "undeclared": 0.1}
    monkeypatch.setattr(durations, "share", lambda fate: often.get(fate, real(fate)))
    written = put_in(days)
    count_days(date(2025, 7, 12), date(2025, 7, 20))
    count_month(date(2025, 7, 1))

    _the_rows_are_whole(written)
    _figures_are_the_reports()
    _sums_are_those_of_the_rows()
    _times_are_those_of_the_rows()
    connection.ensure_connection()
    assert verify(connection.connection, public_keys={}).findings == []
    assert put_in(days) == [None, None, None]
    assert Trip.objects.count() == 330


def _the_rows_are_whole(written) -> None:
    assert Trip.objects.count() == sum(plan.vehicles for plan in DAYS) == 330
    assert History.objects.count() == sum(one.steps for one in written)
    assert set(Trip.objects.values_list("state", flat=True)) <= {
        "completed", "cancelled", "no_show", "turned_back", "expired",
    }  # fmt: skip
    assert {*Trip.objects.values_list("kind", flat=True)} >= {
        "EXP_VN", "EXP_XFER", "CN_EMPTY_IN", "IMP_CN", "IMP_VN_PICKUP", "NEW_VEHICLE", "TRANSIT"
    }  # fmt: skip
    assert Trip.objects.filter(two_way=True, state="completed", leg=2, back__isnull=False).exists()
    _goods_went_where_they_belong()
    assert FeeAssessment.objects.filter(state="paid", receipt_no="").count() == 0
    assert FeeAssessment.objects.filter(is_demo=False).count() == 0
    _who_carries_goods_has_paid_for_them()
    assert UndeclaredArrival.objects.count() == Trip.objects.filter(undeclared=True).count()
    booked = Trip.objects.filter(slot__isnull=False).count()
    assert booked
    assert SlotWindow.objects.filter(begins_at__year=2025).aggregate(n=Sum("booked"))["n"] == booked
    assert ReplayedDay.objects.aggregate(n=Sum("steps"))["n"] == History.objects.count()


def _goods_went_where_they_belong() -> None:
    """Both halves of a pair come or neither; what one gave the other one has, with its checks."""
    confirmed = TransferLine.objects.filter(transfer__state="confirmed")
    assert Transfer.objects.exclude(state="confirmed").count() == 0
    for side, column in (("from_trip", "unloaded_kg"), ("to_trip", "loaded_kg")):
        moved = dict(confirmed.exclude(**{side: None}).values_list(side).annotate(Sum("kg")))
        assert moved == dict(Trip.objects.filter(**{f"{column}__gt": 0}).values_list("pk", column))
    assert not Trip.objects.filter(state="completed", balance_kg__gt=0).exists()
    assert TripGoods.objects.filter(taken_over=True).count() == confirmed.exclude(to_trip=None).count() > 0
    pairs = list(Pairing.objects.select_related("giver", "taker"))
    assert {(pair.giver.kind, pair.taker.kind) for pair in pairs} == {
        ("EXP_XFER", "CN_EMPTY_IN"), ("IMP_CN", "IMP_VN_PICKUP")
    }  # fmt: skip
    for pair in pairs:
        assert (pair.giver.state == "completed") == (pair.taker.state == "completed")
        assert pair.taker.state == "cancelled" or pair.taker.goods_title == pair.giver.goods_title
    taken = ClearanceTask.objects.filter(trip__in=[pair.taker_id for pair in pairs], kind="CUSTOMS_DOC")
    assert taken.exclude(state="passed").count() == 0
    assert taken.count() == sum(pair.taker.state == "completed" for pair in pairs)


def _who_carries_goods_has_paid_for_them() -> None:
    """As the live border charges: the way inland for what was taken over or brought back, nothing for who is empty."""
    left = FeeAssessment.objects.filter(trip__state="completed")
    kinds = {kind: left.filter(trip__kind=kind) for kind in ("CN_EMPTY_IN", "IMP_VN_PICKUP")}
    assert {*kinds["CN_EMPTY_IN"].values_list("state", "amount")} == {("not_owed", 0)}
    taken = kinds["IMP_VN_PICKUP"].select_related("trip")
    assert taken
    for fee in taken:
        assert (fee.state, fee.explanation["taken_over_kg"]) == ("paid", fee.trip.loaded_kg)
        assert fee.explanation["route"] == "INLAND"
    back = Trip.objects.filter(leg=2, load_state="LOADED", state="completed")
    assert set(back.values_list("fee_state", flat=True)) == {"paid"}
    assert left.filter(leg=2, explanation__way_back=True, state="paid").count() == back.count()


def _figures_are_the_reports() -> None:
    """Kept figures against the daily report, which counts from history by other queries."""
    kept = {told.day: told for told in day_counts.reports(date(2025, 7, 12), date(2025, 7, 20))}
    for number in range(9):
        day = date(2025, 7, 12) + timedelta(days=number)
        counted = report.count(day)
        told = kept.get(day)
        for code, block in counted.blocks.items():
            ours = told.blocks.get(code, report.Figures()) if told else report.Figures()
            assert ours == block, (day, code)
            assert block.adds_up
    assert sum(told.whole.cleared for told in kept.values()) > 300


def _sums_are_those_of_the_rows() -> None:
    def kept(*names: str) -> dict[str, int]:
        return DayFigure.objects.filter(name__in=names).aggregate(n=Sum("n"), amount=Sum("amount"))

    out = Trip.objects.filter(direction="X", crossed_out_at__isnull=False)
    came = Trip.objects.filter(direction="N", crossed_in_at__isnull=False)
    carried = Case(When(kind="CN_EMPTY_IN", then=F("loaded_kg")), default=F("gross_kg"))
    assert kept("cleared.X") == out.aggregate(n=Count("pk"), amount=Sum(carried))
    assert kept("cleared.N") == came.aggregate(n=Count("pk"), amount=Sum("gross_kg"))
    back = GoodsLine.objects.filter(declaration__in=Trip.objects.filter(load_state="LOADED").values("back"))
    brought = back.aggregate(kg=Sum("gross_kg"))["kg"]
    assert brought == kept("back.N")["amount"]
    cleared = kept("cleared.X", "cleared.N")
    assert kept("hs4") == kept("hs2") == {"n": cleared["n"], "amount": cleared["amount"] + brought}
    assert kept("firm") == kept("way") == kept("route") == kept("cleared.X", "cleared.N") == kept("hour.X", "hour.N")
    paid = FeeAssessment.objects.filter(state="paid").aggregate(
        whole=Sum("amount"), centre=Sum("kept"), treasury=Sum("budget")
    )
    assert paid["whole"] == kept("fee.pay")["amount"] == paid["centre"] + paid["treasury"]
    assert paid["centre"] == kept("fee.pay.kept")["amount"]
    assert kept("undeclared")["n"] == kept("undeclared.why")["n"] == UndeclaredArrival.objects.count()
    assert (kept("overstay")["n"] or 0) == Incident.objects.filter(level=100).count()


def _times_are_those_of_the_rows() -> None:
    """Kept minutes against medians that the database works out of the rows themselves."""
    study = release_times.studies(date(2025, 7, 1), date(2025, 7, 31))[release_times.GROUP]
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), percentile_disc(0.5) within group (order by m), percentile_disc(0.9) within group"
            " (order by m) from (select floor(extract(epoch from crossed_out_at - arrived_at) / 60) as m"
            " from border_gate_trip where crossed_out_at is not null) told"
        )
        counted = cursor.fetchone()
    whole = study["T6", ""]
    assert (whole.n, whole.median // 60, whole.p90 // 60) == counted
    tasks = ClearanceTask.objects.filter(state__in=("passed", "failed")).count()
    assert sum(found.n for (what, key), found in study.items() if key == "" and not what.startswith("T")) == tasks
    by_rows = release_times.studies(date(2025, 7, 1), date(2025, 7, 30))[release_times.GROUP]
    assert MonthTime.objects.exists()
    assert by_rows["T6", ""].median // 60 == whole.median // 60


def test_a_day_with_one_step_that_cannot_be_is_refused_whole(days, monkeypatch):
    from tinhso.pillars.border.gate.simulation.year import way

    monkeypatch.setattr(way.Walk, "_over_the_line", lambda self, released, step: _straight_out(self, released))

    with pytest.raises(ReplayRefused) as told:
        put_in(days, DAYS[:1])

    assert any("no such row in the flow's table" in finding for finding in told.value.findings)
    assert not Trip.objects.exists()
    assert not ReplayedDay.objects.exists()


def _straight_out(walk, released: int) -> int:
    """Over the line without the customs' word."""
    walk.way.at["crossed_out_at"] = released
    return walk.trip(released, "cross_out", "crossed_out", "BIENPHONG")


def test_one_event_a_day_and_point_is_told(owner, days):
    put_in(days, DAYS[:1])

    told = owner.execute(
        "select payload from kernel_events_outbox where name = 'border_gate.day_replayed' order by id"
    ).fetchall()

    payloads = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in told]
    assert len(payloads) == 4
    assert sum(payload["trips"] for payload in payloads) == 130
    names = owner.execute("select distinct name from kernel_events_outbox where name like 'border_gate.trip%'")
    assert names.fetchall() == []


def test_who_stays_too_long_is_told_at_80_and_at_100_per_cent(days, monkeypatch):
    from tinhso.pillars.border.gate.simulation import durations

    real = durations.share
    monkeypatch.setattr(durations, "share", lambda fate: 0.4 if fate == "overstay" else real(fate))
    put_in(days, DAYS[:1])

    told = Incident.objects.filter(trip__crossed_out_at__gt=F("trip__dwell_deadline"))
    assert told.exists()
    assert not Trip.objects.filter(crossed_out_at__gt=F("dwell_deadline"), incidents=None).exists()
    over = told.first()
    steps = History.objects.filter(record_id=over.trip_id, step__startswith="dwell").order_by("at")
    assert list(steps.values_list("step", "at")) == [("dwell_warn", over.opened_at), ("dwell_over", over.over_at)]
    assert (over.level, over.over_at) == (100, over.trip.dwell_deadline)
    count_days(date(2025, 7, 12), date(2025, 7, 20))
    kept = DayFigure.objects.filter(name="overstay").aggregate(n=Sum("n"))
    assert kept == {"n": Incident.objects.filter(level=100).count()}
