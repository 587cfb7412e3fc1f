"""The first version of rules, put in from a room's own tables: again and again without harm."""

from __future__ import annotations

from typing import Any


def put_new(rows: list[Any], *key: str) -> None:
    """Put in the rules of which no version stands: what the board has changed is left alone."""
    if not rows:
        return
    model = type(rows[0])
    known = set(model._default_manager.values_list(*key))
    model._default_manager.bulk_create([row for row in rows if tuple(getattr(row, k) for k in key) not in known])
    _name_sources(rows, key)


def _name_sources(rows: list[Any], key: tuple[str, ...]) -> None:
    """A first row names its source in the words of this release; what it says stays as it is."""

    def which(row: Any) -> tuple[Any, ...]:
        return (*(getattr(row, name) for name in key), row.valid_from)

    named = {which(row): row.source for row in rows}
    first_days = {row.valid_from for row in rows}
    model = type(rows[0])
    stand = model._default_manager.filter(valid_from__in=first_days)
    changed = [row for row in stand if named.get(which(row), row.source) != row.source]
    for row in changed:
        row.source = named[which(row)]
    model._default_manager.bulk_update(changed, ["source"])
