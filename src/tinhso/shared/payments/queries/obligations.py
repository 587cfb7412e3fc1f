"""Obligations as people and rooms look them up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.shared.payments.contracts import Paid
from tinhso.shared.payments.models import Obligation, PayeeAccount, Receipt, StatementLine
from tinhso.shared.payments.permissions import SEE_PAYMENTS
from tinhso.shared.payments.rules import vietqr


def standing(obligation: Obligation) -> Paid:
    """How it stands, in plain values."""
    return Paid(
        id=obligation.pk,
        source=obligation.source,
        record_id=obligation.record_id,
        state=obligation.state,
        amount=obligation.amount,
        received=obligation.received,
        missing=obligation.missing,
        going_back=obligation.going_back,
        given_back=obligation.given_back,
        method=obligation.method,
        receipt_no=obligation.receipt_no,
        paid_at=obligation.paid_at,
        checkout=reverse("shared_payments:checkout", args=[obligation.token]),
    )


def of_records(source: str, record_ids: Iterable[UUID]) -> dict[UUID, Obligation]:
    """The newest obligation of each record."""
    rows = Obligation.objects.filter(source=source, record_id__in=list(record_ids)).order_by("created_at", "id")
    return {row.record_id: row for row in rows}


def seen_by(by: Actor, at: datetime) -> QuerySet[Obligation]:
    """The obligations that an official may see."""
    return visible(Obligation.objects.select_related("payee"), by, SEE_PAYMENTS, at)


def found_by(rows: QuerySet[Obligation], words: str) -> QuerySet[Obligation]:
    """Those with that reference or receipt, or a payer of that name."""
    compact = "".join(sign for sign in words.upper() if sign.isalnum())
    return rows.filter(
        Q(reference__startswith=compact) | Q(receipt_no=words.strip().upper()) | Q(payer_name__icontains=words.strip())
    )


def vietqr_of(obligation: Obligation) -> str:
    """The text of the QR that pays what is missing; empty when it cannot be paid by transfer."""
    payee = obligation.payee
    if obligation.state != "open" or not payee.account_no:
        return ""
    return vietqr.payload(
        bank_bin=payee.bank_bin,
        account_no=payee.account_no,
        amount=obligation.missing,
        purpose=obligation.reference,
    )


def receipt_by_number(number: str, code: str) -> Receipt | None:
    """The receipt that both its number and its check code name."""
    return (
        Receipt.objects.select_related("payee", "obligation")
        .filter(number=number.strip().upper(), code=code.strip().upper())
        .first()
    )


def unknown_money(by: Actor, permission: str, at: datetime) -> QuerySet[StatementLine]:
    """Money of which nobody knows whose it is; what waits for its refund too."""
    rows = StatementLine.objects.filter(amount__gt=0, surplus__gt=0).select_related("account", "obligation")
    return visible(rows, by, permission, at).order_by("-booked_at")


def payees_for(by: Actor, permission: str, at: datetime) -> list[PayeeAccount]:
    """The payees for whom one may do that."""
    return list(visible(PayeeAccount.objects.order_by("title_vi"), by, permission, at))
