"""The signals of a week, counted from history and bookings by one statement each (definitions: rules.signals).

A week is its seven days in Viet Nam from Monday on; hours count in the week in which they begin. Each statement reads
its own week alone: history by its moments, bookings by the hours of the week. At most `MOST` findings of a signal,
the largest first, with at most `SHOWN` records each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.identity.models import Person
from tinhso.kernel.organisations.models import Agency
from tinhso.pillars.border.gate.models import CrossingPoint
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.queries.signal_statements import STATEMENTS
from tinhso.pillars.border.gate.queries.statistics import rows_of
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.signals import Bounds, bounds

MOST, SHOWN = 50, 10


@dataclass(frozen=True, slots=True)
class Record:
    """One trip behind a finding, with what the signal says of it: a document's number, minutes, a moment."""

    trip: UUID
    plate: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Whom the figures are about, the figures in the order of their signal, and the first records."""

    point: str
    who: tuple[str, ...]
    figures: tuple[int, ...]
    records: tuple[Record, ...]
    count: int = field(default=0)

    @property
    def more(self) -> int:
        """Records beyond those that are shown."""
        return max(0, self.count - len(self.records))


@dataclass(frozen=True, slots=True)
class Week:
    """All signals of a week, and the bounds by which they were counted."""

    first: date
    last: date
    bounds: Bounds
    findings: dict[str, list[Finding]]


def monday_of(day: date) -> date:
    """The Monday on which the day's week begins."""
    return day - timedelta(days=day.weekday())


def bounds_on(day: date) -> Bounds:
    """The bounds by the rules of that day."""
    law = law_on(day)
    return bounds(law.number, free_minutes=law.booking.free_until_minutes)


def week_of(day: date) -> Week:
    """The signals of the week in which the day lies; nine queries at most, one of them for the rules."""
    first = monday_of(day)
    last = first + timedelta(days=6)
    by = bounds_on(last)
    facts = {
        "since": datetime.combine(first, time(), HANOI),
        "until": datetime.combine(last + timedelta(days=1), time(), HANOI),
        "most": MOST,
        "shown": SHOWN,
        **{name: getattr(by, name) for name in by.__slots__},
    }
    found = {name: rows_of(sql, facts) for name, sql in STATEMENTS.items()}
    names = _names(row for rows in found.values() for row in rows)
    return Week(first, last, by, {name: [_finding(row, names) for row in rows] for name, rows in found.items()})


def _names(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, str]:
    """Names of the points, officers and firms of these rows, three queries."""
    ids = {id for point, one, other, *_rest in rows for id in (point, one, other) if id}
    if not ids:
        return {}
    points = {point.pk: point.gate_short for point in CrossingPoint.objects.filter(pk__in=ids)}
    people = dict(Person.objects.filter(pk__in=ids).values_list("pk", "full_name"))
    firms = dict(Agency.objects.filter(pk__in=ids).values_list("pk", "name"))
    return {**points, **people, **firms}


def _finding(row: tuple[Any, ...], names: dict[UUID, str]) -> Finding:
    point, one, other, count, records, *figures = row
    who = tuple(names.get(id, "–") for id in (one, other) if id)
    told = tuple(
        Record(UUID(trip), plates.show(plate), datetime.fromisoformat(at), text)
        for trip, plate, at, text in json.loads(records)
    )
    return Finding(names.get(point, "–"), who, tuple(int(one) for one in figures), told, count)
