"""Where vehicles under way are: a drawing of the province for the traffic police and the board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.models import CrossingPoint
from tinhso.pillars.border.gate.permissions import VIEW_POSITIONS
from tinhso.pillars.border.gate.queries.positions import Seen, last_positions
from tinhso.pillars.border.gate.rules.positions import EAST, NORTH, SOUTH, WEST

WIDTH, HEIGHT = 1000, 960
"""Units of the drawing: a degree of longitude at this latitude is 0.927 of one of latitude."""
LISTED = 100
APART_X, APART_Y = 200, 20


@dataclass(frozen=True, slots=True)
class Spot:
    """A mark on the drawing."""

    x: float
    y: float
    title: str
    fresh: bool = True


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
        "spots": [_spot(one) for one in near],
        "points": _named(
            [mark for mark in map(_mark, CrossingPoint.objects.filter(goods_open=True).select_related("place")) if mark]
        ),
        "width": WIDTH,
        "height": HEIGHT,
        "now": "positions",
    }
    template = "border_gate/_positions.html" if request.headers.get("X-Live") else "border_gate/positions.html"
    return render(request, template, context)


def _spot(one: Seen) -> Spot:
    return Spot(*_on_paper(one.lat, one.lon), one.plate, one.fresh)


def _mark(point: CrossingPoint) -> Spot | None:
    where = point.place.point
    return Spot(*_on_paper(where.y, where.x), point.gate_short) if where else None


def _named(marks: list[Spot]) -> list[Spot]:
    """Where names would lie over each other, the first one (of the greater gate) stands alone."""
    kept: list[Spot] = []
    for mark in marks:
        if all(abs(mark.x - one.x) > APART_X or abs(mark.y - one.y) > APART_Y for one in kept):
            kept.append(mark)
    return kept


def _on_paper(lat: float, lon: float) -> tuple[float, float]:
    return round((lon - WEST) / (EAST - WEST) * WIDTH, 1), round((NORTH - lat) / (NORTH - SOUTH) * HEIGHT, 1)
