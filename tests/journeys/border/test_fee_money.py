"""A fee ends otherwise than by being paid: voided, given back, waived, deferred, assessed anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.event import Event
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, fees
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.handlers import fees as handlers
from tinhso.pillars.border.gate.models import FeeAssessment, GoodsLine, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.figures import fees_today
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_api import post, signed_in
from tinhso.pillars.border.gate.tests.test_pages import accepted, at_noon, officer  # noqa: F401
from tinhso.pillars.border.gate.tests.test_slots import REASON, to_barrier

HOUR = timedelta(hours=1)
AMOUNT = 1_000_000


def fee_of(trip: Trip) -> FeeAssessment:
    return FeeAssessment.objects.filter(trip=trip).latest("created_at", "id")


def pay(gate, trip: Trip) -> None:
    fees.pay_fee(fee=fee_of(trip), method="CARD", by=gate.everything, at=NOON)


def standing(trip: Trip) -> tuple[str, str]:
    return fee_of(trip).state, Trip.objects.get(pk=trip.pk).fee_state


def told(trip: Trip, name: str) -> Event:
    return Event(f"border_gate.trip_{name}", TRIP.name, trip.pk, 9, NOON, trip.pk, {}, 1)


def give_back(gate, trip: Trip, at) -> None:
    """Another person approves, the counter hands over, and the payments' room tells of it."""
    from tinhso.shared.payments.actions import refunds
    from tinhso.shared.payments.models import Refund

    refund = Refund.objects.get(obligation__record_id=fee_of(trip).pk)
    accountant = Actor(uuid7(), "person", "Kế toán")
    grant(accountant, "payments_accountant")
    refunds.approve_refund(refund=refund, by=accountant, at=at)
    refunds.hand_over(refund=refund, note="Trả tận tay người nộp", by=accountant, at=at)
    for _ in range(2):
        handlers.the_fee_is_given_back(money(refund.obligation_id, "refunded", at))


def money(obligation_id, name: str, at) -> Event:
    from tinhso.shared.payments.flows import OBLIGATION

    return Event(f"shared_payments.obligation_{name}", OBLIGATION.name, obligation_id, 9, at, obligation_id, {}, 1)


def test_a_firm_that_cancels_before_it_came_gets_its_money_back(gate, accepted):  # noqa: F811
    pay(gate, accepted)
    firm = Actor(uuid7(), "person", "An")
    grant(firm, role_code("ENTERPRISE"), agency=accepted.agency_id)
    assert fees_today(at=NOON) == AMOUNT

    declare.cancel_trip(trip=accepted, by=firm, at=NOON + HOUR)

    asked = fee_of(accepted)
    assert (asked.state, asked.refunded_at, fees_today(at=NOON + HOUR)) == ("refunding", None, AMOUNT)
    give_back(gate, accepted, NOON + 2 * HOUR)
    fee = fee_of(accepted)
    assert (fee.state, fee.refunded_at, fee.receipt_no) == ("refunded", NOON + 2 * HOUR, "BL-2026-000001")
    assert fees_today(at=NOON + 2 * HOUR) == 0


def test_money_taken_yesterday_is_taken_off_the_day_it_is_given_back(gate, accepted):  # noqa: F811
    pay(gate, accepted)

    declare.cancel_trip(trip=accepted, by=gate.everything, at=NOON + 24 * HOUR)
    give_back(gate, accepted, NOON + 24 * HOUR)

    assert fees_today(at=NOON + 25 * HOUR) == -AMOUNT
    assert fees_today(at=NOON) == AMOUNT


@pytest.mark.parametrize(
    ("step", "event", "later"), [("cancel", "cancelled", 1), ("no_show", "not_shown", 4), ("expire", "expired", 90)]
)
def test_of_a_trip_that_will_not_come_nothing_stays_to_be_paid(gate, accepted, step, event, later):  # noqa: F811
    from tinhso.pillars.border.gate.tests.test_slots import book, window

    book(gate, accepted, window(gate))
    TRIP.fire(accepted, step, by=gate.everything, at=NOON + later * HOUR)
    assert standing(accepted) == ("assessed", "assessed")

    for _ in range(2):
        handlers.settle_the_fee(told(accepted, event))

    assert standing(accepted) == ("voided", "voided")
    assert History.objects.filter(record_id=fee_of(accepted).pk, step="void").count() == 1


