"""What the clock says once: an hour that comes near, a call that nobody has answered, a day that will be too full.

Each saying leaves a mark whose key it is: a second run, or two processes at once, publish nothing anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, F, Q

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.states import ACCEPTED, CALLED, EN_ROUTE
from tinhso.pillars.border.gate.models import Booking, ClockMark, Holding, SlotWindow, Trip
from tinhso.pillars.border.gate.queries.bookings import direction_points
from tinhso.pillars.border.gate.queries.driver import answers
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.reference import calendars_of
from tinhso.pillars.border.gate.rules import hours
from tinhso.pillars.border.gate.rules.limits import (
    CALL_AGAIN,
    CALL_AGAIN_MOST,
    CONGESTED,
    REMINDED_FIRST,
    REMINDED_LAST,
)

KEPT_FOR = timedelta(days=90)
AT_MOST = 2000

NEW = "insert into border_gate_clockmark (key, at) select unnest(%s::text[]), %s::timestamptz"
NEW += " on conflict do nothing returning key"


def mark(keys: Iterable[str], at: datetime) -> set[str]:
    """Keys that were not marked yet; within the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(NEW, [list(keys), at])
        return {key for (key,) in cursor.fetchall()}


@transaction.atomic
def remind_of_hours(*, at: datetime) -> int:
    """Publish each booked hour that comes near, first and last; not to those who booked it later than that."""
    said = 0
    law = law_at(at)
    ahead_of = sorted((law.number(code).value for code in (REMINDED_FIRST, REMINDED_LAST)), reverse=True)
    for ahead, least in zip(ahead_of, (*ahead_of[1:], 0), strict=True):
        before = timedelta(hours=ahead)
        rows = Booking.objects.filter(
            state=Holding.CONFIRMED,
            slot__begins_at__gt=at + timedelta(hours=least),
            slot__begins_at__lte=at + before,
            confirmed_at__lte=F("slot__begins_at") - before,
            trip__state__in=(ACCEPTED, EN_ROUTE),
        ).exclude(trip__displacements__answer="", trip__displacements__slot=F("slot"))
        keys = {f"slot-{ahead}:{pk}": trip for pk, trip in rows.values_list("pk", "trip_id")[:AT_MOST]}
        said += _publish(events.SLOT_NEAR, keys, at, {"left": ahead})
    return said


@transaction.atomic
def repeat_calls(*, at: datetime) -> int:
    """Say calls again that no driver has answered, so often as the rulebook says; then the yard telephones."""
    every, most = law_at(at).number(CALL_AGAIN).span, law_at(at).number(CALL_AGAIN_MOST).value
    rows = Trip.objects.filter(is_live=True, state=CALLED, called_at__lte=at - every, call_expires_at__gt=at)
    calls = {trip: moment for trip, moment in rows.values_list("pk", "called_at")[:AT_MOST] if moment}
    answered = answers(calls)
    said = 0
    for trip, called_at in calls.items():
        if trip in answered:
            continue
        turn = (at - called_at) // every
        name = events.CALL_REPEATED if turn <= most else events.CALL_UNANSWERED
        turn = min(turn, most + 1)
        said += _publish(name, {f"call-{turn}:{trip}:{called_at.timestamp():.0f}": trip}, at, {"count": turn})
    return said


@transaction.atomic
def foresee_congestion(*, at: datetime) -> int:
    """Publish once a day, of each point, that more export vehicles remain than so many per cent of the next day's room.

    A day without any hour that is open and worked has no room: then one vehicle that remains is too many.
    """
    share = law_at(at).number(CONGESTED).value
    rooms = _rooms_on(at.astimezone(HANOI).date() + timedelta(days=1))
    here = Trip.objects.filter(is_live=True, direction="X").filter(first_arrival_at__isnull=False)
    remaining = dict(here.filter(~Q(state="returned_in")).values_list("point").annotate(count=Count("pk")))
    said = 0
    for point in direction_points():
        count, room = remaining.get(point.pk, 0), rooms.get(point.pk, 0)
        if count * 100 > share * room:
            key = f"congestion:{point.code}:{at.astimezone(HANOI):%Y-%m-%d}"
            told = {"count": count, "room": room, "percent": share}
            said += _publish(events.CONGESTION_FORESEEN, {key: point.pk}, at, told, kind="border_gate.point")
    return said


def _rooms_on(day: date) -> Counter[UUID]:
    """How many export vehicles the open windows of a day can take by point; hours at which a point rests are none."""
    begins = datetime.combine(day, time(), HANOI)
    windows = SlotWindow.objects.filter(direction="X", is_open=True, begins_at__gte=begins)
    windows = windows.filter(begins_at__lt=begins + timedelta(days=1))
    found = list(windows.values_list("point", "begins_at", "capacity"))
    calendars = calendars_of(list({point for point, _hour, _room in found}))
    rooms: Counter[UUID] = Counter()
    for point, hour, room in found:
        rooms[point] += room if hours.works(calendars.get((point, "X"), []), hour) else 0
    return rooms


def forget_marks(*, at: datetime) -> None:
    """Marks of long ago mean nothing any more."""
    ClockMark.objects.filter(at__lt=at - KEPT_FOR).delete()


def _publish(name: str, keys: Mapping[str, UUID], at: datetime, facts: dict[str, Any], *, kind: str = TRIP.name) -> int:
    new = mark(keys, at) if keys else set()
    for key in sorted(new):
        publish(name, kind=kind, record_id=keys[key], by=SYSTEM, at=at, **facts)
    return len(new)
