"""How a dry run tells what it found: sections of counts before and after, of texts, and of plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.modules.rule_tables import RULE_TABLES, RehearsalRun

Pair = dict[str, Any]
Say = Any
"""A word, or what gives it in the language of the moment."""


def day_before(run: RehearsalRun) -> tuple[datetime, datetime]:
    """Begin and end of the day before the one on which the dry run was asked for, in Viet Nam."""
    today = datetime.combine(run.at.astimezone(HANOI).date(), datetime.min.time(), HANOI)
    return today - timedelta(days=1), today


def touched(run: RehearsalRun, table: str) -> list[tuple[Any, Any]]:
    """The rows of a table that the change touches, old beside new; None where there is none."""
    known = RULE_TABLES.get(table)
    old, new = ({_key(known, row): row for row in rows(known.name)} for rows in (run.before, run.after))
    keys = sorted({*old, *new}, key=str)
    return [(old.get(key), new.get(key)) for key in keys if _says(known, old.get(key)) != _says(known, new.get(key))]


def section(
    title: Say, rows: Sequence[Pair] = (), *, unit: str = "", summed: bool = False, note: Say | None = None
) -> Pair:
    """Counts before and after; `note` says in plain words what the counts mean, or why there are none."""
    told = {"title": both(title), "unit": unit, "rows": list(rows), "summed": summed}
    return {**told, "note": both(note)} if note else told


def texts(title: Say, rows: Sequence[Pair], *, note: Say | None = None) -> Pair:
    """Old words beside new ones, each with how often they were used."""
    return {**section(title, note=note), "texts": list(rows)}


def text_row(label: Say, old: str, new: str, used: int | None) -> Pair:
    return {"label": both(label), "old": old, "new": new, "used": used}


def row(label: Say, before: int, after: int) -> Pair:
    return {"label": both(label), "before": before, "after": after}


def counted(before: Counter[Any], after: Counter[Any], label: Callable[[Any], Any]) -> list[Pair]:
    """A row for each thing that was counted by either rules, the largest difference first."""
    keys = sorted({*before, *after}, key=lambda key: (-abs(after[key] - before[key]), str(key)))
    return [row(lambda key=key: label(key), before[key], after[key]) for key in keys]


def both(say: Say) -> dict[str, str]:
    """A sentence in Vietnamese and in English, as it is kept with the change."""
    said = {}
    for language in ("vi", "en"):
        with translation.override(language):
            said[language] = str(say() if callable(say) else say)
    return said


def _key(known: Any, row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, row._meta.get_field(name).attname) for name in known.key)


def _says(known: Any, row: Any) -> Mapping[str, Any] | None:
    return row and {name: str(getattr(row, row._meta.get_field(name).attname)) for name in known.fields}
