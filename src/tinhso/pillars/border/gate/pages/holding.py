"""The page of a holding area: who stands there, who is called from there, how much room is left."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.models import CrossingPoint
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER
from tinhso.pillars.border.gate.queries.holding import area_now, areas_at, areas_of
from tinhso.pillars.border.gate.rules.holding import HoldingArea


@never_cache
@require_safe
@needs(DECIDE_BARRIER)
def holding(request: Request) -> HttpResponse:
    """One area of those open to the reader; `?bai=` chooses. Another operator's is not there."""
    areas = _mine(request)
    asked = request.GET.get("bai", "")
    chosen = next((area for area in areas if area.code == asked), None if asked else next(iter(areas), None))
    if asked and chosen is None:
        raise NotFound
    if chosen:
        here = areas_at(chosen.point, by=request.actor, at=request.moment)
        chosen = next(area for area in here if area.id == chosen.id)
    context = {"areas": areas, "area": chosen, "now": area_now(chosen) if chosen else None}
    return render(request, "border_gate/holding.html", context)


def _mine(request: Request) -> list[HoldingArea]:
    """Of the points at whose barriers one works."""
    points = visible(CrossingPoint.objects.all(), request.actor, DECIDE_BARRIER, request.moment)
    here = set(points.values_list("pk", flat=True))
    mine, _others = areas_of(by=request.actor, at=request.moment)
    return [area for area in mine if area.point in here]
