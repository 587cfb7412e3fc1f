"""A notice stops fresh fruit, and days after Tet let in only who was accepted before: told once, refused, rebooked."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.machines import Machine
from tests.journeys.conftest import CHROMIUM, GATE, POINT, Border, press
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.modules.declare import handlers_of
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import bookings, declare, windows
from tinhso.pillars.border.gate.actions.declare import DraftLine
from tinhso.pillars.border.gate.models import Displacement, Moratorium, SlotWindow, Trip
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver, make_firm

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
NOTICE = "35/TB-UBND"
STARCH = DraftLine(hs6="110814", title="Tinh bột sắn", group="AGRI", gross_kg=18_000)
FIRMS, EACH = 12, 10


def at(year: int, day: int, hour: int = 9) -> datetime:
    """A moment of February, in Viet Nam."""
    return datetime(year, 2, day, hour, tzinfo=HANOI).astimezone(UTC)


def accepted(border: Border, firm: Any, count: int, first: int, **fields: Any) -> list[Trip]:
    """Accepted trips of a firm: fresh fruit, if nothing else is said."""
    drafts = [
        fruit_draft(
            border.gate,
            firm=firm,
            plate=f"12C{number:05d}",
            driver=make_driver(f"Lái xe {number}", f"0200900{number:05d}", employer=firm),
            planned_on=border.now.astimezone(HANOI).date(),
            **fields,
        )
        for number in range(first, first + count)
    ]
    by = border.gate.everything
    trips = declare.submit_trips(trips=declare.draft_trips(drafts=drafts, by=by, at=border.now), by=by, at=border.now)
    assert len(trips) == count
    return trips


def hour(trip: Trip, moment: datetime) -> SlotWindow:
    return SlotWindow.objects.get(point=trip.point_id, direction="X", begins_at=moment)


def book(border: Border, trip: Trip, moment: datetime) -> None:
    slot = hour(trip, moment)
    bookings.book_slot(trip=trip, slot_id=slot.pk, by=border.gate.everything, at=border.now)


def ask(machine: Machine, trip: Trip, moment: datetime) -> tuple[int, dict[str, Any]]:
    return machine.post(f"trips/{trip.pk}/steps/book_slot", {"slot": str(hour(trip, moment).pk)})


def deliver(name: str) -> None:
    """Give the events of that name to their handlers, as the relay does, which may do so twice."""
    for row in Outbox.objects.filter(name=name).order_by("id"):
        event = Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, row.id)
        for handler in handlers_of(name):
            handler.handle(event)


def fill_days(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"form[novalidate] [name={name}]").fill(value)


def test_a_notice_on_fresh_fruit_is_told_once_to_each_of_120_and_refuses_booking(border):
    border.now = at(2026, 12)
    windows.keep_windows(at=border.now)
    firms = [make_firm(f"Công ty số {n}", f"49{n:08d}") for n in range(1, FIRMS + 1)]
    touched: list[Trip] = []
    for n, firm in enumerate(firms):
        touched += accepted(border, firm, EACH, 10_000 + n * EACH)
    first = at(2026, 16, 7)
    for n, trip in enumerate(touched):
        book(border, trip, first + timedelta(days=n % 4, hours=n // 4 % 12))
    others = [
        *accepted(border, firms[0], 3, 20_000),
        *accepted(border, firms[1], 3, 20_100, lines=(STARCH,)),
    ]
    for trip in others[:3]:
        book(border, trip, at(2026, 14, 8))
    for trip in others[3:]:
        book(border, trip, at(2026, 17, 8))
    (late,) = accepted(border, firms[2], 1, 20_200)
    (elsewhere,) = accepted(border, firms[2], 1, 20_300, point="TT-1088")

    border.later(60)
    page = border.sign_in("LEADER")
    page.goto(f"{border.address}{GATE}/tam-dung/")
    fill_days(
        page,
        document_no=NOTICE,
        begins_at="2026-02-16T00:00",
        ends_at="2026-02-26T00:00",
        text_vi="Tạm dừng tiếp nhận trái cây tươi tại các cửa khẩu từ 16 đến hết 25/02",
    )
    page.locator("[name=groups][value=FRUIT]").check()
    press(page, "Xem ai bị ảnh hưởng")
    expect(page.get_by_text("Liên quan 120 lượt xe, trong đó 120 lượt đã đặt giờ").first).to_be_visible()
    assert not Moratorium.objects.exists()
    press(page, "Ban hành")
    expect(page.get_by_role("heading", name=NOTICE)).to_be_visible()

    # Exactly one notice each: to the drivers of the 120, once to each firm's people, and to nobody else.
    machine = Machine.of(border, "ENTERPRISE", agency=firms[2].pk)
    for _again in range(2):
        deliver("border_gate.moratorium_placed")
    told = Counter(Notice.objects.filter(kind="border_gate.goods_stopped").values_list("recipient", flat=True))
    drivers = {trip.driver.person_id for trip in touched}
    assert len(drivers) == 120
    assert {person: told[person] for person in drivers} == dict.fromkeys(drivers, 1)
    assert not {trip.driver.person_id for trip in (*others, late, elsewhere)} & set(told)
    assert len(told) == 120 + 1  # and the one program of a firm's that there is
    assert set(told.values()) == {1}
    assert Displacement.objects.count() == 120

    for trip in (late, elsewhere):
        status, refusal = ask(machine, trip, at(2026, 18, 8))
        assert (status, refusal["code"]) == (409, "BG-016")
        assert NOTICE in refusal["detail"]
    assert ask(machine, late, at(2026, 15, 8))[0] == 200
    assert border.complaints == []


def test_preregistered_days_let_in_who_was_accepted_before_and_the_others_rebook(border):
    border.now = at(2027, 9)
    windows.keep_windows(at=border.now)
    early = accepted(border, border.firm, 2, 10_000)
    book(border, early[0], at(2027, 15, 8))
    border.now = at(2027, 11)
    windows.keep_windows(at=border.now)
    late = accepted(border, border.firm, 2, 10_100)
    book(border, late[0], at(2027, 15, 8))
    before = {trip.pk: trip.priority for trip in Trip.objects.all()}

    border.now = at(2027, 12)
    page = border.sign_in("BQLKKT")
    page.goto(f"{border.address}{GATE}/gio-lam-viec/")
    form = page.locator("form[novalidate]")
    form.locator("[name=kind]").select_option("preregistered")
    form.locator(f"[name=points][value={POINT}]").check()
    form.locator("[name=directions][value=X]").check()
    fill_days(
        page,
        first="2027-02-14",
        last="2027-02-17",
        opens="07:00",
        closes="19:00",
        accepted_before="2027-02-10",
        document_no="3/TB-KKT",
        source="Thông báo của phía bạn sau Tết",
    )
    press(page, "Xem ai bị ảnh hưởng")
    # The one whose hour is taken, and the one without an hour who cannot come on his day either is not of these days.
    expect(page.get_by_text("Liên quan 1 lượt xe, trong đó 1 lượt đã đặt giờ").first).to_be_visible()
    press(page, "Đặt lịch")
    assert list(Displacement.objects.values_list("trip", flat=True)) == [late[0].pk]

    # Booking for these days: who was accepted before the 10th may, others are refused.
    machine = Machine.of(border, "ENTERPRISE", agency=border.firm.pk)
    assert ask(machine, early[1], at(2027, 16, 8))[0] == 200
    status, refusal = ask(machine, late[1], at(2027, 16, 8))
    assert (status, refusal["code"]) == (409, "BG-015")

    # At barrier 1 likewise.
    border.now = at(2027, 15, 8)
    guard = Machine.of(border, "BIENPHONG", place=border.gate.points[POINT].pk)
    assert arrive(guard, early[0]) == (True, None)
    assert arrive(guard, late[0]) == (False, "BG-015")

    # After the days are over nothing has lapsed; the firm takes the next hour, and the class is kept.
    border.now = at(2027, 18)
    fire_due_steps(border.now)
    windows.keep_windows(at=border.now)
    assert Trip.objects.get(pk=late[0].pk).state == "accepted"
    firm = border.sign_in("ENTERPRISE")
    firm.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{late[0].pk}/")
    expect(firm.get_by_text("Giờ hẹn không còn hiệu lực").first).to_be_visible()
    firm.locator(".slot-choices button").first.click()
    firm.wait_for_load_state()

    stored = Trip.objects.select_related("slot").get(pk=late[0].pk)
    assert stored.slot is not None
    assert stored.slot.begins_at >= border.now
    assert stored.priority == before[stored.pk] == "P1"
    assert Displacement.objects.get().answer == "moved"
    assert border.complaints == []


def arrive(machine: Machine, trip: Trip) -> tuple[bool, str | None]:
    status, told = machine.post(f"barriers/{POINT}-B1/passages", {"plate": plates.show(trip.tractor_plate)})
    assert status == 200, told
    return told["open"], told.get("code")
