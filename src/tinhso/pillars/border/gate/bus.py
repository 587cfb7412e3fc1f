"""Data services of the gate on the province's data bus."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.modules.declare import data_service
from tinhso.pillars.border.gate import facade
from tinhso.pillars.border.gate.permissions import VIEW_BOARD


@data_service("BG.TRUCK_STATUS", title=_("where a vehicle stands at the gate"), permission=VIEW_BOARD)
def truck_status(*, by: Actor, at: datetime, plate: str) -> dict[str, Any] | None:
    """State and crossing point of a vehicle by its plate; nothing of firm, driver or goods."""
    found = facade.truck_status(plate=plate)
    return {**asdict(found), "since": found.since.isoformat()} if found else None


@data_service("BG.GATE_LOAD", title=_("how full the crossing points are"), permission=VIEW_BOARD)
def gate_load(*, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Waiting, in the yard and crossed today, by crossing point."""
    return [asdict(one) for one in facade.gate_load(at=at)]
