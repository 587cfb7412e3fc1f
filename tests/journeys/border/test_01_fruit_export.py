"""Scenario 1: durian goes out, the happy path; each event with its officer and point, the whole time to the second."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import CHROMIUM, GATE, POINT, Border, press
from tests.journeys.pace import timed
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.events import relay
from tinhso.kernel.identity.models import Person
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import release
from tinhso.pillars.border.gate.actions.windows import make_windows
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, SlotWindow, Trip
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.queries.reference import verifying_keys

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
PLATE, SHOWN, TRAILER = "12C12345", "12C-123.45", "12R-001.23"
WHAT = {
    "goods_1": "Sầu riêng tươi (081060)",
    "kg_1": "18600",
    "puc_1": "DEMO-0123",
    "phc_1": "DEMO-9001",
    "certificate_1": "KD-2611-0871",
    "customs_no": "306512345678",
}
WHO = {"driver_name": "Nguyễn Văn A", "paper_no": "020090001234", "paper_until": "2030-12-31", "phone": "0900 000 001"}
FIRM = "Người thử ENTERPRISE"
DONE_BY = {
    "create": FIRM,
    "submit": FIRM,
    "enter_buffer": "Người thử BUFFER",
    "call": "Người thử BQLKKT",
    "arrive": "Người thử BIENPHONG",
    "yard_in": "Người thử YARD",
    "release_out": "Người thử HAIQUAN",
    "cross_out": "Người thử BIENPHONG",
    "return_in": "Người thử BIENPHONG",
    "close_return": "Người thử BIENPHONG",
}
# A device without network: the verifying key and the code's text are all that it has.
DEVICE = """
import socket, sys, json
from datetime import datetime
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tinhso.pillars.border.gate.rules import qr
socket.socket = None  # from here on nobody is reached
told = json.load(sys.stdin)
made = Ed25519PublicKey.from_public_bytes
keys = {bytes.fromhex(name): made(bytes.fromhex(key)) for name, key in told["keys"].items()}
print(qr.verify(told["qr"], keys=keys, at=datetime.fromisoformat(told["at"])).trip_code)
"""


def declare(border: Border) -> tuple[str, int]:
    """The firm declares; the address of the driver's link and how many screens it took."""
    page = border.sign_in("ENTERPRISE")
    screens: list[str] = []
    page.on("framenavigated", lambda frame: screens.append(frame.url) if "/khai-bao/" in frame.url else None)
    page.goto(f"{border.address}{GATE}/doanh-nghiep/khai-bao/")
    page.locator("[name=point]").select_option(POINT)
    page.locator("details:has([name=customs_no]) > summary").click()
    for name, value in WHAT.items():
        page.locator(f"[name={name}]").fill(value)
    press(page, "Tiếp: xe và lái xe")
    page.locator("[name=tractor]").fill(SHOWN)
    page.locator("[name=trailer]").fill(TRAILER)
    page.get_by_text("Lái xe chưa có trong danh sách").click()
    for name, value in WHO.items():
        page.locator(f"[name={name}]").fill(value)
    press(page, "Tiếp: xem lại")
    press(page, "08:00")
    expect(page.get_by_text("gửi khai báo là đặt chỗ này")).to_be_visible()
    with timed("a declaration is accepted and shown", most=3):
        press(page, "Gửi khai báo")
        expect(page.get_by_text("Đã gửi khai báo")).to_be_visible()
    press(page, "Gửi cho lái xe")
    return page.locator("#address").input_value(), len(set(screens))


