"""Working time: half-day sessions on working days, added, taken away and counted. Pure Python, aware moments.

Terms follow the rules of one-stop service (Decree 61/2018/ND-CP and the procedures themselves): days count from the
day after acceptance in half-day sessions, calendar days that end on a day off roll forward, same-day results are
due at the end of the day when the dossier came in by 15:00.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice

from tinhso.kernel.base.clock import HANOI

SAME_DAY_UNTIL = time(15, 0)
MAKE_UP_WEEKDAY = 1  # on a make-up day people work as on a Monday
LONGEST_REST = timedelta(days=60)
DAY = timedelta(days=1)
ZERO = timedelta(0)


class NoWorkingTime(LookupError):
    """The calendar has no session for two months on end: it is empty, or ended before the day asked for."""


@dataclass(frozen=True, slots=True)
class HalfDay:
    """A session of work on some weekdays (1 is Monday), between two days; the end is excluded."""

    begins: time
    ends: time
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    valid_from: date = date.min
    valid_until: date = date.max

    def holds(self, day: date, weekday: int) -> bool:
        return weekday in self.weekdays and self.valid_from <= day < self.valid_until


@dataclass(frozen=True, slots=True)
class Span:
    """One session on one day."""

    begins: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        return self.ends - self.begins


@dataclass(frozen=True, slots=True)
class Calendar:
    """The sessions of an agency, its days off and its make-up days."""

    halves: tuple[HalfDay, ...]
    off: frozenset[date] = frozenset()
    make_up: frozenset[date] = frozenset()

    def sessions_on(self, day: date) -> list[Span]:
        """The sessions of a day in their order; none on a day off."""
        if day in self.off:
            return []
        weekday = MAKE_UP_WEEKDAY if day in self.make_up else day.isoweekday()
        return [
            Span(datetime.combine(day, half.begins, HANOI), datetime.combine(day, half.ends, HANOI))
            for half in sorted(self.halves, key=lambda half: half.begins)
            if half.holds(day, weekday)
        ]

    def is_working_day(self, day: date) -> bool:
        return bool(self.sessions_on(day))

    def is_working_time(self, moment: datetime) -> bool:
        """Whether a session is on; its last moment is no longer in it."""
        return any(span.begins <= moment < span.ends for span in self.sessions_on(_day(moment)))

    def add_working_time(self, start: datetime, span: timedelta) -> datetime:
        """The moment at which `span` of working time after `start` is over. Raises NoWorkingTime."""
        if span < ZERO:
            return self.subtract_working_time(start, -span)
        left = span
        for session in self._from(start) if left else ():
            begins = max(session.begins, start)
            if left <= session.ends - begins:
                return begins + left
            left -= session.ends - begins
        return start

    def subtract_working_time(self, end: datetime, span: timedelta) -> datetime:
        """The latest moment from which `span` of working time passes up to `end`. Raises NoWorkingTime."""
        if span < ZERO:
            return self.add_working_time(end, -span)
        left = span
        for session in self._back_from(end) if left else ():
            ends = min(session.ends, end)
            if left <= ends - session.begins:
                return ends - left
            left -= ends - session.begins
        return end

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments; negative when `end` comes first."""
        if end < start:
            return -self.working_time_between(end, start)
        spans = (span for day in _days(_day(start), _day(end)) for span in self.sessions_on(day))
        return sum((max(ZERO, min(span.ends, end) - max(span.begins, start)) for span in spans), ZERO)

    def end_of_session(self, *, after: datetime, count: int) -> datetime:
        """The end of the `count`-th session that begins after the moment. Raises NoWorkingTime."""
        return self._end(count, (session for session in self._from(after) if session.begins > after))

    def due_after_working_days(self, accepted: datetime, days: Decimal | int | float) -> datetime:
        """The end of a term in working days, halves allowed: two sessions a day, from the day after acceptance."""
        count = Decimal(str(days)) * 2
        if count <= 0 or count != int(count):
            raise ValueError(f"a term is a number of half-days above zero, not {days} days")
        return self._end(int(count), self._from(_morning_after(accepted)))

    def due_after_days(self, accepted: datetime, days: int) -> datetime:
        """The end of a term in calendar days; one that ends on a day off ends on the next working day."""
        return self._close_of_day(_day(accepted) + days * DAY)

    def due_same_day(self, accepted: datetime, *, until: time = SAME_DAY_UNTIL) -> datetime:
        """The end of the day when accepted by `until`, else of the next working day."""
        day = _day(accepted)
        late = accepted.astimezone(HANOI).time() > until
        return self._close_of_day(day + DAY if late else day)

    def _close_of_day(self, day: date) -> datetime:
        """The end of the last session of the day, or of the next day on which there is one."""
        first = next(self._from(datetime.combine(day, time.min, HANOI)))
        return self.sessions_on(_day(first.begins))[-1].ends

    def _end(self, count: int, sessions: Iterator[Span]) -> datetime:
        return next(islice(sessions, count - 1, None)).ends

    def _from(self, moment: datetime) -> Iterator[Span]:
        """Sessions that end after the moment, earliest first, for ever."""
        return self._walk(moment, DAY)

    def _back_from(self, moment: datetime) -> Iterator[Span]:
        """Sessions that begin before the moment, latest first, for ever."""
        return self._walk(moment, -DAY)

    def _walk(self, moment: datetime, step: timedelta) -> Iterator[Span]:
        day = worked = _day(moment)
        while abs(day - worked) <= LONGEST_REST:
            sessions = self.sessions_on(day)
            for span in sessions if step > ZERO else reversed(sessions):
                worked = day
                if (span.ends > moment) if step > ZERO else (span.begins < moment):
                    yield span
            day += step
        raise NoWorkingTime(f"no session within {LONGEST_REST.days} days of {worked}")


def _day(moment: datetime) -> date:
    """The day in Vietnam. Raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment has a time zone")
    return moment.astimezone(HANOI).date()


def _morning_after(moment: datetime) -> datetime:
    return datetime.combine(_day(moment) + DAY, time.min, HANOI)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + number * DAY for number in range((last - first).days + 1))
