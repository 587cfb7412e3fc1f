"""What a question to the simulator starts from: each point as it is, and what is expected on the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import BarrierEdition, CrossingPoint, ForecastDay, OperatingCalendar, Trip, Yard
from tinhso.pillars.border.gate.rules import hours
from tinhso.pillars.border.gate.rules.forecast import season_of

SHUT_ALL_DAY = (0, 0)


def point_facts(*, codes: Iterable[str], day: date, at: datetime) -> list[dict[str, Any]]:
    """The fields of a case's points, in the order of the table; six queries. `day` is the day that is played."""
    points = list(CrossingPoint.objects.filter(code__in=list(codes), goods_open=True))
    lanes, rooms, waiting = _lanes(day), _rooms(), _waiting()
    expected, calendar = _expected(day, at.astimezone(HANOI).date()), _calendar()
    found = []
    for point in points:
        opens, closes = _hours(calendar.get(point.pk, []), day)
        found.append(
            {
                "code": point.code,
                "exports": expected.get((point.pk, "X"), _usual(point.daily_export, day)),
                "imports": expected.get((point.pk, "N"), _usual(point.daily_import, day)),
                "slots_export": point.slots_export,
                "slots_import": point.slots_import,
                "entry_lanes": lanes[point.pk].get("entry", 1),
                "line_lanes": lanes[point.pk].get("line", 1),
                "yard_room": rooms.get(point.pk, 1),
                "opens": opens,
                "closes": closes,
                "waiting": waiting.get(point.pk, 0),
            }
        )
    return found


def _usual(average: int, day: date) -> int:
    return round(average * season_of(day.month) / season_of(7))


def _lanes(day: date) -> dict[UUID, dict[str, int]]:
    """By point and kind of barrier: the lanes that the rulebook has on that day."""
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    rows = BarrierEdition.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)
    for point, kind, lanes in rows.values_list("point_id", "kind", "lanes"):
        found[point][kind] = found[point].get(kind, 0) + lanes
    return found


def _rooms() -> dict[UUID, int]:
    rows = Yard.objects.filter(level="border").values("point_id").annotate(room=Sum("capacity"))
    return {row["point_id"]: row["room"] for row in rows}


def _waiting() -> dict[UUID, int]:
    rows = Trip.objects.filter(is_live=True, state="at_buffer").values("point_id").annotate(count=Count("pk"))
    return {row["point_id"]: row["count"] for row in rows}


def _expected(day: date, today: date) -> dict[tuple[UUID, str], int]:
    """The newest forecast of that day."""
    rows = ForecastDay.objects.filter(day=day, made_on__lte=today).order_by("made_on")
    return {(row.point_id, row.direction): row.expected for row in rows}


def _calendar() -> dict[UUID, list[hours.Hours]]:
    found: dict[UUID, list[hours.Hours]] = defaultdict(list)
    for row in OperatingCalendar.objects.filter(direction="X"):
        found[row.point_id].append(row.hours())
    return found


def _hours(rows: list[hours.Hours], day: date) -> tuple[int, int]:
    row = hours.row_of(rows, day)
    if row is None or row.opens is None or row.closes is None or row.kind == hours.CLOSED:
        return SHUT_ALL_DAY
    return row.opens.hour * 60 + row.opens.minute, row.closes.hour * 60 + row.closes.minute
