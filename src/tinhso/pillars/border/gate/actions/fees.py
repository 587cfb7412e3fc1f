"""The infrastructure fee: assessed by the tariff's rows, paid through the payments' room and by it alone."""

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
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import difference_money, fee_money
from tinhso.pillars.border.gate.flows import FEE
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, PAID, REFUNDING, RETURNING, TO_PAY
from tinhso.pillars.border.gate.flows.states import CANCELLED, EXPIRED, NO_SHOW
from tinhso.pillars.border.gate.models import FeeAssessment, GoodsLine, Trip, TripGoods
from tinhso.pillars.border.gate.queries.containers import second_of, with_seconds
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.reference import rates_on
from tinhso.pillars.border.gate.rules import containers, fees, limits
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse
from tinhso.shared.payments import facade as payments
from tinhso.shared.payments.contracts import Paid

UNKNOWN = frozenset({"BG-029", "BG-110"})
"""No rate, or a container of unknown size: nothing is guessed."""
CALLED_OFF = (CANCELLED, EXPIRED, NO_SHOW)


@transaction.atomic
def assess_fees(*, trips: Sequence[Trip], at: datetime) -> list[FeeAssessment]:
    """Assess what can be assessed; a trip without a rate stays without a fee and cannot be released (BG-028)."""
    rates = known_rates(at)
    groups = _groups_of(trips)
    with_seconds(trips)
    found = []
    for trip in trips:
        try:
            found.append(_assessment(trip, groups[trip.pk], rates, at))
        except GateRefusal as refusal:
            if refusal.code not in UNKNOWN:
                raise
    return fee_money.ask(FEE.create_many(found, by=SYSTEM, at=at), at=at)


@transaction.atomic
def assess_fee(*, trip: Trip, by: Actor, at: datetime) -> FeeAssessment:
    """Assess one trip at the counter. Refusal: BG-029 when the tariff holds no rate, never a guess."""
    groups = _groups_of([trip])[trip.pk]
    return fee_money.ask([FEE.create(_assessment(trip, groups, known_rates(at), at), by=by, at=at)], at=at)[0]


@transaction.atomic
def pay_fee(
    *, fee: FeeAssessment, method: str, by: Actor, at: datetime, reason: str = "", document_no: str = ""
) -> FeeAssessment:
    """Take the money at the counter: by card, through the Treasury (its document), or in cash with a reason."""
    _lock_trips([fee])
    paid = payments.pay_at_counter(
        source=fee_money.SOURCE,
        record_ids=[fee.pk],
        method=method,
        by=by,
        at=at,
        reason=reason,
        document_no=document_no,
    )
    return FEE.fire(fee, "pay", by=by, at=at, **fee_money.facts(paid[fee.pk]))


@transaction.atomic
def pay_through_bank(*, fees: Sequence[FeeAssessment], by: Actor, at: datetime) -> Any:
    """In the demonstration: many payers transfer at once through the simulated bank, all or none."""
    _lock_trips(fees)
    paid = payments.pay_by_simulated_bank(source=fee_money.SOURCE, record_ids=[fee.pk for fee in fees], at=at)
    return FEE.fire_many(fees, "pay", by=by, at=at, facts=fee_money.paid_facts(paid))


def settle_paid(*, paid: Paid, at: datetime) -> None:
    """The money for a fee has come, whatever way: the fee is paid. Asked again and again without harm."""
    fee = FeeAssessment.objects.filter(pk=paid.record_id, state__in=TO_PAY).first()
    if fee is not None and paid.state == "paid":
        with suppress(StepRefused):  # the counter was first, or the trip's fee is another one now
            FEE.fire(fee, "pay", by=SYSTEM, at=at, **fee_money.facts(paid))


def follow_refund(*, paid: Paid, at: datetime) -> None:
    """Somebody asked at the payments' counter to give the whole fee back: it is not a paid one any more."""
    fee = FeeAssessment.objects.filter(pk=paid.record_id, state=PAID).first()
    if fee is not None and paid.state in ("refunding", "refunded"):
        FEE.fire(fee, "refund", by=SYSTEM, at=at, document_no=paid.receipt_no)


def settle_given_back(*, paid: Paid, at: datetime) -> None:
    """The money has gone back, or stays by decision; the fee follows."""
    step = {"refunded": "give_back", "paid": "keep"}.get(paid.state)
    fee = FeeAssessment.objects.filter(pk=paid.record_id, state__in=(REFUNDING, RETURNING)).first()
    if fee is not None and step:
        FEE.fire(fee, step, by=SYSTEM, at=at)


def propose_waiver(*, fee: FeeAssessment, document_no: str, by: Actor, at: datetime) -> FeeAssessment:
    """The counter asks a leader to waive the fee, by a document. Refusal: BG-216 without its number."""
    return FEE.fire(fee, "propose_waiver", by=by, at=at, document_no=document_no.strip())


@transaction.atomic
def waive_fee(*, fee: FeeAssessment, document_no: str, by: Actor, at: datetime) -> FeeAssessment:
    """Nothing is collected, by a document. Refusals: BG-263 unless another person proposed it, BG-216."""
    FEE.fire(fee, "waive", by=by, at=at, document_no=document_no.strip())
    fee_money.withdraw(fee, at=at)
    return fee


def defer_fee(*, fee: FeeAssessment, document_no: str, by: Actor, at: datetime) -> FeeAssessment:
    """The vehicle may go before the fee is paid, by a document. Refusal: BG-216 without its number."""
    return FEE.fire(fee, "defer", by=by, at=at, document_no=document_no.strip())


