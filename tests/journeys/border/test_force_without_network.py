"""A force works without network: five checks confirmed, one of them moved on meanwhile; a photograph comes after."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.border.test_08_network_cut import called_trips
from tests.journeys.conftest import CHROMIUM, GATE, PHONE, POINT, Border
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import move, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Hold, Trip
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.rules import plates

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
CHECKS = 5
ALL_SENT = "() => window.tinhso.offline.store.unsent().length === 0"
UNSENT = "() => window.tinhso.offline.store.unsent().length"
PHOTOS = "() => window.tinhso.offline.store.db.count('photos')"
CONFIRMED, FAILED = "Đã xác nhận đạt, lưu trên máy", "Đã ghi không đạt, lưu trên máy"


def arrived_trips(border: Border, count: int) -> list[Trip]:
    trips = called_trips(border, count)
    for trip in trips:
        move.arrive(trip=trip, plate=trip.tractor_plate, by=border.gate.everything, at=border.now, confirmed=True)
    return trips


def plant_check(trip: Trip) -> ClearanceTask:
    return ClearanceTask.objects.get(trip=trip, kind="PLANT_Q")


def set_up(border: Border, actor: str, desk: str, name: str, size: tuple[int, int] = PHONE) -> Page:
    """The officer sets a telephone up for his desk while the network is there."""
    page = border.sign_in(actor, size)
    page.clock.install(time=border.now)
    page.goto(f"{border.address}{GATE}/tram/")
    page.get_by_label("Tên máy").fill(name)
    page.locator(f"input[value='{desk}']").check()
    page.get_by_role("button", name="Đăng ký máy").click()
    expect(page.locator("[data-rows]")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    return page


def ask(page: Page, typed: str, plate: str) -> None:
    page.locator("#code").fill(typed)
    page.locator("#code").press("Enter")
    expect(page.locator(".desk-card [data-plate]")).to_have_text(plates.show(plate))


def cut(border: Border, page: Page) -> None:
    """The network goes; the installed app opens at its own screen all the same."""
    page.context.set_offline(True)
    page.goto(f"{border.address}{GATE}/ung-dung/")
    page.wait_for_url(lambda url: url.partition("?")[0].endswith("/tram/"))
    expect(page.locator("[data-offline-badge]")).to_contain_text("Mất mạng")


def picture() -> dict[str, object]:
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), "darkgreen").save(kept, "JPEG")
    return {"name": "sau.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def fail(page: Page) -> None:
    """Not passed, with a reason and a photograph."""
    page.get_by_role("button", name="Trả lại hàng").click()
    page.locator("[name=reason_code]").select_option("QUARANTINE_FAIL")
    page.locator("[name=reason]").fill("Có sinh vật gây hại trên cuống")
    page.locator("[name=photo]").set_input_files(picture())
    page.get_by_role("button", name="Ghi và tạm giữ").click()
    expect(page.locator("[data-verdict]")).to_have_text(FAILED)


def test_a_force_confirms_its_checks_without_network(border):
    trips = arrived_trips(border, CHECKS + 1)
    confirmed, refused = trips[:CHECKS], trips[CHECKS]
    page = set_up(border, "KDTV", f"{POINT}/KDTV", "Máy kiểm dịch 1")
    expect(page.locator("[data-title]").first).to_have_text("Kiểm tra chưa xong: 6")

    cut(border, page)
    expect(page.locator("[data-rows] li")).to_have_count(CHECKS + 1)
    for number, trip in enumerate(confirmed):
        typed = token_of(trip, at=border.now) if number % 2 else plates.show(trip.tractor_plate)
        ask(page, typed, trip.tractor_plate)
        page.get_by_role("button", name="Xác nhận đạt").click()
        expect(page.locator("[data-verdict]")).to_have_text(CONFIRMED)
        page.get_by_role("button", name="Xe tiếp theo").click()
        page.clock.fast_forward(5 * 60_000)
    page.locator("[data-rows] button").first.click()
    fail(page)
    page.get_by_role("button", name="Xe tiếp theo").click()
    expect(page.get_by_text("Gõ biển số hoặc quét mã QR")).to_be_visible()
    assert page.evaluate(UNSENT) == CHECKS + 1
    expect(page.locator("[data-unsent]").first).to_have_text(str(CHECKS + 1))
    assert not OfflineEvent.objects.exists()

    # A colleague with network has passed one of them; this device could not know.
    tasks.pass_task(task=plant_check(confirmed[3]), by=border.gate.everything, at=border.later(20))
    border.later(5)
    page.context.set_offline(False)
    page.wait_for_function(ALL_SENT, timeout=60_000)

    done = {("task_pass", "applied", ""): 4, ("task_pass", "waiting", "BG-033"): 1, ("task_fail", "applied", ""): 1}
    assert events() == done
    assert Counter(ClearanceTask.objects.filter(kind="PLANT_Q").values_list("state", flat=True)) == {
        "passed": 5, "failed": 1,
    }  # fmt: skip
    passes = History.objects.filter(flow="border_gate.task", step="pass", facts__has_key="offline")
    assert (passes.count(), Hold.objects.get().trip_id) == (4, refused.pk)
    assert min(passes.values_list("at", flat=True)) < plant_check(confirmed[3]).finished_at
    assert OfflineDevice.objects.get().next_seq == CHECKS + 2

    page.evaluate(
        """async () => {
            const { store, loop } = window.tinhso.offline;
            for (const one of store.events) { one.sent = false; await store.db.put("outbox", one); }
            await loop.run();
        }"""
    )
    page.wait_for_function(ALL_SENT, timeout=60_000)
    assert events() == done
    assert passes.count() == 4

    page.wait_for_function(f"() => ({PHOTOS})().then((left) => left === 0)", timeout=60_000)
    kept = Attachment.objects.get(kind="border_gate.force_event")
    assert OfflineEvent.objects.get(kind="task_fail").pk == kept.record_id
    assert [one for one in border.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []


def events() -> Counter[tuple[str, str, str]]:
    return Counter(OfflineEvent.objects.values_list("kind", "state", "code"))


def test_a_yard_lets_in_without_network(border):
    trips = arrived_trips(border, 3)
    yard = trips[0].yard
    page = set_up(border, "YARD", f"{POINT}/bai/{yard.code}", "Máy bãi 1")

    cut(border, page)
    expect(page.locator("[data-rows] li")).to_have_count(3)
    bays = []
    for trip in trips:
        ask(page, plates.show(trip.tractor_plate), trip.tractor_plate)
        bays.append(page.locator("#desk-bay-choice").input_value())
        page.get_by_role("button", name="Cho vào bãi").click()
        expect(page.locator("[data-verdict]")).to_have_text("Đã cho vào bãi, lưu trên máy")
        page.get_by_role("button", name="Xe tiếp theo").click()
    assert len(set(bays)) == 3
    assert page.evaluate(UNSENT) == 3

    page.clock.fast_forward(10 * 60_000)
    border.later(10)
    page.context.set_offline(False)
    page.wait_for_function(ALL_SENT, timeout=60_000)

    stored = [Trip.objects.get(pk=trip.pk) for trip in trips]
    assert [(one.state, one.bay) for one in stored] == [("in_yard", bay) for bay in bays]
    assert events() == {("pass", "applied", ""): 3}
    assert [one for one in border.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
