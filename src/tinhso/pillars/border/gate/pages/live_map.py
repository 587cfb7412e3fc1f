"""The leaders' picture of the border: every point from the road to the line, on a wall or on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.kernel.access.may import rights
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base import clock
from tinhso.kernel.base.money import grouped
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.models import LastPosition
from tinhso.pillars.border.gate.pages.dots import land, living
from tinhso.pillars.border.gate.permissions import CONTROL_CALLS, VIEW_BOARD, VIEW_POSITIONS, step_permission
from tinhso.pillars.border.gate.queries.live_map import PointMap, Station, live_map
from tinhso.pillars.border.gate.queries.positions import followed, shared
from tinhso.pillars.border.gate.rules.crowding import NORMAL_FROM

CALL = step_permission("call")
ACROSS, DOWN = 10, 3
MARK_WIDTH, MARK_HEIGHT, STEP_X, STEP_Y = 8, 5, 11, 8
DOTS = "vi-tri"
Held = Callable[[str, UUID | None], bool]
SIMULATED_FROM = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Lorries:
    """The marks drawn for the vehicles of a place; `each` is how many vehicles one mark stands for."""

    path: str
    each: int


@require_safe
@needs(VIEW_BOARD)
def page(request: Request) -> HttpResponse:
    """The whole page, or one of its living parts when the page asks for it anew: the points, or the dots below."""
    held = _held(request)
    seen = followed(by=request.actor, at=request.moment) if held(VIEW_POSITIONS, None) else None
    if request.headers.get("X-Live"):
        if request.GET.get("phan") == DOTS and seen is not None:
            return render(request, "border_gate/_dots.html", living(request, seen))
        return render(request, "border_gate/_live_map.html", shown(request, held, seen))
    below = {} if seen is None else {**living(request, seen), **land(request), "dots": DOTS}
    return render(request, "border_gate/live_map.html", shown(request, held, seen) | below)


def shown(request: Request, held: Held, seen: QuerySet[LastPosition] | None) -> dict[str, Any]:
    """The points that the reader may see, with what he may do at each, and how many he follows there."""
    at = request.moment
    found = [one for one in live_map(at=at) if held(VIEW_BOARD, one.now.id)]
    each = scale(found)
    sharing = {} if seen is None else shared(seen, at=at)
    return {
        "at": at,
        "simulated": abs(at - clock.real()) > SIMULATED_FROM,
        "title": finding(found),
        "each": each,
        "heads": [(one.key, one.title) for one in found[0].stations] if found else [],
        "points": [
            {
                "map": one,
                "now": one.now,
                "stations": [(station, lorries(station, each)) for station in one.stations],
                "may_call": held(CALL, one.now.id) and not one.pause,
                "may_control": held(CONTROL_CALLS, one.now.id),
                "shared": sharing.get(one.now.code),
            }
            for one in found
        ],
    }


def _held(request: Request) -> Held:
    """Whether the reader holds a right at a point, or at any (None); asked once for the whole page."""
    names = [VIEW_BOARD, CALL, CONTROL_CALLS, VIEW_POSITIONS]
    rows = rights(request.actor, at=request.moment).filter(
        permission__in=names, agency_id=None, unit_id=None, record_id=None
    )
    own = set(rows.values_list("permission", "place_id"))
    anywhere = {right for right, _place in own}
    return lambda right, point: (right, None) in own or (right in anywhere if point is None else (right, point) in own)


def finding(points: list[PointMap]) -> str:
    """What the picture says first: where vehicles wait longest, or that nobody waits long."""
    waits = [
        (station.oldest, one.now.name, station.count)
        for one in points
        if not one.now.silent_since
        for station in one.stations
        if station.key == "buffer" and station.oldest
    ]
    if not waits:
        return _("Nobody waits in the holding areas")
    minutes, name, count = max(waits)
    if (minutes or 0) < NORMAL_FROM:
        whole = sum(one[2] for one in waits)
        return _("%(count)s wait in the holding areas, none of them long") % {"count": grouped(whole)}
    facts = {"point": name, "count": grouped(count), "minutes": grouped(minutes or 0)}
    return _("%(point)s: %(count)s wait, the longest for %(minutes)s minutes") % facts


def scale(points: list[PointMap]) -> int:
    """How many vehicles one mark stands for, the same in the whole picture."""
    most = max((station.count for one in points for station in one.stations), default=0)
    return max(1, -(-most // (ACROSS * DOWN)))


def lorries(station: Station, each: int) -> Lorries:
    """Marks in rows, in the units of a drawing of 110 by 24."""
    count = -(-station.count // each)
    marks = (
        f"M{number % ACROSS * STEP_X} {number // ACROSS * STEP_Y}h{MARK_WIDTH}v{MARK_HEIGHT}h-{MARK_WIDTH}z"
        for number in range(min(count, ACROSS * DOWN))
    )
    return Lorries("".join(marks), each)
