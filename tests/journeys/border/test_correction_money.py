"""A correction after payment: the firm pays the rest by VietQR, gets too much back, and the day closes to the đồng."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.test_06_fees import hear
from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, Border, press
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import amend, declare, fees
from tinhso.pillars.border.gate.models import FeeAssessment, FeeDifference, Trip
from tinhso.pillars.border.gate.tests.conftest import fruit_draft
from tinhso.shared.payments import jobs
from tinhso.shared.payments.actions import simulated
from tinhso.shared.payments.models import DailyClosing, Obligation, PayeeAccount, Receipt, Refund, StatementLine

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]


def accountant_of(border: Border) -> Page:
    """The centre's accountant, signed in with one tap."""
    person = make_person("Kế toán thử")
    grant(person, "payments_accountant", agency=PayeeAccount.objects.get().agency_id)
    account = make_account(person)
    account.demo = True
    account.save()
    page = border.pages["ACCOUNTANT"] = border.open(OFFICE)
    page.goto(f"{border.address}/dang-nhap/")
    page.get_by_role("button", name=person.full_name, exact=True).click()
    page.wait_for_url(lambda url: "dang-nhap" not in url)
    return page


def weigh(border: Border, trip: Trip, kg: int) -> None:
    by, at = border.gate.everything, border.later(5)
    values = {"weight": {"1": {"gross_kg": kg}}}
    amend.amend_trip(trip=Trip.objects.get(pk=trip.pk), values=values, reason="Cân lại tại bãi", by=by, at=at)
    hear()


def test_the_rest_is_paid_too_much_goes_back_and_the_day_closes(border):
    trip = declare.draft_trip(
        draft=fruit_draft(border.gate, firm=border.firm), by=border.gate.everything, at=border.now
    )
    declare.submit_trip(trip=trip, by=border.gate.everything, at=border.now)
    weigh(border, trip, 1_500)
    light = FeeAssessment.objects.get(trip=trip, state="assessed")
    fees.pay_fee(fee=light, method="CARD", by=border.gate.everything, at=border.now)
    hear()

    weigh(border, trip, 18_600)
    more = FeeDifference.objects.get(trip=trip)
    firm = the_firm_pays_the_rest(border, trip, more)
    weigh(border, trip, 1_500)
    the_accountant_gives_back(border, more.amount)
    expect_even(border, trip, firm, light)
    the_day_closes(border, light.amount, more.amount)
    assert border.complaints == []


def the_firm_pays_the_rest(border: Border, trip: Trip, more: FeeDifference) -> Page:
    firm = border.sign_in("ENTERPRISE")
    firm.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{trip.pk}/")
    officer = border.sign_in("BQLKKT")
    officer.goto(f"{border.address}{GATE}/luot-xe/{trip.pk}/")
    expect(officer.get_by_role("button", name="Thu phí bổ sung").first).to_be_visible()
    firm.get_by_role("link", name="Nộp phí bổ sung").click()
    expect(firm.locator(".pay-qr svg")).to_be_visible()
    press(firm, "Nộp một lần")
    hear()
    more.refresh_from_db()
    assert more.document_no == Receipt.objects.latest("serial").number == "BL-2026-000002"
    return firm


def the_accountant_gives_back(border: Border, amount: int) -> None:
    refund = Refund.objects.get()
    assert (refund.amount, refund.state, refund.way) == (amount, "asked", "BANK")
    page = accountant_of(border)
    page.goto(f"{border.address}/thanh-toan/hoan-tra/{refund.pk}/")
    press(page, "Duyệt hoàn trả")
    jobs.send_refunds(border.later(1))
    jobs.hear_simulated_bank(border.now)
    hear()
    assert Refund.objects.get().state == "settled"


def expect_even(border: Border, trip: Trip, firm: Page, light: FeeAssessment) -> None:
    """What stays is the first fee, and nothing is open."""
    assert not FeeDifference.objects.filter(trip=trip, settled_at=None).exists()
    firm.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{trip.pk}/")
    expect(firm.get_by_role("link", name="Nộp phí bổ sung")).to_have_count(0)
    page = border.pages["ACCOUNTANT"]
    page.goto(f"{border.address}/thanh-toan/khoan-nop/{Obligation.objects.get(record_id=light.pk).pk}/")
    expect(page.get_by_label("Số tiền hoàn trả")).to_have_value(f"{light.amount:,}".replace(",", "."))


def the_day_closes(border: Border, first: int, more: int) -> None:
    page = border.pages["ACCOUNTANT"]
    account = PayeeAccount.objects.get()
    simulated.pay(payee=account, amount=77_000, memo="tien phi xe", payer="Nguyễn Văn Lạ", manner="once", at=border.now)
    jobs.hear_simulated_bank(border.now)
    hear()
    page.goto(f"{border.address}/thanh-toan/tien-chua-khop/")
    page.get_by_role("link", name="Gán hoặc hoàn trả").click()
    page.get_by_label("Lý do hoàn trả").fill("Người chuyển báo nhầm tài khoản")
    press(page, "Đề nghị hoàn trả")
    assert StatementLine.objects.get(standing="unknown").refunds.get().amount == 77_000
    page.goto(f"{border.address}/thanh-toan/khoa-so/")
    press(page, "Khóa sổ")
    closing = DailyClosing.objects.get()
    assert (closing.amount, closing.figures["refunds"]["amount"]) == (first + more, more)
    page.goto(f"{border.address}/thanh-toan/khoa-so/{closing.pk}/")
    expect(page.get_by_text(closing.digest)).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="PDF").click()
    assert taken.value.suggested_filename == f"khoa-so-{closing.number}.pdf"
