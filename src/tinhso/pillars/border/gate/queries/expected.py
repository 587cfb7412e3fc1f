"""Who comes to a yard within two hours: called, waiting their turn, on the road, or from abroad (border brief 8).

A yard sees plate, container, kg and kind, nothing else of a trip.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tinhso.pillars.border.gate.flows.states import ACCEPTED, AT_BUFFER, CALLED, EN_ROUTE
from tinhso.pillars.border.gate.models import CrossingPoint, QueueState, Trip, Yard
from tinhso.pillars.border.gate.models.trips import KIND_TITLES
from tinhso.pillars.border.gate.queries.queue import pace_of, waiting_tickets
from tinhso.pillars.border.gate.rules import queue

SOON = timedelta(hours=2)
LANES = 2
"""The loaded and the empty vehicles are called side by side."""
SEEN = ("kind", "state", "tractor_plate", "container_no", "gross_kg", "code", "eta", "call_expires_at", "slot")


@dataclass(frozen=True, slots=True)
class Expected:
    """One vehicle and when it is expected at barrier 1 or the line; of one that was called, until when it may come."""

    trip: Trip
    at: datetime

    @property
    def kind(self) -> Any:
        return KIND_TITLES.get(self.trip.kind, self.trip.kind)


def expected_in(yard: Yard, *, at: datetime) -> list[Expected]:
    """All of them, the soonest first; five queries at most, two where nobody waits for a call."""
    states = (ACCEPTED, EN_ROUTE, AT_BUFFER, CALLED)
    rows = Trip.objects.filter(yard=yard, is_live=True, leg=1, state__in=states)
    trips = list(
        rows.select_related("slot", "second_container").only(*SEEN, "slot__begins_at", "second_container__number")
    )
    turns = _turns(yard.point, at) if any(trip.state == AT_BUFFER for trip in trips) else {}
    found = [Expected(trip, moment) for trip in trips if (moment := _moment(trip, turns)) is not None]
    near = [one for one in found if one.trip.state in (CALLED, AT_BUFFER) or one.at > at - SOON]
    return sorted((one for one in near if one.at <= at + SOON), key=lambda one: (one.at, one.trip.code))


def by_kind(expected: list[Expected]) -> list[tuple[Any, int]]:
    """How many of each kind of trip, the most first."""
    counted = Counter(one.trip.kind for one in expected)
    return [(KIND_TITLES.get(kind, kind), count) for kind, count in counted.most_common()]


def promised(trip: Trip) -> datetime | None:
    """When a vehicle said that it comes: the hour it booked, else the one it named; of a called one the latest."""
    if trip.state == CALLED:
        return trip.call_expires_at
    return trip.slot.begins_at if trip.slot else trip.eta


def _moment(trip: Trip, turns: dict[str, datetime]) -> datetime | None:
    return turns.get(trip.code) if trip.state == AT_BUFFER else promised(trip)


def _turns(point: CrossingPoint, at: datetime) -> dict[str, datetime]:
    """When each of those whose turn comes within two hours is called, as the queue stands."""
    pace = pace_of(point, QueueState.objects.filter(point=point).first(), at)
    places = queue.first_places(waiting_tickets(point=point, at=at), pace, LANES * (int(SOON / pace.every) + 1))
    return {code: at + timedelta(minutes=place.minutes) for code, place in places.items()}
