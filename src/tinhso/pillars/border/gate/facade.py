"""The door of the gate for rooms of its pillar and above: plain questions, plain answers."""

from __future__ import annotations

from datetime import datetime

from tinhso.pillars.border.gate.contracts import GateLoad, TruckStatus
from tinhso.pillars.border.gate.queries import load, trips
from tinhso.pillars.border.gate.queries.holding import area_code
from tinhso.pillars.border.gate.rules import plates


def gate_load(*, at: datetime) -> list[GateLoad]:
    """How full each crossing point is."""
    return load.loads(at=at)


def truck_status(*, plate: str) -> TruckStatus | None:
    """Where the vehicle with that plate stands. Refusal: BG-001 for what is no plate."""
    trip = trips.latest_trip(plates.read(plate).norm)
    if trip is None:
        return None
    told = (plates.show(trip.tractor_plate), trip.code, trip.point.code, trip.state, trip.state_since)
    return TruckStatus(*told, area=area_code(trip))
