"""Whose unknown money may be: open obligations that agree with it in amount, reference or payer, and in what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.text import fold
from tinhso.shared.payments.models import Obligation, StatementLine
from tinhso.shared.payments.permissions import MATCH_MONEY

AMOUNT, REFERENCE, PAYER = "amount", "reference", "payer"
LOOKED_AT, SHOWN = 100, 8
DIGITS = re.compile(r"\d{5,}")
"""So many digits of a reference in a row are seldom there by chance."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An obligation and in what it agrees with the money."""

    obligation: Obligation
    agrees: tuple[str, ...]


def candidates(line: StatementLine, *, by: Actor, at: datetime) -> list[Candidate]:
    """The likeliest first; one query."""
    rows = visible(Obligation.objects.filter(state="open"), by, MATCH_MONEY, at)
    if line.account_id:
        rows = rows.filter(payee=line.account_id)
    digits = DIGITS.findall(line.memo)[:5]
    asked = Q(amount=line.surplus + F("received"))
    for run in digits:
        asked |= Q(reference__contains=run[-12:])
    if name := line.from_name.strip():
        asked |= Q(payer_name__iexact=name)
    found = [
        Candidate(one, tuple(_agrees(one, line, digits)))
        for one in rows.filter(asked).order_by("-created_at")[:LOOKED_AT]
    ]
    return sorted(found, key=lambda one: -len(one.agrees))[:SHOWN]


def _agrees(one: Obligation, line: StatementLine, digits: list[str]) -> Iterator[str]:
    if one.missing == line.surplus:
        yield AMOUNT
    if any(run[-12:] in one.reference for run in digits):
        yield REFERENCE
    if line.from_name and fold(one.payer_name) == fold(line.from_name):
        yield PAYER
