"""Scenario 6, fees: the five worked cases to the đồng, no guess, 10/90, an old receipt under a new rate, the refund.

The firm pays by VietQR through the simulated bank and gets its money back when it cancels before it came.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import CHROMIUM, GATE, Border, press
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events import relay
from tinhso.kernel.rulebook import actions as rulebook
from tinhso.kernel.rulebook.models import RuleChange
from tinhso.kernel.rulebook.rows import table_called
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.models import History
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import declare, fees
from tinhso.pillars.border.gate.actions.declare import DraftLine
from tinhso.pillars.border.gate.models import FeeAssessment, FeeRule, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver, make_vehicle
from tinhso.shared.payments import jobs
from tinhso.shared.payments.models import Obligation, Payment, Receipt, Refund, StatementLine

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]

# amount, kind of trip, regime, goods group, HS, kg, container
CASES = (
    (100_000, "EXP_VN", "EXPORT", "VEG", "070200", 1_800, ""),
    (4_000_000, "TRANSIT", "TEMP_IMP_REEXP", "AGRI", "100630", 26_000, "45R1"),
    (1_300_000, "IMP_VN_PICKUP", "IMPORT", "OTHER", "851770", 12_000, ""),
    (300_000, "IMP_CN", "IMPORT", "OTHER", "851770", 12_000, ""),
    (2_000_000, "EXP_VN", "EXPORT", "MINERAL", "260111", 24_000, ""),
)
TOGETHER = 7_700_000


def drafted(border: Border, number: int, case: tuple) -> Trip:
    _amount, kind, regime, group, hs6, kg, container = case
    line = DraftLine(hs6=hs6, title=f"Hàng thử {group}", group=group, gross_kg=kg)
    draft = fruit_draft(
        border.gate,
        firm=border.firm,
        kind=kind,
        regime=regime,
        lines=(line,),
        tractor=make_vehicle(f"12C6{number:04d}", owner=border.firm),
        driver=make_driver(f"Lái xe {number}", f"02009000{number:04d}", employer=border.firm),
        **({"container_no": "MSKU9070323", "container_type": container} if container else {}),
    )
    return declare.draft_trip(draft=draft, by=border.gate.everything, at=border.now)


def assessed(border: Border, number: int, case: tuple) -> FeeAssessment:
    return fees.assess_fee(trip=drafted(border, number, case), by=border.gate.everything, at=border.now)


def hear() -> None:
    """The outbox is brought to its handlers."""
    while relay.deliver_once() is not None:
        pass


def test_fees_to_the_dong_paid_by_vietqr_and_given_back(border, settings):
    made = [assessed(border, number, case) for number, case in enumerate(CASES)]

    assert [fee.amount for fee in made] == [case[0] for case in CASES]
    assert all(fee.explanation["amount"] == fee.amount and fee.explanation["lines"] for fee in made)
    assert [(fee.kept, fee.budget) for fee in made][2] == (130_000, 1_170_000)
    assert all(fee.kept + fee.budget == fee.amount and fee.kept == fee.amount // 10 for fee in made)

    nothing_is_guessed(border, settings)
    receipt = paid_by_qr(border, made[2])
    paid_at_the_counter(border, [made[number] for number in (0, 1, 3, 4)])
    assert sum(Receipt.objects.values_list("amount", flat=True)) == TOGETHER
    texts = [str(text) for text in Receipt.objects.values_list("text", flat=True)]
    assert [text for text in texts if "Mức thu" not in text or "Căn cứ" not in text] == []
    shares = [share for text in Receipt.objects.values_list("text", flat=True) for share in text["shares"]]
    assert sum(share["amount"] for share in shares if share["code"] == "kept") == TOGETHER // 10
    assert sum(share["amount"] for share in shares) == TOGETHER

    a_new_rate_leaves_old_receipts(border, receipt)
    given_back_when_cancelled(border, made[2])
    assert border.complaints == []


def nothing_is_guessed(border: Border, settings) -> None:
    """Without the demonstration's rates an ordinary import has none: BG-029, no charge, nothing to pay."""
    settings.PROFILE = "production"
    trip = drafted(border, 90, CASES[2])
    with pytest.raises(GateRefusal) as refused:
        fees.assess_fee(trip=trip, by=border.gate.everything, at=border.now)
    settings.PROFILE = "demo"

    assert refused.value.code == "BG-029"
    assert not FeeAssessment.objects.filter(trip=trip).exists()
    assert not Obligation.objects.filter(reference=trip.code).exists()


