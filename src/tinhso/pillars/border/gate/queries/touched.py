"""Whom an order of the board touches: trips that have not come yet, by their booked hour, else by their planned day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Q, QuerySet

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.flows.states import ACCEPTED, EN_ROUTE, FIX_REQUESTED, SUBMITTED
from tinhso.pillars.border.gate.models import Moratorium, Trip
from tinhso.pillars.border.gate.queries.stopped import speaks_of
from tinhso.pillars.border.gate.rules import hours

USUAL = range(8, 18)
"""Hours at which every point works on an ordinary day (tables/calendar.csv)."""
COMING = (SUBMITTED, FIX_REQUESTED, ACCEPTED, EN_ROUTE)
"""States of a trip that has not come to the gate yet."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Ids of the trips that an order touches, and of those whose booked hour it takes."""

    trips: tuple[UUID, ...]
    displaced: tuple[UUID, ...]


def coming_between(begins_at: datetime, ends_at: datetime) -> QuerySet[Trip]:
    """Trips that mean to come within that time."""
    first, last = begins_at.astimezone(HANOI).date(), ends_at.astimezone(HANOI).date()
    by_day = Q(slot=None, planned_on__gte=first, planned_on__lte=last)
    by_hour = Q(slot__begins_at__gte=begins_at, slot__begins_at__lt=ends_at)
    return Trip.objects.filter(by_hour | by_day, is_live=True, state__in=COMING)


def touched_by_moratorium(row: Moratorium) -> Touched:
    """Trips whose goods the notice stops at their point in its time; one query. Exempt trips are not among them."""
    rows = coming_between(row.begins_at, row.ends_at).filter(speaks_of(row))
    found = list(rows.values_list("pk", "slot_id"))
    return Touched(tuple(pk for pk, _slot in found), tuple(pk for pk, slot in found if slot))


def touched_by_hours(
    *,
    points: Sequence[UUID],
    directions: Sequence[str],
    begins_at: datetime,
    ends_at: datetime,
    calendars: dict[tuple[UUID, str], list[hours.Hours]],
) -> Touched:
    """Trips coming in that time to which these calendars are closed: at their booked hour, else on their day.

    A trip without an hour is touched by a closure of some hours of its day as well. One query.
    """
    rows = coming_between(begins_at, ends_at).filter(point_id__in=points, direction__in=directions)
    touched, displaced = [], []
    for pk, point, direction, begins, accepted, planned in rows.values_list(
        "pk", "point_id", "direction", "slot__begins_at", "accepted_at", "planned_on"
    ):
        calendar = calendars.get((point, direction), [])
        asked = [begins] if begins else _hours_of(planned, begins_at, ends_at)
        if all(hours.is_open(calendar, moment, accepted_at=accepted) for moment in asked):
            continue
        touched.append(pk)
        displaced += [pk] if begins else []
    return Touched(tuple(touched), tuple(displaced))


def _hours_of(day: date, begins_at: datetime, ends_at: datetime) -> list[datetime]:
    """Moments of the usual working day that lie in that time: on each of them the trip may mean to come."""
    usual = (datetime.combine(day, time(hour), HANOI) for hour in USUAL)
    return [moment for moment in usual if begins_at <= moment < ends_at]
