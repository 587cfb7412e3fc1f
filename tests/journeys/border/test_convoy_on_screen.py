"""A firm declares once for three trucks, on a telephone: three screens, weights told apart, all of them sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.border.test_kinds_on_screen import AN, FRUIT, begin, drives
from tests.journeys.conftest import CHROMIUM, PHONE, press
from tinhso.pillars.border.gate.models import Declaration, Trip, TripGoods
from tinhso.pillars.border.gate.tests.conftest import make_driver

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
EXPORT = "Xe Việt Nam chở hàng sang Trung Quốc"


def test_three_trucks_are_declared_at_one_go(border):
    drivers = [make_driver(f"Lái xe {number}", f"02009000567{number}", employer=border.firm) for number in (2, 3)]
    border.sign_in("ENTERPRISE", PHONE)
    page = begin(border, EXPORT, FRUIT)
    press(page, "Tiếp: xe và lái xe")
    page.locator("[name=tractor]").fill("12C-111.11")
    drives(page, AN)
    press(page, "Thêm xe")
    press(page, "Thêm xe")
    expect(page.locator("[name=tractor]")).to_have_value("12C-111.11")
    expect(page.locator("[name=driver_name]")).to_have_value(AN["driver_name"])

    page.locator("[name=xe2-tractor]").fill("12R-222.22")
    page.locator("[name=xe2-driver]").select_option(str(drivers[0].pk))
    page.locator("[name=xe3-tractor]").fill("12C-333.33")
    page.locator("[name=xe3-driver]").select_option(str(drivers[1].pk))
    page.locator("[name=kg_1]").fill("6000")
    press(page, "Tiếp: xem lại")
    expect(page.locator("#vehicle-2 .field--wrong")).to_have_count(1)
    expect(page.locator("[name=xe3-tractor]")).to_have_value("12C-333.33")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.locator("[name=xe2-tractor]").fill("12C-222.22")
    page.locator("[name=xe2-tractor]").press("Enter")
    expect(page.locator(".vehicle-list__row")).to_have_count(3)
    expect(page.locator("main")).to_contain_text("3.000.000 đ")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(page, "Gửi khai báo")
    expect(page.get_by_text("Đã gửi khai báo")).to_be_visible()

    told = Trip.objects.order_by("tractor_plate").values_list("tractor_plate", "state", "gross_kg")
    assert list(told) == [
        ("12C11111", "accepted", 6_000), ("12C22222", "accepted", 6_300), ("12C33333", "accepted", 6_300),
    ]  # fmt: skip
    assert Declaration.objects.count() == 1
    assert sum(TripGoods.objects.values_list("kg", flat=True)) == 18_600
    assert border.complaints == []
