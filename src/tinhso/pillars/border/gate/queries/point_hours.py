"""The hours at which a vehicle can be declared to come: those in which its point works on that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from uuid import UUID

from tinhso.kernel.base import clock
from tinhso.kernel.base.dates import show_date
from tinhso.pillars.border.gate.models import CrossingPoint, OperatingCalendar
from tinhso.pillars.border.gate.queries.reference import calendars_of
from tinhso.pillars.border.gate.rules import hours
from tinhso.pillars.border.gate.rules.codes import refuse

Calendars = Mapping[tuple[UUID, str], list[hours.Hours]]
USUAL = tuple(range(7, 19))
"""Offered where no calendar is kept: 07:00 to 19:00 of Viet Nam (border brief 7.5)."""


def calendars_for(points: Iterable[CrossingPoint]) -> Calendars:
    """The calendars of these points; one query."""
    return calendars_of([point.pk for point in points])


def calendars_of_open_points() -> Calendars:
    """The calendars of all points for which goods may be declared; one query."""
    found: dict[tuple[UUID, str], list[hours.Hours]] = {}
    for row in OperatingCalendar.objects.filter(point__goods_open=True):
        found.setdefault((row.point_id, row.direction), []).append(row.hours())
    return found


def hours_offered(calendars: Calendars) -> list[tuple[str, str]]:
    """All hours that can be chosen somewhere today or later: which of them a point works is asked of the answer."""
    rows = [row for some in calendars.values() for row in some]
    found: Sequence[int] = hours.hours_from(rows, clock.today()) or USUAL
    return [(f"{hour:02d}", f"{hour:02d}:00") for hour in found]


def must_be_worked(calendars: Calendars, *, point: CrossingPoint, direction: str, day: date, hour: int) -> None:
    """Refuse BG-550 for an hour in which the point does not work on a day on which it does.

    What stands against a day on which it is closed is said by the trip's own check (BG-015).
    """
    worked = hours.hours_of(calendars.get((point.pk, direction), ()), day)
    if worked and hour not in worked:
        row = hours.row_of(calendars[point.pk, direction], day)
        opens, closes = (row.opens, row.closes) if row else (None, None)
        raise refuse(
            "BG-550", field="hour", point=point.gate_short, d=show_date(day), a=_shown(opens), b=_shown(closes)
        )


def _shown(moment: time | None) -> str:
    return f"{moment:%H:%M}" if moment else "–"
