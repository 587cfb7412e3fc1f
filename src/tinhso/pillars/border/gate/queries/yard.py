"""A yard at one glance: bays by kind, who stands where and for how long, who comes next, what changes vehicles.

A handful of queries whatever the yard's size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.flows.trip import UNLOADS
from tinhso.pillars.border.gate.flows.yards import INBOUND
from tinhso.pillars.border.gate.models import (
    Bay,
    BayKind,
    CrossingPoint,
    RampTurn,
    Transfer,
    Trip,
    UndeclaredArrival,
    Yard,
    YardTariff,
)
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.expected import Expected, expected_in
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.ramps import turns_in
from tinhso.pillars.border.gate.queries.transfers import open_transfers, told_lines
from tinhso.pillars.border.gate.queries.undeclared_bays import standing_in_bays
from tinhso.pillars.border.gate.rules.limits import YARD_FULL
from tinhso.pillars.border.gate.rules.yard_charges import charge

YARD_IN = step_permission("yard_in")
ROWS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A bay with who stands there: for how long, the alarm of the stay, what standing there costs by now in đồng."""

    bay: Bay
    trip: Trip | None = None
    stay: timedelta | None = None
    charge: int | None = None

    @property
    def tone(self) -> str:
        if self.trip is None:
            return "free"
        if self.trip.state == "seized" or self.trip.dwell_level >= 100:
            return "stop"
        if self.trip.dwell_level >= 80:
            return "warn"
        return "done" if self.trip.state == "released" else "run"


@dataclass(frozen=True, slots=True)
class Zone:
    """The bays of one kind; `closed` are those where nobody stands and nobody is sent."""

    kind: str
    title: Any
    busy: list[Place]
    free: list[Place]
    closed: list[Place]

    @property
    def whole(self) -> int:
        return len(self.busy) + len(self.free)


@dataclass(frozen=True, slots=True)
class YardNow:
    """A yard now. `zones` are its bays by kind; `entering` have passed barrier 1 or the line; `unloading` stand and are
    to be unloaded, each with what was signed; `coming` are expected within two hours; `returned` are back, not closed;
    `turns` are inspections, on a bay with a ramp or waiting for one, and `ramps` the free ones.
    """

    yard: Yard
    standing: list[Trip]
    zones: list[Zone]
    entering: list[Trip]
    unloading: list[tuple[Trip, Transfer | None]]
    transfers: list[Transfer]
    coming: list[Expected]
    reserved: int
    returned: list[Trip]
    price: YardTariff | None
    turns: list[RampTurn]
    ramps: list[str]

    @property
    def room(self) -> int:
        """Room in bays that are open, less who stands there and who is on the way there (border brief 7.6)."""
        room = min(self.yard.capacity, sum(zone.whole for zone in self.zones))
        return max(0, room - len(self.standing) - self.reserved)

    @property
    def expected(self) -> int:
        return len(self.coming)

    @property
    def overstaying(self) -> int:
        return sum(trip.dwell_level >= 80 for trip in self.standing)


def yards_of(*, by: Actor, at: datetime, right: str = YARD_IN) -> list[Yard]:
    """The border yards of the points at which the actor lets vehicles into yards, or has another right."""
    points = visible(CrossingPoint.objects.all(), by, right, at).values("pk")
    return list(Yard.objects.filter(level="border", point__in=points).select_related("point").order_by("point__order"))


def yard_now(yard: Yard, *, at: datetime) -> YardNow:
    """Everything of one yard, in a dozen queries."""
    standing = list(Trip.objects.filter(yard=yard, is_in_yard=True).order_by("bay", "yard_in_at"))
    coming = Trip.objects.filter(yard=yard, is_live=True)
    entering = coming.filter(state__in=("arrived", "crossed_in")).order_by("state_since")[:ROWS]
    to_unload = [trip for trip in standing if trip.state == "in_yard" and trip.kind in UNLOADS and trip.balance_kg]
    price, begun = price_on(yard, at.astimezone(HANOI).date()), open_transfers(yard)
    turns = list(turns_in(yard).select_related("trip"))
    zones = _zones(yard, standing, turns, price, at)
    recorded = {line.from_trip_id: transfer for transfer in begun for line in told_lines(transfer)}
    return YardNow(
        yard=yard,
        standing=standing,
        zones=zones,
        entering=list(entering),
        unloading=[(trip, recorded.get(trip.pk)) for trip in sorted(to_unload, key=lambda trip: trip.bay)][:ROWS],
        transfers=begun,
        returned=list(coming.filter(state="returned_in").order_by("state_since")[:ROWS]),
        coming=expected_in(yard, at=at),
        reserved=coming.filter(state__in=INBOUND).count(),
        price=price,
        turns=turns,
        ramps=[place.bay.code for zone in zones if zone.kind == BayKind.RAMP for place in zone.free],
    )


