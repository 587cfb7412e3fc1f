"""A fee after something that it rests on has changed: replaced while it is unpaid, else the difference is kept.

What is open of a trip is told by `open_difference`; whoever takes or gives back the money says so with
`settle_difference`, once, and nothing else of the fee changes.
"""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.pillars.border.gate.actions import fee_money
from tinhso.pillars.border.gate.actions.fees import UNKNOWN, assess_fees, assessed_now, replace_fee
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.flows import FEE
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, DEFERRED, OVER, PAID
from tinhso.pillars.border.gate.models import Amendment, FeeAssessment, FeeDifference, Trip
from tinhso.pillars.border.gate.permissions import COLLECT_FEE
from tinhso.pillars.border.gate.rules.codes import GateRefusal

UNCHANGED = "BG-262"


def renew_fee(*, trip: Trip, amendment: Amendment, at: datetime) -> None:
    """Bring the trip's fee up to date with what is declared now.

    Unpaid: replaced; without a rate it ends, and nothing leaves the gate until there is one (BG-028), never a guess.
    Paid or deferred: the difference is to be settled. Waived: nothing is owed, so nothing changes.
    """
    fee = FeeAssessment.objects.filter(trip=trip).exclude(state__in=OVER).first()
    if fee is None:
        assess_fees(trips=[trip], at=at)
    elif fee.state == ASSESSED:
        _replace(fee, at)
    elif fee.state in (PAID, DEFERRED):
        _keep_difference(fee, trip, amendment, at)


def open_difference(trip: Trip) -> FeeDifference | None:
    """What a correction left to be paid (positive) or given back (negative); None when nothing is open."""
    return FeeDifference.objects.filter(trip=trip, settled_at=None).select_related("fee").first()


def settle_difference(*, difference: FeeDifference, document_no: str, by: Actor, at: datetime) -> FeeDifference:
    """Say that the difference was paid or given back, by receipt or document.

    Refusals: BG-216 without a number, BG-214 when it is settled already. Asked again with the same number it says
    nothing new.
    """
    require(by, COLLECT_FEE, on=difference.fee, at=at)
    number = number_of(document_no, code="BG-216", field="document_no")
    rows = FeeDifference.objects.filter(pk=difference.pk, settled_at=None)
    if rows.update(settled_at=at, settled_by=by.id, document_no=number):
        told = {"amount": difference.amount, "document_no": number}
        record("border_gate.difference_settled", by=by, at=at, kind=FEE.name, record_id=difference.fee_id, **told)
    difference.refresh_from_db()
    return difference


def _replace(fee: FeeAssessment, at: datetime) -> None:
    try:
        replace_fee(fee=fee, by=SYSTEM, at=at)
    except GateRefusal as refusal:
        if refusal.code in UNKNOWN:
            FEE.fire(fee, "replace", by=SYSTEM, at=at)
            fee_money.withdraw(fee, at=at)
        elif refusal.code != UNCHANGED:
            raise


def _keep_difference(fee: FeeAssessment, trip: Trip, amendment: Amendment, at: datetime) -> None:
    fresh = assessed_now(trip, at=at)
    paid = fee.amount + sum(one.amount for one in fee.differences.exclude(settled_at=None))
    is_open = fee.differences.filter(settled_at=None)
    if fresh.amount == paid:
        is_open.update(settled_at=at, document_no="–", after=paid, before=paid, amount=0)
        return
    values = {
        "trip": trip,
        "amendment": amendment,
        "before": paid,
        "after": fresh.amount,
        "amount": fresh.amount - paid,
        "explanation": fresh.explanation,
        "made_at": at,
    }
    FeeDifference.objects.update_or_create(fee=fee, settled_at=None, defaults=values)
