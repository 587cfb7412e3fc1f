"""Weeks, months, seasons and years: which days they have, and the figures of all these days.

Read from the kept figures of days and months, so that a year opens as quickly as a week. Seasons follow the border
brief §15 (fruit from April to July); their limits are assumed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from tinhso.pillars.border.gate.models import CrossingPoint, DayFigure
from tinhso.pillars.border.gate.queries import release_times
from tinhso.pillars.border.gate.queries.release_times import Study
from tinhso.pillars.border.gate.queries.statistics import rows_of

WEEK, MONTH, SEASON, YEAR = "tuan", "thang", "mua", "nam"
KINDS = (WEEK, MONTH, SEASON, YEAR)
SEASONS = ((1, 3), (4, 7), (8, 10), (11, 12))
"""First and last month."""
LONG = timedelta(days=62)
"""Longer spans are told month by month, not day by day."""
CLEARED = ("cleared.X", "cleared.N")


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a period, both counted."""

    kind: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_long(self) -> bool:
        return self.last - self.first > LONG

    def before(self) -> Span:
        """The period of the same kind before this one."""
        return span_of(self.kind, self.first - timedelta(days=1))

    def after(self) -> Span:
        return span_of(self.kind, self.last + timedelta(days=1))


def span_of(kind: str, day: date) -> Span:
    """The week (from Monday), month, season or year of a day. Raises KeyError for another kind."""
    first, last = {WEEK: _week, MONTH: _month, SEASON: _season, YEAR: _year}[kind](day)
    return Span(kind, first, last)


def _week(day: date) -> tuple[date, date]:
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def _month(day: date) -> tuple[date, date]:
    return day.replace(day=1), _end(day.year, day.month)


def _season(day: date) -> tuple[date, date]:
    first, last = next(months for months in SEASONS if months[0] <= day.month <= months[1])
    return date(day.year, first, 1), _end(day.year, last)


def _year(day: date) -> tuple[date, date]:
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _end(year: int, month: int) -> date:
    return (date(year, month, 1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sums:
    """How many, the sum of kg, đồng or minutes, and the largest of a day at one point."""

    n: int = 0
    amount: int = 0
    most: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.n + other.n, self.amount + other.amount, max(self.most, other.most))


NOTHING = Sums()


@dataclass(frozen=True, slots=True)
class Period:
    """All figures of a span: by name, key and point; by day the cleared vehicles and the fees; and the times."""

    span: Span
    figures: dict[tuple[str, str, str], Sums]
    days: dict[tuple[date, str], Sums]
    times: dict[str, Study]
    points: tuple[str, ...] = field(default=())

    def of(self, *names: str, key: str | None = None, point: str | None = None) -> Sums:
        """The sum over all figures that fit."""
        found = (
            sums
            for (name, of, at), sums in self.figures.items()
            if name in names and key in (None, of) and point in (None, at)
        )
        return sum(found, NOTHING)

    def by_key(self, *names: str) -> dict[str, Sums]:
        """By kind, over all points, the most first."""
        found: dict[str, Sums] = defaultdict(lambda: NOTHING)
        for (name, key, _point), sums in self.figures.items():
            if name in names:
                found[key] = found[key] + sums
        return dict(sorted(found.items(), key=lambda one: (-one[1].n, one[0])))

    def keys(self, prefix: str) -> set[str]:
        return {key for (name, key, _point) in self.figures if name.startswith(prefix)}


_FIGURES = """
select f.name, f.key, c.code, sum(f.n)::bigint, sum(f.amount)::bigint, max(f.amount)::bigint
from border_gate_dayfigure f join border_gate_crossingpoint c on c.place_id = f.point_id
where f.day >= %(first)s::date and f.day <= %(last)s::date and f.name <> 'remaining' group by 1, 2, 3
"""
_DAYS = """
select case when %(long)s::boolean then date_trunc('month', day)::date else day end, name, sum(n)::bigint,
    sum(amount)::bigint
from border_gate_dayfigure
where name = any (%(names)s::text[]) and day >= %(first)s::date and day <= %(last)s::date group by 1, 2
"""
_SERIES = (*CLEARED, "fee.pay", "fee.pay.kept", "fee.pay.budget", "undeclared", "came")


def period(span: Span) -> Period:
    """The figures of a span and its time-release study; a few queries, however long it is."""
    facts = {"first": span.first, "last": span.last, "long": span.is_long, "names": list(_SERIES)}
    figures = {(name, key, code): Sums(*sums) for name, key, code, *sums in rows_of(_FIGURES, facts)}
    days = {(day, name): Sums(n, amount) for day, name, n, amount in rows_of(_DAYS, facts)}
    points = CrossingPoint.objects.filter(goods_open=True).values_list("code", flat=True)
    return Period(span, figures, days, release_times.studies(span.first, span.last), tuple(points))


def remaining(day: date) -> dict[tuple[str, str], int]:
    """What stood at 20:00 of a day by point and kind (fruit, other); of a day to come, what stood when last counted."""
    counted = DayFigure.objects.filter(day__lte=day).order_by("-day").values("day")[:1]
    rows = DayFigure.objects.filter(day=counted, name="remaining")
    return {(code, key): n for code, key, n in rows.values_list("point__code", "key", "n")}
