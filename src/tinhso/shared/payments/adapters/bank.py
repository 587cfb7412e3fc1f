"""What is asked of a bank, and what it answers. No bank's real interface is known yet: there is only the simulator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

Outcome = Literal["done", "failed", "unknown"]


class Unreachable(Exception):
    """The bank does not answer: what was asked is asked again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One transaction on an account of ours: `amount` above nought came, below went. `bank_txn` names it for ever."""

    bank_bin: str
    account_no: str
    bank_txn: str
    amount: int
    booked_at: datetime
    memo: str = ""
    from_bin: str = ""
    from_account: str = ""
    from_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Money to be given back; `key` makes asking twice the same as asking once."""

    key: UUID
    bank_bin: str
    account_no: str
    to_bin: str
    to_account: str
    to_name: str
    amount: int
    memo: str


class Bank(Protocol):
    def transaction(self, bank_txn: str) -> Transfer | None:
        """The transaction of that number. Raises Unreachable."""
        ...

    def statement(self, account_no: str, since: datetime, until: datetime) -> Sequence[Transfer]:
        """What was booked on the account, the end left out. Raises Unreachable."""
        ...

    def give_back(self, order: Order, *, at: datetime) -> str:
        """Send the money; the number of the transaction. Raises Unreachable."""
        ...

    def outcome(self, key: UUID) -> Outcome:
        """What became of an order. Raises Unreachable."""
        ...


class NoBank:
    """Where no bank is connected: nothing is answered, the counter and the statement by hand go on."""

    def transaction(self, bank_txn: str) -> Transfer | None:
        raise Unreachable

    def statement(self, account_no: str, since: datetime, until: datetime) -> Sequence[Transfer]:
        raise Unreachable

    def give_back(self, order: Order, *, at: datetime) -> str:
        raise Unreachable

    def outcome(self, key: UUID) -> Outcome:
        raise Unreachable
