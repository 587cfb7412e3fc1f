"""Obligations are locked in one order, before refunds, wallets and books of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tinhso.shared.payments.models import Obligation


def locked(ids: Iterable[UUID]) -> list[Obligation]:
    """These obligations, locked in one order, with their payees."""
    rows = Obligation.objects.select_for_update(of=("self",), no_key=True).select_related("payee")
    return list(rows.filter(pk__in=list(ids)).order_by("id"))
