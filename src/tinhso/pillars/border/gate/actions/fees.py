"""The infrastructure fee: assessed by the tariff's rows, collected at the counter against a numbered receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.numbering.actions import take, take_many
from tinhso.pillars.border.gate.flows import FEE
from tinhso.pillars.border.gate.models import FeeAssessment, GoodsLine, Trip
from tinhso.pillars.border.gate.queries.reference import rates_on
from tinhso.pillars.border.gate.rules import fees
from tinhso.pillars.border.gate.rules.codes import GateRefusal

RECEIPT_BOOK = "border_gate.receipt"


def assess_fees(*, trips: Sequence[Trip], at: datetime) -> list[FeeAssessment]:
    """Assess what can be assessed; a trip without a rate stays without a fee and cannot be released (BG-028)."""
    rates = known_rates(at)
    groups = _groups_of(trips)
    found = []
    for trip in trips:
        try:
            found.append(_assessment(trip, groups.get(trip.declaration_id, []), rates, at))
        except GateRefusal as refusal:
            if refusal.code != "BG-029":
                raise
    return FEE.create_many(found, by=SYSTEM, at=at)


def assess_fee(*, trip: Trip, by: Actor, at: datetime) -> FeeAssessment:
    """Assess one trip at the counter. Refusal: BG-029 when the tariff holds no rate, never a guess."""
    groups = _groups_of([trip]).get(trip.declaration_id, [])
    return FEE.create(_assessment(trip, groups, known_rates(at), at), by=by, at=at)


def pay_fee(*, fee: FeeAssessment, method: str, by: Actor, at: datetime) -> FeeAssessment:
    """Take the money at the counter; the receipt's number comes from the book of the year."""
    year = at.astimezone(HANOI).year
    with transaction.atomic():
        number = take(RECEIPT_BOOK, year, by=by, at=at)
        return FEE.fire(fee, "pay", by=by, at=at, receipt_no=f"BL-{year}-{number:06d}", method=method)


@transaction.atomic
def pay_fees(*, fees: Sequence[FeeAssessment], method: str, by: Actor, at: datetime) -> Any:
    """Take the money of many at once, all or none: no receipt number is lost."""
    year = at.astimezone(HANOI).year
    first = take_many(RECEIPT_BOOK, year, len(fees), by=by, at=at)
    receipts = {
        fee.pk: {"receipt_no": f"BL-{year}-{number:06d}", "method": method}
        for number, fee in enumerate(fees, start=first)
    }
    return FEE.fire_many(fees, "pay", by=by, at=at, facts=receipts)


def known_rates(at: datetime) -> list[fees.Rate]:
    """The tariff of the day; rows marked DEMO count in the demo profile only."""
    rates = rates_on(at.astimezone(HANOI).date())
    return rates if settings.PROFILE == "demo" else [rate for rate in rates if not rate.is_demo]


def _assessment(trip: Trip, groups: list[str], rates: list[fees.Rate], at: datetime) -> FeeAssessment:
    fee = fees.assess(
        regime=trip.declaration.regime,
        groups=groups or ["EMPTY"],
        vehicle=fees.vehicle_class(load_kg=trip.gross_kg, container="45R1" if trip.container_no else ""),
        route=fees.ROUTE_OF_TRIP[trip.kind],
        on=at.astimezone(HANOI).date(),
        rates=rates,
    )
    return FeeAssessment(
        trip=trip,
        point_id=trip.point_id,
        amount=fee.amount,
        kept=fee.kept,
        budget=fee.budget,
        explanation=fee.explanation,
        is_demo=fee.is_demo,
    )


def _groups_of(trips: Sequence[Trip]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    ids = [trip.declaration_id for trip in trips]
    for declaration_id, group in GoodsLine.objects.filter(declaration_id__in=ids).values_list(
        "declaration_id", "group"
    ):
        found.setdefault(declaration_id, []).append(group)
    return found
