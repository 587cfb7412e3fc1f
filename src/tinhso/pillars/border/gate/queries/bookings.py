"""Hours that can be booked: free places as one firm sees them, the terms of the day, and who missed his hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_moment
from tinhso.pillars.border.gate.models import (
    LIVING,
    Booking,
    CrossingPoint,
    Displacement,
    Holding,
    Moratorium,
    OperatingCalendar,
    SlotWindow,
    Trip,
)
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.queries.words import text_of
from tinhso.pillars.border.gate.rules import hours
from tinhso.pillars.border.gate.rules.booking import Terms

DIVERTED = ("EXP_VN", "EXP_XFER")
"""Trip types that may go to another crossing point (tables/transitions.csv, divert)."""
SEARCHED = 200
"""Windows looked at for the next one with room: more than all that can be booked at one point and direction."""


def terms_on(day: date) -> Terms:
    """The terms of booking on that day: the row that holds, else those that were published first."""
    return law_on(day).booking


def terms_at(at: datetime) -> Terms:
    """The terms of booking now."""
    return terms_on(at.astimezone(HANOI).date())


def show_window(slot: SlotWindow) -> str:
    """The hour in words: when it begins, and until when."""
    return f"{show_moment(slot.begins_at)}–{slot.ends_at.astimezone(HANOI):%H:%M}"


@dataclass(frozen=True, slots=True)
class Free:
    """A window as somebody sees it who wants a place: `free` for him, by room and by his firm's share."""

    slot: SlotWindow
    free: int
    own: int
    is_mine: bool = False
    closed: str = ""

    @property
    def bookable(self) -> bool:
        return self.free > 0 and not self.closed and not self.is_mine


def windows_of(
    *, point: UUID, direction: str, group: str = SlotWindow.ANY, since: datetime, until: datetime
) -> QuerySet[SlotWindow]:
    """Windows of a point and direction that take such goods and end between two moments."""
    rows = SlotWindow.objects.filter(point_id=point, direction=direction, ends_at__gt=since, begins_at__lt=until)
    return rows.filter(goods_group__in={SlotWindow.ANY, group}).order_by("begins_at")


def with_own(rows: QuerySet[SlotWindow], firm: UUID | None) -> QuerySet[Any]:
    """The same with how many places the firm has in each, in the same query."""
    own = Booking.objects.filter(slot=OuterRef("pk"), state__in=LIVING, agency=firm).order_by()
    counted = own.values("slot").annotate(count=Count("pk")).values("count")
    return rows.annotate(own=Coalesce(Subquery(counted), 0, output_field=IntegerField()))


def room_for(slot: Any, terms: Terms, *, firm: UUID | None, displaced: bool = False) -> int:
    """Free places of a window (with `own`) for that firm."""
    if not slot.is_open:
        return 0
    left = max(0, slot.capacity - slot.booked)
    return left if firm is None or displaced else max(0, min(left, terms.share_of(slot.capacity) - slot.own))


def free_windows(
    *, trip: Trip | None, point: UUID, direction: str, firm: UUID | None, since: datetime, at: datetime, group: str = ""
) -> list[Free]:
    """Every window that can be booked from `since` on, with what is free for the firm; three queries."""
    terms = terms_at(at)
    until = datetime.combine(terms.last_day(at) + timedelta(days=1), datetime.min.time(), HANOI)
    rows = windows_of(point=point, direction=direction, group=group, since=max(since, at), until=until)
    calendar = [row.hours() for row in OperatingCalendar.objects.filter(point_id=point, direction=direction)]
    accepted_at = trip.accepted_at if trip else None
    displaced = trip is not None and displacement_of(trip) is not None
    return [
        Free(
            slot,
            room_for(slot, terms, firm=firm, displaced=displaced),
            slot.own,
            is_mine=trip is not None and slot.pk == trip.slot_id,
            closed="" if hours.is_open(calendar, slot.begins_at, accepted_at=accepted_at) else "closed",
        )
        for slot in with_own(rows, firm)[:SEARCHED]
    ]


