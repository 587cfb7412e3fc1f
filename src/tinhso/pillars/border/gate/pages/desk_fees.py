"""The fee at the counter beside its collection: waived, deferred, given back or assessed anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.kernel.web.tables import show_table
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions import fees
from tinhso.pillars.border.gate.actions.difference_money import SOURCE as DIFFERENCE
from tinhso.pillars.border.gate.actions.fee_changes import open_difference, pay_difference
from tinhso.pillars.border.gate.actions.fee_money import SOURCE
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.pages.debts import DebtTable
from tinhso.pillars.border.gate.queries.fees import fee_of, owed, sum_of
from tinhso.pillars.border.gate.queries.masks import sees_bill
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.templatetags.border_gate import sight
from tinhso.shared.payments import facade as payments

TONES = {
    "paid": "done",
    "waived": "done",
    "not_owed": "done",
    "deferred": "wait",
    "assessed": "wait",
    "refunding": "attn",
    "returning": "attn",
}


@require_safe
@needs(p.VIEW_TRIP)
def checkout(request: Request, trip_id: UUID) -> HttpResponse:
    """To the payer's page of the trip's fee: its QR, and whether the money has come. It names firm and goods."""
    trip = trip_for(trip_id, by=request.actor, at=request.moment)
    if not sees_bill(sight(request), trip, by=request.actor, at=request.moment):
        raise NotFound
    more, fee = open_difference(trip), fee_of(trip)
    address = payments.checkout_address(source=SOURCE, record_id=fee.pk) if fee else ""
    if more is not None and more.amount > 0:
        address = payments.checkout_address(source=DIFFERENCE, record_id=more.pk) or address
    if not address:
        raise NotFound
    return redirect(address)


@require_safe
@needs(p.VIEW_REPORT)
def debts(request: Request) -> HttpResponseBase:
    """Fees that are not paid though the vehicle has gone, and those deferred."""
    rows = owed(by=request.actor, at=request.moment)
    context = {"sum": sum_of(rows)}
    return show_table(request, DebtTable, rows, "border_gate/debts.html", context)


@require_POST
@needs(p.COLLECT_FEE)
def pay_more(request: Request, trip_id: UUID) -> HttpResponse:
    """Take at the counter what a correction made dearer."""
    more = open_difference(trip_for(trip_id, by=request.actor, at=request.moment))
    if more is None or more.amount <= 0:
        raise NotFound
    said: dict[str, Any] = {name: request.POST.get(name, "").strip()[:240] for name in ("reason", "document_no")}
    method = request.POST.get("method", "")[:16]
    return act(
        request,
        lambda: pay_difference(difference=more, method=method, **said, **by(request)),
        fallback="border_gate:trips",
    )


@require_POST
@needs(p.COLLECT_FEE)
def propose(request: Request, trip_id: UUID) -> HttpResponse:
    """Ask a leader to waive the fee."""
    return _with_document(request, trip_id, fees.propose_waiver)


@require_POST
@needs(p.WAIVE_FEE)
def waive(request: Request, trip_id: UUID) -> HttpResponse:
    return _with_document(request, trip_id, fees.waive_fee)


@require_POST
@needs(p.WAIVE_FEE)
def defer(request: Request, trip_id: UUID) -> HttpResponse:
    return _with_document(request, trip_id, fees.defer_fee)


@require_POST
@needs(p.REFUND_FEE)
def refund(request: Request, trip_id: UUID) -> HttpResponse:
    return _with_document(request, trip_id, fees.refund_fee)


@require_POST
@needs(p.ASSESS_FEE)
def replace(request: Request, trip_id: UUID) -> HttpResponse:
    """Ask the tariff anew after goods, weight, container or tariff have changed."""
    return _do(request, trip_id, fees.replace_fee)


def _with_document(request: Request, trip_id: UUID, action: Callable[..., Any]) -> HttpResponse:
    return _do(request, trip_id, action, document_no=request.POST.get("document_no", "").strip()[:40])


def _do(request: Request, trip_id: UUID, action: Callable[..., Any], **facts: str) -> HttpResponse:
    """Act on the trip's fee; a refusal is told on the same page."""
    fee = fee_of(trip_for(trip_id, by=request.actor, at=request.moment))
    if fee is None:
        raise NotFound
    return act(request, lambda: action(fee=fee, **by(request), **facts), fallback="border_gate:trips")
