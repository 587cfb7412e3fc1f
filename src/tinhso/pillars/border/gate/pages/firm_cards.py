"""The firm's vehicles and drivers: the lists, one more, and the card of each to be changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.may import may, require
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import cards
from tinhso.pillars.border.gate.actions import firm as actions
from tinhso.pillars.border.gate.actions.card_forms import (
    DriverCard,
    DriverOfFirm,
    NewVehicle,
    card_of,
    typed_of_driver,
)
from tinhso.pillars.border.gate.actions.firm_forms import dialled
from tinhso.pillars.border.gate.models import Enterprise, Vehicle
from tinhso.pillars.border.gate.pages.driver import HELP_DESK
from tinhso.pillars.border.gate.pages.firm import SUBMIT, firm_of
from tinhso.pillars.border.gate.permissions import MANAGE_FIRM
from tinhso.pillars.border.gate.queries import firms as queries


@dataclass(frozen=True, slots=True)
class Side:
    """Whose pages they are: the frame around them, and how their addresses begin."""

    frame: str
    names: str


FIRM = Side("border_gate/_firm.html", "border_gate:firm_")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def fleet(request: Request) -> HttpResponse:
    """The firm's vehicles, and one more."""
    return fleet_page(request, firm_of(request), FIRM)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def drivers(request: Request) -> HttpResponse:
    """The firm's drivers, and one more; of their papers the kind alone is shown."""
    firm = firm_of(request)
    require(request.actor, MANAGE_FIRM, firm, request.moment)  # a broker acts for the firm, its drivers are not his
    return drivers_page(request, firm, FIRM)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(MANAGE_FIRM)
def vehicle(request: Request, vehicle_id: UUID) -> HttpResponse:
    """The card of one of the firm's own vehicles."""
    return vehicle_page(request, firm_of(request), FIRM, vehicle_id)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(MANAGE_FIRM)
def driver(request: Request, driver_id: UUID) -> HttpResponse:
    """The card of one of the firm's own drivers; the paper's number is not shown."""
    return driver_page(request, firm_of(request), FIRM, driver_id)


def fleet_page(request: Request, firm: Enterprise, side: Side) -> HttpResponse:
    form = NewVehicle(request.POST or None)
    if request.method == "POST" and form.is_valid() and _kept(request, lambda: _add(request, firm, form), _("Added")):
        return redirect(f"{side.names}fleet")
    context = {"vehicles": queries.vehicles_of(firm), **_list(request, firm, form, "fleet", side)}
    return render(request, "border_gate/firm_fleet.html", context)


def drivers_page(request: Request, firm: Enterprise, side: Side) -> HttpResponse:
    form = DriverOfFirm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.typed:
        new = form.typed
        if _kept(request, lambda: actions.keep_driver(firm=firm, new=new, **_by(request)), _("Added")):
            return redirect(f"{side.names}drivers")
    context = {"drivers": queries.drivers_of(firm), **_list(request, firm, form, "drivers", side)}
    return render(request, "border_gate/firm_drivers.html", context)


def vehicle_page(request: Request, firm: Enterprise, side: Side, vehicle_id: UUID) -> HttpResponse:
    """Raises NotFound for another firm's."""
    one = queries.vehicles_of(firm).filter(pk=vehicle_id).first()
    if one is None:
        raise NotFound
    form = card_of(one, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change = lambda: cards.change_vehicle(vehicle=one, facts=form.facts(), **_by(request))  # noqa: E731
        if _kept(request, change, _("Changed")):
            return redirect(f"{side.names}fleet")
    papers = reverse("border_gate:vehicle_papers", args=[one.pk]) if side is FIRM else ""
    context = {"title": one.shown_plate or one.vin, "papers": papers, **_list(request, firm, form, "fleet", side)}
    return render(request, "border_gate/firm_one_card.html", context, status=422 if form.errors else 200)


def driver_page(request: Request, firm: Enterprise, side: Side, driver_id: UUID) -> HttpResponse:
    """Raises NotFound for another firm's."""
    one = queries.drivers_of(firm).filter(pk=driver_id).first()
    if one is None:
        raise NotFound
    form = DriverCard(request.POST or None, initial=typed_of_driver(one))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        person = {name: typed[name] for name in ("nationality", "language") if typed[name]}
        person["phone"] = dialled(typed["phone"])
        change = lambda: cards.change_driver(driver=one, facts=form.facts(), person=person, **_by(request))  # noqa: E731
        if _kept(request, change, _("Changed")):
            return redirect(f"{side.names}drivers")
    papers = reverse("border_gate:driver_papers", args=[one.pk]) if side is FIRM else ""
    context = {"title": one.person.full_name, "papers": papers, **_list(request, firm, form, "drivers", side)}
    return render(request, "border_gate/firm_one_card.html", context, status=422 if form.errors else 200)


def _add(request: Request, firm: Enterprise, form: NewVehicle) -> None:
    """A vehicle that the firm does not own keeps its card: it is found, not changed."""
    kept: Vehicle = actions.keep_vehicle(
        firm=firm, plate=form.cleaned_data["plate"], kind=form.cleaned_data["kind"], **_by(request)
    )
    if kept.owner_id == firm.pk:
        facts = {name: value for name, value in form.facts().items() if value not in ("", None)}
        cards.change_vehicle(vehicle=kept, facts=facts, **_by(request))


def _list(request: Request, firm: Enterprise, form: Any, now: str, side: Side) -> dict[str, Any]:
    may_add = may(request.actor, MANAGE_FIRM, firm, request.moment)
    cards_at = {"vehicle_url": f"{side.names}vehicle", "driver_url": f"{side.names}driver"}
    told: dict[str, Any] = {"firm": firm, "form": form, "may_add": may_add, "now": now, "help_desk": HELP_DESK}
    return {**told, "frame": side.frame, **cards_at}


def _by(request: Request) -> dict[str, Any]:
    return {"by": request.actor, "at": request.moment}


def _kept(request: Request, action: Callable[[], Any], done: str) -> bool:
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
        return False
    messages.info(request, done)
    return True
