"""The infrastructure fee: assessed by the tariff's rows, collected at the counter against a numbered receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.numbering.actions import take, take_many
from tinhso.pillars.border.gate.flows import FEE
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, PAID, TO_PAY
from tinhso.pillars.border.gate.flows.states import CANCELLED, EXPIRED, NO_SHOW
from tinhso.pillars.border.gate.models import FeeAssessment, GoodsLine, Trip
from tinhso.pillars.border.gate.queries.reference import rates_on
from tinhso.pillars.border.gate.rules import containers, fees
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

RECEIPT_BOOK = "border_gate.receipt"
UNKNOWN = frozenset({"BG-029", "BG-110"})
"""No rate, or a container of unknown size: nothing is guessed."""
CALLED_OFF = (CANCELLED, EXPIRED, NO_SHOW)


def assess_fees(*, trips: Sequence[Trip], at: datetime) -> list[FeeAssessment]:
    """Assess what can be assessed; a trip without a rate stays without a fee and cannot be released (BG-028)."""
    rates = known_rates(at)
    groups = _groups_of(trips)
    found = []
    for trip in trips:
        try:
            found.append(_assessment(trip, groups.get(trip.declaration_id, []), rates, at))
        except GateRefusal as refusal:
            if refusal.code not in UNKNOWN:
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


def propose_waiver(*, fee: FeeAssessment, document_no: str, by: Actor, at: datetime) -> FeeAssessment:
    """The counter asks a leader to waive the fee, by a document. Refusal: BG-216 without its number."""
    return FEE.fire(fee, "propose_waiver", by=by, at=at, document_no=document_no.strip())


def waive_fee(*, fee: FeeAssessment, document_no: str, by: Actor, at: datetime) -> FeeAssessment:
    """Nothing is collected, by a document. Refusals: BG-263 unless another person proposed it, BG-216."""
    return FEE.fire(fee, "waive", by=by, at=at, document_no=document_no.strip())


def defer_fee(*, fee: FeeAssessment, document_no: str, by: Actor, at: datetime) -> FeeAssessment:
    """The vehicle may go before the fee is paid, by a document. Refusal: BG-216 without its number."""
    return FEE.fire(fee, "defer", by=by, at=at, document_no=document_no.strip())


def refund_fee(*, fee: FeeAssessment, document_no: str, by: Actor, at: datetime) -> FeeAssessment:
    """Give back what was paid. Refusal: BG-216 without a document, but for a trip cancelled before it arrived."""
    return FEE.fire(fee, "refund", by=by, at=at, document_no=document_no.strip())


def assessed_now(trip: Trip, *, at: datetime) -> FeeAssessment:
    """The fee by what is declared now, not stored. Refusal: BG-029 when the tariff holds no rate."""
    groups = _groups_of([trip]).get(trip.declaration_id, [])
    return _assessment(trip, groups, known_rates(at), at)


@transaction.atomic
def replace_fee(*, fee: FeeAssessment, by: Actor, at: datetime) -> FeeAssessment:
    """Assess anew what is not paid yet, after something that the fee depends on has changed.

    Refusals: BG-262 when nothing has, BG-029 when the tariff holds no rate (the old fee then stands).
    """
    trip = Trip.objects.select_related("declaration").select_for_update(of=("self",), no_key=True).get(pk=fee.trip_id)
    fresh = assessed_now(trip, at=at)
    if (fresh.amount, fresh.point_id, _ground_of(fresh)) == (fee.amount, fee.point_id, _ground_of(fee)):
        raise refuse("BG-262")
    FEE.fire(fee, "replace", by=by, at=at)
    return FEE.create(fresh, by=by, at=at)


@transaction.atomic
def settle_called_off(*, trip_id: UUID, at: datetime) -> None:
    """Of a trip that will not come, nothing stays to be paid; who cancelled before he came gets his money back.

    It may be asked again and again: what is settled stays.
    """
    trip = Trip.objects.select_for_update(no_key=True).only("state", "arrived_at").filter(pk=trip_id).first()
    if trip is None or trip.state not in CALLED_OFF:
        return
    refunded = trip.state == CANCELLED and trip.arrived_at is None
    steps = {**dict.fromkeys(TO_PAY, "void"), **({PAID: "refund"} if refunded else {})}
    for fee in FeeAssessment.objects.filter(trip_id=trip_id, state__in=steps):
        FEE.fire(fee, steps[fee.state], by=SYSTEM, at=at)


def follow_trip(*, trip_id: UUID, at: datetime) -> None:
    """The trip goes through another point: its fee is collected there, if it is not paid yet."""
    for fee in FeeAssessment.objects.filter(trip_id=trip_id, state=ASSESSED).exclude(point=F("trip__point")):
        with suppress(Refusal):  # paid meanwhile, or no rate any more: it stays as it is
            replace_fee(fee=fee, by=SYSTEM, at=at)


def known_rates(at: datetime) -> list[fees.Rate]:
    """The tariff of the day; rows marked DEMO count in the demo profile only."""
    rates = rates_on(at.astimezone(HANOI).date())
    return rates if settings.PROFILE == "demo" else [rate for rate in rates if not rate.is_demo]


def _ground_of(fee: FeeAssessment) -> Mapping[str, Any]:
    """How the amount came about, whatever the day."""
    return {name: told for name, told in fee.explanation.items() if name != "on"}


def _vehicle_class(trip: Trip) -> str:
    container = containers.read_type(trip.container_type) if trip.container_no else ""
    return fees.vehicle_class(load_kg=trip.gross_kg, container=container)


def _assessment(trip: Trip, groups: list[str], rates: list[fees.Rate], at: datetime) -> FeeAssessment:
    fee = fees.assess(
        regime=trip.declaration.regime,
        groups=groups or ["EMPTY"],
        vehicle=_vehicle_class(trip),
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
