"""What some kinds of trips still need after they are declared: who hands goods to whom, the goods of the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import convoy
from tinhso.pillars.border.gate.actions import firm as actions
from tinhso.pillars.border.gate.actions.back_forms import Back
from tinhso.pillars.border.gate.actions.goods_forms import goods_choices
from tinhso.pillars.border.gate.models import GoodsLine, Trip
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.pages.firm_partners import asks_back
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import firms as queries
from tinhso.pillars.border.gate.rules import plates

SUBMIT = step_permission("submit")


@require_POST
@needs(SUBMIT)
def pair(request: Request, trip_id: UUID) -> HttpResponse:
    """Say with which of the firm's own trips this one hands goods over."""
    trip = _own(request, trip_id)
    try:
        other = _own(request, UUID(request.POST.get("other", "")))
    except ValueError as wrong:
        raise NotFound from wrong
    return _do(request, trip, lambda: actions.pair_own(trip=trip, other=other, **_by(request)), _("Vehicles paired"))


@require_POST
@needs(SUBMIT)
def unpair(request: Request, trip_id: UUID, pairing: int) -> HttpResponse:
    """Undo it."""
    trip = _own(request, trip_id)
    found = next((one for one in queries.pairs_of(trip) if one.pk == pairing), None)
    if found is None:
        raise NotFound
    return _do(request, trip, lambda: convoy.unpair_trips(pairing=found, **_by(request)), _("Pairing undone"))


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def back(request: Request, trip_id: UUID) -> HttpResponse:
    """The goods of the way back; what was told before is replaced."""
    firm, trip = firm_of(request), _own(request, trip_id)
    if not asks_back(trip):
        return redirect("border_gate:firm_trip", trip.pk)
    form = Back(request.POST or None, initial=_told_before(trip))
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["customs_no"]
        try:
            convoy.declare_back(trip=trip, enterprise=firm, lines=form.lines, customs_no=number, **_by(request))
        except Refusal as refusal:
            form.add_error("goods_1", refusal.for_people())
        else:
            messages.info(request, _("Goods of the way back declared"))
            return redirect("border_gate:firm_trip", trip.pk)
    context = {"firm": firm, "trip": trip, "form": form, "goods": goods_choices(), "now": "board"}
    return render(request, "border_gate/firm_back.html", {**context, "plate": plates.show(trip.tractor_plate)})


def _told_before(trip: Trip) -> dict[str, Any]:
    lines = GoodsLine.objects.filter(declaration_id=trip.back_id)[:3] if trip.back_id else ()
    found: dict[str, Any] = {"customs_no": trip.back.customs_no if trip.back else ""}
    for number, line in enumerate(lines, start=1):
        found |= {
            f"goods_{number}": f"{line.title} ({line.hs6})",
            f"kg_{number}": line.gross_kg,
            f"packages_{number}": line.packages or "",
            f"certificate_{number}": line.certificate_no,
        }
    return found


def _own(request: Request, trip_id: UUID) -> Trip:
    return queries.own_trip(trip_id, firm_of(request), **_by(request))


def _by(request: Request) -> dict[str, Any]:
    return {"by": request.actor, "at": request.moment}


def _do(request: Request, trip: Trip, action: Callable[[], Any], done: str) -> HttpResponse:
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, done)
    return redirect("border_gate:firm_trip", trip.pk)
