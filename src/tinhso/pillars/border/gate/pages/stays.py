"""Long stays: what the border guard and the transport management have to handle."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.stays import close_incident
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.permissions import HANDLE_INCIDENT
from tinhso.pillars.border.gate.queries.stays import incident_for, long_stays


@require_safe
@needs(HANDLE_INCIDENT)
def stays(request: Request) -> HttpResponse:
    """Who stays long, who is over, and what is done about it."""
    found = long_stays(by=request.actor, at=request.moment)
    return render(request, "border_gate/stays.html", {"stays": found, "now": "stays"})


@require_POST
@needs(HANDLE_INCIDENT)
def close(request: Request, incident_id: UUID) -> HttpResponse:
    """Close it with what was done."""
    incident = incident_for(incident_id, by=request.actor, at=request.moment)
    if incident is None:
        raise NotFound
    note = request.POST.get("note", "")
    return act(
        request, lambda: close_incident(incident=incident, note=note, **by(request)), fallback="border_gate:stays"
    )
