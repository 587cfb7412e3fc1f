"""The takings that no closing holds yet, summed by the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from tinhso.shared.payments.models import DailyClosing, Receipt

# Receipts of a book become visible in the order of their numbers: its row is locked until each is committed.
_SINCE = "r.payee_id = %(payee)s::uuid and (r.year, r.serial) > (%(year)s::int, %(serial)s::int)"
_ENDS = f"""
select min((r.year::bigint << 32) + r.serial), max((r.year::bigint << 32) + r.serial), count(*),
    coalesce(sum(r.amount), 0)
from shared_payments_receipt r where {_SINCE}
"""  # noqa: S608
_METHODS = f"""
select r.method, count(*), sum(r.amount)::bigint from shared_payments_receipt r where {_SINCE} group by 1 order by 1
"""  # noqa: S608
_SHARES = f"""
select s->>'code', min(s->>'vi'), min(s->>'en'), sum((s->>'amount')::bigint)::bigint
from shared_payments_receipt r, jsonb_array_elements(r.text->'shares') s where {_SINCE} group by 1 order by 1 desc
"""  # noqa: S608
_PLACES = f"""
select coalesce(p.name, ''), count(*), sum(r.amount)::bigint from shared_payments_receipt r
left join kernel_geo_place p on p.id = r.place_id where {_SINCE} group by 1 order by 1
"""  # noqa: S608
_SETTLED = """
f.payee_id = %(payee)s::uuid and f.state = 'settled'
    and f.settled_at > coalesce((select max(c.closed_at) from shared_payments_dailyclosing c
        where c.payee_id = %(payee)s::uuid), '-infinity') and f.settled_at <= %(at)s::timestamptz
"""
# Only what was on a receipt lessens takings; the rest never was among them.
_REFUNDS = f"""
select count(*) filter (where f.cause = 'paid'), coalesce(sum(f.amount) filter (where f.cause = 'paid'), 0)::bigint,
    count(*) filter (where f.cause <> 'paid'), coalesce(sum(f.amount) filter (where f.cause <> 'paid'), 0)::bigint
from shared_payments_refund f where {_SETTLED}
"""  # noqa: S608
_REFUND_SHARES = f"""
select s->>'code', min(s->>'vi'), min(s->>'en'), sum((s->>'amount')::bigint)::bigint
from shared_payments_refund f, jsonb_array_elements(f.shares) s where {_SETTLED} and f.cause = 'paid'
group by 1 order by 1 desc
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Takings:
    """What a closing would hold: first and last number, sums by method, share and place, refunds besides."""

    first: tuple[int, int]
    last: tuple[int, int]
    count: int
    amount: int
    figures: dict[str, Any]


def last_closing(payee_id: UUID) -> DailyClosing | None:
    return DailyClosing.objects.filter(payee_id=payee_id).order_by("last_year", "last_serial").last()


def open_takings(payee_id: UUID, *, at: Any) -> Takings:
    """The receipts after the last closing."""
    last = last_closing(payee_id)
    asked = {
        "payee": payee_id,
        "year": last.last_year if last else 0,
        "serial": last.last_serial if last else 0,
        "at": at,
    }
    first, latest, count, amount = _rows(_ENDS, asked)[0]
    refunds = _rows(_REFUNDS, asked)[0]
    figures: dict[str, Any] = {
        "methods": [
            {"method": method, "count": number, "amount": total} for method, number, total in _rows(_METHODS, asked)
        ],
        "shares": _shares(_SHARES, asked),
        "places": [{"name": name, "count": number, "amount": total} for name, number, total in _rows(_PLACES, asked)],
        "refunds": {"count": refunds[0], "amount": refunds[1], "shares": _shares(_REFUND_SHARES, asked)},
        "others": {"count": refunds[2], "amount": refunds[3]},
    }
    return Takings(_pair(first), _pair(latest), int(count), int(amount), figures)


def numbers_of(closing: DailyClosing) -> tuple[str, str]:
    """The first and the last receipt of a closing, as they are written."""
    ends = [(closing.first_year, closing.first_serial), (closing.last_year, closing.last_serial)]
    found = [
        Receipt.objects.filter(payee=closing.payee_id, year=year, serial=serial)
        .values_list("number", flat=True)
        .first()
        for year, serial in ends
    ]
    return found[0] or "", found[1] or ""


def stays(figures: dict[str, Any], amount: int) -> tuple[int, list[tuple[str, str, int]]]:
    """What is left of the takings once what went back of receipts is taken off: the whole, and by share (vi, en)."""
    back = {share["code"]: share for share in figures["refunds"].get("shares", [])}
    taken = {share["code"]: share for share in figures["shares"]}
    rest = [
        (one["vi"], one["en"], taken.get(code, {"amount": 0})["amount"] - back.get(code, {"amount": 0})["amount"])
        for code, one in (back | taken).items()
    ]
    return amount - figures["refunds"]["amount"], rest


def _shares(sql: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"code": code, "vi": vi, "en": en, "amount": total} for code, vi, en, total in _rows(sql, asked)]


def _pair(joined: int | None) -> tuple[int, int]:
    return divmod(int(joined or 0), 1 << 32)


def _rows(sql: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
