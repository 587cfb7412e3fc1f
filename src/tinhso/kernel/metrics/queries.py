"""What boards, reports and open data ask: the figure of now, its days, and what was published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tinhso.kernel.access.may import may
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.base.errors import Forbidden, NotFound
from tinhso.kernel.metrics.live import Reading, Values, readings
from tinhso.kernel.metrics.models import DayValue, ReferenceFigure
from tinhso.kernel.metrics.permissions import SEE_FIGURES
from tinhso.kernel.modules.declare import METRICS, Metric, Number

STALE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as shown: `value` is the whole, `values` the parts by dimension, `age` the seconds since taken.

    A stale figure is shown greyed with its age, never as if it were current; `value` is None when
    the figure was never taken.
    """

    name: str
    title: Any
    unit: str
    public: bool
    dimensions: tuple[str, ...]
    value: Number | None
    values: Values
    taken_at: datetime | None
    age: float | None
    stale: bool
    references: tuple[ReferenceFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class DayFigure:
    """One value of a figure's history; `closed` when the day is over and the value final."""

    day: date
    area: str
    dimension: str
    value: Number
    taken_at: datetime
    closed: bool


def live(name: str, *, by: Actor = NOBODY) -> Figure:
    """The figure of now. Raises NotFound for an unknown name, Forbidden when it is not public and `by` may not."""
    return live_many([name], by=by)[0]


def live_many(names: Iterable[str], *, by: Actor = NOBODY) -> list[Figure]:
    """Several figures at once, in the order asked: one query for the values, one for the references."""
    metrics = [_known(name) for name in names]
    _require_seeing(metrics, by)
    found = readings(metrics)
    published = _references(metrics)
    return [_figure(metric, found[metric.name], published.get(metric.name, ())) for metric in metrics]


def names_for(by: Actor = NOBODY) -> list[str]:
    """Names of all figures that `by` may see."""
    everything = _may_see_all(by)
    return [metric.name for metric in METRICS if metric.public or everything]


def history(
    name: str,
    since: date,
    until: date,
    *,
    by: Actor = NOBODY,
    area: str | None = None,
    dimension: str | None = None,
) -> list[DayFigure]:
    """The days from `since` to `until` (excluded), oldest first; `area` and `dimension` narrow when given."""
    metric = _known(name)
    _require_seeing([metric], by)
    rows = DayValue.objects.filter(metric=name, day__gte=since, day__lt=until)
    if area is not None:
        rows = rows.filter(area=area)
    if dimension is not None:
        rows = rows.filter(dimension=dimension)
    columns = ("day", "area", "dimension", "value", "taken_at", "closed")
    return [DayFigure(*row) for row in rows.order_by("day", "area", "dimension").values_list(*columns)]


def references(code: str) -> list[ReferenceFigure]:
    """Everything published under this code, also what contradicts."""
    return list(ReferenceFigure.objects.filter(code=code))


def _known(name: str) -> Metric:
    if name not in METRICS:
        raise NotFound(metric=name)
    return METRICS.get(name)


def _require_seeing(metrics: list[Metric], by: Actor) -> None:
    if all(metric.public for metric in metrics) or _may_see_all(by):
        return
    raise Forbidden(permission=SEE_FIGURES)


def _may_see_all(by: Actor) -> bool:
    return by.kind != "nobody" and may(by, SEE_FIGURES)


def _references(metrics: list[Metric]) -> dict[str, tuple[ReferenceFigure, ...]]:
    found: dict[str, tuple[ReferenceFigure, ...]] = {}
    for row in ReferenceFigure.objects.filter(metric__in=[metric.name for metric in metrics]):
        found[row.metric] = (*found.get(row.metric, ()), row)
    return found


def _figure(metric: Metric, reading: Reading, published: tuple[ReferenceFigure, ...]) -> Figure:
    age = (clock.real() - reading.computed_at).total_seconds() if reading.computed_at else None
    return Figure(
        name=metric.name,
        title=metric.title,
        unit=metric.unit,
        public=metric.public,
        dimensions=metric.dimensions,
        value=whole(reading.values) if reading.computed_at else None,
        values=reading.values,
        taken_at=reading.taken_at,
        age=age,
        stale=age is None or reading.failed or age > STALE.total_seconds(),
        references=published,
    )


def whole(values: Values) -> Number:
    """The figure as one number: what stands under the empty tuple, else the sum of the parts."""
    return values[()] if () in values else sum(values.values())
