"""Declaring a vehicle that came undeclared: by the short link without an account, or at the help desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tinhso.kernel.access.limits import Rate, limited
from tinhso.kernel.access.may import may
from tinhso.kernel.access.needs import needs
from tinhso.kernel.audit.binding import acting_as
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import undeclared
from tinhso.pillars.border.gate.actions.goods_forms import goods_choices
from tinhso.pillars.border.gate.flows.states import DRAFT
from tinhso.pillars.border.gate.models import Trip, UndeclaredArrival
from tinhso.pillars.border.gate.pages.desk_forms import QuickForAnother
from tinhso.pillars.border.gate.pages.driver import HELP_DESK
from tinhso.pillars.border.gate.pages.quick_forms import Quick
from tinhso.pillars.border.gate.permissions import DECLARE_FOR, step_permission
from tinhso.pillars.border.gate.queries import driver as standings
from tinhso.pillars.border.gate.queries import undeclared as queries
from tinhso.pillars.border.gate.queries.mending import to_mend
from tinhso.pillars.border.gate.queries.namings import nameless_trips
from tinhso.pillars.border.gate.queries.undeclared import known_before
from tinhso.pillars.border.gate.rules import plates

OPENED = Rate(60)
"""A minute and network: many drivers stand behind one mobile network, and a link has 60 bits."""
SUBMIT = step_permission("submit")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("border_gate.quick", OPENED)
def quick(request: Request, code: str) -> HttpResponse:
    """The page of a short link: six fields while the vehicle is not declared, afterwards where its trip stands."""
    arrival = queries.arrival_by_digest(undeclared.link_digest(code))
    if arrival is None or arrival.withdrawn_at or arrival.link_until <= clock.real():
        return render(request, "border_gate/quick_closed.html", _desk(), status=404 if arrival is None else 410)
    if arrival.trip.state != DRAFT:
        return render(request, "border_gate/quick_done.html", _done(request, arrival, code))
    # Whoever is signed in besides: the link acts for the vehicle's driver and for nobody else.
    with acting_as(undeclared.declarer(arrival)) as driver:
        return _declared(request, arrival, driver, Quick)


@require_safe
@needs(SUBMIT)
def waiting(request: Request) -> HttpResponse:
    """Vehicles that wait undeclared, or for their true firm, for whoever may declare for their drivers."""
    rows = queries.waiting_arrivals(by=request.actor, at=request.moment)
    shown = [(arrival, plates.show(arrival.plate)) for arrival in rows[:200]]
    nameless = nameless_trips(by=request.actor, at=request.moment)[:200]
    context = {
        "rows": shown,
        "nameless": nameless,
        "to_mend": to_mend(by=request.actor, at=request.moment)[:200],
        "ahead": may(request.actor, DECLARE_FOR, at=request.moment),
    }
    return render(request, "border_gate/quick_waiting.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(SUBMIT)
def for_another(request: Request, arrival_id: UUID) -> HttpResponse:
    """The same six fields at the help desk, in the name of the one who types, with the driver's consent."""
    rows = queries.waiting_arrivals(by=request.actor, at=request.moment)
    arrival = rows.filter(pk=arrival_id).first()
    if arrival is None:
        raise NotFound
    return _declared(request, arrival, request.actor, QuickForAnother)


def _declared(request: Request, arrival: UndeclaredArrival, by: Actor, kind: type[Quick]) -> HttpResponse:
    """Show the form; send what was typed, or show it again with what stands in the way."""
    before = queries.trip_before(arrival)
    given: dict[str, Any] = {"trip": arrival.trip, "before": before}
    if kind is QuickForAnother:
        given["registers"] = may(by, DECLARE_FOR, arrival.trip, request.moment)
    form = kind(request.POST, **given) if request.method == "POST" else kind(initial=_known(arrival, before), **given)
    if form.is_bound and form.is_valid():
        try:
            consent = bool(form.cleaned_data.get("consent"))
            undeclared.declare_with(
                arrival=arrival, answers=form.answers(), consent=consent, by=by, at=request.moment
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal.field, refusal.for_people())
        else:
            return redirect(request.path if kind is Quick else "border_gate:quick_waiting")
    context = {"form": form, "goods": goods_choices(), **_head(arrival), **_desk()}
    return render(request, "border_gate/quick.html", context, status=422 if form.is_bound else 200)


def _known(arrival: UndeclaredArrival, before: Trip | None) -> dict[str, Any]:
    """What is known of the vehicle from its last trip; the number of a paper is never shown."""
    known = {"goods": "", **known_before(before), "phone": arrival.phone}
    return {**known, "goods": arrival.goods_guess or known["goods"]}


def _done(request: Request, arrival: UndeclaredArrival, code: str) -> dict[str, Any]:
    standing = standings.standing(arrival.trip, at=request.moment)
    return {"standing": standing, "fix_url": reverse("border_gate:quick_fix", args=[code]), **_head(arrival), **_desk()}


def _head(arrival: UndeclaredArrival) -> dict[str, Any]:
    return {"trip": arrival.trip, "arrival": arrival, "plate": plates.show(arrival.plate)}


def _desk() -> dict[str, Any]:
    return {"help_desk": HELP_DESK, "help_desk_dial": HELP_DESK.replace(" ", "")}