def test_a_deferred_fee_is_voided_with_its_trip(gate, accepted):  # noqa: F811
    fees.defer_fee(fee=fee_of(accepted), document_no="12/QĐ", by=gate.everything, at=NOON)

    declare.cancel_trip(trip=accepted, by=gate.everything, at=NOON)

    assert standing(accepted) == ("voided", "voided")


def test_who_did_not_come_is_not_given_back_what_he_paid(gate, accepted):  # noqa: F811
    pay(gate, accepted)
    TRIP.fire(accepted, "expire", by=gate.everything, at=NOON + 90 * HOUR)

    handlers.settle_the_fee(told(accepted, "expired"))

    assert standing(accepted) == ("paid", "paid")


def test_the_fee_of_a_living_trip_is_neither_voided_nor_given_back_without_a_document(gate, accepted):  # noqa: F811
    from tinhso.pillars.border.gate.flows import FEE

    with pytest.raises(StepRefused, match="BG-261"):
        FEE.fire(fee_of(accepted), "void", by=gate.everything, at=NOON)
    pay(gate, accepted)
    with pytest.raises(StepRefused, match="BG-216"):
        fees.refund_fee(fee=fee_of(accepted), document_no="  ", by=gate.everything, at=NOON)

    fees.refund_fee(fee=fee_of(accepted), document_no="31/QĐ-BQL", by=gate.everything, at=NOON)
    assert (*standing(accepted), fee_of(accepted).document_no) == ("refunding", "refunding", "31/QĐ-BQL")


def test_who_came_to_another_point_before_cancels_without_money_back(gate, accepted):  # noqa: F811
    pay(gate, accepted)
    to_barrier(gate, accepted)
    TRIP.fire(accepted, "divert", by=gate.everything, at=NOON, point=str(gate.points["TT-1088"].pk), **REASON)

    declare.cancel_trip(trip=accepted, by=gate.everything, at=NOON)

    assert standing(accepted) == ("paid", "paid")


def test_an_unpaid_fee_goes_with_its_trip_to_the_other_point(gate, accepted):  # noqa: F811
    to_barrier(gate, accepted)
    TRIP.fire(accepted, "divert", by=gate.everything, at=NOON, point=str(gate.points["TT-1088"].pk), **REASON)

    for _ in range(2):
        handlers.the_fee_follows(told(accepted, "diverted"))

    assert fee_of(accepted).point_id == gate.points["TT-1088"].pk
    assert list(FeeAssessment.objects.order_by("created_at", "id").values_list("state", flat=True)) == [
        "replaced",
        "assessed",
    ]


def test_a_fee_is_assessed_anew_only_when_its_ground_has_changed(gate, accepted):  # noqa: F811
    with pytest.raises(GateRefusal, match="BG-262"):
        fees.replace_fee(fee=fee_of(accepted), by=gate.everything, at=NOON + 24 * HOUR)
    GoodsLine.objects.filter(declaration=accepted.declaration).update(group="MINERAL")

    fees.replace_fee(fee=fee_of(accepted), by=gate.everything, at=NOON)

    assert fee_of(accepted).amount == 2_000_000
    assert standing(accepted) == ("assessed", "assessed")


def test_a_trip_that_has_ended_gets_no_fee(gate, accepted):  # noqa: F811
    declare.cancel_trip(trip=accepted, by=gate.everything, at=NOON)

    with pytest.raises(StepRefused, match="BG-215"):
        fees.assess_fee(trip=accepted, by=gate.everything, at=NOON)


