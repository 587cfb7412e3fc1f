"""At the barrier of two holding areas the network is cut: the officer says which area, and that is what is kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, PHONE, POINT, Border
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.models import ControlPoint, Trip
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
CHOICE = "select[data-area]"


def accepted(border: Border, number: int) -> Trip:
    by, at = border.gate.everything, border.now
    driver = make_driver(f"Lái Xe {number}", f"02009000{number:04d}", employer=border.firm)
    draft = fruit_draft(border.gate, plate=f"12C1{number:04d}", firm=border.firm, driver=driver, planned_on=at.date())
    return declare.submit_trip(trip=declare.draft_trip(draft=draft, by=by, at=at), by=by, at=at)


def set_up(border: Border) -> Page:
    page = border.sign_in("CSGT", PHONE)
    page.goto(f"{border.address}{GATE}/tram/")
    page.get_by_label("Tên máy").fill("Máy bãi chờ")
    entry = ControlPoint.objects.get(point__code=POINT, kind="buffer")
    page.locator(f"input[value='{entry.code}']").check()
    page.get_by_role("button", name="Đăng ký máy").click()
    expect(page.get_by_text("Gõ biển số hoặc quét mã QR")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    return page


def ask(page: Page, trip: Trip) -> None:
    page.locator("#code").fill(trip.tractor_plate)
    page.locator("#code").press("Enter")
    expect(page.locator(CHOICE)).to_be_visible()


def let_in(page: Page) -> None:
    page.get_by_role("button", name="Mở barie").click()
    page.get_by_role("button", name="Xe tiếp theo").click()


def test_the_area_said_without_network_is_kept_and_asked_first_the_next_time(border):
    first, second = accepted(border, 1), accepted(border, 2)
    page = set_up(border)
    page.context.set_offline(True)

    ask(page, first)
    assert page.locator(CHOICE).input_value() == "VT"
    page.locator(CHOICE).select_option("PT")
    let_in(page)
    ask(page, second)
    assert page.locator(CHOICE).input_value() == "PT"
    let_in(page)
    page.context.set_offline(False)

    expect(page.locator("[data-unsent]").first).to_have_text("0", timeout=60_000)
    areas = Trip.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", "buffer__code")
    assert set(areas) == {("at_buffer", "PT")}
