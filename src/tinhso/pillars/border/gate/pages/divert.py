"""Divert a list of vehicles to another crossing point: each keeps its class and first arrival; told one by one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.orders import divert_trip
from tinhso.pillars.border.gate.flows.trip import HERE
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.bookings import DIVERTED, direction_points
from tinhso.pillars.border.gate.queries.queue import GROUP_TITLES
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse

DIVERT = step_permission("divert")
ROWS = 200


@never_cache
@require_http_methods(["GET", "POST"])
@needs(DIVERT)
def divert(request: Request) -> HttpResponse:
    """Vehicles that wait at the reader's points, to be chosen; `?diem=` narrows to one."""
    if request.method == "POST":
        _divert(request)
        return redirect("border_gate:divert_many")
    rows = visible(Trip.objects.filter(is_live=True, state__in=HERE, kind__in=DIVERTED), request.actor, DIVERT)
    own = list(visible(direction_points(), request.actor, DIVERT, request.moment))
    code = request.GET.get("diem", "")
    if code:
        rows = rows.filter(point__code=code)
    found = rows.select_related("point").order_by("point", "effective_at", "code")[:ROWS]
    context = {
        "rows": [(one, plates.show(one.tractor_plate), GROUP_TITLES.get(one.priority, "")) for one in found],
        "own": own,
        "code": code,
        "points": direction_points(),
    }
    return render(request, "border_gate/divert.html", context)


def _divert(request: Request) -> None:
    point, consent = request.POST.get("point", ""), request.POST.get("customs_consent", "")
    chosen = Trip.objects.filter(pk__in=[one for one in request.POST.getlist("trip") if _is_uuid(one)])
    done = 0
    for trip in visible(chosen, request.actor, DIVERT, request.moment).select_related("point")[:ROWS]:
        try:
            if not _is_uuid(point):
                raise refuse("BG-252", field="point")
            divert_trip(trip=trip, point=UUID(point), customs_consent=consent, by=request.actor, at=request.moment)
        except Refusal as refusal:
            told = {"plate": plates.show(trip.tractor_plate), "why": refusal.for_people()}
            messages.warning(request, _("%(plate)s: %(why)s") % told)
        else:
            done += 1
    messages.info(request, _("%(count)s vehicles diverted") % {"count": done})


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
