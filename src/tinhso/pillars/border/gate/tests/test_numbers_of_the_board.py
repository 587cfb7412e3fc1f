"""Numbers that once stood in code are rows: a change holds from its day on, in the clock and in the guards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import clock, declare, move
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.queue import waiting_tickets
from tinhso.pillars.border.gate.rules.limits import CONGESTED, LAST_AFTER, SURE
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.rules.readings import is_sure
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_firm
from tinhso.pillars.border.gate.tests.test_bookings import EIGHT, book, trips_of, window
from tinhso.pillars.border.gate.tests.test_rulebook import DAY, changed, two

__all__ = ["two"]
LATER = NOON + DAY


def limit(two, code: str, value: int) -> None:
    changed(two, "limit", {"value": value}, key={"code": code})


def accepted(gate, **fields) -> Trip:
    trip = declare.draft_trip(draft=fruit_draft(gate, **fields), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def test_the_barrier_asks_for_eyes_below_the_sureness_of_the_day(gate, two):
    trip = accepted(gate, planned_on=LATER.date(), eta=LATER + timedelta(hours=1))
    limit(two, SURE, 80)
    seen = {"plate": trip.tractor_plate, "confidence": 0.85}

    with pytest.raises(StepRefused, match="BG-019"):
        TRIP.fire(trip, "enter_buffer", by=gate.everything, at=NOON, **seen)
    let_in = TRIP.fire(trip, "enter_buffer", by=gate.everything, at=LATER, **seen)

    assert let_in.state == "at_buffer"
    assert [is_sure(0.85, law_at(at).number(SURE).value) for at in (NOON, LATER)] == [False, True]


def test_a_sureness_that_stands_for_a_part_ends_at_a_hundred_and_congestion_does_not(gate, two):
    with pytest.raises(Refusal, match="BG-313"):
        limit(two, SURE, 101)

    limit(two, CONGESTED, 200)

    assert [law_at(at).number(CONGESTED).value for at in (NOON, LATER)] == [150, 200]


def test_an_hour_is_reminded_of_by_the_numbers_of_the_day(gate, two):
    slot = window(gate, begins=EIGHT + 2 * DAY)
    (trip,) = trips_of(gate, make_firm(), 1)
    book(gate, trip, slot)
    limit(two, "slot_reminder_last_h", 4)

    said = [clock.remind_of_hours(at=slot.begins_at - timedelta(hours=before)) for before in (12, 5, 4, 2)]

    assert said == [1, 0, 1, 0]


def test_a_call_is_said_again_by_the_numbers_of_the_day(gate, two):
    (silent,) = trips_of(gate, make_firm(), 1)
    limit(two, "call_again_min", 10)
    limit(two, "call_again_most", 1)
    TRIP.fire(silent, "enter_buffer", by=gate.everything, at=LATER, plate=silent.tractor_plate)
    TRIP.fire(silent, "call", by=gate.everything, at=LATER, first=FirstInLine(silent.pk))

    said = [clock.repeat_calls(at=LATER + timedelta(minutes=minutes)) for minutes in (5, 9, 10, 15, 20, 30)]

    assert said == [0, 0, 1, 0, 1, 0]


def test_the_first_missed_call_puts_last_where_the_board_says_so(gate, two):
    trip = accepted(gate)
    move.enter_buffer(trip=trip, plate="12C12345", by=gate.everything, at=NOON)
    Trip.objects.filter(pk=trip.pk).update(miss_count=1, missed_at=NOON)
    limit(two, LAST_AFTER, 1)

    told = [waiting_tickets(point=gate.points["HN-1119"], at=at)[0].is_last for at in (NOON, LATER)]

    assert told == [False, True]
