"""The fee of a vehicle whose firm has disowned it: what it paid goes back by itself, the true firm is asked to pay."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.actions import difference_money, fee_money
from tinhso.pillars.border.gate.actions.fees import assess_fees, settle_paid
from tinhso.pillars.border.gate.flows import FEE
from tinhso.pillars.border.gate.flows.overlays import DEFERRED, NOT_ASKED_YET, OVER, PAID, TO_PAY
from tinhso.pillars.border.gate.models import Enterprise, FeeAssessment, Trip
from tinhso.pillars.border.gate.queries.fees import fee_leg

DISOWNED = "Doanh nghiệp báo xe không phải của mình"


def let_go(*, trip: Trip, firm: Enterprise, at: datetime) -> None:
    """Nothing more is asked of the firm for the vehicle, and what was paid is asked back; within the caller's lock.

    A deferred fee stays deferred, a waived one waived. Refusal: BG-273 when money has come this very moment.
    """
    for fee in _standing(trip):
        _let_go(fee, firm, at)


def _let_go(fee: FeeAssessment, firm: Enterprise, at: datetime) -> None:
    if fee.state in TO_PAY and (paid := fee_money.standing(fee)):
        settle_paid(paid=paid, at=at)  # the news of it may still be on its way
        fee.refresh_from_db()
    if fee.state in NOT_ASKED_YET:
        FEE.fire(fee, "replace", by=SYSTEM, at=at)
        fee_money.withdraw(fee, at=at)
    elif fee.state == DEFERRED:
        fee_money.withdraw(fee, at=at)
    elif fee.state == PAID:
        difference_money.call_back(fee, at=at)
        difference_money.end(fee.differences.filter(settled_at=None), at=at)
        FEE.fire(fee, "disown", by=SYSTEM, at=at, firm=str(firm.pk))
        difference_money.give_all_back(fee, reason=DISOWNED, by=SYSTEM, at=at)


def ask_true_firm(*, trip: Trip, at: datetime) -> None:
    """Ask the firm that was named now for the fee: assessed anew, or the deferred one as its own debt."""
    standing = {fee.leg: fee for fee in _standing(trip)}
    for leg in range(1, fee_leg(trip) + 1):
        fee = standing.get(leg)
        if fee is None and trip.accepted_at is not None:
            assess_fees(trips=[trip], at=at, leg=leg)
        elif fee is not None and fee.state == DEFERRED:
            fee_money.ask_again(fee, at=at)


def _standing(trip: Trip) -> list[FeeAssessment]:
    """At most one of each leg."""
    rows = FeeAssessment.objects.filter(trip=trip).exclude(state__in=OVER)
    return list(rows.select_related("trip").order_by("leg"))
