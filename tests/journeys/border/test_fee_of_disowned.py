"""The fee of a vehicle whose firm disowned it: the money goes back to that firm, the true one pays and goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.event import Event
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import amend, fees, namings
from tinhso.pillars.border.gate.flows import FEE
from tinhso.pillars.border.gate.handlers import fees as handlers
from tinhso.pillars.border.gate.models import FeeAssessment, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.fees import fee_of
from tinhso.pillars.border.gate.queries.figures import fees_today
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_namings import WHY, named
from tinhso.pillars.border.gate.tests.test_undeclared import deliver_all
from tinhso.shared.payments import facade as payments
from tinhso.shared.payments.actions import refunds
from tinhso.shared.payments.flows import OBLIGATION
from tinhso.shared.payments.models import Refund

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_noon(gate):
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def other(gate):
    return make_firm("Công ty Chi", "4900234576")


@pytest.fixture
def an(firm):
    person = make_person("An")
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    return person.actor()


@pytest.fixture
def accountant():
    found = Actor(uuid7(), "person", "Kế toán")
    grant(found, "payments_accountant")
    return found


def fees_of(trip: Trip) -> list[FeeAssessment]:
    return list(FeeAssessment.objects.filter(trip=trip).order_by("created_at", "id"))


def owed(fee: FeeAssessment):
    return payments.obligation_state(source="border_gate.fee", record_id=fee.pk)


def disowned(gate, an, *, pays: bool) -> Trip:
    naming = named(gate)
    if pays:
        fees.pay_fee(fee=fee_of(naming.trip), method="CARD", by=gate.everything, at=NOON)
    namings.disown(naming=naming, reason=WHY, by=an, at=NOON)
    return Trip.objects.get(pk=naming.trip_id)


def truly_named(gate, trip: Trip) -> None:
    namings.name_true_firm(trip=trip, tax_code="4900234576", consent=True, by=gate.everything, at=NOON + HOUR)


def settle(refund: Refund, name: str, at) -> None:
    """The payments' room tells of it, as often as may be."""
    event = Event(
        f"shared_payments.obligation_{name}", OBLIGATION.name, refund.obligation_id, 9, at, refund.obligation_id, {}, 1
    )
    for _ in range(2):
        handlers.the_fee_is_given_back(event)


def test_what_the_firm_paid_goes_back_by_itself_and_the_true_firm_pays_its_own(gate, firm, an, other, accountant):
    trip = disowned(gate, an, pays=True)
    (paid,) = fees_of(trip)
    refund = Refund.objects.get(obligation__record_id=paid.pk)
    assert (paid.state, trip.fee_state, refund.amount, refund.state) == ("returning", "returning", paid.amount, "asked")

    truly_named(gate, trip)
    _old, fresh = fees_of(trip)
    assert (fresh.state, Trip.objects.get(pk=trip.pk).fee_state) == ("assessed", "assessed")
    assert (owed(fresh).state, owed(paid).state) == ("open", "refunding")
    fees.pay_fee(fee=fresh, method="CARD", by=gate.everything, at=NOON + HOUR)
    refunds.approve_refund(refund=refund, by=accountant, at=NOON + 2 * HOUR)
    refunds.hand_over(refund=refund, note="Trả tận tay người nộp", by=accountant, at=NOON + 2 * HOUR)
    settle(refund, "refunded", NOON + 2 * HOUR)

    assert [one.state for one in fees_of(trip)] == ["refunded", "paid"]
    assert (Trip.objects.get(pk=trip.pk).fee_state, fee_of(trip).pk) == ("paid", fresh.pk)
    assert fees_today(at=NOON + 2 * HOUR) == fresh.amount
    deliver_all()
    kinds = Notice.objects.filter(recipient=an.id, kind__startswith="border_gate.fee_").values_list("kind", flat=True)
    assert "border_gate.fee_went_back" in kinds
    assert "border_gate.fee_refunded" not in kinds


def test_the_firm_hears_at_once_that_its_money_goes_back(gate, firm, an):
    disowned(gate, an, pays=True)

    deliver_all()

    told = Notice.objects.get(recipient=an.id, kind="border_gate.fee_goes_back")
    assert told.fields["plate"] == "29H-512.70"


def test_a_refund_that_was_refused_leaves_the_true_firms_fee_as_it_is(gate, firm, an, other, accountant):
    trip = disowned(gate, an, pays=True)
    truly_named(gate, trip)
    refund = Refund.objects.get()

    refunds.reject_refund(refund=refund, reason="Biên lai không khớp người nộp", by=accountant, at=NOON + HOUR)
    settle(refund, "refund_refused", NOON + HOUR)

    assert [one.state for one in fees_of(trip)] == ["replaced", "assessed"]
    assert Trip.objects.get(pk=trip.pk).fee_state == "assessed"


def test_what_was_not_paid_is_asked_of_the_true_firm_alone(gate, firm, an, other):
    trip = disowned(gate, an, pays=False)
    (asked,) = fees_of(trip)
    assert (asked.state, owed(asked).state, trip.fee_state) == ("replaced", "cancelled", "replaced")

    truly_named(gate, trip)

    fresh = fee_of(trip)
    assert (fresh.state, owed(fresh).state) == ("assessed", "open")
    assert not Refund.objects.exists()


def test_a_deferred_fee_is_owed_by_the_true_firm(gate, firm, an, other):
    naming = named(gate)
    fee = fee_of(naming.trip)
    fees.defer_fee(fee=fee, document_no="12/QĐ-UBND", by=gate.everything, at=NOON)
    ore = {"lines": {"2": {"hs6": "260111", "title": "Quặng sắt", "gross_kg": 900}}}
    trip = Trip.objects.get(pk=naming.trip_id)
    amend.amend_trip(trip=trip, values=ore, reason="Khai thiếu một mặt hàng", by=gate.everything, at=NOON)
    amount = owed(fee).amount
    assert amount > fee.amount

    namings.disown(naming=naming, reason=WHY, by=an, at=NOON)
    assert owed(fee).state == "cancelled"
    truly_named(gate, Trip.objects.get(pk=naming.trip_id))

    fee.refresh_from_db()
    assert (fee.state, owed(fee).state, len(fees_of(naming.trip))) == ("deferred", "open", 1)
    assert owed(fee).amount == amount


def test_nobody_gives_a_fee_back_for_a_firm_that_has_not_disowned_the_vehicle(gate, firm, an):
    naming = named(gate)
    fee = fee_of(naming.trip)
    fees.pay_fee(fee=fee, method="CARD", by=gate.everything, at=NOON)

    with pytest.raises(StepRefused, match="BG-691"):
        FEE.fire(fee, "disown", by=gate.everything, at=NOON, firm=str(firm.pk))

    assert fee_of(naming.trip).state == "paid"
