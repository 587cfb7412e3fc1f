"""Goods that are not fresh after all: found at the desk of quarantine, read by the driver, seen by the board."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, press
from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.actions import links, move
from tinhso.pillars.border.gate.models import ClearanceTask, Trip
from tinhso.pillars.border.gate.tests.test_guidance import trips_of

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
WHY = "Quả sấy khô đóng hộp, không phải quả tươi"
FALLEN = "Kiểm dịch xác định không phải hàng tươi nên xe được gọi theo lớp hàng thường."


def fits(page: Page) -> None:
    """Nothing hangs over the edge, on a telephone and on an office's screen."""
    for width, height in (PHONE, OFFICE):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_false_claim_is_found_at_the_desk_and_read_by_driver_and_board(border):
    trip = trips_of(border.gate, 1, firm=border.firm)[0]
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=border.gate.everything, at=border.now)
    _link, token = links.link_for_driver(trip=trip, by=SYSTEM, at=border.now)
    driver = border.open_link(f"{border.address}{reverse('kernel_login:link', args=[token])}")

    officer = border.sign_in("KDTV")
    officer.goto(f"{border.address}{GATE}/nhiem-vu/{ClearanceTask.objects.get(trip=trip, kind='PLANT_Q').pk}/")
    officer.get_by_text("Việc khác").click()
    press(officer, "Không phải hàng tươi, khai sai lớp ưu tiên")
    fits(officer)
    officer.locator("#not-fresh [name=reason]").fill(WHY)
    officer.get_by_role("button", name="Chuyển sang lớp hàng thường").click()
    expect(officer.get_by_text(WHY)).to_be_visible()
    fits(officer)

    driver.reload()
    expect(driver.get_by_text(FALLEN).first).to_be_visible()
    fits(driver)
    board = border.sign_in("BQLKKT")
    board.goto(f"{border.address}{GATE}/doanh-nghiep-dang-ky/")
    expect(board.get_by_text("1 lần khai sai hàng tươi")).to_be_visible()
    fits(board)
    assert Trip.objects.get(pk=trip.pk).priority == "P3"
    assert border.complaints == []
