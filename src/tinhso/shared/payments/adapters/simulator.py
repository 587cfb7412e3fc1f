"""The simulated bank. Its book is a table of its own, so that every process meets the same bank.

How it behaves is one row: well, slow (messages a minute late), wrong (messages badly signed, refunds fail) or down.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, get_args
from uuid import UUID, uuid4

from django.db import connection

from tinhso.kernel.modules.simulated import BEHAVIOURS, Behaviour
from tinhso.shared.payments.adapters.bank import Order, Outcome, Transfer, Unreachable

Manner = Literal["once", "twice", "short", "late", "never"]
MANNERS: tuple[Manner, ...] = get_args(Manner)
BANK_BIN, PAYERS_ACCOUNT = "970499", "0123456789"
"""Invented: no bank of the country has this number."""
LATE, SLOW = timedelta(hours=2), timedelta(minutes=1)
SHORT_BY = 1_000
_COLUMNS = "bank_bin, account_no, bank_txn, amount, booked_at, memo, other_bin, other_account, other_name"
_PUT = f"""
insert into shared_payments_simulatedtransfer ({_COLUMNS}, tells_at, told_at, refund_key)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (refund_key) do nothing
"""  # noqa: S608
_READ = f"select {_COLUMNS} from shared_payments_simulatedtransfer where "  # noqa: S608


class SimulatedBank:
    """Does as a bank does, and pays as payers do: once, twice, short, late, never."""

    def pay(
        self, *, bank_bin: str, account_no: str, amount: int, memo: str, payer: str, manner: Manner, at: datetime
    ) -> list[Transfer]:
        """A payer's transfer to an account of ours; what he would call paid. Messages follow by `due`."""
        if manner == "never":
            return []
        sums = {"twice": [amount, amount], "short": [max(1, amount - SHORT_BY)]}.get(manner, [amount])
        tells_at = at + (LATE if manner == "late" else timedelta(0)) + (SLOW if behaviour() == "slow" else timedelta(0))
        made = [_incoming(bank_bin, account_no, one, memo, payer, at) for one in sums]
        put(made, tells_at=tells_at)
        return made

    def transaction(self, bank_txn: str) -> Transfer | None:
        _answer()
        return next(iter(_read("bank_txn = %s", bank_txn)), None)

    def statement(self, account_no: str, since: datetime, until: datetime) -> Sequence[Transfer]:
        _answer()
        return _read("account_no = %s and booked_at >= %s and booked_at < %s order by id", account_no, since, until)

    def give_back(self, order: Order, *, at: datetime) -> str:
        _answer()
        out = Transfer(
            bank_bin=order.bank_bin,
            account_no=order.account_no,
            bank_txn=_number(),
            amount=-order.amount if behaviour() != "wrong" else 0,
            booked_at=at,
            memo=order.memo,
            from_bin=order.to_bin,
            from_account=order.to_account,
            from_name=order.to_name,
        )
        put([out], tells_at=at if out.amount else None, key=order.key)
        return next(iter(_read("refund_key = %s", order.key))).bank_txn

    def outcome(self, key: UUID) -> Outcome:
        _answer()
        found = _read("refund_key = %s", key)
        return "unknown" if not found else "done" if found[0].amount else "failed"


def due(at: datetime, most: int = 500) -> list[Transfer]:
    """Transactions of which the bank now tells; none while it is down."""
    if behaviour() == "down":
        return []
    return _read("told_at is null and tells_at <= %s order by id limit %s", at, most)


def told(transfers: Sequence[Transfer], *, at: datetime) -> None:
    """The messages about these were taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update shared_payments_simulatedtransfer set told_at = %s where bank_txn = any(%s)",
            [at, [one.bank_txn for one in transfers]],
        )


def incoming(*, bank_bin: str, account_no: str, amount: int, memo: str, payer: str, at: datetime) -> Transfer:
    """A transfer that has not been put into the book yet."""
    return _incoming(bank_bin, account_no, amount, memo, payer, at)


def put(
    transfers: Sequence[Transfer],
    *,
    tells_at: datetime | None,
    told_at: datetime | None = None,
    key: UUID | None = None,
) -> None:
    """Write transfers into the bank's book."""
    rows = [(*_values(one), tells_at, told_at, key) for one in transfers]
    with connection.cursor() as cursor:
        cursor.executemany(_PUT, rows)


def behaviour() -> Behaviour:
    with connection.cursor() as cursor:
        cursor.execute("select behaviour from shared_payments_simulatedbank where id = 1")
        row = cursor.fetchone()
    return next((known for known in BEHAVIOURS if row and row[0] == known), "well")


def switch(behaviour: Behaviour) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into shared_payments_simulatedbank (id, behaviour) values (1, %s)"
            " on conflict (id) do update set behaviour = excluded.behaviour",
            [behaviour],
        )


def _answer() -> None:
    if behaviour() == "down":
        raise Unreachable


def _incoming(bank_bin: str, account_no: str, amount: int, memo: str, payer: str, at: datetime) -> Transfer:
    return Transfer(
        bank_bin=bank_bin,
        account_no=account_no,
        bank_txn=_number(),
        amount=amount,
        booked_at=at,
        memo=memo,
        from_bin=BANK_BIN,
        from_account=PAYERS_ACCOUNT,
        from_name=payer[:120],
    )


def _number() -> str:
    return f"SIM{uuid4().hex[:20].upper()}"


def _values(one: Transfer) -> tuple[Any, ...]:
    ours = (one.bank_bin, one.account_no, one.bank_txn, one.amount, one.booked_at, one.memo)
    return (*ours, one.from_bin, one.from_account, one.from_name)


def _read(where: str, *parameters: Any) -> list[Transfer]:
    with connection.cursor() as cursor:
        cursor.execute(_READ + where, list(parameters))
        return [
            Transfer(
                bank_bin=row[0],
                account_no=row[1],
                bank_txn=row[2],
                amount=row[3],
                booked_at=row[4],
                memo=row[5],
                from_bin=row[6],
                from_account=row[7],
                from_name=row[8],
            )
            for row in cursor.fetchall()
        ]
