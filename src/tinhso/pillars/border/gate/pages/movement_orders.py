"""Movement orders at the desk: given, who has read them, said again, withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.access.may import may, visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import guidance
from tinhso.pillars.border.gate.actions.checked_forms import upper
from tinhso.pillars.border.gate.flows import STATES
from tinhso.pillars.border.gate.models import CrossingPoint, MovementOrder
from tinhso.pillars.border.gate.pages.order_forms import OrderForm, places_of
from tinhso.pillars.border.gate.permissions import ISSUE_ORDER, VIEW_BOARD
from tinhso.pillars.border.gate.queries import guidance as queries
from tinhso.pillars.border.gate.queries.sent import how_far
from tinhso.pillars.border.gate.rules import plates


@require_http_methods(["GET", "HEAD", "POST"])
@needs(VIEW_BOARD)
def orders(request: Request) -> HttpResponse:
    """The newest orders of one's points, and the form for who may give one."""
    points = visible(_open_points(), request.actor, ISSUE_ORDER, request.moment)
    allowed = points.exists()
    first = {"point": request.GET.get("diem", "")}
    form = OrderForm(request.POST or None, points=points, initial=first) if allowed else None
    if request.method == "POST":
        if form is None:
            raise NotFound
        if form.is_valid() and (order := _given(request, form)):
            return redirect("border_gate:movement_order", order.pk)
    context = {
        "form": form,
        "places": places_of(points) if allowed else [],
        "rows": [_row(one, request) for one in queries.orders_seen(by=request.actor, at=request.moment)],
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "border_gate/movement_orders.html", context, status=status)


@require_safe
@needs(VIEW_BOARD)
def order(request: Request, order_id: UUID) -> HttpResponse:
    """One order with its readers, the unread first."""
    one = _order(request, order_id)
    receipts = queries.receipts_of(one)
    read = sum(receipt.acknowledged_at is not None for receipt in receipts)
    ways = how_far([receipt.trip_id for receipt in receipts], kind="border_gate.ordered", number=one.number)
    context = {
        "order": one,
        "holds": one.holds_at(request.moment),
        "reach": _reach(one),
        "read": read,
        "unread": len(receipts) - read,
        "receipts": [
            (receipt, plates.show(receipt.trip.tractor_plate), ways.get(receipt.trip_id)) for receipt in receipts
        ],
        "may_issue": may(request.actor, ISSUE_ORDER, one, request.moment),
    }
    return render(request, "border_gate/movement_order.html", context)


@require_POST
@needs(ISSUE_ORDER)
def repeat(request: Request, order_id: UUID) -> HttpResponse:
    """Say it again to those who have not read it."""
    one = _order(request, order_id)
    try:
        count = guidance.repeat_order(order=one, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        said = ngettext("Said again to %(count)d driver", "Said again to %(count)d drivers", count)
        messages.success(request, said % {"count": count})
    return redirect("border_gate:movement_order", one.pk)


@require_POST
@needs(ISSUE_ORDER)
def withdraw(request: Request, order_id: UUID) -> HttpResponse:
    """Take it back, with a reason."""
    one = _order(request, order_id)
    reason = request.POST.get("reason", "")
    try:
        guidance.withdraw_order(order=one, reason=reason, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.success(request, _("The order is withdrawn"))
    return redirect("border_gate:movement_order", one.pk)


def _open_points() -> Any:
    return CrossingPoint.objects.filter(goods_open=True)


def _order(request: Request, order_id: UUID) -> MovementOrder:
    rows = visible(MovementOrder.objects.all(), request.actor, VIEW_BOARD, request.moment)
    one = rows.select_related("point", "yard").filter(pk=order_id).first()
    if one is None:
        raise NotFound
    return one


def _given(request: Request, form: OrderForm) -> MovementOrder | None:
    try:
        return guidance.issue_order(wanted=form.wanted(at=request.moment), by=request.actor, at=request.moment)
    except Refusal as refusal:
        form.refuse(refusal.field, refusal.for_people())
        return None


def _row(reach: queries.Reach, request: Request) -> dict[str, Any]:
    holds = reach.order.holds_at(request.moment)
    tone = "off" if not holds else ("done" if not reach.unread else "wait")
    return {"reach": reach, "order": reach.order, "holds": holds, "tone": tone}


def _reach(order: MovementOrder) -> str:
    """Whom the order is for, in words."""
    if order.trips:
        return _("named vehicles")
    parts = [upper(", ".join(str(STATES[state]) for state in order.states))] if order.states else [_("All under way")]
    if order.direction:
        parts.append({"X": _("export"), "N": _("import")}[order.direction])
    if order.yard:
        parts.append(str(order.yard))
    return " · ".join(parts)
