"""Readings that wait before a barrier, the newest of each lane."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tinhso.pillars.border.gate.models import ControlPoint, PlateReading
from tinhso.pillars.border.gate.rules.readings import STANDS


def waiting_at(barrier: ControlPoint, *, at: datetime) -> list[PlateReading]:
    """At most one for each lane, in the order of lanes; one query."""
    rows = PlateReading.objects.filter(barrier=barrier, handled_at=None, read_at__gt=at - STANDS)
    return list(rows.order_by("lane", "-read_at", "-id").distinct("lane"))


def reading_of(reading_id: UUID, barrier: ControlPoint) -> PlateReading | None:
    """The reading of that barrier, whatever became of it."""
    return PlateReading.objects.filter(pk=reading_id, barrier=barrier).first()
