"""One truck of twenty comes undeclared at Tân Thanh: the lane stays free, and it is declared on the spot."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.test_photos import picture
from tests.journeys.conftest import CHROMIUM, GATE, PHONE, Border, press
from tests.journeys.pace import Pace, note, timed
from tinhso.kernel.base import clock
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.modules.declare import handlers_of
from tinhso.kernel.notices.models import Delivery
from tinhso.pillars.border.gate.actions import declare, move, undeclared
from tinhso.pillars.border.gate.events import LINK_WANTED
from tinhso.pillars.border.gate.models import SlotWindow, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver, make_firm, make_vehicle

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
POINT = "TT-1088"
TRUCKS, SPACING, UNDECLARED = 20, timedelta(seconds=20), 7
LANE_FREE = timedelta(seconds=30)
DELAY = 30.0  # seconds
ITS_PLATE = "29H51270"
PHOTO = picture("bien.jpg")
SIX = {
    "tax_code": "4900234569",
    "goods": "Tinh bột sắn",
    "kg": "18000",
    "driver_name": "Trần Văn B",
    "paper_no": "020090001235",
    "phone": "0912 345 678",
}


@dataclass
class Lane:
    """Barrier 1 as its officer sees it, and when each vehicle had its answer there."""

    border: Border
    officer: Page
    answered: list[str] = field(default_factory=list)
    link: str = ""

    def come(self, plate: str) -> None:
        """The vehicle stands there, its plate is typed."""
        self.officer.locator("#code").fill(plates.show(plate))
        self.officer.locator("#code").press("Enter")
        expect(self.officer.locator("#main .plate").first).to_have_text(plates.show(plate))

    def answer(self, plate: str, words: str, line: str) -> None:
        press(self.officer, words)
        expect(self.officer.locator(".log-row").first).to_contain_text(line)
        self.answered.append(plate)

    def note_undeclared(self, plate: str) -> None:
        self.officer.get_by_text("Ảnh biển số").first.click()
        self.officer.locator("[name=anh]").set_input_files([PHOTO])
        press(self.officer, "Ghi nhận xe chưa khai báo")  # one tap
        expect(self.officer.locator("#main")).to_contain_text("làn đã trống")
        expect(self.officer.locator("#code")).to_be_focused()  # the next plate can be typed
        expect(self.officer.locator(".qr-card__code svg")).to_be_visible()  # the driver scans it
        self.link = self.officer.locator(".decision").inner_text().partition(GATE)[2].split()[0]
        self.officer.locator("[name=phone]").fill(SIX["phone"])
        press(self.officer, "Gửi liên kết")
        expect(self.officer.get_by_text("Đang gửi liên kết").first).to_be_visible()
        self.answered.append(plate)


def called_truck(border: Border, number: int) -> Trip:
    """A declared truck of a firm of its own, called to the gate."""
    plate = f"12C{10000 + number}"
    firm = make_firm(f"Công ty số {number}", tax_code=f"49{number:08d}")
    driver = make_driver(f"Lái xe {number}", f"0200900{number:05d}", employer=firm)
    draft = fruit_draft(border.gate, point=POINT, firm=firm, plate=plate, driver=driver)
    by, at = border.gate.everything, border.now
    trip = declare.draft_trip(draft=draft, by=by, at=at)
    declare.submit_trip(trip=trip, by=by, at=at)
    return move.enter_buffer(trip=trip, plate=plate, by=by, at=at)


def twenty_trucks(border: Border) -> list[str]:
    """The plates in the order in which they come; all but number seven are declared and called."""
    declared = [called_truck(border, number) for number in range(1, TRUCKS)]
    border.later(31)
    while move.call_next(point=border.gate.points[POINT], at=border.now):
        pass
    assert {Trip.objects.get(pk=trip.pk).state for trip in declared} == {"called"}
    coming = [trip.tractor_plate for trip in declared]
    return [*coming[: UNDECLARED - 1], ITS_PLATE, *coming[UNDECLARED - 1 :]]


def two_undeclared_before(border: Border) -> None:
    """The same firm's vehicles came undeclared twice within ninety days."""
    answers = undeclared.Answers(
        tax_code=SIX["tax_code"],
        goods=("110814", "Tinh bột sắn", "AGRI"),
        gross_kg=18_000,
        driver_name="Lái xe cũ",
        paper_kind="CCCD",
        paper_no="020090001236",
        paper_until=(border.now + timedelta(days=900)).date(),
    )
    for plate, days in (("29H51271", 80), ("29H51272", 10)):
        at = border.now - timedelta(days=days)
        with clock.frozen(at):
            who = {"by": border.gate.everything, "at": at}
            arrival = undeclared.record_undeclared(plate=plate, point=border.gate.points[POINT], **who)
            trip = undeclared.declare_with(arrival=arrival, answers=answers, **who)
            declare.cancel_trip(trip=trip, **who)