def next_free(trip: Trip, *, after: datetime, at: datetime, count: int = 1) -> list[SlotWindow]:
    """The next windows in which there is a place for the trip."""
    rows = free_windows(
        trip=trip,
        point=trip.point_id,
        direction=trip.direction,
        firm=trip.agency_id,
        since=after,
        at=at,
        group=trip.goods_group,
    )
    return [one.slot for one in rows if one.bookable and one.slot.begins_at >= after][:count]


def displacement_of(trip: Trip) -> Displacement | None:
    """The closure to which the trip's hour fell, while nothing was chosen for it."""
    if trip.slot_id is None:
        return None
    return Displacement.objects.filter(trip=trip, slot_id=trip.slot_id, answer="").order_by("at").first()


def missed_by(firm: UUID, *, since: datetime) -> int:
    """How many booked hours the firm did not keep since then."""
    return Booking.objects.filter(agency_id=firm, state=Holding.MISSED, ended_at__gt=since).count()


def holds_that_lapse(at: datetime) -> QuerySet[Booking]:
    """Places kept for a form that nobody sent in time."""
    return Booking.objects.filter(state=Holding.HELD, held_until__lte=at)


def hold_of(by: UUID, firm: UUID, *, at: datetime) -> Booking | None:
    """The place that this person keeps for that firm while the form is open."""
    rows = Booking.objects.filter(made_by=by, agency_id=firm, state=Holding.HELD, held_until__gt=at)
    return rows.select_related("slot", "point").first()


def wrong_counts() -> QuerySet[SlotWindow]:
    """Windows whose count is not that of their bookings: none, ever."""
    living = Count("bookings", filter=Q(bookings__state__in=LIVING))
    return SlotWindow.objects.annotate(living=living).exclude(booked=F("living"))


def direction_points() -> QuerySet[CrossingPoint]:
    """Points whose hours can be booked."""
    return CrossingPoint.objects.filter(goods_open=True)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a trip may choose whose booked hour was taken: the next hours with room, or another crossing point."""

    why: str
    slots: list[SlotWindow]
    points: list[CrossingPoint]


def choices_of(trip: Trip, *, at: datetime) -> Choices | None:
    """None while the trip's hour holds."""
    displaced = displacement_of(trip)
    if displaced is None:
        return None
    points = direction_points().exclude(pk=trip.point_id) if trip.kind in DIVERTED else CrossingPoint.objects.none()
    hours_left = next_free(trip, after=at, at=at, count=3) if trip.state in ("accepted", "en_route") else []
    return Choices(cause_of(displaced), hours_left, list(points))


def cause_of(displaced: Displacement) -> str:
    """The notice or the order that took the hour, as people read it in the language in force."""
    notice = Moratorium.objects.filter(pk=displaced.cause).first()
    if notice is not None:
        return f"{text_of(notice)} ({notice.document_no})"
    row = OperatingCalendar.objects.filter(order=displaced.cause).first()
    told = " · ".join(dict.fromkeys(part for part in (row.source, row.document_no) if part)) if row else ""
    return told or "–"


@dataclass(frozen=True, slots=True)
class Week:
    """Free places by hour of the day (rows) and day (columns), as one firm sees them."""

    days: list[date]
    rows: list[tuple[int, list[Free | None]]]


def week_of(free: list[Free]) -> Week:
    """The windows laid out; hours and days without any are left out."""
    by_place = {_place(one.slot): one for one in free}
    days, hours_of_day = sorted({day for day, _hour in by_place}), sorted({hour for _day, hour in by_place})
    return Week(days, [(hour, [by_place.get((day, hour)) for day in days]) for hour in hours_of_day])


def _place(slot: SlotWindow) -> tuple[date, int]:
    local = slot.begins_at.astimezone(HANOI)
    return local.date(), local.hour


def bookings_of(firm: UUID, *, at: datetime) -> QuerySet[Booking]:
    """The firm's booked hours that are not over, with their trips: one query."""
    rows = Booking.objects.filter(agency_id=firm, state=Holding.CONFIRMED, slot__ends_at__gt=at)
    return rows.select_related("slot", "trip", "point").order_by("slot__begins_at")
