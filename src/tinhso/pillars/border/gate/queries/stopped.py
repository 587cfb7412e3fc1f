"""Goods that a notice stops: which trips it speaks of, who may not be called, and what devices must know of it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import GoodsLine, Moratorium, Trip

LAST = timedelta(days=1, seconds=-1)


def speaks_of(row: Moratorium) -> Q:
    """Trips whose goods, any line of them, the notice stops at its points: as the guard asks it (flows.predicates)."""
    found = ~Q(pk__in=row.exempt)
    if row.points:
        found &= Q(point_id__in=row.points)
    if row.directions:
        found &= Q(direction__in=row.directions)
    if row.groups or row.hs_prefixes:
        found &= Q(goods_group__in=row.groups) | Q(Exists(_lines(row)))
    return found


def _lines(row: Moratorium) -> QuerySet[GoodsLine]:
    wanted = Q(group__in=row.groups)
    for prefix in row.hs_prefixes:
        wanted |= Q(hs6__startswith=prefix)
    return GoodsLine.objects.filter(wanted, declaration_id=OuterRef("declaration_id"))


def stopped_at(at: datetime) -> Q:
    """Trips whose goods are not taken at that moment. One query."""
    found = Q(pk=None)
    for row in Moratorium.objects.filter(begins_at__lte=at, ends_at__gt=at):
        found |= speaks_of(row)
    return found


def stops_between(point_id: UUID, begins_at: datetime, ends_at: datetime) -> dict[UUID, list[list[int]]]:
    """By trip at that point: from when until when (Unix seconds) its goods are not taken, as devices keep it."""
    found: dict[UUID, list[list[int]]] = {}
    for row in Moratorium.objects.filter(begins_at__lt=ends_at, ends_at__gt=begins_at).order_by("begins_at", "id"):
        times = [int(row.begins_at.timestamp()), int(row.ends_at.timestamp())]
        here = Trip.objects.filter(speaks_of(row), point_id=point_id, is_live=True)
        for trip in here.values_list("pk", flat=True):
            found.setdefault(trip, []).append(times)
    return found


def moments_of(trip: Trip, *, at: datetime, by_hour: bool = True) -> tuple[datetime, ...]:
    """When it means to come: its booked hour, else the first and the last moment of its day, none before `at`."""
    if by_hour and trip.slot is not None:
        return (max(at, trip.slot.begins_at),)
    begins = datetime.combine(trip.planned_on, time(), HANOI)
    return max(at, begins), max(at, begins + LAST)