def test_a_leader_defers_by_document_over_the_api(gate, accepted):  # noqa: F811
    leader, board = (signed_in(role, place=gate.points["HN-1119"]) for role in ("LEADER", "BQLKKT"))
    address = f"/fees/{fee_of(accepted).pk}/steps/defer"

    answers = [post(board, address, document_no="1"), post(leader, address), post(leader, address, document_no=" ")]
    done = post(leader, address, document_no="45/QĐ-UBND")

    assert [answer.status_code for answer in answers] == [403, 422, 422]
    assert (done.json()["state"], fee_of(accepted).document_no) == ("deferred", "45/QĐ-UBND")


def test_a_waiver_takes_the_counter_and_a_leader(gate, accepted):  # noqa: F811
    leader, board = (signed_in(role, place=gate.points["HN-1119"]) for role in ("LEADER", "BQLKKT"))
    address = f"/fees/{fee_of(accepted).pk}/steps"
    number = {"document_no": "45/QĐ-UBND"}

    early = post(leader, f"{address}/waive", **number)
    proposed = post(board, f"{address}/propose_waiver", **number)
    alone = post(board, f"{address}/waive", **number)
    done = post(leader, f"{address}/waive", **number)

    assert (early.json()["code"], proposed.json()["state"], alone.status_code) == ("BG-263", "assessed", 403)
    assert (done.json()["state"], *standing(accepted)) == ("waived", "waived", "waived")


def test_who_holds_both_rights_does_not_waive_what_he_proposed(gate, accepted):  # noqa: F811
    fees.propose_waiver(fee=fee_of(accepted), document_no="45/QĐ-UBND", by=gate.everything, at=NOON)

    with pytest.raises(StepRefused, match="BG-263"):
        fees.waive_fee(fee=fee_of(accepted), document_no="45/QĐ-UBND", by=gate.everything, at=NOON)


def test_the_api_gives_back_assesses_anew_and_does_not_offer_to_void(gate, accepted):  # noqa: F811
    board = signed_in("BQLKKT", place=gate.points["HN-1119"])
    address = f"/fees/{fee_of(accepted).pk}/steps"

    unchanged = post(board, f"{address}/replace")
    voided = post(board, f"{address}/void")
    pay(gate, accepted)
    refunded = post(board, f"{address}/refund", document_no="31/QĐ-BQL")

    assert (unchanged.json()["code"], voided.status_code) == ("BG-262", 404)
    assert refunded.json()["state"] == "refunding"


def test_the_dossier_offers_each_what_is_his(gate, accepted):  # noqa: F811
    page = reverse("border_gate:trip", args=[accepted.pk])
    fees.propose_waiver(fee=fee_of(accepted), document_no="45/QĐ-UBND", by=gate.everything, at=NOON)
    leader, board, guard = (officer_of(gate, role) for role in ("LEADER", "BQLKKT", "BIENPHONG"))

    shown = {name: client.get(page).content.decode() for name, client in (("L", leader), ("B", board), ("G", guard))}

    assert ("Miễn phí" in shown["L"], "Cho nộp sau" in shown["L"], "Thu phí" in shown["L"]) == (True, True, False)
    assert ("Miễn phí" in shown["B"], "Tính lại phí" in shown["B"], "Thu phí" in shown["B"]) == (False, True, True)
    assert ("Đề nghị miễn phí" in shown["L"], "Đề nghị miễn phí" in shown["B"]) == (False, True)
    assert not any(words in shown["G"] for words in ("Miễn phí", "Cho nộp sau", "Tính lại phí", "Hoàn trả phí"))


def test_a_refund_at_the_counter_wants_the_number_of_a_document(gate, accepted):  # noqa: F811
    board = officer_of(gate, "BQLKKT")
    page = reverse("border_gate:trip", args=[accepted.pk])
    address = reverse("border_gate:fee_refund", args=[accepted.pk])
    pay(gate, accepted)

    refused = board.post(address, {"document_no": " ", "next": page}, follow=True).content.decode()
    assert "Phải ghi số văn bản" in refused
    board.post(address, {"document_no": "31/QĐ-BQL"})

    assert standing(accepted) == ("refunding", "refunding")
    give_back(gate, accepted, NOON)
    assert standing(accepted) == ("refunded", "refunded")
    assert "Đã hoàn" in board.get(page).content.decode()


