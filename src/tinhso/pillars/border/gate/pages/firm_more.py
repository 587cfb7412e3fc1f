"""Thêm xe: one more vehicle for a declaration that was sent, from the page of one of its vehicles."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.convoy_forms import OneOfSeveral
from tinhso.pillars.border.gate.actions.firm_convoy import Share
from tinhso.pillars.border.gate.actions.firm_forms import intent_beside
from tinhso.pillars.border.gate.actions.more_vehicles import add_vehicle
from tinhso.pillars.border.gate.models import GoodsLine, Trip
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.pages.firm_partners import may_add
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import firms as queries
from tinhso.pillars.border.gate.queries.tasks import carried_lines
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.kinds import BOTH_WAYS

SUBMIT = step_permission("submit")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def add(request: Request, trip_id: UUID) -> HttpResponse:
    """Which vehicle, who drives, what it carries; sent at once."""
    firm = firm_of(request)
    trip = queries.own_trip(trip_id, firm, by=request.actor, at=request.moment)
    lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))
    if not lines or not may_add(trip):
        return redirect("border_gate:firm_trip", trip.pk)
    form = _form(request, trip, lines)
    if request.method == "POST" and form.is_valid() and (added := _added(request, trip, lines, form)):
        messages.info(request, _("Declaration sent: %(code)s") % {"code": added.shown_code()})
        return redirect("border_gate:firm_trip", added.pk)
    own = queries.vehicles_of(firm)
    context = {
        "firm": firm,
        "trip": trip,
        "plate": plates.show(trip.tractor_plate),
        "form": form,
        "carried": carried_lines(trip),
        "tractors": [plates.show(one.plate) for one in own if one.kind != "TRAILER"],
        "trailers": [plates.show(one.plate) for one in own if one.kind == "TRAILER"],
        "now": "board",
    }
    return render(request, "border_gate/firm_more.html", context)


def _form(request: Request, trip: Trip, lines: list[GoodsLine]) -> OneOfSeveral:
    return OneOfSeveral(
        request.POST or None, number=1, alone=False, lines=lines, drivers=list(queries.drivers_of(firm_of(request))),
        firm=firm_of(request), kind=trip.kind, two_way=trip.two_way and trip.kind in BOTH_WAYS, pairs=None,
    )  # fmt: skip


def _added(request: Request, trip: Trip, lines: list[GoodsLine], form: OneOfSeveral) -> Trip | None:
    kg = tuple(one or 0 for one in form.typed_kg())
    if not any(kg):
        form.add_error("kg_1", _("Give what this vehicle carries, or take it out."))
        return None
    share = Share(
        intent=intent_beside(trip, form),
        kg=kg,
        packages=tuple(line.packages * one // line.gross_kg for line, one in zip(lines, kg, strict=True)),
    )
    try:
        return add_vehicle(
            beside=trip,
            firm=firm_of(request),
            share=share,
            reason=_("Goods go on one more vehicle"),
            by=request.actor,
            at=request.moment,
        )
    except Refusal as refusal:
        trip.refresh_from_db()
        for told in [str(one["text"]) for one in refusal.facts.get("problems", ())] or [refusal.for_people()]:
            form.add_error(None, told)
        return None
