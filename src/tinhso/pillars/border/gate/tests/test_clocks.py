"""A check's deadline counts from when the vehicle is here; the yard gives it a bay."""

from __future__ import annotations

from datetime import timedelta

from tinhso.pillars.border.gate.actions import declare, move, tasks
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, Trip
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft


def in_yard(gate) -> Trip:
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    move.enter_buffer(trip=trip, plate="12C12345", by=gate.everything, at=NOON)
    TRIP.fire(trip, "call", by=gate.everything, at=NOON, first=FirstInLine(trip.pk))
    move.arrive(trip=trip, plate="12C12345", by=gate.everything, at=NOON)
    return move.enter_yard(trip=trip, by=gate.everything, at=NOON)


def test_no_deadline_runs_before_the_vehicle_is_here(gate):
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)

    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)

    assert set(ClearanceTask.objects.filter(trip=trip).values_list("due_at", flat=True)) == {None}


def test_deadlines_run_from_the_yard_and_are_set_once(gate):
    trip = in_yard(gate)

    tasks.start_clocks(trip_id=trip.pk, at=NOON)
    again = tasks.start_clocks(trip_id=trip.pk, at=NOON + timedelta(hours=1))

    due = ClearanceTask.objects.get(trip=trip, kind="PLANT_Q").due_at
    assert NOON < due <= NOON + timedelta(hours=2)
    assert again == 0


def test_the_yard_gives_the_first_free_bay_and_keeps_one_that_was_said(gate):
    trip = in_yard(gate)

    assert trip.bay == "A01"
