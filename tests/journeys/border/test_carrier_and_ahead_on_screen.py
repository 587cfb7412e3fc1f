"""On a telephone: a carrier names the vehicle that its firm left open; a driver declares ahead, the firm consents."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.test_kinds_on_screen import FRUIT, begin
from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, POINT, Border, press
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.models import Haulage, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import make_driver, make_firm, make_vehicle

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
EXPORT = "Xe Việt Nam chở hàng sang Trung Quốc"


def test_the_carrier_names_the_vehicle_and_the_firm_sends(border):
    carrier = make_firm("Vận tải Bình", "4900234576")
    make_vehicle("12C54321", owner=carrier)
    make_driver("Lý Văn Vận", "020090001242", employer=carrier)
    border.sign_in("ENTERPRISE", PHONE)
    firm = begin(border, EXPORT, FRUIT)
    press(firm, "Tiếp: xe và lái xe")
    firm.locator("[name=carrier]").fill("4900234576")
    fits(firm)
    press(firm, "Tiếp: xem lại")
    press(firm, "Giao cho đơn vị vận tải")
    expect(firm.locator("main")).to_contain_text("Vận tải Bình")
    fits(firm)

    page = works_for(border, carrier.pk, "CARRIER", PHONE)
    page.goto(f"{border.address}{GATE}/van-tai/")
    expect(page.locator("main")).to_contain_text("Hoa quả, 18.600 kg")
    fits(page)
    page.locator(".trip-row").first.click()
    page.locator("[name=tractor]").select_option(label="12C-543.21")
    page.locator("[name=driver]").select_option(label="Lý Văn Vận")
    fits(page)
    press(page, "Phân công")
    expect(page.locator("h1")).to_contain_text("12C-543.21")
    page.set_viewport_size({"width": OFFICE[0], "height": OFFICE[1]})
    fits(page)

    firm.reload()
    press(firm, "Gửi khai báo")
    expect(firm.get_by_text("Đã gửi khai báo")).to_be_visible()
    assert Trip.objects.get().state == "accepted"
    assert Haulage.objects.get().assigned_at is not None
    assert border.complaints == []


def test_a_driver_declares_ahead_and_the_firm_consents(border):
    page = border.open(PHONE)
    page.goto(f"{border.address}{GATE}/lai-xe/khai-truoc/")
    page.locator("[name=plate]").fill("29H-512.70")
    page.locator("[name=phone]").fill("0912 345 678")
    page.locator("[name=point]").select_option(POINT)
    fits(page)
    press(page, "Tiếp tục")
    page.locator("main form button").first.click()
    page.locator("[name=code]").fill(page.locator(".demo-tag + strong").inner_text())
    page.locator("main form button").first.click()
    expect(page.locator("h1")).to_have_text("29H-512.70")
    fits(page)
    typed = {"tax_code": border.firm.tax_code, "goods": "Tinh bột sắn", "kg": "18000", "driver_name": "Trần Văn B",
             "paper_no": "020090001235"}  # fmt: skip
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("details summary").first.click()
    page.locator("[name=paper_until]").fill("2030-12-31")
    press(page, "Gửi doanh nghiệp")
    expect(page.get_by_text("Đang chờ doanh nghiệp")).to_be_visible()
    fits(page)

    firm = border.sign_in("ENTERPRISE", PHONE)
    firm.goto(f"{border.address}{GATE}/doanh-nghiep/")
    firm.get_by_text("1 đề nghị chờ đồng ý").click()
    expect(firm.locator("main")).to_contain_text("Trần Văn B")
    fits(firm)
    firm.locator("[name=consent]").check()
    press(firm, "Đồng ý và gửi")
    expect(firm.get_by_text("Không có đề nghị nào")).to_be_visible()

    trip = Trip.objects.get()
    assert (trip.state, trip.undeclared, trip.tractor_plate) == ("accepted", False, "29H51270")
    page.reload()
    expect(page.locator("main")).to_contain_text(trip.shown_code())
    assert border.complaints == []


def works_for(border: Border, agency: object, role: str, size: tuple[int, int]) -> Page:
    """The page of somebody who works for that firm."""
    person = make_person(f"Người thử {role}")
    grant(person, role_code(role), agency=agency)
    account = make_account(person)
    account.demo = True
    account.save()
    page = border.open(size)
    page.goto(f"{border.address}/dang-nhap/")
    page.get_by_role("button", name=person.full_name, exact=True).click()
    page.wait_for_url(lambda url: "dang-nhap" not in url)
    return page


def fits(page: Page) -> None:
    """Nothing stands out of the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