def paid_by_qr(border: Border, fee: FeeAssessment) -> Receipt:
    """The firm opens the QR, its bank pays, the page and the trip show it."""
    page = border.sign_in("ENTERPRISE")
    page.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{fee.trip_id}/")
    page.get_by_role("link", name="Nộp phí").click()
    expect(page.locator(".pay-amount")).to_have_text("1.300.000 đ")
    expect(page.locator(".pay-qr svg")).to_be_visible()
    expect(page.get_by_text(fee.trip.code, exact=True).first).to_be_visible()

    press(page, "Nộp một lần")
    expect(page.get_by_text("Đã nộp").first).to_be_visible()
    line = StatementLine.objects.get()
    assert (line.standing, line.amount, line.applied, line.surplus) == ("matched", 1_300_000, 1_300_000, 0)
    assert FeeAssessment.objects.get(pk=fee.pk).state == "assessed"
    hear()
    stored = FeeAssessment.objects.get(pk=fee.pk)
    assert (stored.state, stored.method, stored.receipt_no) == ("paid", "BANK_QR", "BL-2026-000001")

    page.get_by_role("link", name="BL-2026-000001").click()
    expect(page.get_by_text("Một triệu ba trăm nghìn đồng")).to_be_visible()
    expect(page.get_by_text("130.000 đ", exact=True)).to_be_visible()
    expect(page.get_by_text("1.170.000 đ", exact=True)).to_be_visible()
    for explained in ("1.000.000 đ", "× 1,3", "Căn cứ"):  # how the amount came about
        expect(page.locator("main")).to_contain_text(explained)
    expect(page.get_by_text("Bản trình diễn, không có tiền thật").first).to_be_visible()
    return Receipt.objects.get()


def paid_at_the_counter(border: Border, rest: list[FeeAssessment]) -> None:
    for fee in rest:
        fees.pay_fee(fee=fee, method="CARD", by=border.gate.everything, at=border.now)
    assert Payment.objects.count() == len(CASES)


def a_new_rate_leaves_old_receipts(border: Border, receipt: Receipt) -> None:
    """From tomorrow the base is 1,200,000 by the rulebook: tomorrow's fee follows, yesterday's receipt stays."""
    before = dict(Receipt.objects.values_list("number", "text"))
    change = a_new_rate_is_decided(border)
    assert assessed(border, 92, CASES[2]).amount == 1_300_000

    border.now += timedelta(days=1)
    assert fire_due_steps(border.now) == 1
    change.refresh_from_db()
    assert change.state == "in_force"
    assert assessed(border, 91, CASES[2]).amount == 1_560_000
    assert dict(Receipt.objects.values_list("number", "text")) == before
    page = border.sign_in("ENTERPRISE")
    page.goto(f"{border.address}/thanh-toan/bien-lai/?so={receipt.number}&ma={receipt.code}")
    expect(page.locator(".pay-amount")).to_have_text("1.300.000 đ")


def a_new_rate_is_decided(border: Border) -> RuleChange:
    """The deputy drafts and proposes the rate; he cannot approve it, the leader does."""
    deputy, leader = (_holder(role) for role in ("RULE_DRAFTER", "LEADER"))
    drafting, deciding = {"by": deputy, "at": border.now}, {"by": leader, "at": border.now}
    change = rulebook.draft_change(
        title="Điều chỉnh mức phí", document_no="32/2026/QĐ-BQL", source="Quyết định (dữ liệu thử)",
        effective_on=date(2026, 6, 11), **drafting,
    )  # fmt: skip
    rulebook.put_row(
        change=change, table=table_called("border_gate.fee_rule"), values={"amount": 1_200_000},
        base=FeeRule.objects.get(code="D1"), **drafting,
    )  # fmt: skip
    change = rulebook.propose_change(change=change, **drafting)
    with pytest.raises(StepRefused, match="forbidden"):
        rulebook.approve_change(change=change, **drafting)
    return rulebook.approve_change(change=change, **deciding)


def _holder(role: str) -> Actor:
    person = make_person(f"Người thử {role} 06")
    grant(person, role_code(role))
    return person.actor()


def given_back_when_cancelled(border: Border, fee: FeeAssessment) -> None:
    """Cancelled before it arrived: the refund is asked for by rule, approved by a person, sent by the bank."""
    page = border.sign_in("ENTERPRISE")
    page.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{fee.trip_id}/")
    page.get_by_role("button", name="Hủy lượt xe").first.click()
    page.locator("dialog[open]").get_by_role("button", name="Hủy lượt xe").click()
    page.wait_for_load_state()
    assert Trip.objects.get(pk=fee.trip_id).state == "cancelled"
    hear()
    assert FeeAssessment.objects.get(pk=fee.pk).state == "refunding"
    refund = Refund.objects.get()
    assert (refund.state, refund.amount, refund.way) == ("asked", 1_300_000, "BANK")

    treasury = border.sign_in("THUE")
    treasury.goto(f"{border.address}/thanh-toan/hoan-tra/")
    treasury.locator("tbody a[data-row-link]").first.click()
    press(treasury, "Duyệt hoàn trả")
    expect(treasury.get_by_text("Đã duyệt").first).to_be_visible()
    jobs.send_refunds(border.now)
    jobs.hear_simulated_bank(border.now)
    hear()

    stored = FeeAssessment.objects.get(pk=fee.pk)
    assert (stored.state, stored.refunded_at) == ("refunded", border.now)
    assert (Refund.objects.get().state, StatementLine.objects.get(amount__lt=0).amount) == ("settled", -1_300_000)
    steps = list(History.objects.filter(record_id=fee.pk).order_by("version").values_list("step", flat=True))
    assert steps == ["create", "pay", "refund", "give_back"]
    page.reload()
    expect(page.get_by_text("Đã hoàn").first).to_be_visible()