def officer_of(gate, role: str):
    from django.test import Client

    from tinhso.kernel.testing.people import make_account, make_person

    if role != "LEADER":
        return officer(gate, role)
    person = make_person("Lãnh đạo")
    grant(person, role_code("LEADER"))
    client = Client()
    client.force_login(make_account(person))
    return client


@pytest.fixture(autouse=True)
def frozen():
    with clock.frozen(NOON):
        yield


def test_a_fee_is_paid_only_by_money_that_came(gate, accepted):  # noqa: F811
    from tinhso.pillars.border.gate.flows import FEE
    from tinhso.shared.payments.models import Obligation

    with pytest.raises(StepRefused, match="BG-274"):
        FEE.fire(fee_of(accepted), "pay", by=gate.everything, at=NOON, receipt_no="BL-1", method="CARD")

    owed = Obligation.objects.get(record_id=fee_of(accepted).pk)
    assert (owed.reference, owed.amount, owed.place_id) == (accepted.code, AMOUNT, accepted.point_id)
    assert [share["amount"] for share in owed.shares] == [100_000, 900_000]


def test_a_transfer_that_names_the_trip_pays_its_fee(gate, accepted):  # noqa: F811
    from tinhso.shared.payments import facade as payments
    from tinhso.shared.payments.models import Obligation

    fee = fee_of(accepted)
    payments.pay_by_simulated_bank(source="border_gate.fee", record_ids=[fee.pk], at=NOON)
    assert standing(accepted) == ("assessed", "assessed")

    for _ in range(2):
        handlers.the_fee_is_paid(money(Obligation.objects.get(record_id=fee.pk).pk, "paid", NOON))

    assert standing(accepted) == ("paid", "paid")
    assert (fee_of(accepted).method, fee_of(accepted).receipt_no) == ("BANK_QR", "BL-2026-000001")


def test_money_that_came_a_moment_before_the_trip_was_called_off_goes_back(gate, accepted):  # noqa: F811
    from tinhso.shared.payments import facade as payments
    from tinhso.shared.payments.models import Refund

    payments.pay_by_simulated_bank(source="border_gate.fee", record_ids=[fee_of(accepted).pk], at=NOON)

    declare.cancel_trip(trip=accepted, by=gate.everything, at=NOON)

    assert standing(accepted) == ("refunding", "refunding")
    assert (Refund.objects.get().amount, Refund.objects.get().way) == (AMOUNT, "BANK")


def test_a_fee_that_was_just_paid_is_not_assessed_anew(gate, accepted):  # noqa: F811
    from tinhso.shared.payments import facade as payments

    payments.pay_by_simulated_bank(source="border_gate.fee", record_ids=[fee_of(accepted).pk], at=NOON)
    GoodsLine.objects.filter(declaration=accepted.declaration).update(group="MINERAL")

    with pytest.raises(GateRefusal, match="BG-273"):
        fees.replace_fee(fee=fee_of(accepted), by=gate.everything, at=NOON)

    assert fee_of(accepted).amount == AMOUNT


def test_late_money_for_a_voided_fee_is_proposed_to_go_back(gate, accepted):  # noqa: F811
    from tinhso.shared.payments.actions import banking
    from tinhso.shared.payments.adapters import simulator
    from tinhso.shared.payments.models import PayeeAccount, Refund

    declare.cancel_trip(trip=accepted, by=gate.everything, at=NOON)
    payee = PayeeAccount.objects.get(code="border_gate.fee")
    late = simulator.incoming(
        bank_bin=payee.bank_bin,
        account_no=payee.account_no,
        amount=AMOUNT,
        memo=accepted.code,
        payer="An",
        at=NOON + HOUR,
    )

    banking.take_transfers([late], told=True, at=NOON + HOUR)

    assert standing(accepted) == ("voided", "voided")
    assert Refund.objects.get().cause == "late"
