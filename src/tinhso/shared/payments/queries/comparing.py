"""Obligations, bank statement and receipts of one payee's day, each summed by the database on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from tinhso.kernel.base.clock import HANOI
from tinhso.shared.payments.models import PayeeAccount

_NAMES = ("paid", "receipts", "closed", "paid_by_bank", "told", "stated", "applied", "surplus", "top_ups", "given_back")
_FIGURES = """
select
    (select coalesce(sum(p.amount), 0) from shared_payments_payment p
        join shared_payments_obligation o on o.id = p.obligation_id
        where o.payee_id = %(payee)s::uuid and p.at >= %(since)s::timestamptz and p.at < %(until)s::timestamptz),
    (select coalesce(sum(r.amount), 0) from shared_payments_receipt r where r.payee_id = %(payee)s::uuid
        and r.issued_at >= %(since)s::timestamptz and r.issued_at < %(until)s::timestamptz),
    (select coalesce(sum(c.amount), 0) from shared_payments_dailyclosing c where c.payee_id = %(payee)s::uuid
        and c.closed_at >= %(since)s::timestamptz and c.closed_at < %(until)s::timestamptz),
    (select coalesce(sum(p.amount), 0) from shared_payments_payment p
        join shared_payments_statementline l on l.id = p.line_id where l.account_id = %(payee)s::uuid
        and l.booked_at >= %(since)s::timestamptz and l.booked_at < %(until)s::timestamptz),
    coalesce(sum(l.amount) filter (where l.amount > 0), 0),
    coalesce(sum(l.stated_amount) filter (where l.stated_amount > 0), 0),
    coalesce(sum(l.applied) filter (where l.standing <> 'top_up'), 0),
    coalesce(sum(l.surplus), 0),
    coalesce(sum(l.applied) filter (where l.standing = 'top_up'), 0),
    coalesce(-sum(l.amount) filter (where l.amount < 0), 0)
from shared_payments_statementline l where l.account_id = %(payee)s::uuid
    and l.booked_at >= %(since)s::timestamptz and l.booked_at < %(until)s::timestamptz
"""
_LINES = """
select case when l.stated_at is null then 'not_stated'
        when l.stated_amount <> l.amount then 'amount_differs'
        when l.surplus > 0 and not exists (select 1 from shared_payments_refund f
            where f.line_id = l.id and f.state = 'settled')
            then case when l.standing = 'unknown' then 'unknown' else 'surplus' end
        when l.told_at is null then 'not_told' end as kind,
    l.bank_txn, case when l.surplus > 0 then l.surplus else l.amount end
from shared_payments_statementline l where l.account_id = %(payee)s::uuid
    and l.booked_at >= %(since)s::timestamptz and l.booked_at < %(until)s::timestamptz
    and (l.stated_at is null or l.stated_amount <> l.amount or l.surplus > 0 or l.told_at is null)
"""
_PAID_WITHOUT_RECEIPT = """
select 'no_receipt', o.reference || ' ' || o.id, o.amount from shared_payments_obligation o
where o.payee_id = %(payee)s::uuid and o.paid_at >= %(since)s::timestamptz and o.paid_at < %(until)s::timestamptz
    and not exists (select 1 from shared_payments_receipt r where r.obligation_id = o.id and r.amount = o.amount)
"""
_RECEIPT_WITHOUT_MONEY = """
select 'no_money', r.number, r.amount from shared_payments_receipt r
where r.payee_id = %(payee)s::uuid and r.issued_at >= %(since)s::timestamptz and r.issued_at < %(until)s::timestamptz
    and r.amount <> (select coalesce(sum(p.amount), 0) from shared_payments_payment p
        where p.obligation_id = r.obligation_id)
"""
# A refund by the bank is settled by its going out; money that goes out belongs to a refund.
_BACK_WITHOUT_MONEY = """
select 'no_outflow', f.bank_txn, f.amount from shared_payments_refund f
where f.payee_id = %(payee)s::uuid and f.state = 'settled' and f.way = 'BANK'
    and f.settled_at >= %(since)s::timestamptz and f.settled_at < %(until)s::timestamptz
    and not exists (select 1 from shared_payments_statementline l
        where l.account_id = f.payee_id and l.bank_txn = f.bank_txn and l.amount = -f.amount)
"""
_MONEY_WITHOUT_REFUND = """
select 'stray_out', l.bank_txn, -l.amount from shared_payments_statementline l
where l.account_id = %(payee)s::uuid and l.amount < 0
    and l.booked_at >= %(since)s::timestamptz and l.booked_at < %(until)s::timestamptz
    and not exists (select 1 from shared_payments_refund f
        where f.payee_id = l.account_id and f.bank_txn = l.bank_txn and f.amount = -l.amount
            and f.state in ('sent', 'settled'))
"""
_BACK_DIFFERS = """
select 'back_differs', o.reference || ' ' || o.id, o.given_back - coalesce(sum(f.amount), 0)
from shared_payments_obligation o left join shared_payments_refund f
    on f.obligation_id = o.id and f.cause = 'paid' and f.state = 'settled'
where o.payee_id = %(payee)s::uuid and o.id in (select x.obligation_id from shared_payments_refund x
    where x.payee_id = %(payee)s::uuid and x.cause = 'paid' and x.settled_at >= %(since)s::timestamptz
        and x.settled_at < %(until)s::timestamptz)
group by o.id having o.given_back <> coalesce(sum(f.amount), 0)
"""
_ALL = (
    _LINES, _PAID_WITHOUT_RECEIPT, _RECEIPT_WITHOUT_MONEY, _BACK_WITHOUT_MONEY, _MONEY_WITHOUT_REFUND, _BACK_DIFFERS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One thing on which the three do not agree."""

    kind: str
    subject: str
    amount: int


def figures(payee: PayeeAccount, day: date) -> dict[str, int]:
    """The sums of the day."""
    sums = _rows(_FIGURES, _asked(payee, day))[0]
    return {name: int(total) for name, total in zip(_NAMES, sums, strict=True)}


def differences(payee: PayeeAccount, day: date, sums: dict[str, int]) -> Iterator[Found]:
    """What does not agree: lines of the statement, receipts, and sums that no single line explains."""
    asked = _asked(payee, day)
    for sql in _ALL:
        for kind, subject, amount in _rows(sql, asked):
            if kind:
                yield Found(kind, str(subject)[:80], int(amount))
    off = sums["told"] - sums["applied"] - sums["surplus"] - sums["top_ups"]
    if off or sums["applied"] != sums["paid_by_bank"]:
        yield Found("sums", f"{day}", off or sums["applied"] - sums["paid_by_bank"])


def _asked(payee: PayeeAccount, day: date) -> dict[str, Any]:
    since = datetime.combine(day, time(0), HANOI)
    return {"payee": payee.pk, "since": since, "until": since + timedelta(days=1)}


def _rows(sql: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
