"""The driver's papers on a page of their own, so that nobody reads them in passing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.papers import read_papers
from tinhso.pillars.border.gate.permissions import VIEW_TRIP
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.rules import plates


@never_cache
@require_safe
@needs(VIEW_TRIP)
def papers(request: Request, trip_id: UUID) -> HttpResponse:
    """Kind, number and validity; who may see the trip but not the papers is refused, and that is kept too."""
    trip = trip_for(trip_id, by=request.actor, at=request.moment)
    found = read_papers(trip=trip, by=request.actor, at=request.moment)
    shown = {"trip": trip, "papers": found, "plate": plates.show(trip.tractor_plate), "now": "trips"}
    return render(request, "border_gate/papers.html", shown)
