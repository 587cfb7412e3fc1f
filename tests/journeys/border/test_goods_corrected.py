"""Goods corrected on screen: a line added on a telephone, a vehicle added, what the barrier then says is missing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.border.test_09_correction import REASON, accepted, states
from tests.journeys.conftest import CHROMIUM, GATE, PHONE, press
from tinhso.pillars.border.gate.actions import move
from tinhso.pillars.border.gate.models import FeeAssessment, Trip
from tinhso.pillars.border.gate.tests.conftest import make_driver

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
NARROW = "document.documentElement.scrollWidth <= innerWidth"


def test_a_line_and_a_vehicle_are_added_and_the_barrier_names_what_is_missing(border):
    trip = accepted(border)
    driver = make_driver("Lê Văn C", "020090008888", employer=border.firm)
    page = border.sign_in("ENTERPRISE", PHONE)
    page.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{trip.pk}/")
    page.get_by_role("link", name="Sửa một ô").click()
    page.locator("main a", has_text="Dòng hàng, thêm hoặc bỏ").click()
    page.locator("[name=goods_2]").fill("Tôm đông lạnh (030617)")
    page.locator("[name=kg_2]").fill("900")
    page.locator("[name=certificate_2]").fill("KD-8")
    page.locator("[name=reason]").fill(REASON)
    assert page.evaluate(NARROW)
    press(page, "Sửa")
    expect(page.locator("main")).to_contain_text("Tôm đông lạnh")
    assert states(trip) == {"PERSON": "passed", "PLANT_Q": "open", "ANIMAL_Q": "open", "CUSTOMS_DOC": "open"}

    page.get_by_role("link", name="Thêm xe").click()
    page.locator("[name=tractor]").fill("12C-111.11")
    page.locator("[name=driver]").select_option(str(driver.pk))
    page.locator("[name=kg_1]").fill("17200")
    assert page.evaluate(NARROW)
    press(page, "Gửi khai báo")
    expect(page.get_by_text("Đã gửi khai báo")).to_be_visible()
    assert dict(Trip.objects.values_list("tractor_plate", "gross_kg")) == {
        trip.tractor_plate: 2_300,
        "12C11111": 17_200,
    }

    officer = border.sign_in("HAIQUAN")
    officer.goto(f"{border.address}{GATE}/luot-xe/{trip.pk}/")
    expect(officer.locator("s", has_text="18600").first).to_be_visible()
    expect(officer.locator("main")).to_contain_text("Tôm đông lạnh")

    fee = FeeAssessment.objects.exclude(state="replaced").get(trip=trip)
    for width, name in ((PHONE, "YARD"), (None, "BIENPHONG")):
        if width:
            border.sign_in(name, width)
            stored, by = Trip.objects.get(pk=trip.pk), border.gate.everything
            stored.point.direct_mode = True
            stored.point.save()
            move.arrive(trip=stored, plate=stored.tractor_plate, by=by, at=border.now)
            move.enter_yard(trip=stored, by=by, at=border.now)
        card = border.ask_barrier(name, "B2" if width else "B3", "12C-123.45").locator("#main")
        expect(card).to_contain_text("Nói với lái xe")
        expect(card).to_contain_text("xe đỗ nguyên chỗ")
        expect(card).to_contain_text(f"Phí hạ tầng {fee.amount:,} đ".replace(",", "."))
        expect(card).to_contain_text("Kiểm dịch động vật")
        assert border.pages[name].evaluate(NARROW)
    assert border.complaints == []
