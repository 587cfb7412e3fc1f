"""Vehicles that stay too long on the other side: Chinese ones here, Vietnamese ones abroad."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.flows.stays import FOREIGN, WATCHED
from tinhso.pillars.border.gate.models import CrossingPoint, Incident, PointOrder, Trip
from tinhso.pillars.border.gate.models.places import GateClass
from tinhso.pillars.border.gate.permissions import HANDLE_INCIDENT, SWITCH_POINT

ROWS = 100
STAYING = Q(trip__state__in=("crossed_in", "in_yard", "released"), trip__kind__in=FOREIGN) | Q(
    trip__state="crossed_out", trip__kind="EXP_VN"
)


@dataclass(frozen=True, slots=True)
class Stay:
    """One long stay: hours left, or over when negative; None once the vehicle has gone."""

    incident: Incident
    trip: Trip
    staying: bool
    minutes_left: int


def open_incidents(*, by: Actor, at: datetime) -> QuerySet[Incident]:
    """Those at the officer's points that nobody has closed."""
    return visible(Incident.objects.filter(closed_at=None), by, HANDLE_INCIDENT, at)


def long_stays(*, by: Actor, at: datetime) -> list[Stay]:
    """The open ones, who is over first. Two queries."""
    rows = open_incidents(by=by, at=at).select_related("trip", "point").order_by("-level", "opened_at")[:ROWS]
    return [_stay(row, at) for row in rows]


def incident_for(incident_id: UUID, *, by: Actor, at: datetime) -> Incident | None:
    """One incident of the officer's points."""
    return visible(Incident.objects.filter(pk=incident_id), by, HANDLE_INCIDENT, at).select_related("trip").first()


def switched_points(*, by: Actor, at: datetime) -> list[tuple[CrossingPoint, list[PointOrder]]]:
    """The officer's points on roads, open or not, each with its newest orders. Two queries."""
    roads = CrossingPoint.objects.exclude(gate__gate_class=GateClass.INTERNATIONAL_RAIL)
    points = list(visible(roads, by, SWITCH_POINT, at))
    orders: dict[UUID, list[PointOrder]] = {}
    for order in PointOrder.objects.filter(point__in=points).order_by("-ordered_at")[:ROWS]:
        orders.setdefault(order.point_id, []).append(order)
    return [(point, orders.get(point.pk, [])[:5]) for point in points]


def _stay(incident: Incident, at: datetime) -> Stay:
    trip = incident.trip
    foreign = trip.kind in FOREIGN and trip.state in ("crossed_in", "in_yard", "released")
    staying = trip.state in WATCHED and (foreign or (trip.kind == "EXP_VN" and trip.state == "crossed_out"))
    left = trip.dwell_deadline - at if trip.dwell_deadline else None
    return Stay(incident, trip, staying, int(left.total_seconds() // 60) if left is not None else 0)
