"""How vehicles flow to a point: straight to the gate, or only through a holding area, and who runs that.

Each by a numbered order.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.area_operators import name_operator
from tinhso.pillars.border.gate.actions.stays import switch_point
from tinhso.pillars.border.gate.models import CrossingPoint, Switch, Yard
from tinhso.pillars.border.gate.models.places import YardLevel
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.permissions import SWITCH_POINT
from tinhso.pillars.border.gate.queries.stays import switched_points


@require_safe
@needs(SWITCH_POINT)
def switches(request: Request) -> HttpResponse:
    """Each point with its switches and by which order they were set."""
    areas = list(Yard.objects.filter(level=YardLevel.BUFFER).select_related("operator"))
    rows = [
        {
            "point": point,
            "orders": orders,
            "switches": [(name, title, getattr(point, name)) for name, title in Switch.choices],
            "areas": [area for area in areas if area.point_id == point.pk],
        }
        for point, orders in switched_points(by=request.actor, at=request.moment)
    ]
    return render(request, "border_gate/switches.html", {"rows": rows, "now": "switches"})


@require_POST
@needs(SWITCH_POINT)
def order(request: Request, code: str) -> HttpResponse:
    """Set one switch by the document that was typed."""
    point = CrossingPoint.objects.filter(code=code).first()
    if point is None:
        raise NotFound
    facts: dict[str, Any] = {
        "switch": request.POST.get("switch", ""),
        "document_no": request.POST.get("document_no", ""),
    }
    return act(
        request,
        lambda: switch_point(point=point, on=request.POST.get("on") == "1", **facts, **by(request)),
        fallback="border_gate:switches",
    )


@require_POST
@needs(SWITCH_POINT)
def operator(request: Request, code: str) -> HttpResponse:
    """Name who runs a holding area, by the document that was typed."""
    area = Yard.objects.filter(code=code, level=YardLevel.BUFFER).first()
    if area is None:
        raise NotFound
    facts: dict[str, Any] = {
        "code": request.POST.get("operator", ""),
        "document_no": request.POST.get("document_no", ""),
    }
    return act(request, lambda: name_operator(area=area, **facts, **by(request)), fallback="border_gate:switches")
