"""Whose money is it: a transfer's words against open references, in two queries for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Value, When

from tinhso.shared.payments.models import Obligation, StatementLine, Wallet
from tinhso.shared.payments.rules.references import parts_of, words_of


@dataclass(frozen=True, slots=True)
class Owner:
    """The obligation or the wallet that a transfer names."""

    obligation_id: UUID | None = None
    wallet: Wallet | None = None


def owners_of(lines: Sequence[StatementLine]) -> dict[UUID, Owner]:
    """Owners by line, for lines that name one. Only of the payee on whose account the money came."""
    said = {line.pk: words_of(line.memo) for line in lines}
    found = _found(lines, said)
    lost = [line for line in lines if line.pk not in found]
    return found | _found(lost, {line.pk: parts_of(line.memo) for line in lost}) if lost else found


def _found(lines: Sequence[StatementLine], said: dict[UUID, list[str]]) -> dict[UUID, Owner]:
    references = {word for words in said.values() for word in words}
    if not references:
        return {}
    known = _obligations(references) | _wallets(references)
    found = {}
    for line in lines:
        owner = next((known[line.account_id, word] for word in said[line.pk] if (line.account_id, word) in known), None)
        if owner:
            found[line.pk] = owner
    return found


def _obligations(references: Iterable[str]) -> dict[Any, Owner]:
    """Of several with one reference the open one, else the newest."""
    last = Case(When(state="open", then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = Obligation.objects.filter(reference__in=references).order_by(last, "created_at", "id")
    return {(payee, reference): Owner(pk) for payee, reference, pk in rows.values_list("payee_id", "reference", "id")}


def _wallets(references: Iterable[str]) -> dict[Any, Owner]:
    rows = Wallet.objects.filter(reference__in=references)
    return {(wallet.payee_id, wallet.reference): Owner(wallet=wallet) for wallet in rows}
