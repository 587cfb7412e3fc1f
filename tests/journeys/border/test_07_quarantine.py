"""Scenario 7: fruit that did not pass goes home, China sends fruit back, and the growing area is suspended."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, Border, press
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import codes, declare, fees, move, release, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, RegisteredCode, Trip
from tinhso.pillars.border.gate.permissions import role_code
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

    sent_back = abroad(border, "12C54321")
    border.later(60)
    guard = border.ask_barrier("BIENPHONG", "B3", plates.show("12C54321"))
    guard.locator("[name=ly_do]").select_option("CN_REFUSED_PUC")
    press(guard, "Mở, hàng bị trả về")
    stored = Trip.objects.get(pk=sent_back.pk)
    assert (stored.state, stored.load_state) == ("returned_in", "REJECTED")

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

    following = drafted(border, "12C77777")
    clerk = Client()
    person = make_person("Kế toán")
    grant(person, role_code("ENTERPRISE"), agency=border.firm.pk)
    clerk.force_login(make_account(person))
    answer = clerk.post(
        f"/api/v1/border/gate/trips/{following.pk}/steps/submit", data="{}", content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "BG-280")
    assert all(part in answer.json()["detail"] for part in (AREA, "88/BVTV-KD"))
    assert Trip.objects.get(pk=following.pk).state == "draft"
    assert Trip.objects.get(pk=following.pk).slot_id is None
    assert border.complaints == []
