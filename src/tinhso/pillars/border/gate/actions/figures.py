"""Keep the figures of days and months: counted from history and put in the place of what stood there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.models import CrossingPoint, DayFigure, MonthTime
from tinhso.pillars.border.gate.queries import day_counts, release_times, report
from tinhso.pillars.border.gate.queries.statistics import rows_of

_KEEP = "insert into border_gate_dayfigure (day, point_id, name, key, n, amount) "
_TIMES = "insert into border_gate_monthtime (month, point_id, what, part, key, minutes, n) "
LATELY = 7
"""Days counted anew each evening: events that came late still reach their day."""

AT_ONCE = 12
"""So many months that are not kept are counted in one evening, the newest first."""
_MONTHS_NOT_KEPT = """
select distinct date_trunc('month', d.day)::date from border_gate_dayfigure d
where d.day < %(until)s::date
    and not exists (select from border_gate_monthtime t where t.month = date_trunc('month', d.day)::date)
order by 1 desc limit %(limit)s
"""


def count_days(first: date, last: date) -> int:
    """Count the figures of these report days anew; returns how many figures are kept."""
    facts = day_counts.span(first, last)
    standing = _standing(first - timedelta(days=1))
    with transaction.atomic():
        DayFigure.objects.filter(day__gte=first, day__lte=last).delete()
        with connection.cursor() as cursor:
            for query in day_counts.COUNTS:
                cursor.execute(_KEEP + query, facts)
        DayFigure.objects.bulk_create(_moves(first, last, standing, facts), batch_size=2_000)
    return DayFigure.objects.filter(day__gte=first, day__lte=last).count()


def count_month(month: date) -> int:
    """Count anew how long things took in the calendar month that begins with that day."""
    facts = release_times.span(month)
    with transaction.atomic(), connection.cursor() as cursor:
        MonthTime.objects.filter(month=month).delete()
        kept = 0
        for query in release_times.COUNTS:
            cursor.execute(_TIMES + query, facts)
            kept += cursor.rowcount
    return kept


def count_lately(day: date) -> None:
    """What every evening does: the last days anew, the last month once it is over, and months that are not kept."""
    count_days(day - timedelta(days=LATELY - 1), day)
    begins = day.replace(day=1)
    before = (begins - timedelta(days=1)).replace(day=1)
    if day.day <= LATELY or not MonthTime.objects.filter(month=before).exists():
        count_month(before)
    for (month,) in rows_of(_MONTHS_NOT_KEPT, {"until": begins, "limit": AT_ONCE}):
        count_month(month)


def _standing(day: date) -> dict[tuple[UUID, str], int]:
    """What stood at the end of the day before the first, counted by the report itself."""
    counted = report.count(day, now=clock.now())
    points = dict(CrossingPoint.objects.values_list("code", "pk"))
    return {
        (points[code], kind): getattr(block, f"remaining_{kind}")
        for code, block in counted.blocks.items()
        if code != report.WHOLE
        for kind in ("fruit", "other")
    }


def _moves(
    first: date, last: date, standing: dict[tuple[UUID, str], int], facts: dict[str, Any]
) -> Iterator[DayFigure]:
    """What came, went and remains, day by day; remaining goes on from the day before."""
    moved: dict[tuple[date, UUID, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    left = dict(standing)
    for day, place, fruit, came, gone in rows_of(day_counts.MOVED, facts):
        kind = "fruit" if fruit else "other"
        moved[day, place, kind] = (came, gone)
        left.setdefault((place, kind), 0)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for place, kind in left:
            came, gone = moved[day, place, kind]
            left[place, kind] += came - gone
            for name, n in (("came.X", came), ("left.X", gone), ("remaining", left[place, kind])):
                if n:
                    yield DayFigure(day=day, point_id=place, name=name, key=kind, n=n)
