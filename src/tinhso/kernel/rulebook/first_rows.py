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
    _keep_in_step(rows, key)


def _keep_in_step(rows: list[Any], key: tuple[str, ...]) -> None:
    """A first row names its source, and how sure it is, in the words of this release; what it says stays as it is.

    Whoever confirms a rule makes a new row of a later day: that one is left alone.
    """
    told = [name for name in ("source", "status") if hasattr(rows[0], name)]

    def which(row: Any) -> tuple[Any, ...]:
        return (*(getattr(row, name) for name in key), row.valid_from)

    def said(row: Any) -> list[Any]:
        return [getattr(row, name) for name in told]

    ours = {which(row): said(row) for row in rows}
    model = type(rows[0])
    stand = model._default_manager.filter(valid_from__in={row.valid_from for row in rows})
    changed = [row for row in stand if ours.get(which(row), said(row)) != said(row)]
    for row in changed:
        for name, value in zip(told, ours[which(row)], strict=True):
            setattr(row, name, value)
    model._default_manager.bulk_update(changed, told)
