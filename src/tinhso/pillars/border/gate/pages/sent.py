"""What the driver of a trip was sent, and how far each message came."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.permissions import VIEW_BOARD
from tinhso.pillars.border.gate.queries.sent import sent_to_driver
from tinhso.pillars.border.gate.queries.trips import visible_trips
from tinhso.pillars.border.gate.rules import plates


@never_cache
@require_safe
@needs(VIEW_BOARD)
def sent(request: Request, trip_id: UUID) -> HttpResponse:
    """No telephone number stands here: who may telephone has the list of the yard or the help desk."""
    rows = visible_trips(by=request.actor, at=request.moment).select_related("driver__person", "point")
    trip = rows.filter(pk=trip_id).first()
    if trip is None:
        raise NotFound
    context = {"trip": trip, "plate": plates.show(trip.tractor_plate), "rows": sent_to_driver(trip)}
    return render(request, "border_gate/sent.html", context)
