"""The working calendar as it stands in the database."""

from __future__ import annotations

from datetime import date

from tinhso.kernel.worktime.models import DayKind, Session, SpecialDay
from tinhso.kernel.worktime.sessions import Calendar, HalfDay

OFFICE = "office"


def calendar(schedule: str = OFFICE) -> Calendar:
    """The calendar of a schedule, in two queries; take it once for many terms."""
    days = SpecialDay.objects.filter(schedule__in={schedule, OFFICE}).order_by("day")
    # A schedule of its own may work on a day on which offices do not: its own row then wins.
    kinds = {day: kind for own in (False, True) for day, kind in _kinds(days, schedule, own=own)}
    return Calendar(
        halves=tuple(_half(session) for session in Session.objects.filter(schedule=schedule)),
        off=frozenset(day for day, kind in kinds.items() if kind != DayKind.MAKE_UP),
        make_up=frozenset(day for day, kind in kinds.items() if kind == DayKind.MAKE_UP),
    )


def _kinds(days: object, schedule: str, *, own: bool) -> list[tuple[date, str]]:
    return [(row.day, row.kind) for row in days if (row.schedule == schedule) is own]  # type: ignore[attr-defined]


def _half(session: Session) -> HalfDay:
    return HalfDay(
        begins=session.begins,
        ends=session.ends,
        weekdays=frozenset(int(day) for day in session.weekdays),
        valid_from=session.valid_from,
        valid_until=session.valid_until or date.max,
    )
