"""The queue under control: calls paused with a reason, one vehicle called out of the published order by document."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.states import AT_BUFFER
from tinhso.pillars.border.gate.models import CallPause, CrossingPoint, Trip
from tinhso.pillars.border.gate.permissions import CONTROL_CALLS
from tinhso.pillars.border.gate.queries.guidance import pause_of
from tinhso.pillars.border.gate.rules import queue
from tinhso.pillars.border.gate.rules.codes import refuse

SHORTEST_REASON = 10
BY_ORDER = "by_order"


def pause_calls(*, point: CrossingPoint, reason: str, by: Actor, at: datetime) -> CallPause:
    """Call nobody at the point until `resume_calls`; a pause that holds is given back as it is. Refusal: BG-038."""
    require(by, CONTROL_CALLS, point, at)
    said = _reason(reason)
    standing = pause_of(point.pk)
    if standing is not None:
        return standing
    try:
        with transaction.atomic():
            pause = CallPause.objects.create(point=point, reason=said, begun_at=at, begun_by=by.id)
            _note(events.CALLS_PAUSED, "border_gate.pause_calls", pause, by, at)
    except IntegrityError:  # somebody else paused in the same moment
        return CallPause.objects.get(point=point, ended_at=None)
    return pause


@transaction.atomic
def resume_calls(*, point: CrossingPoint, by: Actor, at: datetime) -> CallPause | None:
    """End the pause; nothing when there is none."""
    require(by, CONTROL_CALLS, point, at)
    pause = CallPause.objects.select_for_update().filter(point=point, ended_at=None).first()
    if pause is None:
        return None
    pause.ended_at, pause.ended_by = at, by.id
    pause.save(update_fields=["ended_at", "ended_by"])
    _note(events.CALLS_RESUMED, "border_gate.resume_calls", pause, by, at)
    return pause


def call_out_of_order(*, trip: Trip, document_no: str, reason: str, by: Actor, at: datetime) -> Trip:
    """Call this vehicle now, by a numbered document; the trip's history says that it was out of the order.

    The cycle stays where it stands. Refusals: BG-216 without a number, BG-038, BG-358 for a vehicle that does not
    wait or is held, those of the step.
    """
    require(by, CONTROL_CALLS, trip.point, at)
    document = number_of(document_no, code="BG-216", field="document_no")
    said = _reason(reason)
    if trip.state != AT_BUFFER or trip.holds:
        raise refuse("BG-358")
    first = queue.FirstInLine(trip.pk)
    return TRIP.fire(
        trip, "call", by=by, at=at, first=first, reason=BY_ORDER, out_of_order=True, document_no=document, why=said
    )


def _reason(text: str) -> str:
    said = " ".join(text.split())
    if len(said) < SHORTEST_REASON:
        raise refuse("BG-038", field="reason")
    return said[:160]


def _note(event: str, action: str, pause: CallPause, by: Actor, at: datetime) -> None:
    kind, point = "border_gate.call_pause", str(pause.point_id)
    record(action, by=by, at=at, kind=kind, record_id=pause.pk, point=point, reason=pause.reason)
    publish(event, kind=kind, record_id=pause.pk, by=by, at=at, point=point, reason=pause.reason)
