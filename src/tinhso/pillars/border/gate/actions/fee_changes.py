"""A fee after something that it rests on has changed: replaced while it is unpaid, else the difference is settled.

What is dearer is asked for besides and has to be paid before the vehicle leaves (guard G-FEE); what is cheaper is
proposed for refund, which nothing waits for. A deferred fee is owed in its new amount. All money goes through the
payments' room: a difference is settled by what that room says and by nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import difference_money, fee_money
from tinhso.pillars.border.gate.actions.fees import UNKNOWN, assess_fees, assessed_now, replace_fee, settle_paid
from tinhso.pillars.border.gate.flows import FEE
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, DEFERRED, NOT_ASKED_YET, OVER, PAID
from tinhso.pillars.border.gate.models import Amendment, FeeAssessment, FeeDifference, Trip
from tinhso.pillars.border.gate.permissions import COLLECT_FEE
from tinhso.pillars.border.gate.queries.fees import fee_leg
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.shared.payments import facade as payments
from tinhso.shared.payments.contracts import Paid

UNCHANGED = "BG-262"
NOTHING = "–"


def renew_fee(*, trip: Trip, amendment: Amendment | None, at: datetime) -> None:
    """Bring the fee of the trip's present leg up to date with what is declared and was taken over by now.

    `amendment`: what was corrected; none when goods were taken over.

    Unpaid: replaced; without a rate it ends, and nothing leaves the gate until there is one (BG-028), never a guess.
    Paid: the difference is asked for or given back. Deferred: owed anew. Waived: nothing is owed, nothing changes.
    """
    fee = FeeAssessment.objects.filter(trip=trip, leg=fee_leg(trip)).exclude(state__in=OVER).first()
    if fee is not None and fee.state in (ASSESSED, DEFERRED) and (paid := fee_money.standing(fee)):
        settle_paid(paid=paid, at=at)  # the news of it may still be on its way
        fee.refresh_from_db()
    if fee is None:
        assess_fees(trips=[trip], at=at)
    elif fee.state in NOT_ASKED_YET:
        _replace(fee, at)
    elif fee.state == DEFERRED:
        _owe_anew(fee, trip, amendment, at)
    elif fee.state == PAID:
        _strike_balance(fee, trip, amendment, at)


def open_difference(trip: Trip) -> FeeDifference | None:
    """What a correction left to be paid (positive) or given back (negative); None when nothing is open."""
    rows = FeeDifference.objects.filter(trip=trip, settled_at=None).exclude(amount=0)
    return rows.select_related("fee", "trip").first()


@transaction.atomic
def pay_difference(
    *, difference: FeeDifference, method: str, by: Actor, at: datetime, reason: str = "", document_no: str = ""
) -> FeeDifference:
    """Take what is owed besides at the counter, as the fee itself. Refusals: those of the payments' counter."""
    require(by, COLLECT_FEE, on=difference.fee, at=at)
    _lock(difference.trip_id)
    paid = payments.pay_at_counter(
        source=difference_money.SOURCE,
        record_ids=[difference.pk],
        method=method,
        by=by,
        at=at,
        reason=reason,
        document_no=document_no,
    )
    note_paid(paid=paid[difference.pk], by=by, at=at)
    difference.refresh_from_db()
    return difference


@transaction.atomic
def note_paid(*, paid: Paid, at: datetime, by: Actor = SYSTEM) -> None:
    """The money for a difference has come, whatever way. Asked again and again without harm."""
    difference = FeeDifference.objects.filter(pk=paid.record_id, settled_at=None).select_related("fee").first()
    if difference is not None and paid.state == "paid":
        _lock(difference.trip_id)
        _settle(difference, paid.receipt_no, by=by, at=at)


@transaction.atomic
def note_given_back(*, fee: FeeAssessment, at: datetime) -> None:
    """A part of the fee has gone back: settled once all of it has."""
    _lock(fee.trip_id)
    difference = fee.differences.filter(settled_at=None, amount__lt=0).select_related("fee").first()
    even = difference is not None and difference_money.staying(fee) == difference.after
    if difference is not None and even and not difference_money.on_its_way_back(fee):
        _settle(difference, fee.receipt_no, by=SYSTEM, at=at)


@transaction.atomic
def note_refused(*, fee: FeeAssessment, at: datetime) -> None:
    """A refund was refused after its difference was done with: what is too much stands open again, for people."""
    _lock(fee.trip_id)
    last = fee.differences.order_by("made_at", "id").last()
    if fee.state != PAID or last is None or fee.differences.filter(settled_at=None).exists():
        return
    owed = fee.amount + (fee.differences.aggregate(more=Sum("amount"))["more"] or 0)
    stays = difference_money.staying(fee)
    if stays > owed:
        kept = (owed - stays) * last.kept // last.amount if last.amount else 0
        shares = {"amount": owed - stays, "kept": kept, "budget": owed - stays - kept}
        told = {"trip_id": last.trip_id, "amendment_id": last.amendment_id, "explanation": last.explanation}
        FeeDifference.objects.create(fee=fee, before=stays, after=owed, made_at=at, **told, **shares)


