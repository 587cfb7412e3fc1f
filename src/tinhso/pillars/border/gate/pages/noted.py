"""Vehicles that stand undeclared at a barrier's point; the officer's word that one has left or was noted by mistake."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.noted import LATE, LEFT, LONGEST_GUESS, describe_arrival, leave_undeclared
from tinhso.pillars.border.gate.actions.withdrawals import withdraw_arrival
from tinhso.pillars.border.gate.models import ControlPoint, UndeclaredArrival
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.law import reasons_today
from tinhso.pillars.border.gate.queries.undeclared import noted_lately, standing_undeclared
from tinhso.pillars.border.gate.rules import plates

LEAVE = step_permission("leave_undeclared")
LONGEST, SHOWN = 240, 200


@require_safe
@needs(LEAVE)
def here(request: Request, code: str) -> HttpResponse:
    """Who stands undeclared at the point of that barrier, longest there first."""
    return _screen(request, _barrier(request, code), {})


@require_POST
@needs(LEAVE)
def left(request: Request, code: str, arrival_id: UUID) -> HttpResponse:
    """Xe đã rời đi: the bay is free, the list shorter. What was typed stays when it is refused."""
    barrier = _barrier(request, code)
    arrival = standing_undeclared().filter(point=barrier.point, pk=arrival_id).first()
    if arrival is None:
        raise NotFound
    chosen, typed = request.POST.get("reason_code", "")[:24], request.POST.get("reason", "")[:LONGEST]
    try:
        leave_undeclared(trip=arrival.trip, reason_code=chosen, reason=typed, by=request.actor, at=request.moment)
    except Refusal as refusal:
        wrong = {"wrong": refusal.for_people(), "about": arrival.pk, "chosen": chosen, "typed": typed}
        return _screen(request, barrier, wrong, status=refusal.status)
    messages.success(request, _("%(plate)s has left.") % {"plate": plates.show(arrival.plate)})
    return redirect("border_gate:barrier_noted", barrier.code)


@require_POST
@needs(LEAVE)
def said(request: Request, code: str, arrival_id: UUID) -> HttpResponse:
    """What the driver says of his goods, and why he has not declared: asked when the lane is free."""
    barrier = _barrier(request, code)
    arrival = standing_undeclared().filter(point=barrier.point, pk=arrival_id).first()
    if arrival is None:
        raise NotFound
    goods, chosen = request.POST.get("goods", "")[:LONGEST_GUESS], request.POST.get("late_code", "")[:24]
    try:
        describe_arrival(arrival=arrival, goods=goods, reason_code=chosen, by=request.actor, at=request.moment)
    except Refusal as refusal:
        wrong = {"unsaid": refusal.for_people(), "about": arrival.pk, "goods": goods, "chosen": chosen}
        return _screen(request, barrier, wrong, status=refusal.status)
    messages.success(request, _("Noted for %(plate)s.") % {"plate": plates.show(arrival.plate)})
    return redirect("border_gate:barrier_noted", barrier.code)


@require_POST
@needs(LEAVE)
def mistaken(request: Request, code: str, arrival_id: UUID) -> HttpResponse:
    """Ghi nhận nhầm: whoever noted it takes it back. What was typed stays when it is refused."""
    barrier = _barrier(request, code)
    arrival = UndeclaredArrival.objects.filter(point=barrier.point, pk=arrival_id).first()
    if arrival is None:
        raise NotFound
    typed = request.POST.get("reason", "")[:LONGEST]
    try:
        withdraw_arrival(arrival=arrival, reason=typed, by=request.actor, at=request.moment)
    except Refusal as refusal:
        wrong = {"mistake": refusal.for_people(), "about": arrival.pk, "typed": typed}
        return _screen(request, barrier, wrong, status=refusal.status)
    messages.success(request, _("%(plate)s does not count as undeclared.") % {"plate": plates.show(arrival.plate)})
    return redirect("border_gate:barrier_noted", barrier.code)


def _screen(request: Request, barrier: ControlPoint, told: dict[str, Any], status: int = 200) -> HttpResponse:
    rows = list(standing_undeclared().filter(point=barrier.point)[:SHOWN])
    here_still = {row.pk for row in rows}
    lately = noted_lately(barrier.point_id, at=request.moment)[:SHOWN]
    gone = [row for row in lately if row.pk not in here_still]
    reasons = list(reasons_today().filter(kind__in=(LEFT, LATE)))
    late = {one.code: one for one in reasons if one.kind == LATE}
    context = {
        "barrier": barrier,
        "rows": [(row, late.get(row.reason_code)) for row in rows],
        "gone": gone,
        "reasons": [one for one in reasons if one.kind == LEFT],
        "late": late.values(),
        **told,
    }
    return render(request, "border_gate/barrier_noted.html", context, status=status)


def _barrier(request: Request, code: str) -> ControlPoint:
    rows = visible(ControlPoint.objects.select_related("point"), request.actor, LEAVE, request.moment)
    barrier = rows.filter(code=code).first()
    if barrier is None:
        raise NotFound
    return barrier
