"""The help desk before the vehicle comes, and after the firm that was named has disowned it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.may import unseen
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.ahead import Coming
from tinhso.pillars.border.gate.actions.desk_ahead import declare_at_desk
from tinhso.pillars.border.gate.actions.goods_forms import goods_choices
from tinhso.pillars.border.gate.actions.namings import name_true_firm
from tinhso.pillars.border.gate.models import AheadDeclaration, Trip
from tinhso.pillars.border.gate.pages.desk_forms import Ahead, TrueFirm, Vehicle, new_firm
from tinhso.pillars.border.gate.permissions import DECLARE_FOR
from tinhso.pillars.border.gate.queries.namings import nameless_trips
from tinhso.pillars.border.gate.queries.undeclared import known_before, trip_before
from tinhso.pillars.border.gate.rules import plates


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(DECLARE_FOR)
def ahead(request: Request) -> HttpResponse:
    """Which vehicle comes where and when; then the six fields, filled from its last trip, in the desk's own name."""
    told = request.POST if request.method == "POST" else request.GET
    today = request.moment.astimezone(HANOI).date()
    vehicle = Vehicle(told) if "plate" in told else Vehicle(initial={"planned_on": today})
    if not vehicle.is_bound or not vehicle.is_valid():
        status = 422 if vehicle.is_bound else 200
        return render(request, "border_gate/desk_vehicle.html", {"vehicle": vehicle}, status=status)
    return _six_fields(request, vehicle)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(DECLARE_FOR)
def true_firm(request: Request, trip_id: UUID) -> HttpResponse:
    """Whose vehicle it is, as the driver says now."""
    trip = nameless_trips(by=request.actor, at=request.moment).filter(pk=trip_id).first()
    if trip is None:
        raise unseen(Trip, trip_id, request.actor, DECLARE_FOR, request.moment)
    form = TrueFirm(request.POST or None)
    if form.is_bound and form.is_valid():
        given: dict[str, Any] = {"tax_code": form.tax, "consent": form.cleaned_data["consent"], **new_firm(form)}
        try:
            firm = name_true_firm(trip=trip, by=request.actor, at=request.moment, **given)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())
        else:
            messages.success(request, _("The vehicle is declared for %(firm)s.") % {"firm": firm.agency.name})
            return redirect("border_gate:quick_waiting")
    said = trip.namings.exclude(disowned_at=None).select_related("firm__agency").order_by("-disowned_at")
    context = {"form": form, "trip": trip, "said": said}
    return render(request, "border_gate/desk_true_firm.html", context, status=422 if form.is_bound else 200)


def _six_fields(request: Request, vehicle: Vehicle) -> HttpResponse:
    typed = vehicle.cleaned_data
    read = plates.read_tractor(typed["plate"])
    coming = AheadDeclaration(plate=read.norm, point=typed["point"], planned_on=typed["planned_on"])
    before = trip_before(coming)
    given: dict[str, Any] = {"trip": coming, "before": before, "registers": True}
    sent = request.method == "POST"
    form = Ahead(request.POST, **given) if sent else Ahead(initial=known_before(before), **given)
    if form.is_bound and form.is_valid():
        answers = form.answers()
        wanted = Coming(**typed, phone=answers.phone)
        try:
            trip = declare_at_desk(
                coming=wanted, answers=answers, consent=form.cleaned_data["consent"], by=request.actor,
                at=request.moment,
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal.field, refusal.for_people())
        else:
            messages.success(request, _("Declaration sent: %(code)s") % {"code": trip.shown_code()})
            return redirect("border_gate:quick_waiting")
    context = {"form": form, "vehicle": vehicle, "coming": coming, "goods": goods_choices()}
    return render(request, "border_gate/desk_ahead.html", context, status=422 if form.is_bound else 200)
