"""Scenario 7: fruit that did not pass goes home, China sends fruit back, and the growing area is suspended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.machines import Machine
from tests.journeys.conftest import CHROMIUM, GATE, POINT, Border, press
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import codes, declare, fees, move, release, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, RegisteredCode, SlotWindow, Trip
from tinhso.pillars.border.gate.queries.codes import codes_on
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
AREA, HOUSE = "VN-DLOR-0042", "VN-DLPH-007"
LIST = (
    "kind,code,title,place,products,status,valid_from,document_no\n"
    f"PUC,{AREA},Hợp tác xã Krông Pắc,Đắk Lắk,081060,ACTIVE,2025-01-01,QD-1\n"
    f"PHC,{HOUSE},Cơ sở đóng gói Buôn Hồ,Đắk Lắk,081060,ACTIVE,2025-01-01,QD-1\n"
)
PAPERS = {"12C12345": "020090001234", "12C54321": "020090009999", "12C77777": "020090007777"}


def drafted(border: Border, plate: str) -> Trip:
    """Durian of that growing area, with a certificate of its own."""
    line = declare.DraftLine(
        hs6="081060",
        title="Sầu riêng tươi",
        group="FRUIT",
        gross_kg=18_600,
        growing_areas=(AREA,),
        packing_houses=(HOUSE,),
        certificate_no=f"KD-{plate}",
    )
    driver = make_driver(f"Lái xe {plate}", PAPERS[plate], employer=border.firm)
    draft = fruit_draft(border.gate, firm=border.firm, plate=plate, driver=driver, lines=(line,))
    return declare.draft_trip(draft=draft, by=border.gate.everything, at=border.now)


def in_yard(border: Border, plate: str) -> Trip:
    trip, by = drafted(border, plate), border.gate.everything
    declare.submit_trip(trip=trip, by=by, at=border.now)
    move.enter_buffer(trip=trip, plate=plate, by=by, at=border.now)
    move.call_next(point=trip.point, at=border.later(31))
    trip.refresh_from_db()
    move.arrive(trip=trip, plate=plate, by=by, at=border.now)
    return move.enter_yard(trip=trip, by=by, at=border.now)


def abroad(border: Border, plate: str) -> Trip:
    trip, by = in_yard(border, plate), border.gate.everything
    for task in ClearanceTask.objects.filter(trip=trip, state="open"):
        tasks.pass_task(task=task, by=by, at=border.now)
    fees.pay_fee(fee=FeeAssessment.objects.get(trip=trip), method="CARD", by=by, at=border.now)
    release.release_trip(trip=trip, by=by, at=border.now)
    return move.cross_out(trip=trip, plate=plate, by=by, at=border.now)


def fill_sheet(page: Page, sheet: str, **typed: str) -> None:
    """Open one of the further deeds, fill its form and send it."""
    page.locator(".menu--up summary").first.click()
    page.locator(f'[data-opens="{sheet}"]').first.click()
    form = page.locator(f"dialog#{sheet}")
    for name, value in typed.items():
        box = form.locator(f"[name={name}]")
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def test_refused_fruit_is_counted_and_its_growing_area_suspended_before_the_next_truck_leaves(border):
    rows = codes.read_codes(LIST).rows
    codes.keep_codes(rows=rows, source="danh sách của Bộ", by=border.gate.everything, at=border.now)

    failed = in_yard(border, "12C12345")
    plant = border.sign_in("KDTV")
    plant.goto(f"{border.address}{GATE}/nhiem-vu/{ClearanceTask.objects.get(trip=failed, kind='PLANT_Q').pk}/")
    fill_sheet(plant, "return", reason_code="QUARANTINE_FAIL", reason="Có rệp sáp trên cuống quả")
    assert ClearanceTask.objects.get(trip=failed, kind="PLANT_Q").state == "failed"
    board = border.sign_in("BQLKKT")
    board.goto(f"{border.address}{GATE}/luot-xe/{failed.pk}/")
    fill_sheet(
        board,
        "turn-back",
        reason_code="QUARANTINE_FAIL",
        reason="Kiểm dịch không đạt, quay đầu",
        customs_consent="HQ-9",
    )
    assert Trip.objects.get(pk=failed.pk).state == "turned_back"
    turned = History.objects.get(record_id=failed.pk, step="turn_back").facts
    assert (turned["reason_code"], turned["reason"]) == ("QUARANTINE_FAIL", "Kiểm dịch không đạt, quay đầu")
    reads_that_it_turned_back(border, failed)

    sent_back = abroad(border, "12C54321")
    border.later(60)
    guard = border.ask_barrier("BIENPHONG", "B3", plates.show("12C54321"))
    guard.locator("[name=ly_do]").select_option("CN_REFUSED_PUC")
    press(guard, "Mở, hàng bị trả về")
    stored = Trip.objects.get(pk=sent_back.pk)
    assert (stored.state, stored.load_state) == ("returned_in", "REJECTED")
    assert History.objects.get(record_id=sent_back.pk, step="return_in").facts["reason_code"] == "CN_REFUSED_PUC"

    board.goto(f"{border.address}{GATE}/hang-bi-tra/")
    lines = board.locator("tbody tr", has_text=AREA)
    expect(lines).to_have_count(2)
    told = sorted(lines.all_inner_texts())
    assert all("18.600" in line for line in told)
    assert sum("Phía Trung Quốc trả: mã vùng trồng" in line and "KD-12C54321" in line for line in told) == 1
    assert sum("Kiểm dịch không đạt" in line and "KD-12C12345" in line for line in told) == 1

    board.goto(f"{border.address}{GATE}/ma-vung-trong/{RegisteredCode.objects.get(code=AREA).pk}/")
    board.locator("[name=document_no]").fill("88/BVTV-KD")
    press(board, "Tạm đình chỉ")
    board.goto(f"{border.address}{GATE}/ma-vung-trong/{RegisteredCode.objects.get(code=AREA).pk}/")
    expect(board.locator("main")).to_contain_text("88/BVTV-KD")

    code = codes_on(border.now.astimezone(HANOI).date()).get(code=AREA)
    assert (code.status, code.document_no) == ("SUSPENDED", "88/BVTV-KD")

    following = drafted(border, "12C77777")
    the_firm_is_told_on_the_page_before_it_can_book(border)
    machine = Machine.of(border, "ENTERPRISE", agency=border.firm.pk)
    status, told = machine.post(f"trips/{following.pk}/steps/submit", {})
    assert (status, told["code"]) == (409, "BG-280")
    assert all(part in told["detail"] for part in (AREA, "88/BVTV-KD"))
    hour = border.now + timedelta(hours=2)
    window = SlotWindow.objects.create(
        point=following.point, direction="X", begins_at=hour, ends_at=hour + timedelta(hours=1), capacity=35
    )
    assert machine.post(f"trips/{following.pk}/steps/book_slot", {"slot": str(window.pk)})[0] == 409
    window.refresh_from_db()
    assert (Trip.objects.get(pk=following.pk).state, window.booked) == ("draft", 0)
    assert border.complaints == []


def reads_that_it_turned_back(border: Border, trip: Trip) -> None:
    """The owner sees what became of it and why."""
    firm = border.sign_in("ENTERPRISE")
    firm.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{trip.pk}/")
    expect(firm.locator("main")).to_contain_text("Quay đầu")


def the_firm_is_told_on_the_page_before_it_can_book(border: Border) -> None:
    """The next declaration with the code: what is wrong stands in the review, and no hour can be taken."""
    page = border.sign_in("ENTERPRISE")
    page.goto(f"{border.address}{GATE}/doanh-nghiep/khai-bao/")
    page.locator("[name=point]").select_option(POINT)
    typed = {
        "goods_1": "Sầu riêng tươi (081060)",
        "kg_1": "18600",
        "puc_1": AREA,
        "phc_1": HOUSE,
        "certificate_1": "KD-9",
    }
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    press(page, "Tiếp: xe và lái xe")
    for name, value in {"tractor": "12C-777.77", "trailer": "12R-001.23"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=driver]").select_option(label="Lái xe 12C77777")
    press(page, "Tiếp: xem lại")
    before = Trip.objects.count()
    for _look in ("the review", "sent all the same"):
        for part in (AREA, "88/BVTV-KD", "tạm đình chỉ"):
            expect(page.locator("main")).to_contain_text(part)
        if page.get_by_role("button", name="Gửi khai báo").count():
            press(page, "Gửi khai báo")
    assert not Trip.objects.exclude(state="draft").filter(tractor_plate="12C77777").exists()
    assert Trip.objects.count() == before
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
