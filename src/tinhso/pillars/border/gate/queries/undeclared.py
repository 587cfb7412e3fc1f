"""Vehicles that came undeclared: by their link, those that wait, what is known of them from before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import AheadDeclaration, Driver, Enterprise, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.permissions import step_permission

SHOWN = ("trip__point", "trip__yard", "trip__declaration", "trip__tractor", "trip__driver__person")
WAITS: dict[str, Any] = {"undeclared": True, "submitted_at": None, "ended_at": None}
"""The drafts of vehicles that stand undeclared, as their index knows them."""


def arrival_by_digest(digest: bytes) -> UndeclaredArrival | None:
    """The arrival whose link it is, open or not."""
    return UndeclaredArrival.objects.filter(link_digest=digest).select_related(*SHOWN).first()


def standing_undeclared(plates: Iterable[str] | None = None) -> QuerySet[UndeclaredArrival]:
    """Vehicles that were noted, are not declared yet and have not left, longest here first; of these plates only."""
    rows = UndeclaredArrival.objects.filter(**{f"trip__{name}": value for name, value in WAITS.items()})
    if plates is not None:
        rows = rows.filter(trip__tractor_plate__in=set(plates) - {""})
    return rows.select_related("trip", "point").order_by("seen_at", "pk")


def waiting_arrivals(*, by: Actor, at: datetime) -> QuerySet[UndeclaredArrival]:
    """Vehicles not declared yet, longest waiting first, of those whose declaration the actor may send."""
    trips = visible(Trip.objects.filter(**WAITS), by, step_permission("submit"), at)
    rows = UndeclaredArrival.objects.filter(trip__in=trips.values("pk"))
    return rows.select_related(*SHOWN).order_by("seen_at", "pk")


def trip_before(arrival: UndeclaredArrival | AheadDeclaration) -> Trip | None:
    """The newest trip of the same tractor that told of firm and driver."""
    rows = Trip.objects.filter(tractor_plate=arrival.plate).exclude(driver=None)
    if arrival.trip_id is not None:
        rows = rows.exclude(pk=arrival.trip_id)
    return rows.select_related("enterprise", "driver__person").order_by("-created_at").first()


def driver_before(arrival: UndeclaredArrival | AheadDeclaration) -> Driver | None:
    """Who drove it then."""
    before = trip_before(arrival)
    return before.driver if before else None


def arrivals_of(firm: Enterprise, *, since: datetime) -> int:
    """How many vehicles of that firm came undeclared from that moment on."""
    return UndeclaredArrival.objects.filter(trip__enterprise=firm, seen_at__gt=since).count()