def price_on(yard: Yard, day: date) -> YardTariff | None:
    """The row of the price list that holds for that yard on that day."""
    holding = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))
    return price_of(yard.code, YardTariff.objects.filter(holding, yard_code__in=(yard.code, YardTariff.ANY)))


def price_of(yard_code: str, rows: Iterable[YardTariff]) -> YardTariff | None:
    """Of the price list of one day, what holds for that yard: its own row before that of any yard."""
    found = {row.yard_code: row for row in rows}
    return found.get(yard_code) or found.get(YardTariff.ANY)


def charge_of(trip: Trip, price: YardTariff | None, *, at: datetime) -> int | None:
    """What standing there costs by now; None where no price list is known. Collected apart from the state's fee."""
    if price is None or trip.yard_in_at is None:
        return None
    until = min(at, trip.crossed_out_at or trip.ended_at or at)
    return charge(trip.yard_in_at, until, price.price())


def yards_not_full(point_id: UUID, *, at: datetime) -> list[Yard]:
    """Border yards of the point that are less full than the limit of calling (95 per cent), the emptiest first.

    Who is on the way there counts as standing there.
    """
    limit = law_at(at).number(YARD_FULL).value
    yards = list(Yard.objects.filter(point_id=point_id, level="border"))
    taken = Counter(
        Trip.objects.filter(Q(is_in_yard=True) | Q(state__in=INBOUND), yard__in=yards, is_live=True).values_list(
            "yard_id", flat=True
        )
    )
    room = [yard for yard in yards if taken[yard.pk] * 100 < yard.capacity * limit]
    return sorted(room, key=lambda yard: (taken[yard.pk] / max(1, yard.capacity), yard.code))


def free_undeclared_bay(point_id: UUID) -> str:
    """The first bay for vehicles not declared yet that nobody stands in; empty when there is none."""
    taken = standing_in_bays(point_id).values("bay")
    kept = Bay.objects.filter(yard__point_id=point_id, yard__level="border", kind=BayKind.UNDECLARED, closed=False)
    return kept.exclude(code__in=taken).order_by("number").values_list("code", flat=True).first() or ""


def _zones(
    yard: Yard, standing: list[Trip], turns: list[RampTurn], price: YardTariff | None, at: datetime
) -> list[Zone]:
    there = {trip.bay: trip for trip in standing}
    on_ramp = {turn.bay: turn for turn in turns if turn.bay and turn.bay not in there}
    bays = list(Bay.objects.filter(yard=yard).order_by("number"))
    noted = {one.bay: one for one in standing_in_bays(yard.point_id)}
    places = [
        _noted(bay, noted[bay.code], at)
        if bay.kind == BayKind.UNDECLARED and bay.code in noted and bay.code not in there
        else _inspected(bay, on_ramp[bay.code], at)
        if bay.code in on_ramp
        else _place(bay, there.pop(bay.code, None), price, at)
        for bay in bays
    ]
    # Who stands in no bay of the map is shown all the same.
    places += [_place(Bay(yard=yard, code=code or "–", kind=""), trip, price, at) for code, trip in there.items()]
    titles = {**dict(BayKind.choices), "": ""}
    zones = []
    for kind, title in titles.items():
        own = [place for place in places if place.bay.kind == kind]
        if own:
            busy = [place for place in own if place.trip]
            empty = [place for place in own if place.trip is None]
            closed = [place for place in empty if place.bay.closed]
            zones.append(Zone(kind, title, busy, [place for place in empty if not place.bay.closed], closed))
    return zones


def _place(bay: Bay, trip: Trip | None, price: YardTariff | None, at: datetime) -> Place:
    if trip is None:
        return Place(bay)
    return Place(bay, trip, at - (trip.yard_in_at or at), charge_of(trip, price, at=at))


def _noted(bay: Bay, arrival: UndeclaredArrival, at: datetime) -> Place:
    """It is not in the yard yet: it stands there since it was seen, and nothing is charged."""
    return Place(bay, arrival.trip, at - arrival.seen_at)


def _inspected(bay: Bay, turn: RampTurn, at: datetime) -> Place:
    """It stands there for its inspection, and its own bay stays its own: nothing more is charged."""
    return Place(bay, turn.trip, at - (turn.given_at or at))
