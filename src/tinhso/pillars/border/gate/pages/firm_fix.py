"""The correction asked for by an officer: those fields and no others."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.pages.mending import form_of, is_sent, told
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import firms as queries


@never_cache
@require_http_methods(["GET", "POST"])
@needs(step_permission("resubmit"))
def fix(request: Request, trip_id: UUID) -> HttpResponse:
    """Mend what was asked for and send again."""
    firm = firm_of(request)
    trip = queries.own_trip(trip_id, firm, by=request.actor, at=request.moment)
    if trip.state != "fix_requested":
        raise NotFound
    form = form_of(request, trip)
    if is_sent(request, form, by=request.actor):
        return redirect("border_gate:firm_trip", trip.pk)
    return render(request, "border_gate/firm_fix.html", {"firm": firm, "now": "board", **told(form)})
