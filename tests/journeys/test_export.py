"""A truck of fruit goes out and comes back empty, through the screens of everybody who has to do with it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import CHROMIUM, GATE, POINT, Border, press
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Trip

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
PLATE, SHOWN = "12C12345", "12C-123.45"
WHAT = {
    "goods_1": "Sầu riêng tươi (081060)",
    "kg_1": "18600",
    "puc_1": "DEMO-0123",
    "phc_1": "DEMO-9001",
    "certificate_1": "KD-2611-0871",
    "customs_no": "306512345678",
}
WHO = {"driver_name": "Lò Văn Tám", "paper_no": "020 190 000 017", "paper_until": "2030-12-31", "phone": "0900 000 001"}


def declare(border: Border) -> str:
    """The firm declares in three steps and sends the driver his link; its address."""
    page = border.sign_in("ENTERPRISE")
    page.goto(f"{border.address}{GATE}/doanh-nghiep/khai-bao/")
    page.locator("[name=point]").select_option(POINT)
    page.locator("details:has([name=customs_no]) > summary").click()
    for name, value in WHAT.items():
        page.locator(f"[name={name}]").fill(value)
    press(page, "Tiếp: xe và lái xe")
    page.locator("[name=tractor]").fill(SHOWN)
    page.get_by_text("Lái xe chưa có trong danh sách").click()
    for name, value in WHO.items():
        page.locator(f"[name={name}]").fill(value)
    press(page, "Tiếp: xem lại")
    press(page, "Gửi khai báo")
    expect(page.get_by_text("Đã gửi khai báo")).to_be_visible()
    press(page, "Gửi cho lái xe")
    return page.locator("#address").input_value()


def state() -> str:
    return Trip.objects.get(tractor_plate=PLATE).state


def test_fruit_goes_out_at_huu_nghi_and_the_truck_comes_back_empty(border):
    driver = border.open_link(declare(border))
    trip = Trip.objects.get(tractor_plate=PLATE)
    assert (trip.state, trip.kind, trip.gross_kg, trip.point.code) == ("accepted", "EXP_VN", 18_600, POINT)
    opened = set(ClearanceTask.objects.filter(trip=trip, state="open").values_list("force__code", flat=True))
    assert opened == {"BIENPHONG", "KDTV", "HAIQUAN"}

    press(driver, "Tôi bắt đầu đi")
    assert state() == "en_route"
    border.later(10)
    border.pass_barrier("BUFFER", "B0", SHOWN)
    assert state() == "at_buffer"
    border.later(31)
    border.call(SHOWN)
    driver.reload()
    expect(driver.get_by_text("Mời vào cổng").first).to_be_visible()
    press(driver, "Đã nhận lệnh gọi")
    border.later(5)
    border.pass_barrier("BIENPHONG", "B1", SHOWN)
    border.pass_barrier("YARD", "B2", SHOWN)
    assert state() == "in_yard"

    border.later(5)
    closed = border.ask_barrier("BIENPHONG", "B3", SHOWN)
    expect(closed.get_by_text("Không mở barie").first).to_be_visible()
    for force in ("BIENPHONG", "KDTV", "HAIQUAN"):
        border.confirm_tasks(force)
    customs = border.sign_in("HAIQUAN")
    customs.goto(f"{border.address}{GATE}/luot-xe/{trip.pk}/")
    expect(customs.get_by_text("Mở khi đủ các việc trên").first).to_be_visible()
    expect(customs.get_by_role("button", name=re.compile("^Thông quan"))).to_have_count(0)

    border.pay(PLATE)
    fee = FeeAssessment.objects.get(trip=trip)
    assert (fee.state, fee.receipt_no) == ("paid", "BL-2026-000001")
    border.later(5)
    border.release()
    assert state() == "released"

    border.later(10)
    border.pass_barrier("BIENPHONG", "B3", SHOWN)
    assert state() == "crossed_out"
    border.later(150)
    border.pass_barrier("BIENPHONG", "B3", SHOWN, "Mở, xe về rỗng")
    assert state() == "returned_in"
    border.later(1)
    press(border.sign_in("BIENPHONG"), "Kết thúc lượt xe")
    assert state() == "completed"

    driver.reload()
    assert driver.locator(".qr-card__code").count() == 0
    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.state, stored.leg, stored.load_state, stored.open_exit) == ("completed", 2, "EMPTY", 0)
    steps = list(History.objects.filter(record_id=trip.pk).order_by("version").values_list("step", flat=True))
    assert [*steps[:3], len(steps), steps[-1]] == ["create", "submit", "auto_accept", 12, "close_return"]
    leader = border.sign_in("LEADER")
    leader.goto(f"{border.address}{GATE}/bao-cao/2026-06-10/")
    expect(leader.get_by_text("Thông quan 1 xe: xuất khẩu 1, nhập khẩu 0. Còn tồn 0 xe.")).to_be_visible()
    assert border.complaints == []
