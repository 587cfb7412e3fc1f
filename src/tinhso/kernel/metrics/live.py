"""The values of the moment: computed at most once in some seconds, whatever the number of viewers."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tinhso.kernel.base import clock
from tinhso.kernel.metrics.models import LiveValue
from tinhso.kernel.metrics.together import together
from tinhso.kernel.modules.declare import Metric, Number

FRESH = timedelta(seconds=5)
CLAIM = timedelta(seconds=15)
Values = dict[tuple[str, ...], Number]

log = logging.getLogger("tinhso.metrics")

CLAIM_SQL = """
insert into kernel_metrics_live as live (metric, claimed_at) values (%s, %s::timestamptz)
on conflict (metric) do update set claimed_at = excluded.claimed_at
 where live.claimed_at is null or live.claimed_at < %s::timestamptz
returning 1
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """Values and the moment they were taken; `failed` when a newer computation did not succeed."""

    values: Values
    taken_at: datetime | None
    computed_at: datetime | None
    failed: bool = False


def readings(metrics: Iterable[Metric]) -> dict[str, Reading]:
    """The readings of these figures by name, one query when all are fresh."""
    wanted = list(metrics)
    rows = LiveValue.objects.in_bulk([metric.name for metric in wanted])
    with together():
        return {metric.name: _reading(metric, rows.get(metric.name)) for metric in wanted}


def _reading(metric: Metric, row: LiveValue | None) -> Reading:
    old = _stored(row)
    now = clock.real()
    if old and old.computed_at and now - old.computed_at < FRESH:
        return old
    if old and not _claim(metric.name, now):
        return old
    return compute(metric) or (
        Reading(old.values, old.taken_at, old.computed_at, failed=True) if old else Reading({}, None, None, failed=True)
    )


def _claim(name: str, now: datetime) -> bool:
    """Whether it is ours to compute: another viewer may be at it, then the old value is shown with its age."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SQL, [name, now, now - CLAIM])
        return cursor.fetchone() is not None


def compute(metric: Metric) -> Reading | None:
    """Measure now and keep the result; None when the measuring function fails, which is logged."""
    taken_at = clock.now()
    try:
        with transaction.atomic():
            values = normal(metric.measure())
    except Exception:
        log.exception("the figure %s could not be computed", metric.name)
        return None
    computed_at = clock.real()
    LiveValue.objects.update_or_create(
        metric=metric.name,
        defaults={
            "values": [[list(key), number] for key, number in values.items()],
            "taken_at": taken_at,
            "computed_at": computed_at,
            "claimed_at": None,
        },
    )
    return Reading(values, taken_at, computed_at)


def normal(measured: Number | Mapping[Any, Number]) -> Values:
    """One shape for all: numbers by tuples of words; a single number stands under the empty tuple."""
    if not isinstance(measured, Mapping):
        return {(): plain(measured)}
    return {_key(key): plain(number) for key, number in measured.items()}


def _key(key: Any) -> tuple[str, ...]:
    parts = key if isinstance(key, tuple) else (key,)
    return tuple(str(part) for part in parts)


def plain(number: Any) -> Number:
    """An int or a float, from whatever the database's aggregate gave (None counts as nothing)."""
    if number is None:
        return 0
    return int(number) if number == int(number) else float(number)


def _stored(row: LiveValue | None) -> Reading | None:
    if row is None or row.values is None:
        return None
    values = {tuple(key): number for key, number in row.values}
    return Reading(values, row.taken_at, row.computed_at)
