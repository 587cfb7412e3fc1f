"""The money of a fee's differences: more is owed by an obligation of its own, what is too much goes back in parts.

A fee and its differences are several payments of one debt; `purses` are those that hold money, the newest first.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, QuerySet

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.pillars.border.gate.actions import fee_money
from tinhso.pillars.border.gate.flows.overlays import PAID
from tinhso.pillars.border.gate.models import FeeAssessment, FeeDifference
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.fee_words import formula
from tinhso.shared.payments import facade as payments
from tinhso.shared.payments.contracts import Paid, Words

SOURCE = "border_gate.fee_difference"
APART = "BS"  # behind the trip's code, while that names a fee that is still to be paid
HELD = ("paid", "refunding", "refunded")
CORRECTED, MORE_TAKEN = ("sửa hồ sơ", "a correction"), ("nhận thêm hàng", "more goods were taken over")
TOO_MUCH = "Phí giảm sau khi sửa hồ sơ lượt xe"
CALLED_BACK = "Hồ sơ lượt xe được sửa lần nữa, phí tính lại"


def purses(fee: FeeAssessment) -> list[Paid]:
    """The payments that the fee is made of, the newest first."""
    ids = list(fee.differences.filter(amount__gt=0).order_by("-made_at", "-id").values_list("pk", flat=True))
    more = payments.obligation_states(source=SOURCE, record_ids=ids)
    own = fee_money.standing(fee)
    found = [more[one] for one in ids if one in more] + ([own] if own else [])
    return [one for one in found if one.state in HELD]


def staying(fee: FeeAssessment) -> int:
    """Đồng that were paid for the fee and neither went back nor are on their way back."""
    return sum(one.left for one in purses(fee))


def on_its_way_back(fee: FeeAssessment) -> int:
    """Đồng whose refund is asked for and not settled."""
    return sum(one.going_back for one in purses(fee))


def standing(difference: FeeDifference) -> Paid | None:
    """How what is owed besides stands as money."""
    return payments.obligation_state(source=SOURCE, record_id=difference.pk)


def ask_more(difference: FeeDifference, *, at: datetime) -> None:
    """Ask for the difference; a transfer names the trip's code, as for the fee."""
    fee, trip = difference.fee, difference.trip
    plate, named = plates.show(trip.tractor_plate), fee_money.reference_of(fee)
    vi, en = CORRECTED if difference.amendment_id else MORE_TAKEN
    wanted = fee_money.wanted(
        fee,
        names=fee_money.names_of([fee]),
        source=SOURCE,
        record_id=difference.pk,
        reference=named if fee.state == PAID else f"{named}{APART}",
        amount=difference.amount,
        title=Words(
            vi=f"Phí hạ tầng cửa khẩu nộp bổ sung sau khi {vi}, xe {plate}",
            en=f"Rest of the border gate's fee after {en}, vehicle {plate}",
        ),
        shares=fee_money.shares_of(difference.fee, kept=difference.kept, budget=difference.budget),
        details=tuple(Words(vi=vi, en=en) for vi, en in formula(difference.explanation)),
    )
    payments.create_obligation(wanted=wanted, at=at)


def ask_back(difference: FeeDifference, *, at: datetime) -> None:
    """Ask that what is too much be given back, of the newest payments first; another person approves each."""
    left = -difference.amount
    for one in purses(difference.fee):
        part = min(left, one.left)
        if part > 0:
            payments.request_refund(
                source=one.source, record_id=one.record_id, reason=TOO_MUCH, by=SYSTEM, at=at, amount=part
            )
            left -= part


def call_back(fee: FeeAssessment, *, at: datetime) -> None:
    """End what is asked because of the open difference and not done: the obligation, requests nobody has approved.

    Refusal: BG-273 when the money has just come.
    """
    open_ones = list(fee.differences.filter(settled_at=None, amount__gt=0))
    payments.cancel_obligations(source=SOURCE, record_ids=[one.pk for one in open_ones], at=at)
    for one in open_ones:
        stands = standing(one)
        if stands and stands.state in HELD:
            raise refuse("BG-273")
    for one_purse in purses(fee):
        payments.withdraw_refunds(
            source=one_purse.source, record_ids=[one_purse.record_id], reason=CALLED_BACK, by=SYSTEM, at=at
        )


def drop_more(fee: FeeAssessment, *, at: datetime) -> None:
    """Nobody comes for whom more would have to be paid: it is not asked for any more. What was paid stays."""
    rows = fee.differences.filter(settled_at=None, amount__gt=0)
    payments.cancel_obligations(source=SOURCE, record_ids=[row.pk for row in rows], at=at)
    unpaid = [row.pk for row in rows if not ((stands := standing(row)) and stands.state in HELD)]
    end(rows.filter(pk__in=unpaid), at=at)


def end(rows: QuerySet[FeeDifference], *, at: datetime) -> None:
    """Nothing is to be settled of these any more."""
    rows.update(settled_at=at, document_no="–", after=F("before"), amount=0, kept=0, budget=0)


def give_all_back(fee: FeeAssessment, *, reason: str, by: Actor, at: datetime) -> None:
    """Ask for the refund of all that is left, whatever it was paid for."""
    for one in purses(fee):
        if one.left > 0:
            payments.request_refund(source=one.source, record_id=one.record_id, reason=reason, by=by, at=at)
