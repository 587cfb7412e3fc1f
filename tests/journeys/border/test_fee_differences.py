"""A correction after payment: what is dearer is owed besides, what is cheaper goes back, to the đồng."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.event import Event
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import difference_money, fee_changes, fees, release
from tinhso.pillars.border.gate.actions.figures import count_days
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.handlers import fees as handlers
from tinhso.pillars.border.gate.handlers.overlays import tell_difference
from tinhso.pillars.border.gate.models import DayFigure, FeeAssessment, FeeDifference, Trip
from tinhso.pillars.border.gate.queries.tasks import is_clear, ready_for_release
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_amend import LATER, change, into_yard, people, trip
from tinhso.pillars.border.gate.tests.test_ways import work_all
from tinhso.shared.payments import facade as payments
from tinhso.shared.payments.actions import refunds
from tinhso.shared.payments.models import Obligation, Payment, Receipt, Refund
from tinhso.shared.payments.permissions import ACCOUNTANT
from tinhso.shared.payments.rules.codes import PaymentRefusal

__all__ = ["people", "trip"]
LIGHT, HEAVY = 1_500, 18_600
LATEST = LATER + timedelta(hours=1)


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def accountant():
    found = Actor(uuid7(), "person", "Kế toán")
    grant(found, ACCOUNTANT)
    return found


def fee_of(trip) -> FeeAssessment:
    return FeeAssessment.objects.exclude(state__in=("replaced", "voided")).get(trip=trip)


def pay(trip, people, at=LATER) -> FeeAssessment:
    return fees.pay_fee(fee=fee_of(trip), method="CARD", by=people["BQLKKT"], at=at)


def weigh(trip, people, kg: int) -> None:
    change(Trip.objects.get(pk=trip.pk), people, weight={"1": {"gross_kg": kg}})


def told_of(name: str, obligation_id) -> Event:
    return Event(name, "shared_payments.obligation", obligation_id, None, LATEST, SYSTEM.id, id=1)


def deliver(name: str, handler) -> None:
    """The event told of each obligation, as often as may be: what does not concern it changes nothing."""
    for one in Obligation.objects.order_by("created_at", "id"):
        handler(told_of(f"shared_payments.obligation_{name}", one.pk))


def approve_all(accountant) -> None:
    for one in Refund.objects.filter(state="asked"):
        refunds.approve_refund(refund=one, by=accountant, at=LATEST)


def hand_over_all(accountant) -> None:
    for one in Refund.objects.filter(state="approved"):
        refunds.hand_over(refund=one, note="Đã trả tận tay người nộp", by=accountant, at=LATEST)
    deliver("part_refunded", handlers.a_part_is_given_back)
    deliver("refunded", handlers.the_fee_is_given_back)


def test_what_is_dearer_is_owed_besides_and_holds_the_vehicle_until_it_is_paid(trip, people):
    weigh(trip, people, LIGHT)
    paid = pay(trip, people)

    weigh(trip, people, HEAVY)

    more = fee_changes.open_difference(trip)
    owed = payments.obligation_state(source=difference_money.SOURCE, record_id=more.pk)
    assert (more.before, more.after - more.before) == (paid.amount, more.amount)
    assert (owed.amount, owed.state, more.kept * 10, more.kept + more.budget) == (
        more.amount, "open", more.amount, more.amount,
    )  # fmt: skip
    assert Obligation.objects.get(pk=owed.id).reference == trip.code
    waiting = into_yard(Trip.objects.get(pk=trip.pk), people)
    work_all(waiting, people, LATER)
    with pytest.raises(StepRefused, match="BG-028"):
        release.release_trip(trip=waiting, by=people["HAIQUAN"], at=LATER)
    assert list(ready_for_release(by=people["HAIQUAN"], at=LATER)) == []
    assert not is_clear(Trip.objects.get(pk=trip.pk))
    fee_changes.pay_difference(difference=more, method="CARD", by=people["BQLKKT"], at=LATER)
    deliver("paid", handlers.the_fee_is_paid)
    assert list(ready_for_release(by=people["HAIQUAN"], at=LATER)) == [waiting]
    release.release_trip(trip=waiting, by=people["HAIQUAN"], at=LATER)
    more.refresh_from_db()
    assert more.document_no == Receipt.objects.get(obligation=owed.id).number
    assert Receipt.objects.aggregate(sum=Sum("amount"))["sum"] == more.after


def test_a_transfer_pays_what_is_dearer_and_only_the_counter_takes_cards(trip, people):
    weigh(trip, people, LIGHT)
    pay(trip, people)
    weigh(trip, people, HEAVY)
    more = fee_changes.open_difference(trip)

    with pytest.raises(Exception, match=r"quyền|right"):
        fee_changes.pay_difference(difference=more, method="CARD", by=people["KDTV"], at=LATER)
    payments.pay_by_simulated_bank(source=difference_money.SOURCE, record_ids=[more.pk], at=LATER)
    deliver("paid", handlers.the_fee_is_paid)
    deliver("paid", handlers.the_fee_is_paid)

    assert fee_changes.open_difference(trip) is None
    assert FeeDifference.objects.get(trip=trip).settled_by == SYSTEM.id


def test_what_is_cheaper_goes_back_by_two_people_and_nothing_waits_for_it(trip, people, accountant):
    paid = pay(trip, people)

    weigh(trip, people, LIGHT)

    less, refund = fee_changes.open_difference(trip), Refund.objects.get()
    assert (less.amount, refund.amount, refund.state) == (less.after - paid.amount, -less.amount, "asked")
    assert fee_of(trip).state == "paid"
    waiting = into_yard(Trip.objects.get(pk=trip.pk), people)
    work_all(waiting, people, LATER)
    release.release_trip(trip=waiting, by=people["HAIQUAN"], at=LATER)
    approve_all(accountant)
    hand_over_all(accountant)
    stands = payments.obligation_state(source="border_gate.fee", record_id=paid.pk)
    assert (stands.state, stands.given_back, stands.left) == ("paid", -less.amount, less.after)
    assert fee_changes.open_difference(trip) is None
    assert {one["code"]: one["amount"] for one in Refund.objects.get().shares} == {
        "kept": -less.kept, "budget": -less.budget,
    }  # fmt: skip


def test_changed_back_before_anybody_approved_leaves_nothing_to_settle(trip, people):
    paid = pay(trip, people)

    weigh(trip, people, LIGHT)
    weigh(trip, people, HEAVY)

    assert (fee_changes.open_difference(trip), Refund.objects.get().state) == (None, "rejected")
    assert difference_money.staying(paid) == paid.amount


def test_dearer_and_back_withdraws_what_was_owed_besides(trip, people):
    weigh(trip, people, LIGHT)
    pay(trip, people)

    weigh(trip, people, HEAVY)
    weigh(trip, people, LIGHT)

    assert fee_changes.open_difference(trip) is None
    assert sorted(Obligation.objects.values_list("state", flat=True)) == ["cancelled", "cancelled", "paid"]


def test_a_refund_that_was_approved_goes_its_way_and_the_next_begins_from_what_stays(trip, people, accountant):
    paid = pay(trip, people)
    weigh(trip, people, LIGHT)
    approve_all(accountant)

    weigh(trip, people, HEAVY)

    more = fee_changes.open_difference(trip)
    assert (more.before, more.after) == (paid.amount - more.amount, paid.amount)
    hand_over_all(accountant)
    fee_changes.pay_difference(difference=more, method="CARD", by=people["BQLKKT"], at=LATEST)
    assert difference_money.staying(paid) == paid.amount


def test_what_is_too_much_is_taken_of_the_newest_payment_first(trip, people, accountant):
    weigh(trip, people, LIGHT)
    paid = pay(trip, people)
    weigh(trip, people, HEAVY)
    more = fee_changes.open_difference(trip)
    fee_changes.pay_difference(difference=more, method="CARD", by=people["BQLKKT"], at=LATER)

    weigh(trip, people, LIGHT)
    approve_all(accountant)
    hand_over_all(accountant)

    besides = payments.obligation_state(source=difference_money.SOURCE, record_id=more.pk)
    assert (besides.state, besides.given_back) == ("refunded", more.amount)
    assert (difference_money.staying(paid), fee_changes.open_difference(trip)) == (paid.amount, None)


def test_a_deferred_fee_is_owed_in_its_new_amount_and_holds_nobody(trip, people):
    fee = fee_of(trip)
    fees.defer_fee(fee=fee, document_no="12/QĐ", by=people["LEADER"], at=LATER)

    weigh(trip, people, LIGHT)

    stands = payments.obligation_state(source="border_gate.fee", record_id=fee.pk)
    less = FeeDifference.objects.get(trip=trip)
    assert (stands.state, stands.amount, less.after) == ("open", less.after, fee.amount + less.amount)
    assert (fee_changes.open_difference(trip), Refund.objects.count()) == (None, 0)
    fees.pay_fee(fee=fee_of(trip), method="CARD", by=people["BQLKKT"], at=LATER)
    assert (fee_of(trip).state, Receipt.objects.get().amount) == ("paid", less.after)


def test_of_a_trip_that_does_not_come_nothing_more_is_asked(trip, people):
    weigh(trip, people, LIGHT)
    paid = pay(trip, people)
    weigh(trip, people, HEAVY)
    more = fee_changes.open_difference(trip)
    late = Trip.objects.get(pk=trip.pk).expires_at + timedelta(minutes=1)
    TRIP.fire(Trip.objects.get(pk=trip.pk), "expire", by=SYSTEM, at=late)

    fees.settle_called_off(trip_id=trip.pk, at=late)
    fees.settle_called_off(trip_id=trip.pk, at=late)

    owed = payments.obligation_state(source=difference_money.SOURCE, record_id=more.pk)
    assert (owed.state, fee_changes.open_difference(trip)) == ("cancelled", None)
    assert difference_money.staying(paid) == paid.amount


def test_the_whole_fee_given_back_takes_its_differences_along(trip, people, accountant):
    weigh(trip, people, LIGHT)
    pay(trip, people)
    weigh(trip, people, HEAVY)
    more = fee_changes.open_difference(trip)
    fee_changes.pay_difference(difference=more, method="CARD", by=people["BQLKKT"], at=LATER)

    fees.refund_fee(fee=fee_of(trip), document_no="15/QĐ", by=people["BQLKKT"], at=LATER)
    approve_all(accountant)
    hand_over_all(accountant)

    fee = FeeAssessment.objects.get(trip=trip, state="refunded")
    assert difference_money.staying(fee) == 0
    assert sum(Refund.objects.filter(state="settled").values_list("amount", flat=True)) == more.after


def test_asked_back_at_the_payments_counter_the_fee_is_not_a_paid_one(trip, people):
    fee = pay(trip, people)
    reason = "Người nộp đề nghị trả lại"
    payments.request_refund(source="border_gate.fee", record_id=fee.pk, reason=reason, by=people["BQLKKT"], at=LATER)

    deliver("refund_begun", handlers.the_fee_goes_back)

    assert fee_of(trip).state == "refunding"


def test_money_that_has_just_come_is_not_forgotten_by_the_next_correction(trip, people):
    weigh(trip, people, LIGHT)
    paid = pay(trip, people)
    weigh(trip, people, HEAVY)
    more = fee_changes.open_difference(trip)
    payments.pay_by_simulated_bank(source=difference_money.SOURCE, record_ids=[more.pk], at=LATER)

    weigh(trip, people, LIGHT)

    assert difference_money.staying(paid) == paid.amount
    assert Refund.objects.get().amount == more.amount


def test_the_firm_is_told_what_its_correction_costs(trip, people):
    weigh(trip, people, LIGHT)
    pay(trip, people)
    weigh(trip, people, HEAVY)
    more = fee_changes.open_difference(trip)
    payload = {"difference": str(more.pk), "before": more.before, "after": more.after, "amount": more.amount}

    tell_difference(Event("border_gate.fee_difference_made", "border_gate.fee", more.fee_id, None, LATER, SYSTEM.id,
                          payload, id=7))  # fmt: skip

    notice = Notice.objects.get(kind="border_gate.fee_dearer")
    assert (notice.recipient, str(trip.pk) in notice.url) == (people["ENTERPRISE"].id, True)


def test_the_days_figures_tell_differences_by_the_dong(trip, people):
    weigh(trip, people, LIGHT)
    pay(trip, people)
    weigh(trip, people, HEAVY)
    more = fee_changes.open_difference(trip)
    fee_changes.pay_difference(difference=more, method="CARD", by=people["BQLKKT"], at=LATER)

    day = NOON.astimezone(HANOI).date()
    count_days(day, day + timedelta(days=1))

    figures = DayFigure.objects.filter(name__in=("fee.pay", "fee.pay.kept", "fee.pay.budget"))
    sums = {
        name: sum(figures.filter(name=name).values_list("amount", flat=True)) for name in ("fee.pay", "fee.pay.kept")
    }
    assert sums == {"fee.pay": more.after, "fee.pay.kept": more.after // 10}


STEPS = st.lists(
    st.sampled_from(["light", "middle", "heavy", "pay", "approve", "give", "refuse"]), min_size=2, max_size=9
)
KG = {"light": LIGHT, "middle": 9_000, "heavy": HEAVY}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_corrections_in_any_order_leave_what_is_owed_paid_or_open(trip, people, accountant, steps):
    """What stays of all payments, with what is owed besides and less what is to go back, is the fee of today."""
    with transaction.atomic():
        pay(trip, people)
        for step in steps:
            try:
                with transaction.atomic():
                    _do(step, trip, people, accountant)
            except (GateRefusal, StepRefused, PaymentRefusal):
                pass
        fee = fee_of(trip)
        current = fees.assessed_now(Trip.objects.get(pk=trip.pk), at=LATER)
        left = fee_changes.open_difference(trip)
        stays, back = difference_money.staying(fee), difference_money.on_its_way_back(fee)
        if left is not None and left.amount > 0:
            owed = payments.obligation_state(source=difference_money.SOURCE, record_id=left.pk)
            assert stays + owed.missing == current.amount
        else:
            assert stays == current.amount or stays - current.amount == -(left.amount if left else 0)
        came = sum(Payment.objects.values_list("amount", flat=True))
        gone = sum(Refund.objects.filter(state="settled").values_list("amount", flat=True))
        assert came == stays + back + gone
        transaction.set_rollback(True)


def _do(step, trip, people, accountant) -> None:
    if step in KG:
        weigh(trip, people, KG[step])
    elif step == "pay" and (more := fee_changes.open_difference(trip)) and more.amount > 0:
        fee_changes.pay_difference(difference=more, method="CARD", by=people["BQLKKT"], at=LATER)
    elif step == "approve":
        approve_all(accountant)
    elif step == "give":
        hand_over_all(accountant)
    elif step == "refuse":
        for one in Refund.objects.filter(state="asked"):
            refunds.reject_refund(refund=one, reason="Không đủ căn cứ trả lại", by=accountant, at=LATEST)
        deliver("refund_refused", handlers.the_fee_is_given_back)
