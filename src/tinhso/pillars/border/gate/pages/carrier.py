"""A transport firm's side: the trips given to it, vehicle and driver for each, the driver's link, its own cards."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import carriers as actions
from tinhso.pillars.border.gate.actions.checked_forms import Checked
from tinhso.pillars.border.gate.models import Driver, Enterprise, Haulage, Vehicle
from tinhso.pillars.border.gate.pages.firm_cards import Side, driver_page, drivers_page, fleet_page, vehicle_page
from tinhso.pillars.border.gate.permissions import CARRY_TRIP, MANAGE_FIRM
from tinhso.pillars.border.gate.queries import carriers as queries

CHOSEN = "border_gate.carrier"
LINK = "border_gate.carrier_link"
CARDS = Side("border_gate/_carrier.html", "border_gate:carrier_")


class AssignForm(Checked):
    """Which of the carrier's own vehicles goes, and who drives."""

    tractor = forms.ModelChoiceField(Vehicle.objects.none(), label=gettext_lazy("Tractor or truck"), empty_label="–")
    trailer = forms.ModelChoiceField(
        Vehicle.objects.none(), label=gettext_lazy("Trailer"), required=False, empty_label="–"
    )
    driver = forms.ModelChoiceField(Driver.objects.none(), label=gettext_lazy("Driver"), empty_label="–")

    def __init__(self, *args: Any, carrier: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("tractor", queries.fleet(carrier, trailers=False)),
            ("trailer", queries.fleet(carrier, trailers=True)),
            ("driver", queries.crew(carrier)),
        ):
            cast(Any, self.fields[name]).queryset = rows


def carrier_of(request: Request) -> Enterprise:
    """The transport firm for which the reader acts: the one chosen, else the first of his. Raises NotFound."""
    own = queries.carriers_of(by=request.actor, at=request.moment)
    chosen = request.GET.get("dn") or request.session.get(CHOSEN)
    found = next((one for one in own if str(one.pk) == chosen), None) or own.first()
    if found is None:
        raise NotFound
    if request.GET.get("dn"):
        request.session[CHOSEN] = str(found.pk)
    return found


@never_cache
@require_safe
@needs(CARRY_TRIP)
def board(request: Request) -> HttpResponse:
    """The trips given to the carrier, those without a vehicle first; running ones, or those that have ended."""
    carrier = carrier_of(request)
    ended = request.GET.get("loc") == "ended"
    held = queries.haulages_of(carrier, by=request.actor, at=request.moment)
    rows = held.filter(trip__ended_at__isnull=not ended)[: queries.ROWS]
    context = {
        "firm": carrier,
        "rows": queries.loads(list(rows), at=request.moment),
        "ended": ended,
        "now": "board",
    }
    return render(request, "border_gate/carrier_board.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(CARRY_TRIP)
def load(request: Request, haulage_id: UUID) -> HttpResponse:
    """One trip as its carrier reads it, and the form that names vehicle and driver."""
    carrier = carrier_of(request)
    haulage = _own(request, carrier, haulage_id)
    form = AssignForm(request.POST or None, carrier=carrier, initial=_assigned(haulage))
    if request.method == "POST" and form.is_valid() and _assign(request, haulage, form):
        return redirect("border_gate:carrier_load", haulage.pk)
    context = {
        "firm": carrier,
        "load": queries.load(haulage, at=request.moment),
        "form": form,
        "address": _address(request, haulage),
        "now": "board",
    }
    return render(request, "border_gate/carrier_load.html", context, status=422 if form.errors else 200)


@require_POST
@needs(CARRY_TRIP)
def send(request: Request, haulage_id: UUID) -> HttpResponse:
    """Make the driver's link anew; it is shown once on the trip's page."""
    haulage = _own(request, carrier_of(request), haulage_id)
    try:
        token = actions.send_to_driver(haulage=haulage, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        request.session[LINK] = {"haulage": str(haulage.pk), "token": token}
    return redirect("border_gate:carrier_load", haulage.pk)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(CARRY_TRIP)
def fleet(request: Request) -> HttpResponse:
    """The carrier's vehicles, and one more."""
    return fleet_page(request, carrier_of(request), CARDS)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(CARRY_TRIP)
def drivers(request: Request) -> HttpResponse:
    """The carrier's drivers, and one more."""
    return drivers_page(request, carrier_of(request), CARDS)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(MANAGE_FIRM)
def vehicle(request: Request, vehicle_id: UUID) -> HttpResponse:
    """The card of one of its vehicles."""
    return vehicle_page(request, carrier_of(request), CARDS, vehicle_id)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(MANAGE_FIRM)
def driver(request: Request, driver_id: UUID) -> HttpResponse:
    """The card of one of its drivers."""
    return driver_page(request, carrier_of(request), CARDS, driver_id)


def _own(request: Request, carrier: Enterprise, haulage_id: UUID) -> Haulage:
    return queries.own_haulage(haulage_id, carrier, by=request.actor, at=request.moment)


def _assign(request: Request, haulage: Haulage, form: AssignForm) -> bool:
    typed = form.cleaned_data
    try:
        actions.assign(
            haulage=haulage,
            tractor=typed["tractor"],
            trailer=typed["trailer"],
            driver=typed["driver"],
            by=request.actor,
            at=request.moment,
        )
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())
        return False
    messages.info(request, _("Vehicle and driver assigned"))
    return True


def _assigned(haulage: Haulage) -> dict[str, Any]:
    trip = haulage.trip
    return {"tractor": trip.tractor_id, "trailer": trip.trailer_id, "driver": trip.driver_id}


def _address(request: Request, haulage: Haulage) -> str:
    """The link that was just made, once."""
    kept = request.session.get(LINK, {})
    if kept.get("haulage") != str(haulage.pk):
        return ""
    del request.session[LINK]
    return request.build_absolute_uri(reverse("kernel_login:link", args=[kept["token"]]))
