"""What stands in a yard, who comes next, what is to be unloaded: a handful of queries whatever the yard's size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.flows.trip import FROM_ABROAD, UNLOADS
from tinhso.pillars.border.gate.models import CrossingPoint, Trip, Unloading, Yard
from tinhso.pillars.border.gate.permissions import step_permission

YARD_IN = step_permission("yard_in")
SOON = timedelta(hours=2)
ROWS = 60


@dataclass(frozen=True, slots=True)
class YardNow:
    """A yard now. `standing` by bay; `entering` have passed barrier 1 or the line; `unloading` stand and are to be
    unloaded, each with what was recorded; `expected` come within two hours; `returned` are back and not closed."""

    yard: Yard
    standing: list[Trip]
    entering: list[Trip]
    unloading: list[tuple[Trip, Unloading | None]]
    called: int
    from_abroad: int
    returned: list[Trip]

    @property
    def room(self) -> int:
        return max(0, self.yard.capacity - len(self.standing))

    @property
    def expected(self) -> int:
        return self.called + self.from_abroad


def yards_of(*, by: Actor, at: datetime) -> list[Yard]:
    """The border yards of the points at which the actor lets vehicles into yards."""
    points = visible(CrossingPoint.objects.all(), by, YARD_IN, at).values("pk")
    return list(Yard.objects.filter(level="border", point__in=points).select_related("point").order_by("point__order"))


def yard_now(yard: Yard, *, at: datetime) -> YardNow:
    """Everything of one yard, in four queries."""
    standing = list(Trip.objects.filter(yard=yard, is_in_yard=True).order_by("bay", "yard_in_at"))
    coming = Trip.objects.filter(yard=yard, is_live=True)
    entering = coming.filter(state__in=("arrived", "crossed_in")).order_by("state_since")[:ROWS]
    to_unload = [trip for trip in standing if trip.state == "in_yard" and trip.kind in UNLOADS and trip.balance_kg]
    recorded = {one.trip_id: one for one in Unloading.objects.filter(trip__in=[trip.pk for trip in to_unload])}
    return YardNow(
        yard=yard,
        standing=standing,
        entering=list(entering),
        unloading=[(trip, recorded.get(trip.pk)) for trip in sorted(to_unload, key=lambda trip: trip.bay)][:ROWS],
        returned=list(coming.filter(state="returned_in").order_by("state_since")[:ROWS]),
        called=coming.filter(state="called").count(),
        from_abroad=coming.filter(
            state="accepted", kind__in=FROM_ABROAD, eta__gt=at - SOON, eta__lte=at + SOON
        ).count(),
    )
