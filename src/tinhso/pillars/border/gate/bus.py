"""What the gate hands up: its data services on the province's data bus, and the days of its points for publishing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.modules.declare import data_service, day_book
from tinhso.pillars.border.gate import facade
from tinhso.pillars.border.gate.flows import FEE, HOLD, TASK, TRIP
from tinhso.pillars.border.gate.models import CrossingPoint
from tinhso.pillars.border.gate.permissions import VIEW_BOARD
from tinhso.pillars.border.gate.queries.trips import point_codes


@data_service("BG.TRUCK_STATUS", title=_("where a vehicle stands at the gate"), permission=VIEW_BOARD)
def truck_status(*, by: Actor, at: datetime, plate: str) -> dict[str, Any] | None:
    """State and crossing point of a vehicle by its plate; nothing of firm, driver or goods."""
    found = facade.truck_status(plate=plate)
    return {**asdict(found), "since": found.since.isoformat()} if found else None


@data_service("BG.GATE_LOAD", title=_("how full the crossing points are"), permission=VIEW_BOARD)
def gate_load(*, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Waiting, in the yard and crossed today, by crossing point."""
    return [asdict(one) for one in facade.gate_load(at=at)]


def _point_title(code: str) -> str:
    point = CrossingPoint.objects.filter(code=code).first()
    return point.gate_short if point else code


@day_book(
    "border_gate.points",
    title=_("Trips, checks, holds and fees at the border gate"),
    kinds=(TRIP.name, TASK.name, HOLD.name, FEE.name),
    chapter_title=_point_title,
)
def points_of(kind: str, records: list[UUID]) -> dict[UUID, str]:
    """The day root of a point covers the steps of the trips there, and of what lies over them (brief 13)."""
    return point_codes(kind, records)
