"""What the board sent back is corrected on the driver's telephone by his short link, and at the help desk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.journeys.border.test_help_desk_on_screen import TYPED, fill
from tests.journeys.conftest import CHROMIUM, GATE, PHONE, Border, press
from tinhso.pillars.border.gate.actions import declare, undeclared
from tinhso.pillars.border.gate.models import Enterprise, Trip, UndeclaredArrival

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
WHY = "Khối lượng khác phiếu cân"


def sent_back(border: Border, plate: str) -> UndeclaredArrival:
    """Declared by its driver at the gate for a firm that is not confirmed yet, and sent back."""
    at, everything = border.now, border.gate.everything
    Enterprise.objects.update(standing="pending")
    arrival = undeclared.record_undeclared(plate=plate, point=border.gate.points[border.point], by=everything, at=at)
    page = border.open(PHONE)
    page.goto(border.address + reverse("border_gate:quick", args=[undeclared.link_code(arrival)]))
    fill(page, {"tax_code": border.firm.tax_code, **TYPED})
    press(page, "Gửi khai báo")
    expect(page.locator(".next-card")).to_be_visible()
    trip = Trip.objects.get(pk=arrival.trip_id)
    declare.request_fix(trip=trip, fields=["weight", "seal"], reason=WHY, by=everything, at=at)
    border.pages[plate] = page
    return arrival


def fits(page: Page, name: str) -> None:
    """Nothing runs out of the screen at the side."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, name
    if folder := os.environ.get("TINHSO_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_driver_and_help_desk_correct_what_was_sent_back(border: Border) -> None:
    arrival = sent_back(border, "29H51270")
    phone = border.pages["29H51270"]
    phone.reload()
    fits(phone, "quick")
    phone.get_by_role("link", name="Sửa khai báo").click()
    expect(phone.get_by_text(WHY)).to_be_visible()
    fits(phone, "driver")
    phone.set_viewport_size({"width": 320, "height": 640})
    fits(phone, "driver-320")
    phone.locator("[name=kg_1]").fill("17000")
    phone.locator("[name=seal]").fill("VN000001")
    press(phone, "Gửi bản sửa")
    expect(phone.get_by_role("link", name="Sửa khai báo")).to_have_count(0)
    assert Trip.objects.get(pk=arrival.trip_id).state == "submitted"
    trip = Trip.objects.get(pk=arrival.trip_id)
    declare.request_fix(trip=trip, fields=["weight"], reason=WHY, by=border.gate.everything, at=border.now)
    desk = border.sign_in("HELPDESK")
    desk.goto(f"{border.address}{GATE}/khai-ho/")
    fits(desk, "waiting")
    desk.get_by_role("link", name="29H-512.70").click()
    fits(desk, "desk")
    press(desk, "Gửi bản sửa")
    expect(desk.locator(".field__error").first).to_be_visible()
    desk.locator("[name=kg_1]").fill("16500")
    desk.locator("[name=consent]").check()
    fits(desk, "desk-wrong")
    press(desk, "Gửi bản sửa")
    expect(desk.get_by_text("Đã gửi bản sửa").first).to_be_visible()
    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.state, stored.gross_kg) == ("submitted", 16_500)
