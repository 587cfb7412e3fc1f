"""Vehicles that came undeclared: by their link, those that wait, what is known of them from before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.models import Grant
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import AheadDeclaration, Driver, Enterprise, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.permissions import BARRIER_ONE, role_code, step_permission
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.rules import taxcodes
from tinhso.pillars.border.gate.rules.kinds import COMES_EMPTY

SHOWN = ("trip__point", "trip__yard", "trip__declaration", "trip__tractor", "trip__driver__person")
WITHDRAWN_WITHIN = "undeclared_withdraw_h"
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


def known_before(before: Trip | None) -> dict[str, Any]:
    """What a form needs not ask again, as that trip said it; the number of a paper is never shown."""
    if before is None:
        return {}
    firm, driver = before.enterprise, before.driver
    return {
        "tax_code": taxcodes.show(firm.tax_code) if firm else "",
        "driver_name": driver.person.full_name if driver else "",
        "goods": before.goods_title,
        "empty": before.kind in COMES_EMPTY,
        "unloads": before.kind == "EXP_XFER",
    }


def arrivals_of(firm: Enterprise, *, since: datetime) -> int:
    """How many vehicles of that firm came undeclared from that moment on."""
    return counted_arrivals().filter(trip__enterprise=firm, seen_at__gt=since).count()


def counted_arrivals() -> QuerySet[UndeclaredArrival]:
    """Those that were not noted by mistake."""
    return UndeclaredArrival.objects.filter(withdrawn_at=None)


def noted_lately(point_id: UUID, *, at: datetime) -> QuerySet[UndeclaredArrival]:
    """What was noted at that point and may still be withdrawn, newest first."""
    since = at - law_at(at).number(WITHDRAWN_WITHIN).span
    rows = counted_arrivals().filter(point_id=point_id, seen_at__gte=since)
    return rows.select_related("trip", "point").order_by("-seen_at", "-pk")


def noted_by_force_of(arrival: UndeclaredArrival, *, by: Actor, at: datetime) -> bool:
    """Whether it was the actor himself, or somebody of a force of barrier 1 to which he belongs at that point."""
    if arrival.seen_by == by.id:
        return True
    place = arrival.point_id
    return bool(_forces_of(arrival.seen_by, place, arrival.seen_at) & _forces_of(by.id, place, at))


def _forces_of(holder: UUID, place: UUID, at: datetime) -> set[str]:
    held = Q(valid_from__lte=at) & (Q(valid_until=None) | Q(valid_until__gt=at)) & (Q(place=None) | Q(place=place))
    codes = [role_code(force) for force in BARRIER_ONE]
    rows = Grant.objects.filter(held, holder_id=holder, role__code__in=codes, record_id=None)
    return set(rows.values_list("role__code", flat=True))