def play_the_lane(border: Border, coming: list[str]) -> Lane:
    """A vehicle each twenty seconds; nobody waits for the one before."""
    officer = border.sign_in("BIENPHONG")
    officer.goto(f"{border.address}{GATE}/barie/{POINT}-B1/")
    lane, pace = Lane(border, officer), Pace()
    for number, plate in enumerate(coming, 1):
        border.later(seconds=SPACING.total_seconds())
        due = number * SPACING.total_seconds()
        pace.until(due)
        if number > UNDECLARED:
            note("a vehicle behind the undeclared one is served later than it came", pace.late(due), most=DELAY)
        lane.come(plate)
        if plate == ITS_PLATE:
            with timed("the lane of the undeclared vehicle is free", most=LANE_FREE.total_seconds()):
                lane.note_undeclared(plate)
        else:
            with timed("a declared vehicle has its answer", most=SPACING.total_seconds()):
                lane.answer(plate, "Mở barie", "Đã mở")
    return lane


def declare_on_the_telephone(border: Border, link: str) -> None:
    driver = border.open(PHONE)
    driver.goto(link)
    expect(driver.locator("form .field:visible")).to_have_count(len(SIX))
    for name, value in SIX.items():
        driver.locator(f"[name={name}]").fill(value)
    press(driver, "Gửi khai báo")
    expect(driver.locator(".next-card__value").first).to_have_text("1")
    driver.context.close()


def test_an_undeclared_truck_frees_the_lane_and_is_declared_on_the_spot(border: Border):
    border.point = POINT
    two_undeclared_before(border)
    make_driver(SIX["driver_name"], SIX["paper_no"], employer=border.firm)
    coming = twenty_trucks(border)
    began = border.now

    lane = play_the_lane(border, coming)
    arrival = UndeclaredArrival.objects.get(plate=ITS_PLATE)
    sent_to_the_driver(lane.link)
    declared_at = border.later(4)
    declare_on_the_telephone(border, f"{border.address}{GATE}{lane.link}")

    trip = Trip.objects.get(pk=arrival.trip_id)
    came = {plate: began + SPACING * number for number, plate in enumerate(coming, 1)}
    assert lane.answered == coming  # each one where it stood in the lane; the times are the paced soak's
    shot = Attachment.objects.get(record_id=arrival.pk)
    assert (shot.purpose, shot.original) == ("photo", hashlib.sha256(bytes(PHOTO["buffer"])).hexdigest())
    assert arrival.seen_at == came[ITS_PLATE]
    arrivals = dict(Trip.objects.filter(state="arrived").values_list("tractor_plate", "arrived_at"))
    assert arrivals == {plate: at for plate, at in came.items() if plate != ITS_PLATE}
    assert (trip.state, trip.undeclared) == ("at_buffer", True)
    assert trip.effective_at == declared_at + timedelta(minutes=30)

    leader = border.sign_in("LEADER")
    leader.goto(f"{border.address}{GATE}/bao-cao/{border.now:%Y-%m-%d}/")
    row = leader.locator(".report-table tr").filter(has_text="Xe đến chưa khai báo")
    assert row.locator("td").first.inner_text() == "1"
    refused = booking_by_the_firm(border, trip)
    assert (refused.status, refused.json()["code"]) == (403, "BG-037")
    assert border.complaints == []


def sent_to_the_driver(link: str) -> None:
    """The link goes to the telephone that the officer typed, by SMS."""
    row = Outbox.objects.get(name=LINK_WANTED)
    event = Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, row.id)
    for handler in handlers_of(event.name):
        handler.handle(event)
    code = link.rstrip("/").rpartition("/")[2]
    (sent,) = Delivery.objects.filter(channel="sms").select_related("notice")
    assert "912345678" in sent.address
    assert code in f"{sent.notice.text} {sent.notice.fields}"


def booking_by_the_firm(border: Border, trip: Trip):
    """The firm's program asks for an hour for another truck of its own."""
    firm = trip.enterprise
    by, at = border.gate.everything, border.now
    tractor, driver = make_vehicle("12C99999", owner=firm), make_driver("Lò Văn C", "020090009999", employer=firm)
    draft = fruit_draft(border.gate, point=POINT, firm=firm, tractor=tractor, driver=driver)
    other = declare.draft_trip(draft=draft, by=by, at=at)
    declare.submit_trip(trip=other, by=by, at=at)
    window = SlotWindow.objects.create(
        point=other.point,
        direction=other.direction,
        begins_at=at + timedelta(hours=2),
        ends_at=at + timedelta(hours=3),
        capacity=20,
    )
    machine = border.machine("ENTERPRISE", agency=firm.pk)
    path = f"/api/v1/border/gate/trips/{other.pk}/steps/book_slot"
    return machine.post(path, data={"slot": str(window.pk)})
