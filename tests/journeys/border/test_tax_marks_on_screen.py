"""The tax force marks a firm on screen, the firm reads it, a leader takes it off by his document."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.test_carrier_and_ahead_on_screen import fits
from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, Border, press
from tinhso.pillars.border.gate.models import TaxMark

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
LIST = f"{GATE}/doanh-nghiep-thue-danh-dau/"


def test_a_firm_is_marked_reads_so_and_a_leader_takes_the_mark_off(border: Border):
    tax = border.sign_in("THUE", PHONE)
    tax.goto(border.address + LIST)
    tax.locator("[name=tax_code]").fill(border.firm.tax_code)
    tax.locator("[name=reason_code]").select_option("TAX_DEBT")
    press(tax, "Đánh dấu doanh nghiệp")
    fits_both(tax)
    expect(tax.locator("[name=tax_code]")).to_have_value(border.firm.tax_code)
    tax.locator("[name=document_no]").fill("15/CV-CT")
    press(tax, "Đánh dấu doanh nghiệp")
    expect(tax.locator(".check-rows")).to_contain_text("15/CV-CT")
    fits_both(tax)

    firm = border.sign_in("ENTERPRISE", PHONE)
    firm.goto(f"{border.address}{GATE}/doanh-nghiep/")
    expect(firm.locator("main")).to_contain_text("Nợ thuế, văn bản 15/CV-CT")
    fits_both(firm)

    leader = border.sign_in("LEADER", PHONE)
    leader.goto(border.address + LIST)
    expect(leader.locator("[name=tax_code]")).to_have_count(0)
    leader.locator(".check-rows summary").click()
    leader.locator("[name=reason]").fill("Đã nộp đủ theo giấy nộp tiền")
    leader.locator("[name=document_no]").fill("40/UBND")
    fits_both(leader)
    leader.locator(".check-rows").get_by_role("button", name="Bỏ đánh dấu").click()
    expect(leader.locator("main")).to_contain_text("theo lệnh lãnh đạo")
    fits_both(leader)

    assert TaxMark.objects.get().by_order
    assert [said for said in border.complaints if "422" not in said] == []


def fits_both(page: Page) -> None:
    """On a telephone and at a desk."""
    for size in (OFFICE, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        fits(page)
