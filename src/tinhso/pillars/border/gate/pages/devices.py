"""Weights and seals: what customs have to look at, and all that was told of one trip."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions import seals, weighings
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.models.seals import SealEventKind
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.queries import devices as queries
from tinhso.pillars.border.gate.queries.lights import lights
from tinhso.pillars.border.gate.queries.tasks import forces_of
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.seals import BY_HAND
from tinhso.pillars.border.gate.templatetags.border_gate import sight

A_PAGE = 50
DIGITS = 6


@require_safe
@needs(p.KEY_READING)
def alarms(request: Request) -> HttpResponse:
    """Seals that were tampered with and weights that differ, at the officer's points."""
    who = by(request)
    context = {
        "tampered": list(queries.alarms_for(**who)[:A_PAGE]),
        "page": Paginator(queries.differences_for(**who), A_PAGE).get_page(request.GET.get("trang")),
        "now": "alarms",
    }
    template = "border_gate/_alarms.html" if request.headers.get("X-Live") else "border_gate/alarms.html"
    return render(request, template, context)


@require_safe
@needs(p.VIEW_BOARD)
def one(request: Request, trip_id: UUID) -> HttpResponse:
    """All weights and seal events of one trip, with the forms for who may key them."""
    return _page(request, _trip(request, trip_id), {})


@require_POST
@needs(p.KEY_READING)
def weigh(request: Request, trip_id: UUID) -> HttpResponse:
    """Have the bridge weigh now."""
    trip = _trip(request, trip_id)
    return act(request, lambda: weighings.ask_bridge(trip=trip, **by(request)), fallback="border_gate:customs_alarms")


@require_POST
@needs(p.KEY_READING)
def weighing(request: Request, trip_id: UUID) -> HttpResponse:
    """Keep what the officer read on the bridge's display; what was refused stays in the form."""
    trip, typed = _trip(request, trip_id), request.POST
    try:
        kg = _kg(typed.get("kg", ""))
        weighings.key_weighing(trip=trip, kg=kg, note=typed.get("note", ""), **by(request))
    except Refusal as refusal:
        return _page(request, trip, _kept(typed, refusal, "weighing", ("kg", "note")))
    return _done(request, trip)


@require_POST
@needs(p.KEY_READING)
def seal(request: Request, trip_id: UUID) -> HttpResponse:
    """Keep what the officer did with the seal or saw of it."""
    trip, typed = _trip(request, trip_id), request.POST
    kind = typed.get("kind", "")
    if kind not in BY_HAND:
        raise NotFound
    try:
        seals.key_seal(
            trip=trip, seal_no=typed.get("seal_no", ""), kind=kind, note=typed.get("seal_note", ""), **by(request)
        )
    except Refusal as refusal:
        return _page(request, trip, _kept(typed, refusal, "seal", ("seal_no", "kind", "seal_note")))
    return _done(request, trip)


@require_POST
@needs(p.KEY_READING)
def seal_ask(request: Request, trip_id: UUID) -> HttpResponse:
    """Ask the seal how it stands."""
    trip, number = _trip(request, trip_id), request.POST.get("seal_no", "")
    fallback = "border_gate:customs_alarms"
    return act(request, lambda: seals.ask_seal(trip=trip, seal_no=number, **by(request)), fallback=fallback)


def _page(request: Request, trip: Trip, more: dict[str, Any]) -> HttpResponse:
    told = queries.devices_of(trip)
    known = {"seal_no": told.seal_no or trip.seal_no}
    seen = {light.system: light for light in lights(now=clock.real())}
    context = {
        "trip": trip,
        "plate": plates.show(trip.tractor_plate),
        "devices": told,
        "writers": queries.writers_of([*told.weighings, *told.seals]),
        "kinds": [(kind.value, kind.label) for kind in SealEventKind],
        "may_key": trip.is_live and may(request.actor, p.KEY_READING, trip, request.moment),
        "may_hold": _may_hold(request, trip),
        "bridge_light": seen[choice.BRIDGE],
        "seal_light": seen[choice.SEAL],
        "linked": choice.is_simulated(),
        "typed": known,
        "now": "trips",
    }
    if "typed" in more:
        more["typed"] = known | more["typed"]
    return render(request, "border_gate/trip_machines.html", context | more, status=422 if more else 200)


def _may_hold(request: Request, trip: Trip) -> bool:
    """Whether one holds in the name of customs, to whom the alarm is addressed."""
    return trip.is_live and any(force.code == queries.CUSTOMS for force in forces_of(**by(request)))


def _trip(request: Request, trip_id: UUID) -> Trip:
    """A trip whose goods the reader may see. Raises NotFound."""
    trip = trip_for(trip_id, **by(request))
    if not sight(request).sees_goods(trip):
        raise NotFound
    return trip


def _kg(text: str) -> int:
    """Kilograms as they were typed, with or without dots; 0 for what is no number."""
    digits = "".join(text.split()).replace(".", "").replace(",", "")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= DIGITS else 0


def _kept(typed: Any, refusal: Refusal, form: str, names: tuple[str, ...]) -> dict[str, Any]:
    said = {name: typed.get(name, "") for name in names}
    return {"typed": said, "wrong": refusal.for_people(), "wrong_form": form, "wrong_field": refusal.field}


def _done(request: Request, trip: Trip) -> HttpResponse:
    messages.info(request, _("Recorded"))
    return redirect("border_gate:trip_machines", trip.pk)
