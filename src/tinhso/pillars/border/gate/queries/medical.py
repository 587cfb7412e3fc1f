"""Where drivers are examined now, by order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tinhso.pillars.border.gate.models import CrossingPoint, MedicalOrder


def medical_points(points: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Those of the points with medical control at that moment; without an order as the point's own row says."""
    ordered = dict(
        MedicalOrder.objects.filter(point_id__in=points, begins_at__lte=at)
        .order_by("point_id", "-begins_at")
        .distinct("point_id")
        .values_list("point_id", "is_on")
    )
    standing = CrossingPoint.objects.filter(pk__in=set(points) - ordered.keys(), medical_control=True)
    return {point for point, is_on in ordered.items() if is_on} | set(standing.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class PointMedical:
    """One point: whether drivers are examined now, by which order, and which one comes next."""

    point: CrossingPoint
    is_on: bool
    order: MedicalOrder | None
    coming: MedicalOrder | None


def medical_now(points: Collection[CrossingPoint], *, at: datetime) -> list[PointMedical]:
    """All points with their orders; three queries."""
    on = medical_points({point.pk for point in points}, at=at)
    orders: dict[UUID, list[MedicalOrder]] = {}
    for order in MedicalOrder.objects.filter(point__in=points):
        orders.setdefault(order.point_id, []).append(order)
    return [
        PointMedical(
            point,
            point.pk in on,
            next((one for one in orders.get(point.pk, []) if one.begins_at <= at), None),
            next((one for one in reversed(orders.get(point.pk, [])) if one.begins_at > at), None),
        )
        for point in points
    ]
