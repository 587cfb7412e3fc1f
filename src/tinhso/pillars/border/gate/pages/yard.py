"""The yard operator's page: who stands where, who comes in, what is unloaded. Plain forms, one tap each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import move, transfers
from tinhso.pillars.border.gate.models import Trip, Yard
from tinhso.pillars.border.gate.pages.words import plain_words
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.expected import by_kind
from tinhso.pillars.border.gate.queries.transfers import told_lines
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.queries.yard import YARD_IN, yard_now, yards_of
from tinhso.pillars.border.gate.rules import plates

UNLOAD = step_permission("transfer_done")


@require_safe
@needs(YARD_IN)
def yards(request: Request) -> HttpResponse:
    """One yard of those one works in; `?bai=` chooses."""
    known = yards_of(by=request.actor, at=request.moment)
    chosen = next((yard for yard in known if yard.code == request.GET.get("bai")), known[0] if known else None)
    return _page(request, known, chosen)


def _page(request: Request, known: list[Yard], chosen: Yard | None, refused: UUID | None = None) -> HttpResponse:
    context: dict[str, Any] = {"yards": known, "yard": chosen}
    if chosen:
        context |= _shown(request, chosen, refused)
    template = "border_gate/_yard.html" if request.headers.get("X-Live") else "border_gate/yard.html"
    return render(request, template, context, status=409 if refused else 200)


def _shown(request: Request, yard: Yard, refused: UUID | None = None) -> dict[str, Any]:
    """`refused`: the trip whose step was refused just now; in its row stands what was typed."""
    now = yard_now(yard, at=request.moment)
    for trip in [*now.entering, *(one for one, _record in now.unloading)]:
        if trip.pk == refused:
            trip.bay = request.POST.get("bay", trip.bay)
            trip.balance_kg = request.POST.get("kg", trip.balance_kg)
    return {
        "now": now,
        "kinds": by_kind(now.coming),
        "transfers": [(one, told_lines(one)) for one in now.transfers],
        "entering": [(trip, plates.show(trip.tractor_plate)) for trip in now.entering],
        "unloading": [
            (trip, plates.show(trip.tractor_plate), sum(line.kg for line in told_lines(record)) if record else None)
            for trip, record in now.unloading
        ],
    }


@require_POST
@needs(YARD_IN)
def enter(request: Request, trip_id: UUID) -> HttpResponse:
    """Into the yard; without a bay the first free one is taken."""
    trip = _trip(request, trip_id)
    bay = request.POST.get("bay", "").strip().upper()
    return _done(
        request, trip, lambda: move.enter_yard(trip=trip, bay=bay[:8], by=request.actor, at=request.moment), _("In")
    )


@require_POST
@needs(UNLOAD)
def unload(request: Request, trip_id: UUID) -> HttpResponse:
    """Write down and sign how much came off into the warehouse; the customs confirm it."""
    trip = _trip(request, trip_id)
    typed = request.POST.get("kg", "").replace(".", "").strip()
    kg = int(typed) if typed.isdecimal() and len(typed) < 8 else 0
    return _done(
        request,
        trip,
        lambda: transfers.unload(trip=trip, kg=kg, by=request.actor, at=request.moment),
        _("Unloading recorded, the customs confirm it"),
    )


def _trip(request: Request, trip_id: UUID) -> Trip:
    return trip_for(trip_id, by=request.actor, at=request.moment)


def _done(request: Request, trip: Trip, act: Callable[[], object], words: str) -> HttpResponse:
    """Do it, say it, go back to the yard; a refusal is said in plain words, and what was typed stays."""
    plate = plates.show(trip.tractor_plate)
    try:
        act()
    except Refusal as refusal:
        messages.error(request, f"{plate}: {plain_words(trip, refusal, at=request.moment)}")
        known = yards_of(by=request.actor, at=request.moment)
        chosen = next((yard for yard in known if yard.pk == trip.yard_id), None)
        if chosen:
            return _page(request, known, chosen, refused=trip.pk)
    else:
        messages.success(request, f"{plate}: {words}")
    target = redirect("border_gate:yards")
    if trip.yard:
        target["Location"] += f"?bai={trip.yard.code}"
    return target
