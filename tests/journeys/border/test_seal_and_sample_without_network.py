"""Customs say what became of a seal, and plant quarantine what a sample showed, on telephones without network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.border.test_force_without_network import (
    ALL_SENT,
    CONFIRMED,
    arrived_trips,
    ask,
    cut,
    plant_check,
    set_up,
)
from tests.journeys.border.test_photos import fits, inspected, picture, strange
from tests.journeys.conftest import CHROMIUM, POINT
from tinhso.kernel.web.offline.models import OfflineEvent
from tinhso.pillars.border.gate.models import ClearanceTask, SampleDraw, SampleRule, SealEvent, Trip
from tinhso.pillars.border.gate.rules import plates

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]


def test_the_new_seal_of_a_sealed_vehicle_is_asked_without_network(border):
    trip, task = inspected(border)
    Trip.objects.filter(pk=trip.pk).update(seal_no="QC-2026/01")
    page = set_up(border, "HAIQUAN", f"{POINT}/HAIQUAN", "Máy hải quan 1")

    cut(border, page)
    ask(page, plates.show(trip.tractor_plate), trip.tractor_plate)
    page.get_by_role("button", name="Xác nhận đạt").click()
    page.locator("[name=photo]").set_input_files([picture("truoc.jpg")])
    page.get_by_role("button", name="Xác nhận đạt").click()
    expect(page.locator("[data-wrong]")).to_contain_text("ghi số niêm phong mới sau khi kiểm hóa")
    page.locator("[name=seal_intact]").check()
    page.locator("[name=seal_no]").fill("HQ-77")
    page.get_by_role("button", name="Xác nhận đạt").click()
    expect(page.locator("[data-wrong]")).to_contain_text("Chỉ giữ một")
    assert page.locator("[name=seal_no]").input_value() == "HQ-77"
    assert fits(page)
    page.locator("[name=seal_intact]").uncheck()
    page.get_by_role("button", name="Xác nhận đạt").click()
    expect(page.locator("[data-verdict]")).to_have_text(CONFIRMED)
    page.context.set_offline(False)
    page.wait_for_function(ALL_SENT, timeout=60_000)

    assert OfflineEvent.objects.get(kind="task_pass").state == "applied"
    assert ClearanceTask.objects.get(pk=task.pk).state == "passed"
    assert [(one.seal_no, one.kind) for one in SealEvent.objects.all()] == [("HQ-77", "applied")]
    assert strange(border) == []


def test_a_drawn_check_takes_its_sample_first_and_passes_then(border):
    SampleRule.objects.filter(valid_until=None).update(share_percent=100, hs_prefixes=["08"])
    trip = arrived_trips(border, 1)[0]
    page = set_up(border, "KDTV", f"{POINT}/KDTV", "Máy kiểm dịch 1")

    cut(border, page)
    ask(page, plates.show(trip.tractor_plate), trip.tractor_plate)
    expect(page.get_by_text("cần lấy mẫu")).to_be_visible()
    expect(page.get_by_role("button", name="Xác nhận đạt")).to_have_count(0)
    page.get_by_role("button", name="Ghi kết quả mẫu").click()
    page.locator("[name=result]").select_option("FOUND")
    page.locator("[name=finding]").fill("rệp")
    page.get_by_role("button", name="Ghi kết quả mẫu").click()
    expect(page.locator("[data-wrong]")).to_be_visible()
    assert fits(page)
    page.locator("[name=result]").select_option("CLEAN")
    page.locator("[name=finding]").fill("")
    page.get_by_role("button", name="Ghi kết quả mẫu").click()
    expect(page.locator("[data-verdict]")).to_have_text("Đã ghi kết quả mẫu, lưu trên máy")
    page.get_by_role("button", name="Xác nhận đạt").click()
    expect(page.locator("[data-verdict]")).to_have_text(CONFIRMED)
    page.context.set_offline(False)
    page.wait_for_function(ALL_SENT, timeout=60_000)

    assert list(OfflineEvent.objects.order_by("seq").values_list("kind", "state")) == [
        ("task_sample", "applied"),
        ("task_pass", "applied"),
    ]
    assert (SampleDraw.objects.get().result, plant_check(trip).state) == ("CLEAN", "passed")
    assert strange(border) == []
