"""The infrastructure fee: assessed by the tariff's rows, paid through the payments' room and by it alone."""

from __future__ import annotations

from collections.abc import Sequence
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
from tinhso.pillars.border.gate.actions import difference_money, fee_grounds, fee_money
from tinhso.pillars.border.gate.flows import FEE
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, NOT_OWED, PAID, REFUNDING, RETURNING, TO_PAY
from tinhso.pillars.border.gate.flows.states import CANCELLED, EXPIRED, NO_SHOW
from tinhso.pillars.border.gate.models import FeeAssessment, Trip
from tinhso.pillars.border.gate.queries.containers import with_seconds
from tinhso.pillars.border.gate.queries.reference import rates_on
from tinhso.pillars.border.gate.rules import fees
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse
from tinhso.shared.payments import facade as payments
from tinhso.shared.payments.contracts import Paid

UNKNOWN = frozenset({"BG-029", "BG-110"})
"""No rate, or a container of unknown size: nothing is guessed."""
CALLED_OFF = (CANCELLED, EXPIRED, NO_SHOW)


@transaction.atomic
def assess_fees(*, trips: Sequence[Trip], at: datetime, leg: int = 0) -> list[FeeAssessment]:
    """Assess what can be assessed, of the present leg unless said; fee_grounds.py tells what is owed for what.

    A trip without a rate stays without a fee and cannot be released (BG-028); so does who comes for goods that are to
    go inland, until their transfer is confirmed.
    """
    due = [trip for trip in trips if not fee_grounds.waits_for_goods(trip, at=at)]
    return _store(_known(due, at=at, leg=leg), by=SYSTEM, at=at)


@transaction.atomic
def assess_fee(*, trip: Trip, by: Actor, at: datetime) -> FeeAssessment:
    """Assess one trip at the counter. Refusal: BG-029 when the tariff holds no rate, never a guess."""
    return _store([assessed_now(trip, at=at)], by=by, at=at)[0]


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


def assessed_now(trip: Trip, *, at: datetime, leg: int = 0) -> FeeAssessment:
    """The fee by what is declared and was taken over by now, not stored; of the present leg unless said.

    Refusal: BG-029 when the tariff holds no rate.
    """
    found = fee_grounds.assessments([trip], rates=known_rates(at), at=at, leg=leg)[trip.pk]
    if isinstance(found, Exception):
        raise found
    return found


@transaction.atomic
def replace_fee(*, fee: FeeAssessment, by: Actor, at: datetime) -> FeeAssessment:
    """Assess anew what is not paid yet, after something that the fee depends on has changed.

    Refusals: BG-262 when nothing has, BG-029 when the tariff holds no rate (the old fee then stands).
    """
    trip = Trip.objects.select_related("declaration").select_for_update(of=("self",), no_key=True).get(pk=fee.trip_id)
    fresh = assessed_now(trip, at=at, leg=fee.leg)
    ground_of = fee_grounds.ground_of
    if (fresh.amount, fresh.point_id, ground_of(fresh)) == (fee.amount, fee.point_id, ground_of(fee)):
        raise refuse("BG-262")
    FEE.fire(fee, "replace", by=by, at=at)
    fee_money.withdraw(fee, at=at)
    return _store([fresh], by=by, at=at)[0]


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


def _known(trips: Sequence[Trip], *, at: datetime, leg: int = 0) -> list[FeeAssessment]:
    """Those of their fees that the tariff has a rate for."""
    with_seconds(trips)
    found = []
    for fee in fee_grounds.assessments(trips, rates=known_rates(at), at=at, leg=leg).values():
        if isinstance(fee, FeeAssessment):
            found.append(fee)
        elif not isinstance(fee, GateRefusal) or fee.code not in UNKNOWN:
            raise fee
    return found


def _store(found: Sequence[FeeAssessment], *, by: Actor, at: datetime) -> list[FeeAssessment]:
    """Keep what was assessed and ask for it; where nothing is owed that is what is kept."""
    owed, free = [one for one in found if one.state != NOT_OWED], [one for one in found if one.state == NOT_OWED]
    fee_money.ask(FEE.create_many(owed, by=by, at=at), at=at)
    FEE.create_many(free, by=by, at=at, step="ask_nothing")
    return list(found)


def _lock_trips(fees: Sequence[FeeAssessment]) -> None:
    """A trip is locked before what it owes, as wherever fees and payments move together."""
    rows = Trip.objects.select_for_update(no_key=True).filter(pk__in=[fee.trip_id for fee in fees])
    list(rows.order_by("id").values_list("id", flat=True))
