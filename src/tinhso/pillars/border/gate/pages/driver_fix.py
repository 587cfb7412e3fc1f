"""The driver corrects what he declared himself: on the page of his trip, or by the short link at the gate."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.limits import limited
from tinhso.kernel.access.may import may
from tinhso.kernel.audit.binding import acting_as
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import undeclared
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.pages.driver import HELP_DESK
from tinhso.pillars.border.gate.pages.driver_asides import with_trip
from tinhso.pillars.border.gate.pages.mending import form_of, is_sent, told
from tinhso.pillars.border.gate.pages.quick import OPENED
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.mending import is_mended_by_driver
from tinhso.pillars.border.gate.queries.undeclared import arrival_by_digest

RESUBMIT = step_permission("resubmit")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@with_trip
def fix(request: Request, one: Trip) -> HttpResponse:
    """Who opened his trip's link with the code."""
    return _fixed(request, one, request.actor, reverse("border_gate:driver"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("border_gate.quick", OPENED)
def quick_fix(request: Request, code: str) -> HttpResponse:
    """Who stands at the gate with the short link; where it is closed, its own page says so."""
    back = reverse("border_gate:quick", args=[code])
    arrival = arrival_by_digest(undeclared.link_digest(code))
    if arrival is None or arrival.withdrawn_at or arrival.link_until <= clock.real():
        return redirect(back)
    with acting_as(undeclared.declarer(arrival)) as driver:
        return _fixed(request, arrival.trip, driver, back)


def _fixed(request: Request, trip: Trip, by: Actor, back: str) -> HttpResponse:
    if not is_mended_by_driver(trip) or not may(by, RESUBMIT, trip, request.moment):
        return redirect(back)
    form = form_of(request, trip)
    if is_sent(request, form, by=by):
        return redirect(back)
    desk: dict[str, Any] = {"help_desk_dial": HELP_DESK.replace(" ", ""), "back": back}
    return render(request, "border_gate/driver_fix.html", told(form) | desk, status=422 if form.is_bound else 200)
