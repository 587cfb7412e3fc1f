"""Drivers who let themselves be followed: their telephones send where they are, through the same actions as people's.

Positions are invented (DEMO): along a straight line from the south to the point, then near it. Vehicles of points that
nobody has surveyed send nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import NotFound
from tinhso.pillars.border.gate.actions.asides import let_follow
from tinhso.pillars.border.gate.actions.positions import Ping, keep_positions
from tinhso.pillars.border.gate.models import CrossingPoint, TrackingConsent, Trip
from tinhso.pillars.border.gate.queries.guidance import TRACKED
from tinhso.pillars.border.gate.rules.positions import MOST
from tinhso.pillars.border.gate.simulation.seen import Seen

EVERY = 5.0
"""Minutes between two positions of a vehicle: the pace of a parked one (border brief 15)."""
SOUTH = (21.28, 106.20)
"""Where vehicles come from that set out inland: assumed, Bắc Giang on the road from Hà Nội."""
AWAY = {"at_buffer": -0.03, "called": -0.015, "crossed_out": 0.01, "returned_in": 0.004}
"""Degrees of latitude from the point by state, else right before it (assumed)."""
SPREAD = 0.004
ACCURACY_M = 15
Spot = tuple[float, float]


def spots(points: Iterable[CrossingPoint]) -> dict[str, Spot]:
    """Latitude and longitude of the points that have been surveyed."""
    surveyed = [(one.code, one.place.point) for one in points]
    return {code: (spot.y, spot.x) for code, spot in surveyed if spot is not None}


def send(seen: Iterable[Seen], where: dict[str, Spot], minute: float, by: Actor, at: datetime) -> int:
    """Positions of those who share them; who is new on the road agrees first. Returns how many were kept."""
    sharing = [one for one in seen if one.state in TRACKED and one.point in where and one.draw.happens("follows")]
    _agree([one.id for one in sharing], by, at)
    pings = [Ping(one.id, at, *_spot(one, where[one.point], minute), ACCURACY_M) for one in sharing]
    return sum(_keep(pings[first : first + MOST], by, at) for first in range(0, len(pings), MOST))


def _agree(trips: Sequence[UUID], by: Actor, at: datetime) -> None:
    """Each is asked once: who does not agree any more is left alone."""
    asked = set(TrackingConsent.objects.filter(trip__in=trips).values_list("trip_id", flat=True))
    for trip in Trip.objects.filter(pk__in=[one for one in trips if one not in asked]):
        let_follow(trip=trip, agrees=True, by=by, at=at)


def _keep(pings: Sequence[Ping], by: Actor, at: datetime) -> int:
    try:
        return keep_positions(pings=pings, by=by, at=at).taken
    except NotFound:
        return 0


def _spot(seen: Seen, point: Spot, minute: float) -> Spot:
    """Where the vehicle is; the same for the same minute."""
    draw = seen.draw
    aside = (draw.part("lat") - 0.5) * SPREAD, (draw.part("lon") - 0.5) * SPREAD
    lat, lon = point[0] + AWAY.get(seen.state, -0.002), point[1]
    if seen.state == "en_route":
        part = min(1.0, (minute - seen.since) / draw.minutes("travel.inland"))
        lat, lon = SOUTH[0] + (lat - SOUTH[0]) * part, SOUTH[1] + (lon - SOUTH[1]) * part
    return lat + aside[0], lon + aside[1]
