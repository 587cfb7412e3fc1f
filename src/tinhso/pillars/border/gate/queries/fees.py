"""The fee of a trip as people look it up."""

from __future__ import annotations

from tinhso.pillars.border.gate.flows.overlays import REPLACED, TO_PAY
from tinhso.pillars.border.gate.models import FeeAssessment, Trip


def fee_of(trip: Trip) -> FeeAssessment | None:
    """The fee that stands, else the last one that did: given back or voided."""
    return FeeAssessment.objects.filter(trip=trip).exclude(state=REPLACED).order_by("-created_at", "-id").first()


def to_pay(trip: Trip) -> FeeAssessment | None:
    """The fee that the counter may still collect."""
    return FeeAssessment.objects.filter(trip=trip, state__in=TO_PAY).first()
