"""Where vehicles under way are: a drawing of the province for the traffic police and the board."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.pages.dots import land, living
from tinhso.pillars.border.gate.permissions import VIEW_POSITIONS
from tinhso.pillars.border.gate.queries.positions import followed, last_positions

LISTED = 100


@require_safe
@needs(VIEW_POSITIONS)
def page(request: Request) -> HttpResponse:
    """The drawing and the list; vehicles outside the province are listed as on their way."""
    seen = last_positions(by=request.actor, at=request.moment, point=request.GET.get("diem", ""))
    near = [one for one in seen if one.near]
    context: dict[str, Any] = {
        "near": near[:LISTED],
        "far": [one for one in seen if not one.near][:LISTED],
        "near_count": len(near),
        "far_count": len(seen) - len(near),
        "now": "positions",
        **living(request, followed(by=request.actor, at=request.moment)),
    }
    if request.headers.get("X-Live"):
        return render(request, "border_gate/_positions.html", context)
    return render(request, "border_gate/positions.html", context | land(request))
