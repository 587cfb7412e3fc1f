"""Photographs: taken without network they follow the event that named them; with network they go with the deed."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.border import test_08_network_cut as barrier
from tests.journeys.border.test_force_without_network import ALL_SENT, CONFIRMED, arrived_trips, ask, cut, set_up
from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, POINT, Border
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.web.offline.models import OfflineEvent
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Trip
from tinhso.pillars.border.gate.rules import plates

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
LEFT = "() => window.tinhso.offline.store.photosLeft().then((left) => [left.waiting, left.refused].join())"
FORGED = """() => window.tinhso.offline.store.db.put(
    "photos", { digest: "0".repeat(64), blob: new Blob(["khac"]), sent: false })"""
FULL = """() => { window.tinhso.offline.store.keepPhoto = async () => {
    throw new DOMException("no room", "QuotaExceededError"); }; }"""
NOT_TAKEN = ("ERR_INTERNET_DISCONNECTED", "422", "404")


def picture(name: str, colour: str = "darkgreen") -> dict[str, object]:
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(kept, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def inspected(border: Border) -> tuple[Trip, ClearanceTask]:
    """A vehicle that customs chose for the red channel."""
    trip = arrived_trips(border, 1)[0]
    papers = ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_DOC")
    tasks.pass_task(task=papers, result="RED", by=border.gate.everything, at=border.now)
    return trip, ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_INSPECT")


def wait_until_left(page: Page, left: str) -> None:
    """Until so many photos are kept on the device and so many of them refused."""
    for _ in range(120):
        if page.evaluate(LEFT) == left:
            return
        page.wait_for_timeout(250)
    assert page.evaluate(LEFT) == left


def fits(page: Page) -> bool:
    return page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def strange(border: Border) -> list[str]:
    return [one for one in border.complaints if not any(word in one for word in NOT_TAKEN)]


def test_an_inspection_without_network_names_its_photos_at_once_and_sends_them_after(border):
    trip, task = inspected(border)
    page = set_up(border, "HAIQUAN", f"{POINT}/HAIQUAN", "Máy hải quan 1")

    cut(border, page)
    ask(page, plates.show(trip.tractor_plate), trip.tractor_plate)
    page.get_by_role("button", name="Xác nhận đạt").click()
    page.get_by_role("button", name="Xác nhận đạt").click()
    expect(page.locator("[data-wrong]")).to_contain_text("Kiểm hóa đạt phải có ảnh hàng hóa")
    assert fits(page)
    page.locator("[name=photo]").set_input_files([picture("truoc.jpg"), picture("sau.jpg", "navy")])
    page.get_by_role("button", name="Xác nhận đạt").click()
    expect(page.locator("[data-verdict]")).to_have_text(CONFIRMED)
    expect(page.locator("[data-photos-left]")).to_have_text("2 ảnh chờ gửi.")
    page.evaluate(FORGED)
    page.context.set_offline(False)
    page.wait_for_function(ALL_SENT, timeout=60_000)
    wait_until_left(page, "1,1")

    event = OfflineEvent.objects.get(kind="task_pass")
    files = Attachment.objects.filter(record_id=event.pk)
    assert (ClearanceTask.objects.get(pk=task.pk).state, event.state) == ("passed", "applied")
    assert sorted(one.original for one in files) == sorted(event.payload["photos"])
    kept = History.objects.get(record_id=task.pk, step="pass").facts["offline"]
    assert kept["photo"] == event.payload["photo"]
    page.evaluate("() => window.tinhso.offline.loop.run()")
    assert files.count() == 2

    for actor, size in (("BIENPHONG", PHONE), ("KDTV", OFFICE)):
        dossier = border.sign_in(actor, size)
        dossier.goto(f"{border.address}{GATE}/luot-xe/{trip.pk}/")
        expect(dossier.locator(".filed__row")).to_have_count(2)
        assert fits(dossier)
    assert strange(border) == []


def test_a_special_plate_is_noted_without_network_with_its_photo_only(border):
    page = barrier.set_up(border)
    page.context.set_offline(True)
    page.locator("#code").fill("TM-12-34")
    page.get_by_role("button", name="Ghi nhận xe chưa khai báo").first.click()
    page.locator("[name=special]").check()
    note = page.locator("[data-note] button")
    note.click()
    expect(page.locator("[data-note-wrong]")).to_contain_text("Biển đặc biệt phải kèm ảnh biển số")
    shot = picture("bien.jpg")
    page.locator("#photo").set_input_files([shot])
    keeps = page.evaluate("() => { window.kept = window.tinhso.offline.store.keepPhoto; return typeof window.kept; }")
    page.evaluate(FULL)
    note.click()
    expect(page.locator("[data-note-wrong]")).to_contain_text("Máy đã đầy ảnh (2 GB)")
    page.evaluate("() => { delete window.tinhso.offline.store.keepPhoto; }")
    note.click()
    expect(page.get_by_text("Gõ biển số hoặc quét mã QR")).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_function(ALL_SENT, timeout=60_000)
    wait_until_left(page, "0,0")

    event = OfflineEvent.objects.get(kind="undeclared")
    trip = Trip.objects.get(undeclared=True)
    assert keeps == "function"
    assert (event.state, event.record_id, trip.tractor_plate) == ("applied", trip.pk, "TM1234")
    assert Attachment.objects.get(record_id=event.pk).original == event.payload["photo"]
    assert strange(border) == []


def test_photos_go_with_the_deed_at_the_desk_and_papers_with_the_firms_trip(border):
    trip, task = inspected(border)
    desk = border.sign_in("HAIQUAN", OFFICE)
    desk.goto(f"{border.address}{GATE}/nhiem-vu/{task.pk}/")
    desk.get_by_role("button", name="Xác nhận đạt").first.click()
    sheet = desk.locator("dialog#pass")
    expect(sheet).to_be_visible()
    sent = picture("hang.jpg")
    sheet.locator("[name=photos]").set_input_files([sent])
    sheet.locator("[name=seal_no]").fill("HQ12345")
    sheet.get_by_role("button", name="Xác nhận đạt").click()
    expect(desk.get_by_text("Đã ghi").first).to_be_visible()

    firm = border.sign_in("ENTERPRISE", PHONE)
    firm.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{trip.pk}/")
    firm.get_by_role("link", name="Thêm ảnh hoặc giấy tờ").click()
    firm.locator("[name=purpose]").select_option("contract")
    firm.locator("[name=file]").set_input_files([{"name": "a.txt", "mimeType": "text/plain", "buffer": b"chu"}])
    firm.get_by_role("button", name="Thêm", exact=True).click()
    expect(firm.locator(".field__error")).to_contain_text("Chỉ nhận PDF, JPG, PNG")
    assert firm.locator("[name=purpose]").input_value() == "contract"
    firm.locator("[name=file]").set_input_files([picture("hop-dong.jpg")])
    firm.get_by_role("button", name="Thêm", exact=True).click()
    expect(firm.locator(".filed__row")).to_have_count(1)
    assert fits(firm)

    assert ClearanceTask.objects.get(pk=task.pk).state == "passed"
    kept = Attachment.objects.get(kind="border_gate.task")
    assert kept.original == hashlib.sha256(bytes(sent["buffer"])).hexdigest()
    desk.goto(f"{border.address}{GATE}/luot-xe/{trip.pk}/")
    expect(desk.locator(".filed__row")).to_have_count(2)
    assert strange(border) == []
