"""The fee of a trip as people look it up."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, DEFERRED, REPLACED, RETURNING, TO_PAY
from tinhso.pillars.border.gate.models import FeeAssessment, FeeDifference, Trip
from tinhso.pillars.border.gate.permissions import VIEW_REPORT


def fee_leg(trip: Trip) -> int:
    """The leg whose goods owe the fee now: 2 once a two-way vehicle has come back with goods."""
    return 2 if trip.leg == 2 and trip.load_state == "LOADED" else 1


def fee_of(trip: Trip) -> FeeAssessment | None:
    """The fee of the present leg that stands, else the last one that did: given back or voided.

    Where nothing is to be paid for the way back, a fee of the way out that still is.
    """
    rows = FeeAssessment.objects.filter(trip=trip).exclude(state__in=(REPLACED, RETURNING))
    found, leg = list(rows.order_by("-created_at", "-id")), fee_leg(trip)
    now = next((fee for fee in found if fee.leg == leg), None)
    if now is None or now.state in TO_PAY:
        return now
    return next((fee for fee in found if fee.state in TO_PAY), now)


def to_pay(trip: Trip) -> FeeAssessment | None:
    """The fee that the counter may still collect; the newer leg's first."""
    return FeeAssessment.objects.filter(trip=trip, state__in=TO_PAY).order_by("-leg").first()


def may_differ(trip: Trip) -> bool:
    """Whether its fee can have changed after it was paid: the trip was corrected, or took goods over."""
    return trip.amend_count > 0 or trip.loaded_kg > 0


def more_to_pay(trip: Trip) -> FeeDifference | None:
    """What was made dearer after the fee was paid and is not paid; the vehicle waits for it."""
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
