"""Columns kept per person: which of a table's columns are left out."""

from __future__ import annotations

from collections.abc import Iterable

from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.web.models import Preference


def hidden(*, table: str, by: Actor) -> set[str]:
    """Columns of `table` that `by` has left out."""
    if by.id == NOBODY.id:
        return set()
    kept = Preference.objects.filter(holder_id=by.id, name=f"columns.{table}").values_list("value", flat=True).first()
    return set(kept or ())


def keep(*, table: str, hidden: Iterable[str], by: Actor) -> None:
    """Remember the columns left out; nobody's choice is not remembered."""
    if by.id == NOBODY.id:
        return
    Preference.objects.update_or_create(
        holder_id=by.id, name=f"columns.{table}", defaults={"value": sorted(set(hidden))}
    )
