"""The alarm of a point whose yards are all nearly full: calling stops, so the board hears of it, once a spell.

A spell leaves a mark that says when the yards were last seen full. It is over when there has been room for ten
minutes, so that one vehicle that leaves while another comes raises no second alarm.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.clock import mark
from tinhso.pillars.border.gate.models import ClockMark, CrossingPoint, Yard
from tinhso.pillars.border.gate.queries.bookings import direction_points
from tinhso.pillars.border.gate.queries.yard import yards_not_full

# Border brief 6.7: "if all ≥ 95 %: buffer stops calling; board alarm"; the ten minutes: brief 10, dedupe.
CALM = timedelta(minutes=10)


@transaction.atomic
def watch_yards(*, at: datetime) -> int:
    """Publish of each point that all its yards have become that full, or have room again; returns how many did."""
    points = direction_points().filter(pk__in=Yard.objects.filter(level="border").values("point")).order_by("pk")
    return sum(_ends(point, at) if yards_not_full(point.pk, at=at) else _begins(point, at) for point in points)


def _begins(point: CrossingPoint, at: datetime) -> bool:
    begun = bool(mark([_key(point)], at))
    if begun:
        _tell(events.YARDS_FULL, point, at)
    else:
        ClockMark.objects.filter(key=_key(point)).update(at=at)
    return begun


def _ends(point: CrossingPoint, at: datetime) -> bool:
    gone, _by_table = ClockMark.objects.filter(key=_key(point), at__lte=at - CALM).delete()
    if gone:
        _tell(events.YARDS_FREE, point, at)
    return bool(gone)


def _key(point: CrossingPoint) -> str:
    return f"yards-full:{point.code}"


def _tell(name: str, point: CrossingPoint, at: datetime) -> None:
    publish(name, kind="border_gate.point", record_id=point.pk, by=SYSTEM, at=at)