def verified_offline(trip: Trip, border: Border) -> str:
    """The trip's code as a device tells it that knows the public key and reaches nobody."""
    keys = {name.hex(): key.public_bytes_raw().hex() for name, key in verifying_keys().items()}
    told = json.dumps({"keys": keys, "qr": token_of(trip, at=border.now), "at": border.now.isoformat()})
    done = subprocess.run([sys.executable, "-c", DEVICE], input=told, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def refused(trip: Trip, border: Border) -> StepRefused:
    """What the release answers; at the customs desk it has no button."""
    page = border.sign_in("HAIQUAN")
    page.goto(f"{border.address}{GATE}/luot-xe/{trip.pk}/")
    expect(page.get_by_role("button", name="Thông quan", exact=True)).to_have_count(0)
    with pytest.raises(StepRefused) as refusal:
        release.release_trip(trip=Trip.objects.get(pk=trip.pk), by=border.gate.everything, at=border.now)
    return refusal.value


def missing(border: Border) -> str:
    """What the closed barrier at the line says is missing."""
    page = border.ask_barrier("BIENPHONG", "B3", SHOWN)
    expect(page.get_by_text("Không mở barie").first).to_be_visible()
    return page.locator("#main").inner_text()


def hours_of_the_day(border: Border) -> SlotWindow:
    """The board makes the day's hours from the published rows; the one at eight."""
    today = border.now.astimezone(HANOI).date()
    point = border.gate.points[POINT]
    make_windows(point=point, first=today, last=today, by=border.gate.everything, at=border.now)
    eight = border.now.astimezone(HANOI).replace(hour=8, minute=0, second=0, microsecond=0)
    return SlotWindow.objects.get(point=point, direction="X", begins_at=eight)


def test_durian_with_a_slot_at_eight(border):
    border.now -= timedelta(hours=2, minutes=30)  # half past six
    window = hours_of_the_day(border)
    link, screens = declare(border)
    trip = Trip.objects.get(tractor_plate=PLATE)
    assert (trip.state, screens) == ("accepted", 3)
    accepting = History.objects.get(record_id=trip.pk, step="auto_accept")
    assert (accepting.actor, accepting.at) == (SYSTEM.id, trip.submitted_at)  # by the rules, no officer in between
    assert verified_offline(trip, border) == trip.code
    assert (trip.slot_id, trip.trailer_plate) == (window.pk, "12R00123")
    driver = border.open_link(link)
    press(driver, "Tôi bắt đầu đi")

    border.later(80)
    border.pass_barrier("BUFFER", "B0", SHOWN)
    border.later(12)
    border.call(SHOWN)
    border.later(6)
    border.pass_barrier("BIENPHONG", "B1", SHOWN)
    arrived = border.now
    border.later(3)
    border.pass_barrier("YARD", "B2", SHOWN)

    border.later(5)
    assert refused(trip, border).code == "BG-027"
    border.confirm_tasks("KDTV")
    border.confirm_tasks("BIENPHONG")
    told = refused(trip, border)
    assert told.code == "BG-027"
    assert "hồ sơ hải quan" in told.for_people().lower()
    assert "phí hạ tầng" in told.for_people().lower()
    assert "Hồ sơ hải quan" in missing(border)
    border.confirm_tasks("HAIQUAN")
    assert refused(trip, border).code == "BG-028"
    assert "Phí hạ tầng" in missing(border)
    pay_from_the_office(border, trip)
    border.later(4)
    border.release()
    border.later(7)
    border.now += timedelta(seconds=13)
    border.pass_barrier("BIENPHONG", "B3", SHOWN)
    crossed = border.now
    border.later(150)
    border.pass_barrier("BIENPHONG", "B3", SHOWN, "Mở, xe về rỗng")
    border.later(1)
    press(border.sign_in("BIENPHONG"), "Kết thúc lượt xe")

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.state, stored.load_state, FeeAssessment.objects.get(trip=trip).state) == (
        "completed",
        "EMPTY",
        "paid",
    )
    assert set(ClearanceTask.objects.filter(trip=trip).values_list("state", flat=True)) == {"passed"}
    events = list(History.objects.filter(record_id=trip.pk).order_by("version"))
    assert 12 <= len(events) <= 16
    assert {event.place_id for event in events} == {stored.point_id}
    assert [(event.step, name_of(event.actor)) for event in events if event.step in DONE_BY] == list(DONE_BY.items())
    of_the_firm = {event.step for event in events if name_of(event.actor) == FIRM}
    assert of_the_firm == {"create", "submit", "book_slot"}  # all from its own desk: nobody went to an office
    assert whole(events) == crossed - arrived == stored.crossed_out_at - stored.arrived_at
    assert whole(events).total_seconds() == (3 + 5 + 4 + 7) * 60 + 13
    assert told_t6(border) == "19:13"
    assert border.complaints == []


def name_of(actor: UUID) -> str:
    return Person.objects.filter(pk=actor).values_list("full_name", flat=True).first() or ""


def pay_from_the_office(border: Border, trip: Trip) -> None:
    """The firm opens the QR of the fee, its bank pays, the gate hears of it: nobody goes to a counter."""
    page = border.sign_in("ENTERPRISE")
    page.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{trip.pk}/")
    page.get_by_role("link", name="Nộp phí").click()
    press(page, "Nộp một lần")
    expect(page.get_by_text("Đã nộp").first).to_be_visible()
    while relay.deliver_once() is not None:
        pass
    fee = FeeAssessment.objects.get(trip=trip)
    assert (fee.state, fee.method) == ("paid", "BANK_QR")


def told_t6(border: Border) -> str:
    """The whole time as the week's report tells it, to the second."""
    page = border.sign_in("LEADER")
    page.goto(f"{border.address}{GATE}/bao-cao/tuan/{border.now.astimezone(HANOI).date()}/")
    return page.locator("tr", has_text="T6 từ barie 1 đến qua biên giới").first.locator("td").nth(-2).inner_text()


def whole(events: Iterable[History]) -> timedelta:
    """T6, from barrier 1 over the line, by the two events."""
    at = {event.step: event.at for event in events}
    return at["cross_out"] - at["arrive"]
