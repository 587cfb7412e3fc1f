"""Whom an order of the board touches: trips that have not come yet, by their booked hour, else by their planned day.

Who waits in the holding area or is called comes as soon as he may, whatever day he had planned: an order touches him
that holds within a day from now. His place in the queue stays, so no hour of his is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.flows.states import ACCEPTED, AT_BUFFER, CALLED, EN_ROUTE, FIX_REQUESTED, SUBMITTED
from tinhso.pillars.border.gate.models import Moratorium, OperatingCalendar, Trip
from tinhso.pillars.border.gate.models.times import CalendarKind
from tinhso.pillars.border.gate.queries.reference import calendars_of
from tinhso.pillars.border.gate.queries.stopped import speaks_of
from tinhso.pillars.border.gate.rules import hours

USUAL = range(8, 18)
"""Hours at which every point works on an ordinary day (tables/calendar.csv)."""
COMING = (SUBMITTED, FIX_REQUESTED, ACCEPTED, EN_ROUTE)
"""States of a trip that has not come to the gate yet."""
WAITING = (AT_BUFFER, CALLED)
HOUR = timedelta(hours=1)
SOON = timedelta(days=1)
"""Who waits now is thought to be through by then."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Ids of the trips that an order touches, and of those whose booked hour it takes."""

    trips: tuple[UUID, ...]
    displaced: tuple[UUID, ...]


def coming_between(begins_at: datetime, ends_at: datetime, *, at: datetime) -> QuerySet[Trip]:
    """Trips that mean to come within that time, seen from `at`."""
    first, last = begins_at.astimezone(HANOI).date(), ends_at.astimezone(HANOI).date()
    by_day = Q(slot=None, planned_on__gte=first, planned_on__lte=last)
    by_hour = Q(slot__begins_at__gte=begins_at, slot__begins_at__lt=ends_at)
    found = (by_hour | by_day) & Q(state__in=COMING)
    if begins_at < at + SOON and ends_at > at:
        found |= Q(state__in=WAITING)
    return Trip.objects.filter(found, is_live=True)


def touched_by_moratorium(row: Moratorium, *, at: datetime) -> Touched:
    """Trips whose goods the notice stops at their point in its time; one query. Exempt trips are not among them."""
    rows = coming_between(row.begins_at, row.ends_at, at=at).filter(speaks_of(row))
    found = list(rows.values_list("pk", "slot_id", "state"))
    return Touched(
        tuple(pk for pk, _slot, _state in found),
        tuple(pk for pk, slot, state in found if slot and state not in WAITING),
    )


def freed_by_lifting(row: Moratorium, *, at: datetime) -> list[UUID]:
    """Trips that the notice stops now and no other notice that holds within its time; one query for each notice."""
    others = Moratorium.objects.filter(begins_at__lt=row.ends_at, ends_at__gt=max(row.begins_at, at)).exclude(pk=row.pk)
    stopped = {trip for other in others for trip in touched_by_moratorium(other, at=at).trips}
    return [trip for trip in touched_by_moratorium(row, at=at).trips if trip not in stopped]


@dataclass(frozen=True, slots=True)
class Kept:
    """Where and when an order of hours speaks, to ask before and after its end whom the calendar keeps from coming."""

    points: tuple[UUID, ...]
    directions: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, rows: Sequence[OperatingCalendar]) -> Kept:
        """Of the rows of one order, at least one."""
        return cls(
            points=tuple({row.point_id for row in rows}),
            directions=tuple({row.direction for row in rows}),
            begins_at=min(_begin(row) for row in rows),
            ends_at=max(_end(row) for row in rows),
        )

    def trips(self, *, at: datetime) -> tuple[UUID, ...]:
        """As the calendar stands now; two queries."""
        return touched_by_hours(
            points=self.points,
            directions=self.directions,
            begins_at=self.begins_at,
            ends_at=self.ends_at,
            calendars=calendars_of(self.points),
            at=at,
        ).trips


def _begin(row: OperatingCalendar) -> datetime:
    opens = row.opens if row.kind == CalendarKind.CLOSED else None
    return datetime.combine(row.valid_from, opens or time(), HANOI)


def _end(row: OperatingCalendar) -> datetime:
    """The last moment of which the row speaks; an order's row has a last day."""
    closes = row.closes if row.kind == CalendarKind.CLOSED else None
    last = (row.valid_until or row.valid_from + timedelta(days=1)) - timedelta(days=1)
    if closes is None or closes == time.max:
        return datetime.combine(last + timedelta(days=1), time(), HANOI)
    return datetime.combine(last, closes, HANOI)


def touched_by_hours(
    *,
    points: Sequence[UUID],
    directions: Sequence[str],
    begins_at: datetime,
    ends_at: datetime,
    calendars: dict[tuple[UUID, str], list[hours.Hours]],
    at: datetime,
) -> Touched:
    """Trips coming in that time to which these calendars are closed: at their booked hour, else on their day.

    A trip without an hour is touched by a closure of some hours of its day as well. One query.
    """
    rows = coming_between(begins_at, ends_at, at=at).filter(point_id__in=points, direction__in=directions)
    soon = _usual(max(begins_at, at), min(ends_at, at + SOON))
    touched, displaced = [], []
    for pk, point, direction, state, begins, accepted, planned in rows.values_list(
        "pk", "point_id", "direction", "state", "slot__begins_at", "accepted_at", "planned_on"
    ):
        calendar, waits = calendars.get((point, direction), []), state in WAITING
        asked = soon if waits else [begins] if begins else _hours_of(planned, begins_at, ends_at)
        if all(hours.is_open(calendar, moment, accepted_at=accepted) for moment in asked):
            continue
        touched.append(pk)
        displaced += [pk] if begins and not waits else []
    return Touched(tuple(touched), tuple(displaced))


def _hours_of(day: date, begins_at: datetime, ends_at: datetime) -> list[datetime]:
    """Moments of the usual working day that lie in that time: on each of them the trip may mean to come."""
    midnight = datetime.combine(day, time(), HANOI)
    return _usual(max(begins_at, midnight), min(ends_at, midnight + timedelta(days=1)))


def _usual(begins_at: datetime, ends_at: datetime) -> list[datetime]:
    """The first moment of that time and each full hour of it, as far as every point works then on an ordinary day."""
    local = begins_at.astimezone(HANOI)
    full = local.replace(minute=0, second=0, microsecond=0)
    count = max(0, -((full - ends_at) // HOUR))
    moments = [local, *(full + number * HOUR for number in range(1, count))]
    return [moment for moment in moments if moment < ends_at and moment.hour in USUAL]
