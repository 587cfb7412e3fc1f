"""An officer of two points chooses one and changes it; a firm changes its telephone by the code of the new one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.test_carrier_and_ahead_on_screen import fits
from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, Border, press
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.permissions import role_code

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]


def test_an_officer_of_two_points_chooses_where_he_is_on_duty(border):
    person = make_person("Cán bộ hai cửa khẩu")
    for code in ("HN-1119", "CM-01"):
        grant(person, role_code("BIENPHONG"), place=border.gate.points[code])
    page = signed_in(border, person, OFFICE)
    expect(page.locator("h1")).to_have_text("Bạn đang trực ở đâu?")
    fits(page)

    page.get_by_label("Chi Ma").check()
    press(page, "Vào ca")
    page.goto(f"{border.address}{GATE}/luot-xe/")
    expect(page.locator(".desk-bar__duty")).to_contain_text("Chi Ma")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    expect(page.locator(".desk-bar__duty")).to_be_visible()
    fits(page)

    page.locator(".desk-bar__duty").click()
    page.get_by_label("Hữu Nghị").check()
    fits(page)
    press(page, "Vào ca")
    page.wait_for_url(f"**{GATE}/luot-xe/")
    expect(page.locator(".desk-bar__duty")).to_contain_text("Hữu Nghị")
    assert border.complaints == []


def test_a_firm_changes_its_telephone_by_code(border):
    person = make_person("Người của doanh nghiệp")
    grant(person, role_code("ENTERPRISE"), agency=border.firm.pk)
    page = signed_in(border, person, PHONE)
    page.goto(f"{border.address}{GATE}/doanh-nghiep/lien-he/")
    page.locator("[name=phone]").fill("0912 345 678")
    page.locator("[name=address]").fill("Số 2 đường Trần Đăng Ninh")
    fits(page)
    press(page, "Lưu")
    expect(page.locator("h1")).to_have_text("Mã gửi đến số điện thoại mới")
    fits(page)

    page.locator("[name=code]").fill(page.locator(".demo-tag + strong").inner_text())
    press(page, "Xác nhận số điện thoại")

    expect(page.locator("[name=phone]")).to_have_value("+84912345678")
    page.set_viewport_size({"width": OFFICE[0], "height": OFFICE[1]})
    fits(page)
    assert border.complaints == []


def signed_in(border: Border, person: object, size: tuple[int, int]) -> Page:
    """The page of that person, signed in with one tap."""
    account = make_account(person)
    account.demo = True
    account.save()
    page = border.open(size)
    page.goto(f"{border.address}/dang-nhap/")
    page.get_by_role("button", name=person.full_name, exact=True).click()
    page.wait_for_load_state()
    return page
