"""Days that were, days that are expected, and how wrong it was said before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, Sum

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import CrossingPoint, ForecastDay, OpenDay, OperatingCalendar, SlotWindow
from tinhso.pillars.border.gate.queries.statistics import rows_of
from tinhso.pillars.border.gate.rules import hours
from tinhso.pillars.border.gate.rules.forecast import DAYS_AHEAD, DAYS_BACK
from tinhso.pillars.border.gate.rules.open_data import Cell, suppressed

DIRECTIONS = ("X", "N")
Series = dict[tuple[UUID, str], dict[date, int]]


@dataclass(frozen=True, slots=True)
class Horizon:
    """How wrong forecasts so many days ahead were: mean of the errors in percent over `days` days."""

    ahead: int
    percent: float
    days: int
    recomputed: int


def handled_points() -> list[CrossingPoint]:
    return list(CrossingPoint.objects.filter(goods_open=True))


def days_that_came(*, since: date, until: date) -> Series:
    """Arrivals by point and direction for the days from `since` to before `until`; one query."""
    found: Series = defaultdict(dict)
    rows = OpenDay.objects.filter(day__gte=since, day__lt=until).values("day", "point_id", "direction")
    for row in rows.annotate(came=Sum("arrived")).order_by("day"):
        found[row["point_id"], row["direction"]][row["day"]] = row["came"]
    return found


def booked_ahead(*, since: date, until: date) -> dict[tuple[UUID, str, date], int]:
    """Places booked by point, direction and day; one query."""
    begins = datetime(since.year, since.month, since.day, tzinfo=HANOI)
    ends = datetime(until.year, until.month, until.day, tzinfo=HANOI)
    found: dict[tuple[UUID, str, date], int] = defaultdict(int)
    rows = SlotWindow.objects.filter(begins_at__gte=begins, begins_at__lt=ends, booked__gt=0)
    for point, direction, at, booked in rows.values_list("point_id", "direction", "begins_at", "booked"):
        found[point, direction, at.astimezone(HANOI).date()] += booked
    return found


def closed_days(*, since: date, until: date) -> set[tuple[UUID, str, date]]:
    """Days on which a point is closed in a direction; one query."""
    rows: dict[tuple[UUID, str], list[hours.Hours]] = defaultdict(list)
    for row in OperatingCalendar.objects.filter(valid_from__lt=until):
        rows[row.point_id, row.direction].append(row.hours())
    return {
        (point, direction, day)
        for (point, direction), known in rows.items()
        for day in _days(since, until)
        if (holds := hours.row_of(known, day)) is None or holds.kind == hours.CLOSED
    }


def said(*, made_on: date) -> list[ForecastDay]:
    """The forecast as it was said on that day."""
    return list(ForecastDay.objects.filter(made_on=made_on).select_related("point").order_by("day", "point__order"))


def last_said(*, on: date) -> date | None:
    """The newest day, not after `on`, on which a forecast was made."""
    found: date | None = ForecastDay.objects.filter(made_on__lte=on).aggregate(last=Max("made_on"))["last"]
    return found


_ERRORS = """
with came as (
    select day, sum(arrived) as came from border_gate_openday group by day
), said as (
    select made_on, day, sum(expected) as expected, bool_or(recomputed) as recomputed
    from border_gate_forecastday where day < %(today)s::date and day >= %(since)s::date group by made_on, day
)
select said.day - said.made_on, avg(abs(said.expected - came.came)::numeric / came.came) * 100, count(*),
    count(*) filter (where said.recomputed)
from said join came on came.day = said.day where came.came > 0 group by 1 order by 1
"""


def errors(*, today: date, days: int = 60) -> list[Horizon]:
    """The mean absolute error in percent, by how many days ahead it was said, of the last `days` days."""
    facts = {"today": today, "since": today - timedelta(days=days)}
    return [Horizon(ahead, round(float(percent), 1), count, again) for ahead, percent, count, again in
            rows_of(_ERRORS, facts)]  # fmt: skip


def days_counted() -> tuple[date | None, date | None]:
    """The first and the last day of which figures are kept."""
    found = OpenDay.objects.aggregate(first=Min("day"), last=Max("day"))
    return found["first"], found["last"]


def published(*, since: date, until: date) -> list[Cell]:
    """The open data of the days from `since` to before `until`, small cells hidden; one query."""
    rows = OpenDay.objects.filter(day__gte=since, day__lt=until)
    columns = ("day", "point__code", "direction", "goods_group", "arrived", "cleared", "kg", "wait_median", "wait_p90",
               "release_median")  # fmt: skip
    return suppressed(Cell(*row) for row in rows.values_list(*columns))


def history_window(made_on: date) -> Series:
    """The days that a forecast made on that day may look at."""
    return days_that_came(since=made_on - timedelta(days=DAYS_BACK), until=made_on)


def ahead_of(made_on: date) -> list[date]:
    return [made_on + timedelta(days=number) for number in range(1, DAYS_AHEAD + 1)]


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=number) for number in range((until - since).days)]


def totals(series: Series) -> dict[date, int]:
    """All points and directions together, by day."""
    found: dict[date, int] = defaultdict(int)
    for days in series.values():
        for day, count in days.items():
            found[day] += count
    return dict(found)


def by_day(rows: list[ForecastDay]) -> dict[date, dict[str, Any]]:
    """Expected, low and high of a forecast's days, all points together."""
    found: dict[date, dict[str, Any]] = {}
    for row in rows:
        day = found.setdefault(row.day, {"expected": 0, "low": 0, "high": 0, "booked": 0})
        for name in day:
            day[name] += getattr(row, name)
    return found