@transaction.atomic
def refund_fee(*, fee: FeeAssessment, document_no: str, by: Actor, at: datetime) -> FeeAssessment:
    """Ask that what was paid be given back. Refusal: BG-216 without a document, but for a trip cancelled before it
    arrived. The fee is refunded once the money has gone back."""
    _lock_trips([fee])
    difference_money.call_back(fee, at=at)
    difference_money.end(fee.differences.filter(settled_at=None), at=at)
    FEE.fire(fee, "refund", by=by, at=at, document_no=document_no.strip())
    reason = f"Theo văn bản {document_no.strip()}" if document_no.strip() else fee_money.CALLED_OFF
    difference_money.give_all_back(fee, reason=reason, by=by, at=at)
    return fee


def assessed_now(trip: Trip, *, at: datetime) -> FeeAssessment:
    """The fee by what is declared now, not stored. Refusal: BG-029 when the tariff holds no rate."""
    groups = _groups_of([trip])[trip.pk]
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
    fee_money.withdraw(fee, at=at)
    return fee_money.ask([FEE.create(fresh, by=by, at=at)], at=at)[0]


@transaction.atomic
def settle_called_off(*, trip_id: UUID, at: datetime) -> None:
    """Of a trip that will not come, nothing stays to be paid; who cancelled before he came gets his money back.

    It may be asked again and again: what is settled stays.
    """
    trip = Trip.objects.select_for_update(no_key=True).only("state", "arrived_at").filter(pk=trip_id).first()
    if trip is None or trip.state not in CALLED_OFF:
        return
    for fee in FeeAssessment.objects.filter(trip_id=trip_id, state__in=TO_PAY):
        if (paid := fee_money.standing(fee)) and paid.state == "paid":  # the news of it is still on its way
            FEE.fire(fee, "pay", by=SYSTEM, at=at, **fee_money.facts(paid))
        else:
            FEE.fire(fee, "void", by=SYSTEM, at=at)
            fee_money.withdraw(fee, at=at)
    for fee in FeeAssessment.objects.filter(trip_id=trip_id, state=PAID):
        if trip.state == CANCELLED and trip.arrived_at is None:
            refund_fee(fee=fee, document_no="", by=SYSTEM, at=at)
        else:
            difference_money.drop_more(fee, at=at)


def follow_trip(*, trip_id: UUID, at: datetime) -> None:
    """The trip goes through another point: its fee is collected there, if it is not paid yet."""
    for fee in FeeAssessment.objects.filter(trip_id=trip_id, state=ASSESSED).exclude(point=F("trip__point")):
        with suppress(Refusal):  # paid meanwhile, or no rate any more: it stays as it is
            replace_fee(fee=fee, by=SYSTEM, at=at)


def known_rates(at: datetime) -> list[fees.Rate]:
    """The tariff of the day; rows marked DEMO count in the demo profile only."""
    rates = rates_on(at.astimezone(HANOI).date())
    return rates if settings.PROFILE == "demo" else [rate for rate in rates if not rate.is_demo]


def _lock_trips(fees: Sequence[FeeAssessment]) -> None:
    """A trip is locked before what it owes, as wherever fees and payments move together."""
    rows = Trip.objects.select_for_update(no_key=True).filter(pk__in=[fee.trip_id for fee in fees])
    list(rows.order_by("id").values_list("id", flat=True))


def _ground_of(fee: FeeAssessment) -> Mapping[str, Any]:
    """How the amount came about, whatever the day and however it is shared."""
    return {name: told for name, told in fee.explanation.items() if name not in ("on", "kept_percent")}


def _vehicle_class(trip: Trip) -> str:
    container = containers.read_type(trip.container_type) if trip.container_no else ""
    return fees.vehicle_class(load_kg=trip.gross_kg, container=container, second=second_of(trip) is not None)


def _assessment(trip: Trip, groups: list[str], rates: list[fees.Rate], at: datetime) -> FeeAssessment:
    law = law_at(at)
    fee = fees.assess(
        regime=trip.declaration.regime,
        groups=groups or ["EMPTY"],
        vehicle=_vehicle_class(trip),
        route=law.route_of(trip.kind),
        on=at.astimezone(HANOI).date(),
        rates=rates,
        kept_percent=law.number(limits.KEPT).value,
    )
    two = {"two_containers": "assumed"} if second_of(trip) is not None else {}
    return FeeAssessment(
        trip=trip,
        point_id=trip.point_id,
        amount=fee.amount,
        kept=fee.kept,
        budget=fee.budget,
        explanation={**fee.explanation, **two},
        is_demo=fee.is_demo,
    )


def _groups_of(trips: Sequence[Trip]) -> dict[UUID, list[str]]:
    """Groups of the goods that each vehicle brings: of a declaration spread over several, its own lines alone.

    Assumed: what it takes over in the yard counts for the vehicle that brought it.
    """
    found: dict[UUID, list[str]] = {trip.pk: [] for trip in trips}
    parts = TripGoods.objects.filter(trip__in=list(found), taken_over=False).order_by("line__number")
    for trip_id, group in parts.values_list("trip_id", "line__group"):
        found[trip_id].append(group)
    whole = [trip for trip in trips if not found[trip.pk]]
    lines = GoodsLine.objects.filter(declaration_id__in=[trip.declaration_id for trip in whole])
    groups: dict[UUID, list[str]] = {}
    for declaration_id, group in lines.values_list("declaration_id", "group"):
        groups.setdefault(declaration_id, []).append(group)
    return found | {trip.pk: groups.get(trip.declaration_id, []) for trip in whole}
