"""Shares of an amount: exact to the đồng, whatever the percentage."""

from __future__ import annotations

from collections.abc import Sequence

from tinhso.shared.payments.contracts import Share
from tinhso.shared.payments.rules.codes import refuse


def check(amount: int, shares: Sequence[Share]) -> None:
    """Refusal: PM-001 unless there are shares, none is below nought, and together they are the amount."""
    fits = amount > 0 and shares and all(share.amount >= 0 for share in shares)
    if not fits or sum(share.amount for share in shares) != amount:
        raise refuse("PM-001", field="shares")


def percent(amount: int, part: int) -> tuple[int, int]:
    """`part` percent of the amount, rounded down, and the rest: together the amount."""
    first = amount * part // 100
    return first, amount - first
