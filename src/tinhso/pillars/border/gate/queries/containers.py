"""The containers on a vehicle: mostly none, one, or two of 20 feet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from tinhso.pillars.border.gate.models import ContainerInUse, SecondContainer, Trip
from tinhso.pillars.border.gate.models.trips import CONTAINER_TITLES


@dataclass(frozen=True, slots=True)
class Box:
    """One container as people look at it: number, size in words, seal."""

    number: str
    title: str
    seal_no: str


def second_of(trip: Trip) -> SecondContainer | None:
    """The second container; asked of the database once, and never of a trip without a first one."""
    found: SecondContainer | None = getattr(trip, "second_container", None) if trip.container_no else None
    return found


def with_seconds(trips: Iterable[Trip]) -> None:
    """Ask for the second containers of all of them at once."""
    if boxed := [trip for trip in trips if trip.container_no]:
        prefetch_related_objects(boxed, "second_container")


def boxes_of(trip: Trip) -> list[Box]:
    """All containers on the vehicle, in their order."""
    if not trip.container_no:
        return []
    second = second_of(trip)
    told = [(trip.container_no, trip.container_type, trip.seal_no)]
    if second is not None:
        told.append((second.number, second.type, second.seal_no))
    return [Box(number, str(CONTAINER_TITLES.get(type, type)), seal) for number, type, seal in told]


def numbers_of(trip: Trip) -> list[str]:
    """Their numbers."""
    return [box.number for box in boxes_of(trip)]


def holders_of(numbers: Iterable[str]) -> dict[str, Trip]:
    """The live trips that have these containers, by number."""
    rows = ContainerInUse.objects.filter(number__in=list(numbers)).select_related("trip")
    return {row.number: row.trip for row in rows}
