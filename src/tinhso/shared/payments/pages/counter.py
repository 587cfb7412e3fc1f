"""The cashier's counter: find what is owed by its reference, take the money, show the receipt."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import visible, which
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.kernel.web.tables import show_table
from tinhso.shared.payments import permissions as p
from tinhso.shared.payments.actions import counter as actions
from tinhso.shared.payments.actions.refunds import ask_refund
from tinhso.shared.payments.models import Obligation, Receipt
from tinhso.shared.payments.pages.acting import act, amount_of, by, typed
from tinhso.shared.payments.pages.tables import ObligationTable
from tinhso.shared.payments.pages.words import METHODS, TONES
from tinhso.shared.payments.queries import obligations as queries
from tinhso.shared.payments.queries.receipts import shown
from tinhso.shared.payments.rules import vietqr


@require_safe
@needs(p.SEE_PAYMENTS)
def counter(request: Request) -> HttpResponseBase:
    """What is owed where the cashier works; found in all of it by reference, receipt or payer."""
    rows = queries.seen_by(request.actor, request.moment)
    words, state = request.GET.get("q", "").strip()[:80], request.GET.get("loc", "open")
    rows = queries.found_by(rows, words) if words else rows.filter(state=state) if state else rows
    states = [("open", _("To be paid")), ("paid", _("Paid")), ("refunding", _("Being given back"))]
    context = {"words": words, "state": "" if words else state, "states": states}
    return show_table(request, ObligationTable, rows.order_by("-created_at"), "shared_payments/counter.html", context)


@require_safe
@needs(p.SEE_PAYMENTS)
def obligation(request: Request, obligation_id: UUID) -> HttpResponse:
    """One obligation: its QR for the payer, and what the cashier may do."""
    one = _seen(request, obligation_id)
    text = queries.vietqr_of(one)
    context = {
        "one": one,
        "tone": TONES[one.state],
        "rights": which(request.actor, [p.COLLECT_PAYMENT, p.ASK_REFUND], one, request.moment),
        "collect": p.COLLECT_PAYMENT,
        "ask": p.ASK_REFUND,
        "picture": mark_safe(vietqr.svg(text)) if text else "",  # noqa: S308 - drawn by our own rules
        "payments": [(pay, METHODS.get(pay.method, pay.method)) for pay in one.payments.order_by("at", "id")],
        "refunds": [(back, TONES[back.state]) for back in one.refunds.order_by("created_at", "id")],
        "receipt": Receipt.objects.filter(obligation=one).first(),
        "checkout": reverse("shared_payments:checkout", args=[one.token]),
        "method": METHODS.get(one.method, ""),
    }
    return render(request, "shared_payments/obligation.html", context)


@require_POST
@needs(p.COLLECT_PAYMENT)
def collect(request: Request, obligation_id: UUID) -> HttpResponse:
    one = _seen(request, obligation_id)
    deed: dict[str, Any] = {
        "obligation_ids": [one.pk],
        "method": typed(request, "method", 16),
        "reason": typed(request, "reason"),
        "document_no": typed(request, "document_no", 40),
        **by(request),
    }
    return act(request, lambda: actions.collect(**deed), back=_address(one), done=_("Payment taken"))


@require_POST
@needs(p.ASK_REFUND)
def refund(request: Request, obligation_id: UUID) -> HttpResponse:
    one = _seen(request, obligation_id)
    deed: dict[str, Any] = {
        "obligation_id": one.pk,
        "reason": typed(request, "reason"),
        "amount": amount_of(request),
        **by(request),
    }
    return act(request, lambda: ask_refund(**deed), back=_address(one), done=_("Refund asked for"))


@require_safe
@needs(p.SEE_PAYMENTS)
def receipt(request: Request, receipt_id: UUID) -> HttpResponse:
    """The receipt, to print."""
    rows = visible(Receipt.objects.select_related("payee", "obligation"), request.actor, p.SEE_PAYMENTS, request.moment)
    one = rows.filter(pk=receipt_id).first()
    if one is None:
        raise NotFound
    context = {"receipt": one, "text": shown(one), "method": METHODS.get(one.method, one.method)}
    return render(request, "shared_payments/receipt.html", context)


def _seen(request: Request, obligation_id: UUID) -> Obligation:
    one = queries.seen_by(request.actor, request.moment).filter(pk=obligation_id).first()
    if one is None:
        raise NotFound
    return one


def _address(one: Obligation) -> str:
    return reverse("shared_payments:obligation", args=[one.pk])
