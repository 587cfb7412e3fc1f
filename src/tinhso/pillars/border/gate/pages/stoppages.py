"""Incidents at a barrier or in a yard: one tap opens the page, one notes the incident, one ends it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.stoppages import begin_stoppage, end_stoppage
from tinhso.pillars.border.gate.models import ControlPoint, Stoppage, StoppageKind, Yard
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER
from tinhso.pillars.border.gate.queries.stoppages import place_for, stoppages_at


@require_safe
@needs(DECIDE_BARRIER)
def stoppages(request: Request, code: str) -> HttpResponse:
    """What can be noted at that barrier or in that yard, what stands, what is over."""
    place = _place(request, code)
    standing, past = stoppages_at(place, at=request.moment)
    lanes = range(1, place.lanes + 1) if isinstance(place, ControlPoint) else ()
    context = {"place": place, "lanes": lanes, "kinds": StoppageKind.choices, "standing": standing, "past": past}
    return render(request, "border_gate/stoppages.html", {**context, "is_yard": isinstance(place, Yard)})


@require_POST
@needs(DECIDE_BARRIER)
def begin(request: Request, code: str) -> HttpResponse:
    """The kind and lane of the button that was tapped."""
    place = _place(request, code)
    kind, _dash, lane = request.POST.get("what", "").partition("-")
    number = int(lane) if lane.isdecimal() and len(lane) < 4 else 0
    return act(
        request,
        lambda: begin_stoppage(place=place, kind=kind, lane=number, **by(request)),
        fallback="border_gate:barriers",
    )


@require_POST
@needs(DECIDE_BARRIER)
def end(request: Request, stoppage_id: UUID) -> HttpResponse:
    """The way is free again."""
    rows = visible(Stoppage.objects.filter(pk=stoppage_id), request.actor, DECIDE_BARRIER, request.moment)
    row = rows.first()
    if row is None:
        raise NotFound
    return act(request, lambda: end_stoppage(stoppage=row, **by(request)), fallback="border_gate:barriers")


def _place(request: Request, code: str) -> ControlPoint | Yard:
    place = place_for(code, by=request.actor, at=request.moment)
    if place is None:
        raise NotFound
    return place