def fee_of_payment(paid: Paid) -> FeeAssessment | None:
    """The fee that a payment was for, itself or as a difference."""
    if paid.source == difference_money.SOURCE:
        difference = FeeDifference.objects.filter(pk=paid.record_id).select_related("fee").first()
        return difference.fee if difference else None
    return FeeAssessment.objects.filter(pk=paid.record_id).first() if paid.source == fee_money.SOURCE else None


def _replace(fee: FeeAssessment, at: datetime) -> None:
    try:
        replace_fee(fee=fee, by=SYSTEM, at=at)
    except GateRefusal as refusal:
        if refusal.code in UNKNOWN:
            FEE.fire(fee, "replace", by=SYSTEM, at=at)
            fee_money.withdraw(fee, at=at)
        elif refusal.code != UNCHANGED:
            raise


def _owe_anew(fee: FeeAssessment, trip: Trip, amendment: Amendment | None, at: datetime) -> None:
    """Who may defer has said that the vehicle goes before it pays: nothing more is waited for."""
    fresh = assessed_now(trip, at=at, leg=fee.leg)
    settled = fee.differences.aggregate(more=Sum("amount"), kept=Sum("kept"))
    before, kept = fee.amount + (settled["more"] or 0), fee.kept + (settled["kept"] or 0)
    if fresh.amount != before:
        fee_money.ask_anew(fee, fresh, at=at)
        values = _values(trip, amendment, fresh, before, kept, at)
        row = FeeDifference.objects.create(fee=fee, **values, settled_at=at, document_no=fee.document_no)
        _tell(events.FEE_DIFFERS, row, at)


def _strike_balance(fee: FeeAssessment, trip: Trip, amendment: Amendment | None, at: datetime) -> None:
    fresh = assessed_now(trip, at=at, leg=fee.leg)
    _settle_news(fee, at)
    difference_money.call_back(fee, at=at)
    _end_on_its_way(fee, at)
    stays = difference_money.staying(fee)
    open_ones = fee.differences.filter(settled_at=None)
    if fresh.amount == stays:
        open_ones.update(settled_at=at, document_no=NOTHING, after=stays, before=stays, amount=0, kept=0, budget=0)
        return
    shared = fresh if fresh.amount else fee
    values = _values(trip, amendment, fresh, stays, shared.kept * stays // shared.amount, at)
    row, _made = FeeDifference.objects.update_or_create(fee=fee, settled_at=None, defaults=values)
    (difference_money.ask_more if row.amount > 0 else difference_money.ask_back)(row, at=at)
    _tell(events.FEE_DIFFERS, row, at)


def _values(
    trip: Trip, amendment: Amendment | None, fresh: FeeAssessment, before: int, kept: int, at: datetime
) -> dict[str, Any]:
    return {
        "trip": trip,
        "amendment": amendment,
        "before": before,
        "after": fresh.amount,
        "amount": fresh.amount - before,
        "kept": fresh.kept - kept,
        "budget": fresh.amount - before - (fresh.kept - kept),
        "explanation": fresh.explanation,
        "made_at": at,
    }


def _settle_news(fee: FeeAssessment, at: datetime) -> None:
    """What was paid of the open difference a moment ago, and not told yet."""
    for row in fee.differences.filter(settled_at=None, amount__gt=0):
        if paid := difference_money.standing(row):
            note_paid(paid=paid, at=at)


def _end_on_its_way(fee: FeeAssessment, at: datetime) -> None:
    """A refund that was approved goes its way: its difference is done with, the next begins from what stays."""
    row = fee.differences.filter(settled_at=None, amount__lt=0).select_related("fee").first()
    if row is not None and row.after == difference_money.staying(fee):
        _settle(row, fee.receipt_no, by=SYSTEM, at=at)


def _settle(difference: FeeDifference, document_no: str, *, by: Actor, at: datetime) -> None:
    rows = FeeDifference.objects.filter(pk=difference.pk, settled_at=None)
    if rows.update(settled_at=at, settled_by=by.id, document_no=document_no[:40]):
        told = {"amount": difference.amount, "document_no": document_no}
        record("border_gate.difference_settled", by=by, at=at, kind=FEE.name, record_id=difference.fee_id, **told)
        _tell(events.FEE_EVEN, difference, at)


def _tell(name: str, row: FeeDifference, at: datetime) -> None:
    told: dict[str, Any] = {"difference": str(row.pk), "before": row.before, "after": row.after, "amount": row.amount}
    publish(name, kind=FEE.name, record_id=row.fee_id, by=SYSTEM, at=at, **told)


def _lock(trip_id: Any) -> None:
    """A trip is locked before what it owes."""
    list(Trip.objects.select_for_update(no_key=True).filter(pk=trip_id).values_list("pk", flat=True))
