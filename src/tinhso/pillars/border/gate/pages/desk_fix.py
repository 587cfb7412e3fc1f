"""The help desk corrects a declaration that an officer sent back, on the word of the driver or firm."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.may import unseen
from tinhso.kernel.access.needs import needs
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.pages.mending import MendingForAnother, form_of, is_sent, told
from tinhso.pillars.border.gate.permissions import DECLARE_FOR
from tinhso.pillars.border.gate.queries.mending import to_mend


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(DECLARE_FOR)
def fix(request: Request, trip_id: UUID) -> HttpResponse:
    """The fields asked for, and the consent of whoever declared it."""
    trip = to_mend(by=request.actor, at=request.moment).filter(pk=trip_id).first()
    if trip is None:
        raise unseen(Trip, trip_id, request.actor, DECLARE_FOR, request.moment)
    form = form_of(request, trip, MendingForAnother)
    if is_sent(request, form, by=request.actor):
        return redirect("border_gate:quick_waiting")
    return render(request, "border_gate/desk_fix.html", told(form), status=422 if form.is_bound else 200)
