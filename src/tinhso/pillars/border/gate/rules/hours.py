"""Whether a point works at a moment, and when it works again. Times of rows are times of Viet Nam."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tinhso.kernel.base.clock import HANOI

NORMAL, EXTENDED, CLOSED, PREREGISTERED = "normal", "extended", "closed", "preregistered"
# Which kind holds when several rows speak of a day.
STRONGEST_FIRST = (CLOSED, PREREGISTERED, EXTENDED, NORMAL)
SEARCH_DAYS = 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours on weekdays (1 is Monday) from `valid_from` to before `valid_until`."""

    kind: str
    weekdays: str
    opens: time | None
    closes: time | None
    valid_from: date
    valid_until: date | None = None
    accepted_before: datetime | None = None

    def holds_on(self, day: date) -> bool:
        in_time = self.valid_from <= day and (self.valid_until is None or day < self.valid_until)
        return in_time and str(day.isoweekday()) in self.weekdays

    def starts(self) -> tuple[time, ...]:
        """Times of day at which work may begin by this row: when it opens, or when its closure is over."""
        start = self.closes if self.kind == CLOSED else self.opens
        return (start,) if start is not None else ()

    def speaks_of(self, moment: time | None) -> bool:
        """Whether the row says anything of that time of day: a closure of some hours does of those alone."""
        if self.kind != CLOSED or self.opens is None:
            return True
        return moment is not None and _within(self, moment)


def row_of(rows: Iterable[Hours], day: date, moment: time | None = None) -> Hours | None:
    """The row that holds on that day; one that closes some hours of it holds in those alone."""
    holding = [row for row in rows if row.holds_on(day) and row.speaks_of(moment)]
    return min(holding, key=lambda row: STRONGEST_FIRST.index(row.kind), default=None)


def is_open(rows: Iterable[Hours], at: datetime, *, accepted_at: datetime | None = None) -> bool:
    """Whether a trip may be handled at `at`; on pre-registered days only one accepted before the closure."""
    local = at.astimezone(HANOI)
    row = row_of(rows, local.date(), local.time())
    if row is None or row.kind == CLOSED or not _within(row, local.time()):
        return False
    if row.kind != PREREGISTERED:
        return True
    return accepted_at is not None and row.accepted_before is not None and accepted_at < row.accepted_before


def next_opening(rows: Iterable[Hours], after: datetime) -> datetime | None:
    """The first moment after `after` at which the point begins to work for everybody, within 60 days."""
    known = tuple(rows)
    local = after.astimezone(HANOI)
    for ahead in range(SEARCH_DAYS):
        day = local.date() + timedelta(days=ahead)
        starts = sorted({start for row in known if row.holds_on(day) for start in row.starts()})
        moments = (datetime.combine(day, start, HANOI) for start in starts)
        found = next((moment for moment in moments if moment > local and is_open(known, moment)), None)
        if found is not None:
            return found
    return None


def _within(row: Hours, moment: time) -> bool:
    return row.opens is not None and row.closes is not None and row.opens <= moment < row.closes


def works(rows: Iterable[Hours], at: datetime) -> bool:
    """Whether anybody at all may be handled at `at`: on pre-registered days some are."""
    local = at.astimezone(HANOI)
    row = row_of(rows, local.date(), local.time())
    return row is not None and row.kind != CLOSED and _within(row, local.time())


def hours_of(rows: Iterable[Hours], day: date) -> tuple[int, ...]:
    """The hours of the clock in which that day is worked, whole or in part; none when nobody works."""
    row = row_of(rows, day)
    if row is None or row.kind == CLOSED:
        return ()
    return tuple(hour for hour in range(24) if _touches(row, hour))


def hours_from(rows: Iterable[Hours], day: date) -> tuple[int, ...]:
    """The hours of the clock that are worked on that day or on any later one that is known."""
    coming = [row for row in rows if row.kind != CLOSED and (row.valid_until is None or day < row.valid_until)]
    return tuple(hour for hour in range(24) if any(_touches(row, hour) for row in coming))


def _touches(row: Hours, hour: int) -> bool:
    return row.opens is not None and row.closes is not None and row.opens.hour <= hour and time(hour) < row.closes
