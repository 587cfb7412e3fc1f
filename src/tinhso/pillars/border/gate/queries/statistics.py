"""Figures of the moment for boards and the public, over the trips as they stand and the history of their steps.

A vehicle counts as cleared as settled for the daily report: export when it crosses out, import when it crosses
in; the way back does not count again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.flows.states import WAITING
from tinhso.pillars.border.gate.models import CrossingPoint, OperatingCalendar, SlotWindow
from tinhso.pillars.border.gate.models.places import SHORT_YARDS, YardLevel
from tinhso.pillars.border.gate.queries import load
from tinhso.pillars.border.gate.rules import crowding, hours

PRIORITIES = ("P0", "P1", "P2", "P3", "P4")
LATELY = timedelta(hours=2)
Areas = tuple[int, tuple["AreaNow", ...]]
"""How many stand in the holding areas of a point, and these."""
NONE: Areas = (0, ())


@dataclass(frozen=True, slots=True)
class AreaNow:
    """A holding area now: how many stand there, of how many places."""

    code: str
    name: str
    standing: int
    capacity: int

    @property
    def room(self) -> int:
        return max(self.capacity - self.standing, 0)


@dataclass(frozen=True, slots=True)
class PointNow:
    """One crossing point now. `waiting` are those in the holding area, called, or at barrier 1; minutes are
    what the last of them has before it; `last_hour` and `today` are cleared vehicles. `in_buffer` stand in the point's
    holding areas, which have room for `buffer_capacity`; a point without a holding area has 0 of both.
    `areas` are these one by one; who is in none of them, as far as is known, counts for the point alone.

    `silent_since` is set when the point should be working and sends nothing: then all figures are old.
    """

    id: UUID
    code: str
    name: str
    opposite: str
    buffer: int
    barrier: int
    in_yard: int
    yard_name: str
    yard_capacity: int
    minutes: int
    crowding: int
    exported: int
    imported: int
    last_hour: int
    is_open: bool
    closes_at: datetime | None
    opens_at: datetime | None
    last_at: datetime | None
    silent_since: datetime | None
    daily_average: int
    in_buffer: int
    buffer_capacity: int
    areas: tuple[AreaNow, ...] = ()

    @property
    def waiting(self) -> int:
        return self.buffer + self.barrier

    @property
    def today(self) -> int:
        return self.exported + self.imported

    @property
    def room(self) -> int:
        return max(self.yard_capacity - self.in_yard, 0)

    @property
    def buffer_room(self) -> int:
        return max(self.buffer_capacity - self.in_buffer, 0)


@dataclass(frozen=True, slots=True)
class Group:
    """Those of one priority class who wait, and how many minutes the first of them has waited."""

    priority: str
    waiting: int
    longest: int | None


@dataclass(frozen=True, slots=True)
class Hours:
    """Cleared vehicles by the hour of two days, and the places booked for hours to come."""

    today: dict[int, int]
    yesterday: dict[int, int]
    booked: dict[int, int]
    yesterday_by_now: int

    @property
    def total(self) -> int:
        return sum(self.today.values())


@dataclass(frozen=True, slots=True)
class Pace:
    """The median minutes that a kind of check took lately, against what it should take."""

    kind: str
    median: int
    limit: int
    done: int

    @property
    def over(self) -> int:
        return self.median - self.limit


# Who was noted as undeclared waits in his bay at the gate, not in the holding area.
_YARDS = """
select y.point_id, y.level, y.code, y.name, y.capacity, s.here, s.whole from border_gate_yard y
left join lateral (
    select count(*) filter (where t.buffer_id = y.place_id) as here, count(*) as whole from border_gate_trip t
    where t.is_live and t.point_id = y.point_id and t.state = 'at_buffer' and not t.undeclared
) s on y.level = 'buffer' order by y.code
"""
_DAY = """
select h.place_id,
    count(*) filter (where h.step = 'cross_out' and t.direction = 'X'),
    count(*) filter (where h.step = 'cross_in' and t.direction = 'N'),
    count(*) filter (where h.at > %(now)s::timestamptz - interval '1 hour'
        and (h.step = 'cross_in' and t.direction = 'N' or h.step = 'cross_out' and t.direction = 'X')),
    max(h.at)
