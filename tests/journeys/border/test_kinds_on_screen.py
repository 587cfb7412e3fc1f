"""Goods handed over in the yard and a new vehicle: declared on screen by their firm, and walked to their ends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, POINT, Border, press
from tinhso.pillars.border.gate.actions import release, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Pairing, Trip
from tinhso.pillars.border.gate.queries.driver import standing

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
VIETNAMESE, CHINESE = "12C-123.45", "桂F·12345"
VIN = "LZZ5CLVB8RA123456"
HANDS_OVER = "Xe Việt Nam giao hàng cho xe Trung Quốc tại bãi"
COMES_EMPTY = "Xe Trung Quốc vào không tải, nhận hàng tại bãi"
NEW = "Xe mới nhập khẩu tự chạy vào, chưa có biển số"
FRUIT = {
    "goods_1": "Sầu riêng tươi (081060)",
    "kg_1": "18600",
    "puc_1": "DEMO-0123",
    "phc_1": "DEMO-9001",
    "certificate_1": "KD-2611-0871",
}
CUSTOMS_NO = "306512345678"
AN = {"driver_name": "Nguyễn Văn A", "paper_no": "020090001234", "paper_until": "2030-12-31", "phone": "0900 000 001"}
WANG = {**AN, "driver_name": "Wang Wu", "paper_no": "451481199001011234", "phone": "0900 000 002"}


def begin(border: Border, question: str, goods: dict[str, str], customs_no: str = "") -> Page:
    """Step 1: the question answered in plain words, and the goods where they are asked."""
    page = border.sign_in("ENTERPRISE")
    page.goto(f"{border.address}{GATE}/doanh-nghiep/khai-bao/")
    page.get_by_label(question).check()
    page.locator("[name=point]").select_option(POINT)
    for name, value in goods.items():
        page.locator(f"[name={name}]").fill(value)
    if customs_no:
        page.locator("details:has([name=customs_no]) > summary").click()
        page.locator("[name=customs_no]").fill(customs_no)
    return page


def drives(page: Page, driver: dict[str, str], kind: str = "CCCD") -> None:
    page.get_by_text("Lái xe chưa có trong danh sách").click()
    page.locator("[name=paper_kind]").select_option(kind)
    for name, value in driver.items():
        page.locator(f"[name={name}]").fill(value)


def send(page: Page) -> Trip:
    """Step 3; the trip that came of it."""
    press(page, "Tiếp: xem lại")
    press(page, "Gửi khai báo")
    expect(page.get_by_text("Đã gửi khai báo")).to_be_visible()
    return Trip.objects.get(pk=page.url.rstrip("/").split("/")[-1])


def worked(border: Border, trip: Trip) -> None:
    """All forces pass what is open; this journey is about who hands over to whom."""
    for task in ClearanceTask.objects.filter(trip=trip, state="open"):
        tasks.pass_task(task=task, by=border.gate.everything, at=border.now)


def state(trip: Trip) -> str:
    return Trip.objects.get(pk=trip.pk).state


def test_fruit_goes_onto_a_chinese_truck_that_came_empty(border):
    page = begin(border, HANDS_OVER, FRUIT, CUSTOMS_NO)
    press(page, "Tiếp: xe và lái xe")
    page.locator("[name=tractor]").fill(VIETNAMESE)
    drives(page, AN)
    giver = send(page)

    page = begin(border, COMES_EMPTY, {})
    expect(page.locator("[name=goods_1]")).to_be_hidden()
    press(page, "Tiếp: xe và lái xe")
    expect(page.locator("[name=seal_no]")).to_have_count(0)
    page.locator("[name=tractor]").fill(CHINESE)
    page.locator("[name=pair]").select_option(str(giver.pk))
    drives(page, WANG, "CN_ID")
    taker = send(page)
    expect(page.locator("#main")).to_contain_text(f"Nhận hàng từ {VIETNAMESE}")
    assert Pairing.objects.filter(giver=giver, taker=taker).exists()
    assert (giver.state, taker.state, taker.goods_title) == ("accepted", "accepted", "")

    border.later(10)
    border.pass_barrier("BIENPHONG", "B3", CHINESE)
    border.pass_barrier("YARD", "B2", CHINESE)
    border.pass_barrier("BUFFER", "B0", VIETNAMESE)
    border.later(31)
    border.call(VIETNAMESE)
    border.pass_barrier("BIENPHONG", "B1", VIETNAMESE)
    border.pass_barrier("YARD", "B2", VIETNAMESE)
    told = standing(Trip.objects.get(pk=giver.pk), at=border.now).text
    assert told.startswith(f"Giao hàng cho xe {CHINESE}.")

    yard = border.sign_in("YARD")
    yard.goto(f"{border.address}{GATE}/bai/XC/sang-tai/")
    yard.locator(f"[name=giao][value='{giver.pk}']").check()
    yard.locator(f"[name=nhan][value='{taker.pk}']").check()
    press(yard, "Tiếp: khối lượng")
    yard.locator(".transfer-table__kg").first.fill("18.600")
    press(yard, "Ký cho bãi")
    border.sign_transfer()
    weights = list(Trip.objects.order_by("code").values_list("balance_kg", "loaded_kg"))
    assert weights == [(0, 0), (0, 18_600)]

    border.pay(VIETNAMESE)
    assert Trip.objects.get(pk=taker.pk).fee_state == "not_owed"  # it brought no goods of its own
    for trip in (giver, taker):
        worked(border, trip)
        release.release_trip(trip=Trip.objects.get(pk=trip.pk), by=border.gate.everything, at=border.now)
    border.pass_barrier("BIENPHONG", "B3", CHINESE)
    border.pass_barrier("YARD", "B1", VIETNAMESE)
    assert (state(giver), state(taker)) == ("completed", "crossed_out")
    assert border.complaints == []


def test_a_new_vehicle_is_driven_in_by_its_vin(border):
    page = begin(border, NEW, {"goods_1": "Ô tô mới (870323)", "kg_1": "1800"}, CUSTOMS_NO)
    expect(page.locator("[name=puc_1]")).to_be_hidden()
    press(page, "Tiếp: xe và lái xe")
    expect(page.locator("[name=tractor]")).to_have_count(0)
    page.locator("[name=vin]").fill(VIN)
    trip = send(page)
    assert (trip.state, trip.kind, trip.tractor_plate, trip.direction) == ("accepted", "NEW_VEHICLE", VIN, "N")

    border.later(10)
    border.pass_barrier("BIENPHONG", "B3", VIN)
    border.pass_barrier("YARD", "B2", VIN)
    worked(border, trip)
    border.pay(VIN)
    border.release()
    border.pass_barrier("YARD", "B1", VIN)
    assert state(trip) == "completed"
    assert border.complaints == []
