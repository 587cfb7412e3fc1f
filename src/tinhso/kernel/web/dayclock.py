"""The clock bar: one cell a working day; counted, paused, today, left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Literal

Kind = Literal["counted", "paused", "today", "left"]


@dataclass(frozen=True, slots=True)
class ClockDay:
    """One working day of a deadline. `phase` tells which span it belongs to, in people's words."""

    on: date
    kind: Kind
    phase: Any = ""


@dataclass(frozen=True, slots=True)
class ClockSpan:
    kind: Kind
    days: int
    title: Any
    text: Any


@dataclass(frozen=True, slots=True)
class ClockBar:
    """What the clock says in a line, the rule beside it, and its days."""

    summary: Any
    rule: Any
    days: tuple[ClockDay, ...]
    spans: tuple[ClockSpan, ...] = ()
    spoken: Any = ""

    @property
    def cells(self) -> list[tuple[ClockDay, str]]:
        """Days with the date to write under each: the month only where it begins or changes."""
        cells = []
        month = 0
        for day in self.days:
            cells.append((day, f"{day.on.day}/{day.on.month}" if day.on.month != month else f"{day.on.day}"))
            month = day.on.month
        return cells


def spans_of(days: tuple[ClockDay, ...], title_of: Any) -> tuple[ClockSpan, ...]:
    """Neighbouring days of one kind and phase as spans; today counts with the days left.

    `title_of(kind, count)` says each span's title.
    """

    def key(day: ClockDay) -> tuple[Kind, Any]:
        return ("left" if day.kind == "today" else day.kind), day.phase

    grouped = [(kind, len(list(group)), phase) for (kind, phase), group in groupby(days, key)]
    return tuple(ClockSpan(kind, count, title_of(kind, count), phase) for kind, count, phase in grouped)