from kernel_workflow_history h
left join border_gate_trip t on t.id = h.record_id and h.step in ('cross_in', 'cross_out')
where h.flow = 'border_gate.trip' and h.at >= %(midnight)s::timestamptz and h.at <= %(now)s::timestamptz
group by h.place_id
"""


def points(*, at: datetime) -> list[PointNow]:
    """Every point that handles goods trucks, in the order of the table; five queries."""
    loads = {one.point: one for one in load.loads(at=at)}
    day = {row[0]: row[1:] for row in rows_of(_DAY, {"now": at, "midnight": midnight(at)})}
    yards, buffers = _yards()
    calendar = _calendar()
    return [
        _point(
            row,
            loads[row.code],
            day.get(row.pk, (0, 0, 0, None)),
            yards.get(row.pk),
            buffers.get(row.pk, NONE),
            calendar.get(row.pk, []),
            at,
        )
        for row in CrossingPoint.objects.filter(code__in=loads)
    ]


def _point(
    row: CrossingPoint, now: load.GateLoad, day: tuple[Any, ...], yard: tuple[str, int] | None, buffer: Areas,
    calendar: list[hours.Hours], at: datetime,
) -> PointNow:  # fmt: skip
    exported, imported, last_hour, last_at = day
    is_open = hours.is_open(calendar, at)
    silent = crowding.is_silent(last_at=last_at, is_open=is_open, at=at)
    name, capacity = yard or ("", 0)
    return PointNow(
        id=row.pk,
        code=row.code,
        name=row.gate_short,
        opposite=row.opposite.partition(" (")[0],
        buffer=now.waiting,
        barrier=now.at_barrier,
        in_yard=now.in_yard,
        yard_name=name,
        yard_capacity=capacity,
        minutes=now.wait_minutes,
        crowding=crowding.crowding(now.waiting + now.at_barrier, now.wait_minutes),
        exported=exported,
        imported=imported,
        last_hour=last_hour,
        is_open=is_open,
        closes_at=_closing(calendar, at) if is_open else None,
        opens_at=None if is_open else hours.next_opening(calendar, at),
        last_at=last_at,
        silent_since=last_at if silent else None,
        daily_average=row.daily_average,
        in_buffer=buffer[0],
        buffer_capacity=sum(area.capacity for area in buffer[1]),
        areas=buffer[1],
    )


def _closing(calendar: list[hours.Hours], at: datetime) -> datetime | None:
    local = at.astimezone(HANOI)
    row = hours.row_of(calendar, local.date())
    return datetime.combine(local.date(), row.closes, HANOI) if row and row.closes else None


def _yards() -> tuple[dict[UUID, tuple[str, int]], dict[UUID, Areas]]:
    """By point: the border yards' first name and whole room; who stands in the holding areas, and these."""
    border: dict[UUID, tuple[str, int]] = {}
    buffers: dict[UUID, Areas] = {}
    for point, level, code, name, capacity, here, whole in rows_of(_YARDS, {}):
        if level == YardLevel.BUFFER:
            area = AreaNow(code, SHORT_YARDS.get(code, name), here, capacity)
            buffers[point] = (whole, (*buffers.get(point, NONE)[1], area))
        else:
            first, room = border.get(point, (name, 0))
            border[point] = (first, room + capacity)
    return border, buffers


def _calendar() -> dict[UUID, list[hours.Hours]]:
    """The hours of the export direction, which is the one that people wait in."""
    found: dict[UUID, list[hours.Hours]] = {}
    for row in OperatingCalendar.objects.filter(direction="X"):
        found.setdefault(row.point_id, []).append(row.hours())
    return found


_GROUPS = """
select t.priority, count(*), min(coalesce(t.first_arrival_at, t.state_since))
from border_gate_trip t where t.is_live and t.state = any (%(waiting)s::text[]) group by t.priority
"""


def groups(*, at: datetime) -> list[Group]:
    """Who waits, class by class, with the longest wait in minutes."""
    found = {row[0]: row[1:] for row in rows_of(_GROUPS, {"waiting": list(WAITING)})}
    return [_group(name, *found.get(name, (0, None)), at=at) for name in PRIORITIES]


def _group(priority: str, count: int, since: datetime | None, *, at: datetime) -> Group:
    return Group(priority, count, minutes(at - since) if since else None)


_HOURS = """
select (h.at at time zone 'Asia/Ho_Chi_Minh')::date, extract(hour from h.at at time zone 'Asia/Ho_Chi_Minh')::int,
    count(*), count(*) filter (where h.at <= %(now)s::timestamptz - interval '1 day')
from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
where h.flow = 'border_gate.trip'
    and (h.step = 'cross_in' and t.direction = 'N' or h.step = 'cross_out' and t.direction = 'X')
    and h.at >= %(midnight)s::timestamptz - interval '1 day' and h.at < %(until)s::timestamptz
group by 1, 2
"""


