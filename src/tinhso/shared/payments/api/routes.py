"""Payments over the API: the bank's signed messages, how obligations stand, receipts that anybody may check."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.throttling import BaseThrottle

from tinhso.kernel.access.may import require
from tinhso.kernel.api import paging
from tinhso.kernel.api.answers import answer
from tinhso.shared.payments.actions.banking import take_message
from tinhso.shared.payments.models import Obligation
from tinhso.shared.payments.permissions import SEE_PAYMENTS
from tinhso.shared.payments.queries import obligations as queries
from tinhso.shared.payments.queries.receipts import shown
from tinhso.shared.payments.rules.codes import refuse

router = Router()
UNLIMITED: list[BaseThrottle] = []


@router.post("/callbacks/bank", summary="The bank tells of transactions, signed", auth=None, throttle=UNLIMITED)
def bank_callback(request: HttpRequest) -> HttpResponse:
    """Signed: `X-Signature` is HMAC-SHA256 in hexadecimal digits over `X-Timestamp` (Unix seconds), a dot, `X-Nonce`,
    a dot and the body. A transaction is taken once, however often it is told: `taken` are new, `known` are not.
    """
    headers = {name: request.headers.get(f"X-{name}", "") for name in ("Timestamp", "Nonce", "Signature")}
    done = take_message(
        body=request.body,
        timestamp=headers["Timestamp"],
        nonce=headers["Nonce"],
        signature=headers["Signature"],
        at=request.moment,
    )
    return answer(request, done)


@router.get("/obligations", summary="Obligations that the caller may see")
def list_obligations(request: HttpRequest, state: str = "", words: str = "") -> HttpResponse:
    """Newest first; `state` and `words` (reference, receipt, payer) narrow."""
    actor, at = request.actor, request.moment
    require(actor, SEE_PAYMENTS, at=at)
    rows = queries.seen_by(actor, at)
    if state:
        rows = rows.filter(state=state)
    if words:
        rows = queries.found_by(rows, words)
    return paging.page(request, rows, show_obligation, order=("-created_at", "-id"))


@router.get("/receipts/{number}", summary="Check a receipt by its number and check code", auth=None)
def check_receipt(request: HttpRequest, number: str, code: str = "") -> HttpResponse:
    """Public: who holds both may read the receipt. Refusal: PM-022."""
    receipt = queries.receipt_by_number(number, code)
    if receipt is None:
        raise refuse("PM-022")
    return answer(request, shown(receipt))


def show_obligation(one: Obligation) -> dict[str, Any]:
    return {
        "id": one.pk,
        "version": one.version,
        "state": one.state,
        "payee": one.payee.code,
        "reference": one.reference,
        "amount": one.amount,
        "received": one.received,
        "missing": one.missing,
        "going_back": one.going_back,
        "given_back": one.given_back,
        "payer": one.payer_name,
        "title": str(one.title),
        "method": one.method,
        "receipt_no": one.receipt_no,
        "paid_at": one.paid_at,
        "due_at": one.due_at,
    }
