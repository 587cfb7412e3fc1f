"""Goods of a two-way vehicle's second half are in the day's tonnes; why vehicles came undeclared is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.pillars.border.gate.actions import convoy, move, noted, undeclared, withdrawals
from tinhso.pillars.border.gate.actions.figures import count_days
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.models import DayFigure, Trip, Vehicle
from tinhso.pillars.border.gate.queries import periods, report
from tinhso.pillars.border.gate.queries.day_counts import reports
from tinhso.pillars.border.gate.queries.sections import sections
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_vehicle
from tinhso.pillars.border.gate.tests.test_kinds import fresh, let_out
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC, Yard, fruit_draft_lines

HOUR = timedelta(hours=1)


@pytest.fixture
def yard(gate):
    return Yard(gate)


def figures(*names: str) -> dict[tuple[str, str], tuple[int, int]]:
    rows = DayFigure.objects.filter(day=TODAY, name__in=names)
    return {(row.name, row.key): (row.n, row.amount) for row in rows}


def told() -> dict[str, object]:
    return {one.code: one for one in sections(periods.period(periods.span_of(periods.WEEK, TODAY)))}


def abroad(yard) -> Trip:
    """A Vietnamese vehicle that took 18.6 t of fruit over the line and has 20 t of garlic declared for its way back."""
    rigid = make_vehicle("12C12345", owner=yard.firm)
    trip = yard.declared("EXP_VN", "", tractor=rigid, lines=fruit_draft_lines(), regime="EXPORT", two_way=True)
    trip = let_out(yard, yard.inside(trip))
    convoy.declare_back(
        trip=trip, enterprise=yard.firm, lines=[GARLIC], by=yard.people["ENTERPRISE"], at=NOON
    )  # fmt: skip
    return fresh(trip)


def test_what_our_vehicle_brings_back_is_import_tonnes_and_no_second_vehicle(yard):
    trip = abroad(yard)
    before = report.count(TODAY).whole
    move.return_in(trip=trip, plate="12C12345", load_state="LOADED", by=yard.people["BIENPHONG"], at=NOON + HOUR)

    now = report.count(TODAY).whole
    count_days(TODAY, TODAY)

    assert (before.cleared, before.imported, before.farm_kg) == (1, 0, 18_600)
    assert (now.cleared, now.imported, now.farm_kg) == (1, 0, 38_600)
    assert figures("cleared.X", "cleared.N", "back.N", "back.X") == {
        ("cleared.X", "FRUIT"): (1, 18_600), ("back.N", "VEG"): (1, 20_000),
    }  # fmt: skip
    assert figures("hs2") == {("hs2", "08"): (1, 18_600), ("hs2", "07"): (0, 20_000)}
    assert reports(TODAY, TODAY)[0].whole.farm_kg == now.farm_kg
    groups = {row[0]: row[1:] for row in told()["goods"].rows}
    assert sorted(groups.values()) == [(0, 0, 0, 20), (1, 19, 0, 0)]
    assert told()["points"].rows[0][-1] == 39


def test_a_vehicle_that_comes_back_empty_adds_nothing(yard):
    trip = abroad(yard)
    move.return_in(trip=trip, plate="12C12345", load_state="EMPTY", by=yard.people["BIENPHONG"], at=NOON + HOUR)

    count_days(TODAY, TODAY)

    assert report.count(TODAY).whole.farm_kg == 18_600
    assert figures("back.N", "back.X") == {}


def test_what_a_foreign_vehicle_takes_out_is_export_tonnes(yard):
    giver = yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,), two_way=True))
    pickup = yard.inside(yard.declared("IMP_VN_PICKUP", "12C11111"))
    yard.moved(Load(giver=giver, taker=pickup, kg=20_000))
    fruit = yard.inside(yard.declared("EXP_XFER", "12C22222", lines=fruit_draft_lines(), regime="EXPORT"))
    yard.moved(Load(giver=fruit, taker=fresh(giver), kg=18_600))
    before = report.count(TODAY).whole
    let_out(yard, giver)

    now = report.count(TODAY).whole
    count_days(TODAY, TODAY)

    assert (before.imported, before.exported, before.farm_kg) == (1, 0, 20_000)
    assert (now.imported, now.exported, now.farm_kg) == (1, 0, 38_600)
    assert figures("back.X", "back.N") == {("back.X", "FRUIT"): (1, 18_600)}
    assert reports(TODAY, TODAY)[0].whole.farm_kg == now.farm_kg


def test_why_vehicles_came_undeclared_is_counted_and_what_was_noted_by_mistake_is_not(gate):
    point = gate.points["TT-1088"]
    seen = [
        undeclared.record_undeclared(plate=plate, point=point, by=gate.everything, at=NOON)
        for plate in ("29H-512.70", "29H-512.71", "29H-512.72", "29H-512.73")
    ]
    for arrival, why in zip(seen, ("TRAFFIC", "TRAFFIC", "", "BREAKDOWN"), strict=True):
        if why:
            noted.describe_arrival(arrival=arrival, goods="Thanh long", reason_code=why, by=gate.everything, at=NOON)
    withdrawals.withdraw_arrival(arrival=seen[3], reason="Ghi nhầm biển số xe khác", by=gate.everything, at=NOON)

    count_days(TODAY, TODAY)

    assert figures("undeclared.why") == {("undeclared.why", "TRAFFIC"): (2, 0), ("undeclared.why", ""): (1, 0)}
    assert sum(n for n, _kg in figures("undeclared").values()) == 3
    assert [row[1:] for row in told()["undeclared-why"].rows] == [(2, 66.7), (1, 33.3)]
    assert told()["undeclared-why"].rows[0][0] == "Tắc đường"


def test_the_reason_stays_with_a_vehicle_that_another_declaration_took_over(yard):
    gate = yard.gate
    arrival = undeclared.record_undeclared(
        plate="12C-123.45", point=gate.points["HN-1119"], by=gate.everything, at=NOON
    )  # fmt: skip
    noted.describe_arrival(arrival=arrival, goods="", reason_code="PARTNER", by=gate.everything, at=NOON)

    tractor = Vehicle.objects.get(plate="12C12345")
    trip = yard.declared("EXP_VN", "", tractor=tractor, lines=fruit_draft_lines(), regime="EXPORT")
    count_days(TODAY, TODAY)

    arrival.refresh_from_db()
    assert arrival.trip_id == trip.pk
    assert figures("undeclared.why") == {("undeclared.why", "PARTNER"): (1, 0)}
