"""What is done by order, decision or refusal, out of the usual way: another yard or point, seizing, sending back.

Yards, points and forces are taken from our own rows and from the officer's own rights, never from words of a request.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.may import may
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions.holding import send_to_area
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import (
    ClearanceTask,
    CrossingPoint,
    FeeAssessment,
    Force,
    Hold,
    ReasonCode,
    Trip,
    Yard,
)
from tinhso.pillars.border.gate.models.trips import DIRECTIONS
from tinhso.pillars.border.gate.permissions import SEIZERS, WORK_TASK
from tinhso.pillars.border.gate.queries.barrier import BEFORE_THE_CALL, yard_for, yards_with_room
from tinhso.pillars.border.gate.queries.law import reasons_today
from tinhso.pillars.border.gate.queries.reference import hours_of
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse
from tinhso.pillars.border.gate.rules.hours import next_opening

LONGEST_NUMBER = 40


def reason_of(code: str, *kinds: str) -> ReasonCode:
    """The reason of one of these kinds (tables/reason_codes.csv). Refusal: BG-251."""
    found = reasons_today().filter(kind__in=kinds, code=code).first()
    if found is None:
        raise refuse("BG-251", field="reason_code")
    return found


def open_reason_of(code: str, *kinds: str) -> ReasonCode:
    """A reason for a step of the trip itself, which its owner reads: none that is a force's alone. Refusal: BG-251."""
    found = reason_of(code, *kinds)
    if found.secret:
        raise refuse("BG-251", field="reason_code")
    return found


def number_of(text: str, *, code: str, field: str) -> str:
    """The number of a document as typed, without spaces around. Refuses `code` for none or one over 40 characters."""
    number = text.strip()
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise refuse(code, field=field)
    return number


def redirect_yard(*, trip: Trip, yard: UUID, by: Actor, at: datetime) -> Trip:
    """Send the vehicle to another yard of its point; a bay kept for it in the old one is given up.

    Before the gate it is sent to another holding area. Refusals: BG-250 for a yard that is none of its point's others,
    BG-030 for one without room, BG-652 for a holding area without room.
    """
    if trip.state in BEFORE_THE_CALL:
        return send_to_area(trip=trip, area=yard, by=by, at=at)
    target = Yard.objects.filter(pk=yard, point_id=trip.point_id, level="border").exclude(pk=trip.yard_id).first()
    if target is None:
        raise refuse("BG-250", field="yard")
    with transaction.atomic():
        try:
            TRIP.fire(trip, "yard_redirect", by=by, at=at, yard=str(target.pk))
        except StepRefused as refusal:
            raise _told(refusal, "BG-030", lambda: _full(target)) from refusal
        _stands(trip, target)
    return trip


def divert_trip(*, trip: Trip, point: UUID, by: Actor, at: datetime, customs_consent: str = "") -> Trip:
    """Send the vehicle to another crossing point; class and first arrival stay, its checks go with it.

    Refusals: BG-252 for a point that is no other one, BG-015 while that is closed, BG-211 without customs' consent.
    """
    target = CrossingPoint.objects.filter(pk=point, goods_open=True).exclude(pk=trip.point_id).first()
    if target is None:
        raise refuse("BG-252", field="point")
    facts = {"point": str(target.pk), "customs_consent": customs_consent.strip()}
    with transaction.atomic():
        try:
            TRIP.fire(trip, "divert", by=by, at=at, **facts)
        except StepRefused as refusal:
            raise _told(refusal, "BG-015", lambda: _closed(target, trip, at)) from refusal
        diverted(trip, target.pk)
    return trip


def diverted(trip: Trip, point: UUID) -> None:
    """The trip is that point's now, with a yard of it and all that lies over it."""
    _stands(trip, yard_for(point))
    for overlay in (ClearanceTask, Hold, FeeAssessment):
        overlay.objects.filter(trip_id=trip.pk).update(point_id=point)


def seizing_force(*, trip: Trip, by: Actor, at: datetime) -> Force | None:
    """In whose name the officer seizes here: the force that has seized already when it is his, else his first."""
    forces = Force.objects.filter(code__in=SEIZERS).order_by("number")
    own = [one for one in forces if may(by, WORK_TASK, Where(agency=one.pk, place=trip.point_id), at)]
    return next((one for one in own if one.code == trip.seized_by), own[0] if own else None)


def seize_trip(*, trip: Trip, decision_no: str, by: Actor, at: datetime) -> Trip:
    """Seize the vehicle by a numbered decision of the officer's own force. Refusals: BG-212, BG-024."""
    return _by_decision("seize", trip, decision_no, by, at)


def give_back(*, trip: Trip, decision_no: str, by: Actor, at: datetime) -> Trip:
    """Give back what the officer's own force has seized, by a decision. Refusals: BG-212, BG-024."""
    return _by_decision("unseize", trip, decision_no, by, at)


def return_foreign(*, trip: Trip, by: Actor, at: datetime) -> Trip:
    """Send goods that a force has refused back over the line. Refusal: BG-213 while none has recorded a refusal."""
    return TRIP.fire(trip, "return_foreign", by=by, at=at)


def _stands(trip: Trip, yard: Yard | None) -> None:
    """That yard is the trip's now; a bay kept for it in another one is given up."""
    Trip.objects.filter(pk=trip.pk).update(yard=yard, bay="")
    trip.yard, trip.bay = yard, ""


def _by_decision(step: str, trip: Trip, decision_no: str, by: Actor, at: datetime) -> Trip:
    number = number_of(decision_no, code="BG-212", field="decision_no")
    force = seizing_force(trip=trip, by=by, at=at)
    if force is None:
        raise refuse("BG-024")
    return TRIP.fire(trip, step, by=by, at=at, decision_no=number, force=force.code)


def _told(refusal: StepRefused, code: str, tell: Any) -> StepRefused:
    """The same refusal with what it speaks of, when it is the one that `tell` knows."""
    if refusal.code != code:
        return refusal
    return StepRefused(tell(), step=refusal.step, state=refusal.state, guard=refusal.guard)


def _full(yard: Yard) -> GateRefusal:
    standing = Trip.objects.filter(yard=yard, is_in_yard=True).count()
    free = ", ".join(str(one) for one in yards_with_room(yard.point_id)) or "–"
    return refuse("BG-030", field="yard", y=yard, n=standing, cap=yard.capacity, list=free)


def _closed(point: CrossingPoint, trip: Trip, at: datetime) -> GateRefusal:
    opens = next_opening(hours_of(point, trip.direction), at)
    told = {"dir": DIRECTIONS[trip.direction], "t": show_moment(at), "next": show_moment(opens) if opens else "–"}
    return refuse("BG-015", field="point", point=point.gate_short, **told)
