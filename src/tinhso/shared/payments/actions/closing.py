"""The day's takings are closed: numbered, summed, never changed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from django.db import connection, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.numbering.actions import take
from tinhso.shared.payments.models import DailyClosing, PayeeAccount
from tinhso.shared.payments.permissions import CLOSE_DAY
from tinhso.shared.payments.queries.closing import open_takings
from tinhso.shared.payments.rules.codes import refuse

KIND = "shared_payments.closing"


def close_day(*, payee: PayeeAccount, by: Actor, at: datetime, note: str = "") -> DailyClosing:
    """Close the receipts since the last closing: each lies in exactly one. Refusal: PM-016 when there is none.

    The digest of what it says goes into the audit, whose roots are signed and published each day: so a printed
    closing can be held against what was closed.
    """
    require(by, CLOSE_DAY, payee, at)
    year = at.astimezone(HANOI).year
    with transaction.atomic():
        _one_at_a_time(payee)
        takings = open_takings(payee.pk, at=at)
        if not takings.count:
            raise refuse("PM-016")
        number = take(f"shared_payments.closing.{payee.book}", year, by=by, at=at)
        closing = DailyClosing(
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
        closing.digest = digest_of(closing)
        closing.save(force_insert=True)
        told = {"number": closing.number, "amount": takings.amount, "digest": closing.digest}
        record("shared_payments.close_day", by=by, at=at, kind=KIND, record_id=closing.pk, **told)
    return closing


def digest_of(closing: DailyClosing) -> str:
    """SHA-256 in hexadecimal digits over what the closing says, as canonical JSON."""
    says = {
        "payee": closing.payee.code,
        "number": closing.number,
        "first": [closing.first_year, closing.first_serial],
        "last": [closing.last_year, closing.last_serial],
        "count": closing.count,
        "amount": closing.amount,
        "figures": closing.figures,
        "note": closing.note,
        "closed_at": closing.closed_at.astimezone(UTC).isoformat(),
        "closed_by": str(closing.closed_by),
    }
    return hashlib.sha256(canonical(says).encode()).hexdigest()


def _one_at_a_time(payee: PayeeAccount) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"shared_payments.closing.{payee.code}"]
        )
