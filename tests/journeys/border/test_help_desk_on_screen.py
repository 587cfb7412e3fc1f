"""On a telephone: a vehicle noted by mistake is withdrawn; a firm disowns a vehicle, the help desk mends it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, POINT, Border, press
from tinhso.pillars.border.gate.actions.undeclared import link_code, record_undeclared
from tinhso.pillars.border.gate.models import Enterprise, Trip, UndeclaredArrival

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
TYPED = {
    "goods": "Tinh bột sắn", "kg": "18000", "driver_name": "Trần Văn B", "paper_no": "020090001235",
    "phone": "0912 345 678",
}  # fmt: skip
DRIVER = {"driver_name": "王强", "paper_no": "11010519491231002X", "phone": "0912 345 679"}
BARRIER = f"{POINT}-B1"
WHY = "Công ty không có xe và lô hàng này"


def noted(border: Border, plate: str) -> UndeclaredArrival:
    by, point = border.gate.everything, border.gate.points[POINT]
    return record_undeclared(plate=plate, point=point, by=by, at=border.now)


def fill(page: Page, typed: dict[str, str]) -> None:
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    if not page.locator("[name=paper_until]").is_visible():
        page.locator("details.needed summary").click()
    page.locator("[name=paper_until]").fill("2030-12-31")


def fits(page: Page) -> None:
    """Nothing is wider than the telephone, nor than the office's screen."""
    for width, height in (OFFICE, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


def test_a_disowned_vehicle_is_mended_at_the_help_desk(border):
    driver = border.open(PHONE)
    driver.goto(f"{border.address}{GATE}/kn/{link_code(noted(border, '29H51270'))}/")
    fill(driver, {"tax_code": border.firm.tax_code, **TYPED})
    fits(driver)
    press(driver, "Gửi khai báo")
    expect(driver.locator("main")).to_contain_text("Đang chờ gọi")

    firm = border.sign_in("ENTERPRISE", PHONE)
    firm.goto(f"{border.address}{GATE}/doanh-nghiep/")
    fits(firm)
    firm.get_by_text("1 xe được nêu là của doanh nghiệp").click()
    expect(firm.locator("main")).to_contain_text("29H-512.70")
    fits(firm)
    firm.get_by_text("Không phải của chúng tôi", exact=True).click()
    firm.locator("[name=reason]").fill("sai")
    press(firm, "Báo không phải của chúng tôi")
    expect(firm.locator("[name=reason]")).to_have_value("sai")
    fits(firm)
    firm.locator("[name=reason]").fill(WHY)
    press(firm, "Báo không phải của chúng tôi")
    expect(firm.get_by_text("Không có đề nghị nào")).to_be_visible()

    driver.reload()
    fits(driver)
    desk = border.sign_in("HELPDESK", PHONE)
    desk.goto(f"{border.address}{GATE}/khai-ho/")
    fits(desk)
    desk.get_by_text("29H-512.70").click()
    expect(desk.locator("main")).to_contain_text(WHY)
    desk.locator("[name=tax_code]").fill("4900234576")
    desk.locator("[name=consent]").check()
    press(desk, "Khai doanh nghiệp này")
    expect(desk.locator("[name=tax_code]")).to_have_value("4900234576")
    fits(desk)
    desk.locator("[name=firm_name]").fill("Công ty TNHH Nông sản Chi Lăng")
    desk.locator("[name=firm_phone]").fill("0205 381 2345")
    press(desk, "Khai doanh nghiệp này")
    expect(desk.get_by_text("Xe được khai cho Công ty TNHH Nông sản Chi Lăng")).to_be_visible()

    trip, new = Trip.objects.get(), Enterprise.objects.get(tax_code="4900234576")
    assert (trip.agency_id, trip.holds, new.standing) == (new.pk, 0, "pending")
    assert [said for said in border.complaints if "422" not in said] == []


def test_the_desk_declares_before_it_comes_and_an_empty_vehicle_names_no_goods(border):
    desk = border.sign_in("HELPDESK", PHONE)
    desk.goto(f"{border.address}{GATE}/khai-ho/")
    desk.get_by_text("Khai thay trước khi xe đến").click()
    fits(desk)
    desk.locator("[name=plate]").fill("桂F12345")
    press(desk, "Tiếp tục")
    expect(desk.locator("[name=goods]")).to_be_visible()
    fill(desk, {"tax_code": border.firm.tax_code, **DRIVER})
    fits(desk)
    desk.locator("[name=empty]").check()
    expect(desk.locator("[name=goods]")).to_be_hidden()
    desk.locator("[name=consent]").check()
    fits(desk)
    press(desk, "Gửi khai báo")
    expect(desk.get_by_text("Đã gửi khai báo")).to_be_visible()

    trip = Trip.objects.get()
    assert (trip.state, trip.source, trip.kind, trip.goods_group) == ("accepted", "DESK", "CN_EMPTY_IN", "EMPTY")
    assert border.complaints == []


def test_a_vehicle_noted_by_mistake_is_withdrawn_at_the_barrier(border):
    officer = border.sign_in("BIENPHONG", PHONE)
    officer.goto(f"{border.address}{GATE}/barie/{BARRIER}/")
    officer.locator("#code").fill("29H51270")
    officer.locator("#code").press("Enter")
    press(officer, "Ghi nhận xe chưa khai báo")
    officer.goto(f"{border.address}{GATE}/barie/{BARRIER}/xe-chua-khai-bao/")
    officer.get_by_text("Ghi nhận nhầm").click()
    officer.locator("input[id^=mistake-]").fill("Bấm nhầm biển số xe bên cạnh")
    fits(officer)
    press(officer, "Rút lần ghi nhận")
    expect(officer.get_by_text("không tính là xe chưa khai báo").first).to_be_visible()
    fits(officer)

    assert (Trip.objects.get().state, UndeclaredArrival.objects.get().withdrawn_at) == ("cancelled", border.now)
    assert border.complaints == []
