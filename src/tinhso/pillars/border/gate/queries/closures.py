"""When the points work, for everybody: the next opening in both directions, and days out of the usual."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import CrossingPoint, OperatingCalendar
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.guidance import pauses
from tinhso.pillars.border.gate.rules import hours

DIRECTIONS: tuple[tuple[str, Any], ...] = (("X", _("export direction")), ("N", _("import direction")))
KIND_TITLES = {
    "extended": _("extended hours"),
    "closed": _("closed to goods"),
    "preregistered": _("pre-registered trips only"),
}
DIRECTION_TITLES = dict(DIRECTIONS)
AHEAD = timedelta(days=7)
MOST = 12


@dataclass(frozen=True, slots=True)
class Opening:
    """One direction of a point: open until `closes`, or closed until `opens`."""

    direction: Any
    is_open: bool
    closes: datetime | None
    opens: datetime | None


@dataclass(frozen=True, slots=True)
class PointHours:
    code: str
    name: Any
    openings: list[Opening]
    paused: bool


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which a point does not work as usual; `until` is the last day, none when it is open-ended."""

    name: Any
    direction: Any
    kind: str
    title: Any
    since: date
    until: date | None
    opens: Any
    closes: Any


def points_hours(*, at: datetime) -> list[PointHours]:
    """Every point that handles goods, in the order of the table; three queries."""
    rows: dict[tuple[UUID, str], list[hours.Hours]] = defaultdict(list)
    for row in OperatingCalendar.objects.all():
        rows[row.point_id, row.direction].append(row.hours())
    held = pauses()
    return [
        PointHours(
            point.code,
            title_of("point", point.code),
            [_opening(rows[point.pk, code], title, at) for code, title in DIRECTIONS],
            point.pk in held,
        )
        for point in CrossingPoint.objects.filter(goods_open=True)
    ]


def closures(*, at: datetime) -> list[Closure]:
    """What differs from the normal hours today and in the week that comes; one query."""
    today = at.astimezone(HANOI).date()
    rows = OperatingCalendar.objects.exclude(kind=hours.NORMAL).select_related("point")
    rows = rows.filter(valid_from__lte=today + AHEAD, point__goods_open=True).order_by("valid_from", "point__order")
    return [_closure(row) for row in rows if row.valid_until is None or row.valid_until > today][:MOST]


def _opening(rows: list[hours.Hours], title: Any, at: datetime) -> Opening:
    local = at.astimezone(HANOI)
    row = hours.row_of(rows, local.date())
    if not hours.is_open(rows, at) or row is None or row.closes is None:
        return Opening(title, False, None, hours.next_opening(rows, at))
    return Opening(title, True, datetime.combine(local.date(), row.closes, HANOI), None)


def _closure(row: OperatingCalendar) -> Closure:
    last = row.valid_until - timedelta(days=1) if row.valid_until else None
    return Closure(
        name=title_of("point", row.point.code),
        direction=DIRECTION_TITLES[row.direction],
        kind=row.kind,
        title=KIND_TITLES[row.kind],
        since=row.valid_from,
        until=last,
        opens=row.opens,
        closes=row.closes,
    )
