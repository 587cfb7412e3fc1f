"""Windows to be booked: made from the default rows of the day, their room changed live by the board."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import CrossingPoint, OperatingCalendar, SlotDefault, SlotWindow
from tinhso.pillars.border.gate.permissions import SET_CAPACITY
from tinhso.pillars.border.gate.queries.bookings import direction_points, terms_at
from tinhso.pillars.border.gate.rules import hours
from tinhso.pillars.border.gate.rules.codes import refuse

MOST = 400
"""Vehicles an hour that nobody means: a slip of the keyboard."""
LONGEST = 31
HOUR = timedelta(hours=1)
KIND = "border_gate.slot_window"


@transaction.atomic
def set_room(*, windows: Sequence[UUID], capacity: int, by: Actor, at: datetime) -> int:
    """Change the room of windows at once; below what is booked, all keep their places and nobody gets a new one.

    Returns how many windows changed. Refusals: BG-306; Forbidden at another point.
    """
    if not 0 <= capacity <= MOST:
        raise refuse("BG-306", field="capacity", max=MOST)
    rows = _locked(windows, by, at)
    for row in rows:
        row.capacity, row.kept = capacity, row.booked if row.booked > capacity else 0
    SlotWindow.objects.bulk_update(rows, ["capacity", "kept"])
    for row in rows:
        record("border_gate.room_set", by=by, at=at, kind=KIND, record_id=row.pk, capacity=capacity, booked=row.booked)
    return len(rows)


@transaction.atomic
def open_windows(*, windows: Sequence[UUID], is_open: bool, by: Actor, at: datetime) -> int:
    """Open windows for booking, or close them; places that are booked stay."""
    rows = _locked(windows, by, at)
    SlotWindow.objects.filter(pk__in=[row.pk for row in rows]).update(is_open=is_open)
    action = "border_gate.window_opened" if is_open else "border_gate.window_closed"
    for row in rows:
        record(action, by=by, at=at, kind=KIND, record_id=row.pk)
    return len(rows)


@transaction.atomic
def make_windows(*, point: CrossingPoint, first: date, last: date, by: Actor, at: datetime) -> int:
    """Make the windows of a point from its default rows and its hours, both days included; those there are stay.

    Returns how many were made. Refusals: BG-303 for no days or too many.
    """
    require(by, SET_CAPACITY, point, at)
    if not timedelta() <= last - first < timedelta(days=LONGEST) or last < at.astimezone(HANOI).date():
        raise refuse("BG-303", field="last")
    made = _make([point], first, last)
    if made and by is not SYSTEM:
        record("border_gate.windows_made", by=by, at=at, kind="border_gate.point", record_id=point.pk, count=made)
    return made


def keep_windows(*, at: datetime) -> int:
    """Windows of all points as far ahead as can be booked tomorrow: the seventh day is there before it opens."""
    today = at.astimezone(HANOI).date()
    return _make(direction_points(), today, today + timedelta(days=terms_at(at).horizon_days + 1))


def _locked(windows: Sequence[UUID], by: Actor, at: datetime) -> list[SlotWindow]:
    rows = list(SlotWindow.objects.select_for_update(no_key=True).filter(pk__in=list(windows)).order_by("pk"))
    for point in {row.point_id: row for row in rows}.values():
        require(by, SET_CAPACITY, point, at)
    return rows


def _make(points: Iterable[CrossingPoint], first: date, last: date) -> int:
    known = {point.pk for point in points}
    defaults = list(SlotDefault.objects.filter(point_id__in=known, capacity__gt=0))
    calendars: dict[tuple[UUID, str], list[hours.Hours]] = {}
    for row in OperatingCalendar.objects.filter(point_id__in=known):
        calendars.setdefault((row.point_id, row.direction), []).append(row.hours())
    begins = _midnight(first)
    taken = set(
        SlotWindow.objects.filter(
            point_id__in=known, begins_at__gte=begins, begins_at__lt=_midnight(last) + timedelta(days=1)
        ).values_list("point_id", "direction", "goods_group", "begins_at")
    )
    wanted = [
        SlotWindow(
            point_id=row.point_id,
            direction=row.direction,
            goods_group=row.goods_group,
            begins_at=hour,
            ends_at=hour + HOUR,
            capacity=row.capacity,
        )
        for row in defaults
        for hour in _hours(row, calendars.get((row.point_id, row.direction), []), first, last)
        if (row.point_id, row.direction, row.goods_group, hour) not in taken
    ]
    SlotWindow.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=1000)
    return len(wanted)


def _hours(row: SlotDefault, calendar: list[hours.Hours], first: date, last: date) -> list[datetime]:
    """Hours of the days on which the default row holds and the point works; pre-registered days count as working."""
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    holding = [day for day in days if row.valid_from <= day and (row.valid_until is None or day < row.valid_until)]
    found = [_midnight(day) + number * HOUR for day in holding for number in range(24)]
    return [hour for hour in found if hours.works(calendar, hour)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), HANOI)
