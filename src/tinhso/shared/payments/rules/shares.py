"""Shares of an amount: exact to the đồng, whatever the percentage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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


def of_part(shares: Sequence[Mapping[str, Any]], *, gone: int, part: int) -> list[dict[str, Any]]:
    """How a part that goes back lessens each share, after `gone` đồng that went back before.

    What stays is split as the whole was, every share but the last rounded down; so the shares of all parts together
    are the shares of the whole, to the đồng, in whatever parts it goes back.
    """
    whole = sum(int(share["amount"]) for share in shares)
    before, after = (_staying(shares, whole, left) for left in (whole - gone, whole - gone - part))
    return [{**share, "amount": old - new} for share, old, new in zip(shares, before, after, strict=True)]


def _staying(shares: Sequence[Mapping[str, Any]], whole: int, left: int) -> list[int]:
    found = [int(share["amount"]) * left // whole for share in shares[:-1]]
    return [*found, left - sum(found)]
