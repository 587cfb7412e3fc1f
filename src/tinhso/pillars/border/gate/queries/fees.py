"""The fee of a trip as people look it up."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, DEFERRED, REPLACED, RETURNING, TO_PAY
from tinhso.pillars.border.gate.models import FeeAssessment, FeeDifference, Trip
from tinhso.pillars.border.gate.permissions import VIEW_REPORT


def fee_of(trip: Trip) -> FeeAssessment | None:
    """The fee that stands, else the last one that did: given back or voided."""
    return (
        FeeAssessment.objects.filter(trip=trip)
        .exclude(state__in=(REPLACED, RETURNING))
        .order_by("-created_at", "-id")
        .first()
    )


def to_pay(trip: Trip) -> FeeAssessment | None:
    """The fee that the counter may still collect."""
    return FeeAssessment.objects.filter(trip=trip, state__in=TO_PAY).first()


def more_to_pay(trip: Trip) -> FeeDifference | None:
    """What a correction made dearer and is not paid; the vehicle waits for it."""
    return FeeDifference.objects.filter(trip=trip, settled_at=None, amount__gt=0).first()


def dearer() -> Exists:
    """Whether a trip has such a difference, as a condition over trips."""
    return Exists(FeeDifference.objects.filter(trip=OuterRef("pk"), settled_at=None, amount__gt=0))


GONE = ("released", "crossed_out", "returned_in", "completed", "turned_back")


def owed(*, by: Actor, at: datetime) -> QuerySet[FeeAssessment]:
    """Deferred fees, and those not paid of vehicles that have gone; the oldest first."""
    debts = Q(state=DEFERRED) | Q(state=ASSESSED, trip__state__in=GONE)
    rows = FeeAssessment.objects.filter(debts, state__in=(ASSESSED, DEFERRED)).select_related("trip__agency", "point")
    return visible(rows, by, VIEW_REPORT, at).order_by("created_at", "id")


def sum_of(rows: QuerySet[FeeAssessment]) -> int:
    """Their amount together, đồng."""
    return int(rows.order_by().aggregate(whole=Sum("amount"))["whole"] or 0)
