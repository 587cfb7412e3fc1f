"""The day's takings are closed: numbered, summed, never changed."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.numbering.actions import take
from tinhso.shared.payments.models import DailyClosing, PayeeAccount
from tinhso.shared.payments.permissions import CLOSE_DAY
from tinhso.shared.payments.queries.closing import open_takings
from tinhso.shared.payments.rules.codes import refuse


def close_day(*, payee: PayeeAccount, by: Actor, at: datetime, note: str = "") -> DailyClosing:
    """Close the receipts since the last closing: each lies in exactly one. Refusal: PM-016 when there is none."""
    require(by, CLOSE_DAY, payee, at)
    year = at.astimezone(HANOI).year
    with transaction.atomic():
        _one_at_a_time(payee)
        takings = open_takings(payee.pk, at=at)
        if not takings.count:
            raise refuse("PM-016")
        number = take(f"shared_payments.closing.{payee.book}", year, by=by, at=at)
        closing = DailyClosing.objects.create(
            payee=payee,
            agency_id=payee.agency_id,
            number=f"KS-{payee.book}-{year}-{number:04d}",
            first_year=takings.first[0],
            first_serial=takings.first[1],
            last_year=takings.last[0],
            last_serial=takings.last[1],
            count=takings.count,
            amount=takings.amount,
            figures=takings.figures,
            note=note.strip()[:240],
            closed_at=at,
            closed_by=by.id,
        )
        kind = "shared_payments.closing"
        record("shared_payments.close_day", by=by, at=at, kind=kind, record_id=closing.pk, amount=takings.amount)
    return closing


def _one_at_a_time(payee: PayeeAccount) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"shared_payments.closing.{payee.code}"]
        )
