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


def row_of(rows: Iterable[Hours], day: date) -> Hours | None:
    """The row that holds on that day."""
    holding = [row for row in rows if row.holds_on(day)]
    return min(holding, key=lambda row: STRONGEST_FIRST.index(row.kind), default=None)


def is_open(rows: Iterable[Hours], at: datetime, *, accepted_at: datetime | None = None) -> bool:
    """Whether a trip may be handled at `at`; on pre-registered days only one accepted before the closure."""
    local = at.astimezone(HANOI)
    row = row_of(rows, local.date())
    if row is None or row.kind == CLOSED or not _within(row, local.time()):
        return False
    if row.kind != PREREGISTERED:
        return True
    return accepted_at is not None and row.accepted_before is not None and accepted_at < row.accepted_before


def next_opening(rows: Iterable[Hours], after: datetime) -> datetime | None:
    """The first moment after `after` at which the point works for everybody, within 60 days."""
    known = tuple(rows)
    local = after.astimezone(HANOI)
    for ahead in range(SEARCH_DAYS):
        day = local.date() + timedelta(days=ahead)
        row = row_of(known, day)
        if row is None or row.opens is None or row.kind in (CLOSED, PREREGISTERED):
            continue
        opens = datetime.combine(day, row.opens, HANOI)
        if opens > local:
            return opens
    return None


def _within(row: Hours, moment: time) -> bool:
    return row.opens is not None and row.closes is not None and row.opens <= moment < row.closes
