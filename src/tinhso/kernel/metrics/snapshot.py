"""The days of a figure: each snapshot writes the running day anew, a day that is over stays as it was."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.metrics.live import Values, compute
from tinhso.kernel.metrics.together import together
from tinhso.kernel.modules.declare import METRICS, Metric

AREA = "area"

KEEP = """
insert into kernel_metrics_day as kept (metric, day, area, dimension, value, taken_at, closed)
select %s::text, %s::date, part.area, part.dimension, part.value, %s::timestamptz, %s::boolean
  from unnest(%s::text[], %s::text[], %s::float8[]) as part(area, dimension, value)
on conflict (metric, day, area, dimension) do update
   set value = excluded.value, taken_at = excluded.taken_at, closed = excluded.closed
 where not kept.closed
"""
CLOSE = "update kernel_metrics_day set closed = true where not closed and day < %s::date"


def take(at: datetime) -> int:
    """Write every figure's value for the day of `at` and close the days before; gives how many were taken."""
    day = at.astimezone(HANOI).date()
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [day])
    taken = 0
    with together():
        for metric in METRICS:
            if reading := compute(metric):
                keep(metric, day, reading.values, at=at)
                taken += 1
    return taken


def keep(metric: Metric, day: date, values: Values, *, at: datetime, closed: bool = False) -> None:
    """Write one day's values; a closed value is never overwritten. Loaders of past days pass `closed=True`."""
    places = [placed(metric, key) for key in values]
    areas, dimensions = [area for area, _ in places], [dimension for _, dimension in places]
    numbers = [float(number) for number in values.values()]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [metric.name, day, at, closed, areas, dimensions, numbers])


def placed(metric: Metric, key: tuple[str, ...]) -> tuple[str, str]:
    """Area and dimension text of one part: `("04001", "kind=fruit")`; the whole has neither."""
    named = dict(zip(metric.dimensions, key, strict=False))
    area = named.pop(AREA, "")
    return area, "|".join(f"{name}={value}" for name, value in named.items())
