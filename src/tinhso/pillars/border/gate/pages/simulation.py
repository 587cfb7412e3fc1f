"""The simulated border: who plays which role at which point. Before a day is played the page says how to begin.

Outside the demo profile there is no such page.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.simulation import play_by_people
from tinhso.pillars.border.gate.flows import LIVE
from tinhso.pillars.border.gate.models import CrossingPoint
from tinhso.pillars.border.gate.pages.returning import back
from tinhso.pillars.border.gate.permissions import ROLES, VIEW_BOARD
from tinhso.pillars.border.gate.queries import simulation as queries

STANDS_STILL = timedelta(minutes=10)
DUTIES = {
    "BQLKKT": gettext_lazy("Accepts declarations, calls vehicles, collects fees, turns back"),
    "BIENPHONG": gettext_lazy("Barrier 1, people, the line in both directions"),
    "HAIQUAN": gettext_lazy("Papers and inspection, unloading, the final release"),
    "CSGT": gettext_lazy("Looks on: the simulation gives it no steps yet"),
    "KDYT": gettext_lazy("Drivers' health, where the control is switched on"),
    "KDTV": gettext_lazy("Fruit, vegetables and other plants"),
    "KDDV": gettext_lazy("Seafood and other animal goods"),
    "THUE": gettext_lazy("Tax of goods that need it"),
    "QLTT": gettext_lazy("Goods that look doubtful"),
    "QLVT": gettext_lazy("Permits of foreign vehicles"),
    "YARD": gettext_lazy("Lets into the yard, records what is unloaded"),
    "BUFFER": gettext_lazy("Lets into the holding area"),
}


@require_safe
@needs(VIEW_BOARD)
def panel(request: Request) -> HttpResponse:
    """Point by point and role by role: the simulation or people, since when, changed by whom."""
    if settings.PROFILE != "demo":
        raise NotFound
    playing = queries.playing(live=LIVE)
    if playing is None:
        return render(request, "border_gate/simulation_none.html")
    parts = queries.parts(by=request.actor, at=request.moment)
    points = []
    for point, found in groupby(parts, key=lambda part: part.point):
        rows = [(part, DUTIES[part.role]) for part in found]
        points.append((point, rows, sum(part.by_people for part, _duty in rows)))
    context = {
        "points": points,
        "playing": playing,
        "stands_still": request.moment - playing.until > STANDS_STILL,
        "by_people": sum(part.by_people for part in parts),
        "whole": len(parts),
    }
    return render(request, "border_gate/simulation.html", context)


@require_POST
@needs(VIEW_BOARD)
def switch(request: Request, code: str, role: str) -> HttpResponse:
    """Take the role over, or give it back; said in words on the page where one stood."""
    points = visible(CrossingPoint.objects.filter(code=code), request.actor, VIEW_BOARD, request.moment)
    point = points.first()
    if point is None or role not in DUTIES:
        raise NotFound
    by_people = request.POST.get("people") == "1"
    facts = {"role": ROLES[role][0], "point": point.gate_short}
    try:
        play_by_people(point=point, role=role, by_people=by_people, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        said = _("%(role)s at %(point)s is yours now") if by_people else _("The simulation plays %(role)s again")
        messages.success(request, said % facts)
    return back(request, "border_gate:simulation")
