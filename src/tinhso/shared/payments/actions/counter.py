"""The cashier takes money: by card, against the Treasury's document, or in cash with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tinhso.kernel.base.actor import Actor
from tinhso.shared.payments.actions.locks import locked
from tinhso.shared.payments.actions.settle import Money, settle
from tinhso.shared.payments.contracts import COUNTER_METHODS
from tinhso.shared.payments.models import Receipt
from tinhso.shared.payments.rules.codes import refuse

SHORTEST = 10


def collect(
    *,
    obligation_ids: Sequence[UUID],
    method: str,
    by: Actor,
    at: datetime,
    reason: str = "",
    document_no: str = "",
) -> list[Receipt]:
    """Take what is missing of each, all or none. Refusals: PM-009 cash without a reason, PM-010, PM-011, PM-002."""
    _check(method, reason.strip(), document_no.strip())
    with transaction.atomic():
        found = locked(obligation_ids)
        if len(found) != len(set(obligation_ids)):
            raise refuse("PM-005")
        moneys = [Money(one, one.missing, method, None, reason.strip(), document_no.strip()) for one in found]
        return settle(moneys, by=by, at=at, step="collect")


def _check(method: str, reason: str, document_no: str) -> None:
    if method not in COUNTER_METHODS:
        raise refuse("PM-011", field="method")
    if method == "CASH_EXCEPTION" and len(reason) < SHORTEST:
        raise refuse("PM-009", field="reason")
    if method == "TREASURY" and not document_no:
        raise refuse("PM-010", field="document_no")
