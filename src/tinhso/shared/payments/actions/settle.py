"""Money pays what is owed: state, receipt and payment together, of many at once. The only place that makes receipts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.money import in_words
from tinhso.kernel.numbering.actions import take_many
from tinhso.shared.payments.flows import OBLIGATION
from tinhso.shared.payments.models import Obligation, Payment, Receipt, StatementLine

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8


@dataclass(slots=True)
class Money:
    """So much for one obligation, at most what it misses. One of an obligation in a call."""

    obligation: Obligation
    amount: int
    method: str
    line: StatementLine | None = None
    reason: str = ""
    document_no: str = ""


def settle(moneys: Sequence[Money], *, by: Actor, at: datetime, step: str = "pay") -> list[Receipt]:
    """Record the money in the caller's transaction; whose rest is paid gets his receipt. `step`: pay or collect.

    The obligations are locked by the caller. Refusals: PM-002 not open, PM-003, PM-004.
    """
    whole = [one for one in moneys if one.amount == one.obligation.missing]
    parts = [one for one in moneys if one.amount != one.obligation.missing]
    if parts:
        facts: dict[Any, dict[str, Any]] = {one.obligation.pk: {"amount": one.amount} for one in parts}
        OBLIGATION.fire_many(list(facts), "receive", by=by, at=at, facts=facts)
    receipts = _receipts(whole, by, at)
    if whole:
        facts = {
            one.obligation.pk: {"amount": one.amount, "method": one.method, "receipt_no": receipt.number}
            for one, receipt in zip(whole, receipts, strict=True)
        }
        OBLIGATION.fire_many(list(facts), step, by=by, at=at, facts=facts)
        Receipt.objects.bulk_create(receipts)
    numbered = dict(zip((one.obligation.pk for one in whole), receipts, strict=True))
    Payment.objects.bulk_create(_payment(one, numbered.get(one.obligation.pk), by, at) for one in moneys)
    for one in moneys:
        one.obligation.received += one.amount
    for one, receipt in zip(whole, receipts, strict=True):
        one.obligation.state, one.obligation.receipt_no = "paid", receipt.number
        one.obligation.method, one.obligation.paid_at = one.method, at
    return receipts


def book_of(code: str) -> str:
    """The name of a payee's book of receipts; `code` are the letters before its numbers."""
    return f"shared_payments.receipt.{code}"


def _receipts(whole: Sequence[Money], by: Actor, at: datetime) -> list[Receipt]:
    """Numbers follow per payee and year, without gaps."""
    year = at.astimezone(HANOI).year
    books: dict[str, list[Money]] = {}
    for one in whole:
        books.setdefault(one.obligation.payee.book, []).append(one)
    made: dict[Any, Receipt] = {}
    for book in sorted(books):
        first = take_many(book_of(book), year, len(books[book]), by=by, at=at)
        for serial, one in enumerate(books[book], start=first):
            made[one.obligation.pk] = _receipt(one, year, serial, by, at)
    return [made[one.obligation.pk] for one in whole]


def _receipt(money: Money, year: int, serial: int, by: Actor, at: datetime) -> Receipt:
    obligation = money.obligation
    return Receipt(
        payee_id=obligation.payee_id,
        obligation_id=obligation.pk,
        agency_id=obligation.agency_id,
        place_id=obligation.place_id,
        year=year,
        serial=serial,
        number=f"{obligation.payee.book}-{year}-{serial:06d}",
        code="".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)),
        amount=obligation.amount,
        method=money.method,
        text=_text(money, by),
        is_demo=obligation.is_demo,
        issued_at=at,
        issued_by=by.id,
    )


def _text(money: Money, by: Actor) -> dict[str, Any]:
    """What the receipt says, for ever: names and formula as they are today."""
    obligation = money.obligation
    return {
        "payee": {"vi": obligation.payee.title_vi, "en": obligation.payee.title_en},
        "payer": obligation.payer_name,
        "title": {"vi": obligation.title_vi, "en": obligation.title_en},
        "reference": obligation.reference,
        "details": obligation.details,
        "shares": obligation.shares,
        "words": in_words(obligation.amount),
        "reason": money.reason,
        "document_no": money.document_no,
        "taken_by": by.name if by.kind == "person" else "",
    }


def _payment(money: Money, receipt: Receipt | None, by: Actor, at: datetime) -> Payment:
    return Payment(
        obligation_id=money.obligation.pk,
        receipt=receipt,
        line=money.line,
        amount=money.amount,
        method=money.method,
        reason=money.reason[:240],
        document_no=money.document_no[:40],
        at=at,
        by=by.id,
    )
