"""What other rooms hold of a payment: what they ask for, and how it stands. Amounts are whole đồng."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Method = Literal["BANK_QR", "TREASURY", "WALLET", "CARD", "CASH_EXCEPTION"]
METHODS: tuple[Method, ...] = ("BANK_QR", "TREASURY", "WALLET", "CARD", "CASH_EXCEPTION")
COUNTER_METHODS: tuple[Method, ...] = ("CARD", "TREASURY", "CASH_EXCEPTION")
"""Methods that a cashier may record: money that came through the bank is told by the bank alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text in both languages of a receipt."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of the amount that goes to somebody: all shares together are the amount, to the đồng."""

    code: str
    title: Words
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a room wants to be paid. `source` and `record_id` say for what of its own; `reference` is what the payer
    writes on a transfer, one open obligation at most has it."""

    payee: str
    source: str
    record_id: UUID
    reference: str
    amount: int
    title: Words
    shares: tuple[Share, ...]
    details: tuple[Words, ...] = ()
    payer_name: str = ""
    payer_id: UUID | None = None
    place_id: UUID | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """How an obligation stands. `missing`: what is still to be paid, nought when nothing is. Of what was received
    `given_back` has gone back to the payer and `going_back` is asked for or on its way."""

    id: UUID
    source: str
    record_id: UUID
    state: str
    amount: int
    received: int
    missing: int
    going_back: int
    given_back: int
    method: str
    receipt_no: str
    paid_at: datetime | None
    checkout: str

    @property
    def left(self) -> int:
        """Đồng that were received and neither went back nor are on their way back."""
        return self.received - self.going_back - self.given_back
