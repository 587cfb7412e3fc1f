"""Each day is compared three ways; what differs is listed until somebody explains it or it is gone."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.shared.payments.actions.banking import read_statement
from tinhso.shared.payments.models import Difference, PayeeAccount, ReconciliationDay
from tinhso.shared.payments.permissions import RECONCILE_DAY
from tinhso.shared.payments.queries import comparing
from tinhso.shared.payments.rules.codes import refuse

KIND = "shared_payments.reconciliation"


def reconcile_day(*, payee: PayeeAccount, day: date, by: Actor, at: datetime) -> ReconciliationDay:
    """Read the statement if the bank answers, compare, and keep the list of differences up to date."""
    require(by, RECONCILE_DAY, payee, at)
    stated = _read(payee, day, at)
    with transaction.atomic():
        sums = comparing.figures(payee, day)
        found = list(comparing.differences(payee, day, sums))
        row, _made = ReconciliationDay.objects.select_for_update().update_or_create(
            payee=payee,
            day=day,
            defaults={
                "agency_id": payee.agency_id,
                "figures": sums,
                "taken_at": at,
                "taken_by": by.id,
                **({"stated": True} if stated else {}),
            },
        )
        _renew(row, found, at)
        record("shared_payments.reconcile_day", by=by, at=at, kind=KIND, record_id=row.pk, differences=len(found))
    return row


def explain_difference(*, difference: Difference, reason: str, by: Actor, at: datetime) -> Difference:
    """Say why the three differ. Refusal: PM-008 for a reason that says nothing."""
    require(by, RECONCILE_DAY, difference.day, at)
    if len(reason.strip()) < 10:
        raise refuse("PM-008", field="reason")
    with transaction.atomic():
        difference.resolved_at, difference.resolved_by, difference.reason = at, by.id, reason.strip()[:240]
        difference.save(update_fields=["resolved_at", "resolved_by", "reason"])
        record(
            "shared_payments.explain_difference",
            by=by,
            at=at,
            kind=KIND,
            record_id=difference.day_id,
            subject=difference.subject,
            reason=difference.reason,
        )
    return difference


def _read(payee: PayeeAccount, day: date, at: datetime) -> bool:
    if not payee.account_no:
        return False
    try:
        read_statement(payee=payee, day=day, at=at)
    except Refusal:
        return False
    return True


def _renew(row: ReconciliationDay, found: list[comparing.Found], at: datetime) -> None:
    known = {(one.kind, one.subject): one for one in row.differences.all()}
    still = {(one.kind, one.subject) for one in found}
    gone = [one.pk for name, one in known.items() if name not in still and one.resolved_at is None]
    Difference.objects.filter(pk__in=gone).delete()
    Difference.objects.bulk_create(
        Difference(day=row, kind=one.kind, subject=one.subject, amount=one.amount, found_at=at)
        for one in found
        if (one.kind, one.subject) not in known
    )