def by_hour(*, at: datetime) -> Hours:
    """The day's cleared vehicles hour by hour, beside yesterday's and the places booked."""
    today, yesterday, before = {}, {}, 0
    bounds = {"now": at, "midnight": midnight(at), "until": at + timedelta(microseconds=1)}
    for day, hour, count, by_now in rows_of(_HOURS, bounds):
        if day == at.astimezone(HANOI).date():
            today[hour] = count
        else:
            yesterday[hour] = count
            before += by_now
    return Hours(today, yesterday, _booked(at), before)


def _booked(at: datetime) -> dict[int, int]:
    """Places booked for the hours of today that are not over."""
    found: dict[int, int] = {}
    until = midnight(at) + timedelta(days=1)
    for begins, booked in SlotWindow.objects.filter(ends_at__gt=at, begins_at__lt=until).values_list(
        "begins_at", "booked"
    ):
        hour = begins.astimezone(HANOI).hour
        found[hour] = found.get(hour, 0) + booked
    return found


# A check begins when somebody takes it, or when the vehicle stands at the gate, whichever is later known.
_PACES = """
select k.kind, percentile_cont(0.5) within group (order by
        extract(epoch from k.finished_at - coalesce(k.started_at,
            greatest(k.created_at, coalesce(t.yard_in_at, t.arrived_at, k.created_at)))) / 60),
    count(*), coalesce(max(rule.minutes), 30)
from border_gate_clearancetask k
join border_gate_trip t on t.id = k.trip_id
left join border_gate_checkrule rule on rule.task = k.kind and rule.valid_from <= %(day)s::date
    and (rule.valid_until is null or rule.valid_until > %(day)s::date)
where k.state = 'passed' and k.finished_at > %(since)s::timestamptz and k.finished_at <= %(now)s::timestamptz
    and (k.started_at is not null or k.finished_at >= coalesce(t.yard_in_at, t.arrived_at, k.created_at))
group by k.kind having count(*) >= 3
"""


def paces(*, at: datetime) -> list[Pace]:
    """Median minutes of each kind of check in the last two hours, the worst against its limit first."""
    facts = {"now": at, "since": at - LATELY, "day": at.astimezone(HANOI).date()}
    found = [Pace(kind, round(float(median)), limit, done) for kind, median, done, limit in rows_of(_PACES, facts)]
    return sorted(found, key=lambda pace: (-(pace.median / pace.limit), pace.kind))


_WAITS = """
select t.point_id, avg(extract(epoch from t.called_at - t.buffer_at) / 60), count(*)
from border_gate_trip t
where t.id in (
        select h.record_id from kernel_workflow_history h where h.flow = 'border_gate.trip' and h.step = 'call'
            and h.at > %(since)s::timestamptz and h.at <= %(now)s::timestamptz)
    and t.called_at > %(since)s::timestamptz and t.called_at <= %(now)s::timestamptz and t.buffer_at <= t.called_at
group by t.point_id
"""


def waits(*, at: datetime) -> dict[UUID, int]:
    """How many minutes those called in the last two hours had waited in the holding area, on average, by point."""
    found = rows_of(_WAITS, {"now": at, "since": at - LATELY})
    return {point: round(float(average)) for point, average, _count in found}


_GROUPS_BY_POINT = """
select t.point_id, t.priority, count(*) from border_gate_trip t
where t.is_live and t.state = any (%(waiting)s::text[]) group by t.point_id, t.priority
"""


def groups_by_point() -> dict[UUID, dict[str, int]]:
    """How many wait, by point and priority class."""
    found: dict[UUID, dict[str, int]] = {}
    for point, priority, count in rows_of(_GROUPS_BY_POINT, {"waiting": list(WAITING)}):
        found.setdefault(point, {})[priority] = count
    return found


def codes() -> dict[UUID, str]:
    """The codes of the points that handle goods trucks, by id, in the order of the table."""
    return dict(CrossingPoint.objects.filter(goods_open=True).values_list("pk", "code"))


def rows_of(sql: str, facts: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one query with named, cast parameters."""
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(facts))
        return cursor.fetchall()


def midnight(at: datetime) -> datetime:
    """When the day of that moment began in Vietnam."""
    return at.astimezone(HANOI).replace(hour=0, minute=0, second=0, microsecond=0)


def minutes(span: timedelta) -> int:
    """Whole minutes of a span, cut off."""
    return max(0, int(span.total_seconds())) // 60


def ordered(found: list[PointNow]) -> list[PointNow]:
    """For people: the fullest first, those whose figures are old last."""
    return sorted(found, key=lambda one: (one.silent_since is not None, -one.daily_average))
