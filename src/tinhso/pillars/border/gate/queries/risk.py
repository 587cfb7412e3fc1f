"""Whether a declaration may be accepted by rule, or a person has to look (guard G-RISKLOW)."""

from __future__ import annotations

from tinhso.pillars.border.gate.models import Standing, Trip

LOW, HIGH = "low", "high"


def risk_of(trip: Trip) -> str:
    """High for a firm not yet confirmed or suspended, a vehicle that a force wants, an emergency order."""
    firm = trip.enterprise
    wanted = any(vehicle is not None and vehicle.wanted_by_id for vehicle in (trip.tractor, trip.trailer))
    known = firm is not None and firm.standing in (Standing.ACTIVE, Standing.BOOKING_LOCKED)
    return LOW if known and not wanted and trip.priority != "P0" else HIGH
