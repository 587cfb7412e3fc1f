"""Control of a point's queue: calls paused and resumed, one vehicle called out of the order by document."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import calls
from tinhso.pillars.border.gate.models import CrossingPoint
from tinhso.pillars.border.gate.permissions import CONTROL_CALLS
from tinhso.pillars.border.gate.queries.trips import found_by, visible_trips
from tinhso.pillars.border.gate.rules import plates


@require_POST
@needs(CONTROL_CALLS)
def pause(request: Request, code: str) -> HttpResponse:
    """Call nobody for a while."""
    point = _point(request, code)
    try:
        calls.pause_calls(point=point, reason=request.POST.get("reason", ""), by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.success(request, _("Calls are paused"))
    return _to_queue(point)


@require_POST
@needs(CONTROL_CALLS)
def resume(request: Request, code: str) -> HttpResponse:
    """Call again."""
    point = _point(request, code)
    calls.resume_calls(point=point, by=request.actor, at=request.moment)
    messages.success(request, _("Calls go on"))
    return _to_queue(point)


@require_POST
@needs(CONTROL_CALLS)
def out_of_order(request: Request, code: str) -> HttpResponse:
    """Call the vehicle with that plate now; it is written down as out of order."""
    point = _point(request, code)
    rows = visible_trips(by=request.actor, at=request.moment).filter(point=point, is_live=True)
    found = list(found_by(rows, request.POST.get("plate", "")).select_related("point")[:2])
    if len(found) != 1:
        messages.warning(request, _("No single vehicle with that plate waits here. Type the whole plate."))
        return _to_queue(point)
    try:
        trip = calls.call_out_of_order(
            trip=found[0],
            document_no=request.POST.get("document_no", ""),
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=request.moment,
        )
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        said = _("%(plate)s is called out of the order; this is written down")
        messages.success(request, said % {"plate": plates.show(trip.tractor_plate)})
    return _to_queue(point)


def _point(request: Request, code: str) -> CrossingPoint:
    rows = visible(CrossingPoint.objects.filter(code=code), request.actor, CONTROL_CALLS, request.moment)
    point = rows.first()
    if point is None:
        raise NotFound
    return point


def _to_queue(point: CrossingPoint) -> HttpResponse:
    target = redirect("border_gate:queue")
    target["Location"] += f"?diem={point.code}"
    return target
