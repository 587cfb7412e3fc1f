"""A bay with a ramp for each inspection by customs (border brief 6.7, red channel): given when one is free, else asked.

A turn begins when the inspection is open and the vehicle stands in the yard; it is over when customs have written
down what they found, or when the vehicle leaves the yard.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.flows.overlays import IN_PROGRESS, OPEN
from tinhso.pillars.border.gate.models import ClearanceTask, RampTurn, Trip, Yard
from tinhso.pillars.border.gate.permissions import GIVE_RAMP
from tinhso.pillars.border.gate.queries.ramps import free_ramps, turns_in
from tinhso.pillars.border.gate.rules.checks import WANT_PHOTOS
from tinhso.pillars.border.gate.rules.codes import refuse

TRIP = "border_gate.trip"
WORKED = (OPEN, IN_PROGRESS)
INSPECTED = Q(kind__in=WANT_PHOTOS, state__in=WORKED, trip__is_in_yard=True)


def follow_trip(*, trip_id: UUID, at: datetime) -> None:
    """Bring the turns of the yard in which the trip stands in step with its inspections; nothing when it has none."""
    if ClearanceTask.objects.filter(INSPECTED, trip=trip_id).exists():
        follow_yard(yard_id=Trip.objects.values_list("yard_id", flat=True).get(pk=trip_id), at=at)


def follow_all(*, at: datetime) -> None:
    """The same in every yard in which an inspection is open or a ramp is held."""
    held = RampTurn.objects.filter(ended_at=None).values_list("yard_id", flat=True)
    wanted = ClearanceTask.objects.filter(INSPECTED).values_list("trip__yard_id", flat=True)
    for yard_id in sorted({*held, *wanted} - {None}):
        follow_yard(yard_id=yard_id, at=at)


@transaction.atomic
def follow_yard(*, yard_id: UUID, at: datetime) -> None:
    """End the turns that are over, begin those that are wanted, and give each the next free ramp."""
    yard = Yard.objects.select_for_update().get(pk=yard_id)
    open_here = ClearanceTask.objects.filter(INSPECTED, trip__yard=yard)
    RampTurn.objects.filter(yard=yard, ended_at=None).exclude(task__in=open_here).update(ended_at=at)
    turns = list(turns_in(yard))
    new = open_here.exclude(pk__in=[turn.task_id for turn in turns]).order_by("trip__yard_in_at", "id")
    begun = [RampTurn(task=task, trip_id=task.trip_id, point_id=yard.point_id, yard=yard, asked_at=at) for task in new]
    turns += RampTurn.objects.bulk_create(begun)
    free = free_ramps(yard.pk, taken={turn.bay for turn in turns})
    for turn in turns:
        if not turn.bay and free:
            _give(turn, free.pop(0), by=SYSTEM, at=at)
    for turn in begun:
        if not turn.bay:
            _tell(events.RAMP_ASKED, turn, by=SYSTEM, at=at)


@transaction.atomic
def give_ramp(*, turn: RampTurn, bay: str, by: Actor, at: datetime) -> RampTurn:
    """Give the vehicle that bay with a ramp, or another one than it has.

    Refusals: BG-641 when the inspection is over, BG-640 for no bay with a ramp of that yard that is open and free.
    """
    require(by, GIVE_RAMP, turn, at)
    yard = Yard.objects.select_for_update().get(pk=turn.yard_id)
    turns = {one.pk: one for one in turns_in(yard)}
    stored, code = turns.get(turn.pk), bay.strip().upper()[:8]
    if stored is None:
        raise refuse("BG-641")
    if code not in free_ramps(yard.pk, taken={one.bay for one in turns.values()}):
        raise refuse("BG-640", field="bay", v=code or "–", y=yard)
    return _give(stored, code, by=by, at=at)


def leave_ramp(*, tasks: Collection[UUID], at: datetime) -> None:
    """These inspections are over: who waits for a ramp gets the one that is free now. One query when there are none."""
    yards = set(RampTurn.objects.filter(task__in=tasks, ended_at=None).values_list("yard_id", flat=True))
    for yard_id in sorted(yards):
        follow_yard(yard_id=yard_id, at=at)


def _give(turn: RampTurn, bay: str, *, by: Actor, at: datetime) -> RampTurn:
    turn.bay, turn.given_at, turn.given_by = bay, at, by.id
    turn.save(update_fields=["bay", "given_at", "given_by"])
    _tell(events.RAMP_GIVEN, turn, by=by, at=at)
    return turn


def _tell(event: str, turn: RampTurn, *, by: Actor, at: datetime) -> None:
    facts: dict[str, Any] = {"bay": turn.bay, "yard": str(turn.yard_id)}
    record(event, by=by, at=at, kind=TRIP, record_id=turn.trip_id, **facts)
    publish(event, kind=TRIP, record_id=turn.trip_id, by=by, at=at, **facts)
