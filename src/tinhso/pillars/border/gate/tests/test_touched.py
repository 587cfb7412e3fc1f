"""Whom an order of the board touches who is at the gate already: in the holding area, or called and not come yet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.notices.models import Notice
from tinhso.pillars.border.gate.actions import stops
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import Displacement
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_bookings import DAY, HOUR, trips_of
from tinhso.pillars.border.gate.tests.test_orders_of_the_board import board_of, deliver, leader, stop


@pytest.fixture
def waiting(gate):
    """One in the holding area and one called, both planned for yesterday: they have waited overnight."""
    here, called = trips_of(gate, make_firm(), 2)
    for trip in (here, called):
        trip.planned_on -= timedelta(days=1)
        trip.save()
        TRIP.fire(trip, "enter_buffer", by=gate.everything, at=NOON, plate=trip.tractor_plate)
    TRIP.fire(called, "call", by=gate.everything, at=NOON, first=FirstInLine(called.pk))
    return here, called


def told() -> set:
    return set(Notice.objects.values_list("recipient", flat=True))


def drivers_of(trips) -> set:
    return {trip.driver.person_id for trip in trips}


def test_a_notice_on_goods_touches_those_who_wait_and_those_who_are_called(gate, waiting):
    now = {"begins_at": NOON + HOUR, "ends_at": NOON + 2 * DAY}

    counted = stops.preview_stop(stop=stop(**now), at=NOON)
    placed = stops.place_moratorium(stop=stop(**now), by=leader(), at=NOON)
    deliver("border_gate.moratorium_placed", placed.pk)

    assert set(counted.trips) == {trip.pk for trip in waiting}
    assert told() == drivers_of(waiting)
    # They keep their place in the queue: no hour of theirs is taken.
    assert not Displacement.objects.exists()


def test_a_notice_for_next_week_does_not_touch_those_who_wait_today(gate, waiting):
    later = stop(begins_at=NOON + 5 * DAY, ends_at=NOON + 9 * DAY)

    assert stops.preview_stop(stop=later, at=NOON).trips == ()


@pytest.mark.parametrize("length", [timedelta(minutes=20), 3 * HOUR])
def test_a_sudden_closure_touches_those_who_wait_and_those_who_are_called(gate, waiting, length):
    point, at = gate.points["HN-1119"], NOON + timedelta(minutes=15)
    order = stops.close_point(
        point=point, directions=["X"], until=at + length, reason="Bão, phía bạn đóng cửa", by=board_of(gate), at=at
    )

    spoken = {"points": [str(point.pk)], "directions": ["X"], "begins_at": at.isoformat()}
    deliver("border_gate.hours_changed", order, ends_at=(at + length).isoformat(), **spoken)

    assert told() == drivers_of(waiting)


def test_longer_hours_touch_nobody_who_waits(gate, waiting):
    from datetime import time

    longer = stops.HoursOrder(
        points=(gate.points["HN-1119"],), directions=("X",), kind="extended", first=NOON.date(), last=NOON.date(),
        opens=time(7), closes=time(22), source="Cao điểm vải thiều",
    )  # fmt: skip

    assert stops.preview_hours(order=longer, at=NOON).trips == ()
