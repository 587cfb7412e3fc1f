"""Public pages beside the driver's: the ways in, how the queue works, a trip looked up by its code alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tinhso.kernel.access.limits import Rate, address_of, network_of, take
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.doors import held_of
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.flows import STATES
from tinhso.pillars.border.gate.models import CrossingPoint, Trip
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import driver as queries
from tinhso.pillars.border.gate.queries.fairness import count_out_of_order, cycles
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.law import Law, law_at
from tinhso.pillars.border.gate.queries.queue import CLASS_NAMES, places_in_queue, sentence, turns_of
from tinhso.pillars.border.gate.rules import queue, tripcodes
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.templatetags.border_gate import trip_tone

AMEND = step_permission("amend")
LOOK_UPS = Rate(20)
"""A trip code has a check pair, but a day's serials can be counted up: so many a minute and address, no more."""

WHO: dict[str, Any] = {
    "P0": gettext_lazy("Relief, medicine and the like, by a numbered order."),
    "P1": gettext_lazy("Fresh fruit, vegetables, seafood, flowers with complete papers."),
    "P2": gettext_lazy("Priority enterprises, electronics that a factory waits for."),
    "P3": gettext_lazy("Everything else."),
    "P4": gettext_lazy("Vehicles without goods, on a lane of their own."),
}


@require_safe
def ways(request: Request) -> HttpResponse:
    """Who are you: four ways in for people who have to do with a truck at the border."""
    return render(request, "border_gate/driver_ways.html", {"firm_opens": _firm_opens(request)})


@require_safe
def order(request: Request) -> HttpResponse:
    """The published order of the queue, from the very rules that call the trucks."""
    points = list(CrossingPoint.objects.filter(goods_open=True))
    broken = count_out_of_order(at=request.moment)
    law = law_at(request.moment)
    return render(
        request,
        "border_gate/driver_order.html",
        {
            "classes": [_class(name, law) for name in queue.CLASSES],
            "cycles": [
                (title, [{"name": CLASS_NAMES[step](), "code": step} for step in turns_of(law, name)])
                for name, title in (("season", _("In season")), ("off_season", _("Off season")))
            ],
            "points": [
                (title_of("point", point.code), cycle, broken.get(point.pk, 0))
                for point, cycle in cycles(points, at=request.moment)
            ],
            "without_slot": law.number("no_slot_min").value,
            "call_holds": law.number("call_min").value,
            "last_after": law.number("misses_to_the_end").value,
            "firm_opens": _firm_opens(request),
        },
    )


def _firm_opens(request: Request) -> bool:
    """Whether the firms' pages open to the reader; whoever is not signed in signs in there."""
    return request.actor == NOBODY or bool(held_of({AMEND}, by=request.actor, at=request.moment))


@never_cache
@require_safe
def find(request: Request) -> HttpResponse:
    """State and position of the trip with that code; no plate, no name, no firm."""
    typed = request.GET.get("ma", "").strip()
    context: dict[str, Any] = {"typed": typed[:40]}
    too_many = False
    if typed:
        try:
            context["found"] = _found(request, typed)
        except Refusal as refusal:
            context["wrong"] = refusal.for_people()
            too_many = refusal.code == "BG-034"
    response = render(request, "border_gate/driver_find.html", context, status=429 if too_many else 200)
    if too_many:
        response.headers["Retry-After"] = str(LOOK_UPS.wait)
    return response


def _class(name: str, law: Law) -> dict[str, Any]:
    limit = queue.longest_waits(law.number).get(name)
    return {
        "code": name,
        "name": CLASS_NAMES[name](),
        "who": WHO[name],
        "minutes": int(limit.total_seconds() // 60) if limit else None,
    }


def _found(request: Request, typed: str) -> dict[str, Any]:
    """Refusals: BG-034 for too many, BG-105 for a code that is none, BG-214 for one that nobody has."""
    if not take(f"border_gate.find {network_of(address_of(request))}", LOOK_UPS, clock.real()):
        raise refuse("BG-034", n=LOOK_UPS.wait)
    code = tripcodes.read(typed).text
    one = Trip.objects.filter(code=code).select_related("point").exclude(state="draft").first()
    if one is None:
        raise refuse("BG-214")
    place = places_in_queue(point=one.point, at=request.moment).get(code) if one.state == "at_buffer" else None
    title = str(STATES[one.state])
    return {
        "code": one.shown_code(),
        "point": title_of("point", one.point.code),
        "title": f"{title[:1].upper()}{title[1:]}",
        "tone": trip_tone(one.state),
        "since": one.state_since,
        "until": queries.both_times(one.call_expires_at) if one.state == "called" and one.call_expires_at else "",
        "place": place,
        "why": sentence(place) if place else "",
    }
