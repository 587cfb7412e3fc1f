"""The hour at the gate within the declaration: a place is kept for minutes, and the trip's once it is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.utils.translation import gettext as _

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import bookings
from tinhso.pillars.border.gate.actions.declare import direction_of
from tinhso.pillars.border.gate.actions.firm import Intent
from tinhso.pillars.border.gate.flows.trip import FROM_INLAND
from tinhso.pillars.border.gate.models import Enterprise, Trip
from tinhso.pillars.border.gate.queries import bookings as queries
from tinhso.pillars.border.gate.queries.driver import comes_from_inland
from tinhso.pillars.border.gate.queries.law import law_at


def offered(request: Request, firm: Enterprise, intent: Intent) -> dict[str, Any]:
    """Hours of the planned day with room, and the one that is kept; nothing for those who come from abroad."""
    if intent.kind not in FROM_INLAND or intent.inwards:
        return {}
    at = request.moment
    free = queries.free_windows(
        trip=None, point=intent.point.pk, direction=direction_of(intent.kind), firm=firm.pk, since=at, at=at
    )
    kept = queries.hold_of(request.actor.id, firm.pk, at=at)
    if kept and (kept.point_id, kept.slot.direction) != (intent.point.pk, direction_of(intent.kind)):
        kept = None
    day = [one for one in free if one.slot.begins_at.astimezone(HANOI).date() == intent.planned_on]
    law = law_at(at)
    return {
        "kept": kept,
        "hours": [one for one in day if one.bookable],
        "has_hours": bool(day),
        "kept_for": law.booking.hold_minutes,
        "longer": law.number("no_slot_min").value,
    }


def keep(request: Request, firm: Enterprise) -> None:
    """Keep the hour that was tapped."""
    try:
        slot = UUID(request.POST["hold"])
    except ValueError:
        return
    try:
        bookings.hold_place(slot_id=slot, firm=firm, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())


def take(request: Request, trips: Sequence[Trip]) -> None:
    """The kept place becomes the first trip's, and further ones book the same hour while it has room.

    A declaration that waits for an officer has no hour yet.
    """
    first = trips[0]
    if first.agency_id is None or not comes_from_inland(first):
        return
    kept = queries.hold_of(request.actor.id, first.agency_id, at=request.moment)
    ready = [trip for trip in trips if trip.state == "accepted"]
    if kept is None or not ready:
        return
    told = [refusal for trip in ready if (refusal := _booked(request, trip, kept.slot_id)) is not None]
    if len(told) < len(ready):
        messages.info(request, _("Hour booked"))
    if told:
        messages.warning(request, told[0].for_people())
    if told and len(ready) > 1:
        text = _("%(count)s of %(all)s vehicles have no hour yet: book one on each vehicle's page.")
        messages.warning(request, text % {"count": len(told), "all": len(ready)})


def _booked(request: Request, trip: Trip, slot_id: UUID) -> Refusal | None:
    try:
        bookings.book_slot(trip=trip, slot_id=slot_id, by=request.actor, at=request.moment)
    except Refusal as refusal:
        return refusal
    return None
