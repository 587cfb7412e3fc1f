"""Minutes of the model and moments of the platform; working hours of the points."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import CrossingPoint
from tinhso.pillars.border.gate.queries.reference import hours_of
from tinhso.pillars.border.gate.rules import hours

DAY = 1440.0
SHIFT_BEGINS, SHIFT_ENDS = 6 * 60.0, 21 * 60.0
"""Assumed: inside the yards people work from six to nine; the barriers keep the points' hours."""


@dataclass(slots=True)
class Timeline:
    """Minute 0 is midnight in Viet Nam at the beginning of `first`."""

    first: date
    _hours: dict[tuple[str, str], list[hours.Hours]] = field(default_factory=dict)
    _open: dict[tuple[str, str, int], tuple[float, float] | None] = field(default_factory=dict)

    @property
    def beginning(self) -> datetime:
        return datetime.combine(self.first, time(), HANOI)

    def minute(self, moment: datetime | None) -> float:
        """The minute of a moment; the beginning when there is none."""
        return (moment - self.beginning).total_seconds() / 60 if moment else 0.0

    def moment(self, minute: float) -> datetime:
        return self.beginning + timedelta(minutes=minute)

    def offset(self, day: date) -> float:
        """The minute at which a day begins."""
        return (day - self.first).days * DAY

    def day(self, minute: float) -> date:
        return self.first + timedelta(days=int(minute // DAY))

    def on_shift(self, minute: float) -> float:
        """The same minute, or the next one at which people work inside the yards."""
        of_day = minute % DAY
        if of_day < SHIFT_BEGINS:
            return minute - of_day + SHIFT_BEGINS
        return minute if of_day < SHIFT_ENDS else minute - of_day + DAY + SHIFT_BEGINS + of_day % 20

    def when_open(self, point: str, direction: str, minute: float, *, before_closing: float = 1.0) -> float:
        """The same minute, or the next one at which the point works and will not close at once."""
        for ahead in range(14):
            day = int(minute // DAY) + ahead
            span = self._span(point, direction, day)
            if span is None:
                continue
            begins, ends = span[0] + day * DAY, span[1] + day * DAY - before_closing
            if max(minute, begins) < ends:
                return minute if minute >= begins else begins + minute % 20
        return minute + DAY

    def _span(self, point: str, direction: str, day: int) -> tuple[float, float] | None:
        key = (point, direction, day)
        if key not in self._open:
            row = hours.row_of(self._rows(point, direction), self.day(day * DAY))
            shut = row is None or row.kind in (hours.CLOSED, hours.PREREGISTERED)
            opens, closes = (None, None) if row is None or shut else (row.opens, row.closes)
            self._open[key] = (_minutes(opens), _minutes(closes)) if opens and closes else None
        return self._open[key]

    def _rows(self, point: str, direction: str) -> list[hours.Hours]:
        key = (point, direction)
        if key not in self._hours:
            self._hours[key] = hours_of(CrossingPoint.objects.get(code=point), direction)
        return self._hours[key]


def _minutes(moment: time) -> float:
    return moment.hour * 60.0 + moment.minute
