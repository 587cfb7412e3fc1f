"""Fourteen trucks of the published example are called in the published order; every driver is told why he waits."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.machines import Machine
from tests.journeys.conftest import CHROMIUM, GATE, PHONE, POINT, Border, press
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.workflow.models import History
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import bookings, declare, links
from tinhso.pillars.border.gate.actions.declare import DraftLine
from tinhso.pillars.border.gate.models import CrossingPoint, CycleChange, SlotWindow, Trip
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver, make_firm
from tinhso.pillars.border.gate.tests.test_rules_queue import fixture_rows

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
PUBLISHED = list("JACBELINKFDGMH")
DAY_BEFORE = datetime(2026, 6, 9, 5, tzinfo=UTC)
FIRST_CALL = datetime(2026, 6, 10, 7, 20, tzinfo=HANOI)
EVERY = timedelta(minutes=2)
STARCH = DraftLine(hs6="110814", title="Tinh bột sắn", group="AGRI", gross_kg=18_000)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=HANOI)


def windows(border: Border) -> dict[str, SlotWindow]:
    """The booked hours of the example."""
    found = {}
    for hour in (7, 8):
        begins = FIRST_CALL.replace(hour=hour, minute=0)
        found[f"{hour:02d}:00"] = SlotWindow.objects.create(
            point=border.gate.points[POINT],
            direction="X",
            begins_at=begins,
            ends_at=begins + timedelta(hours=1),
            capacity=35,
        )
    return found


def declared(border: Border, number: int, row: dict[str, str], hours: dict[str, SlotWindow]) -> Trip:
    """One truck of the example, declared the day before, with its hour booked if it has one."""
    firm = make_firm(f"Công ty {row['vehicle']}", f"4900{number:06d}")
    firm.preferred = row["class"] == "P2"
    firm.save()
    driver = make_driver(f"Lái xe {row['vehicle']}", f"0200900{number:05d}", employer=firm)
    driver.person.phone = f"+849000000{number:02d}"
    driver.person.save()
    goods: dict[str, Any] = {} if row["class"] == "P1" else {"lines": (STARCH,)}
    by, at = border.gate.everything, border.now
    draft = fruit_draft(border.gate, firm=firm, plate=f"12C{10_000 + number}", driver=driver, **goods)
    trip = declare.submit_trip(trip=declare.draft_trip(draft=draft, by=by, at=at), by=by, at=at)
    if row["slot_start"]:
        bookings.book_slot(trip=trip, slot_id=hours[row["slot_start"]].pk, by=by, at=at)
    return trip


def come(border: Border, buffer: Machine, trip: Trip, at: datetime) -> None:
    """The holding area's own machine tells that the truck drives in."""
    border.now = at
    status, told = buffer.post(f"trips/{trip.pk}/steps/enter_buffer", {"plate": trip.tractor_plate})
    assert (status, told.get("state")) == (200, "at_buffer"), told


def order_on_page(page: Page) -> list[str]:
    return page.locator("section[aria-labelledby=waiting-title] .queue-row__what b").all_inner_texts()


def why(border: Border, trip: Trip) -> str:
    """What anybody reads who looks the trip up by its code: one sentence."""
    connection = HTTPConnection(urlsplit(border.address).netloc, timeout=30)
    connection.request("GET", f"{GATE}/tra-cuu/?ma={quote(trip.code)}", headers={"Accept-Language": "vi"})
    text = connection.getresponse().read().decode()
    connection.close()
    found = re.search(r'<p class="small">(.+?) <a', text)
    assert found, text[-1500:]
    assert plates.show(trip.tractor_plate) not in text
    return found[1]


def test_the_trucks_are_called_in_the_published_order_and_know_why(border):
    border.now = DAY_BEFORE
    hours = windows(border)
    trips = {row["vehicle"]: declared(border, n, row, hours) for n, row in enumerate(fixture_rows(), start=1)}
    arrivals = {row["vehicle"]: moment(row["arrival"]) for row in fixture_rows()}
    buffer = Machine.of(border, "BUFFER", place=border.gate.points[POINT].pk)
    here = sorted((name for name in trips if name != "H"), key=lambda name: arrivals[name])
    for name in here:
        come(border, buffer, trips[name], arrivals[name])

    # The emergency: by the number of an order, on the queue's page.
    border.now = FIRST_CALL - timedelta(minutes=2)
    board = border.sign_in("BQLKKT")
    board.goto(f"{border.address}{GATE}/hang-cho/?diem={POINT}")
    row = board.locator(".queue-row", has_text=plates.show(trips["J"].tractor_plate))
    row.locator("details", has_text="Khẩn cấp theo văn bản").locator("summary").click()
    row.locator("[name=document_no]").fill("12/CĐ-UBND")
    row.get_by_role("button", name="Cho đi trước").click()
    board.wait_for_load_state()
    classes = dict(Trip.objects.values_list("pk", "priority"))
    assert {name: classes[trip.pk] for name, trip in trips.items()} == {
        row["vehicle"]: row["class"] for row in fixture_rows()
    }

    # Each driver is told in one sentence; the public sees counts and no plate.
    told = {name: why(border, trips[name]) for name in here}
    assert told["J"] == "Xe khẩn cấp được đi trước theo lệnh."
    assert all(sentence.endswith(".") and sentence.count(". ") == 0 for sentence in told.values())
    _link, token = links.link_for_driver(trip=trips["C"], by=border.gate.everything, at=border.now)
    driver = border.open_link(f"{border.address}/dang-nhap/lien-ket/{token}/")
    expect(driver.locator(".next-card .small").first).to_contain_text(told["C"])
    public = border.open(PHONE)
    border.pages["PUBLIC"] = public
    public.goto(f"{border.address}{GATE}/bang-cong-khai/")
    assert not [
        trip for trip in trips.values() if plates.show(trip.tractor_plate) in public.locator("main").inner_text()
    ]
    expect(public.locator(f'[data-field="points.{POINT}.waiting"]')).to_have_text("13")

    # Off season the order is another; the switch is logged with person and moment, and published.
    board.goto(f"{border.address}{GATE}/hang-cho/?diem={POINT}")
    in_season = order_on_page(board)
    switch(board, "Hết vụ vải thiều")
    off_season = order_on_page(board)
    assert sorted(off_season) == sorted(in_season)
    assert off_season != in_season
    (change,) = CycleChange.objects.all()
    assert (change.in_season, change.at) == (False, border.now)
    (entry,) = Entry.objects.filter(action="border_gate.cycle_switched")
    assert (entry.actor, entry.at) == (change.by, border.now)
    public.goto(f"{border.address}{GATE}/xep-hang/")
    expect(public.get_by_text("Ban Quản lý đổi lúc").first).to_be_visible()
    switch(board, "Vải thiều vào vụ trở lại")
    assert order_on_page(board) == in_season

    # The calls, two minutes apart, on the page of those who call.
    for turn, name in enumerate(PUBLISHED[:-1]):
        border.now = FIRST_CALL + turn * EVERY
        border.call(plates.show(trips[name].tractor_plate))
    come(border, buffer, trips["H"], arrivals["H"])
    last = why(border, trips["H"])
    assert last.endswith(".")
    assert last.count(". ") == 0
    border.now = arrivals["H"] + timedelta(minutes=1)
    border.call(plates.show(trips["H"].tractor_plate))

    names = {trip.pk: name for name, trip in trips.items()}
    calls = History.objects.filter(flow="border_gate.trip", step="call").order_by("at")
    assert [names[call.record_id] for call in calls] == PUBLISHED
    at = {names[call.record_id]: f"{call.at.astimezone(HANOI):%H:%M}" for call in calls}
    assert at == {row["vehicle"]: row["called_at"] for row in fixture_rows()}
    assert border.complaints == []


def switch(board: Page, reason: str) -> None:
    board.locator("#cycle-reason").fill(reason)
    press(board, "Đổi chu kỳ")
    expect(board.locator(".toast").first).to_contain_text("Đã đổi chu kỳ")


def test_two_missed_calls_put_a_truck_behind_its_class(border):
    hours = windows(border)
    border.now = DAY_BEFORE
    rows = [
        {"vehicle": "X", "class": "P3", "slot_start": ""},
        {"vehicle": "Y", "class": "P3", "slot_start": ""},
        {"vehicle": "Z", "class": "P3", "slot_start": ""},
    ]
    trips = {row["vehicle"]: declared(border, n, row, hours) for n, row in enumerate(rows, start=1)}
    buffer = Machine.of(border, "BUFFER", place=border.gate.points[POINT].pk)
    for minute, name in enumerate(trips):
        come(border, buffer, trips[name], FIRST_CALL + timedelta(minutes=minute))

    for _missed in range(2):
        border.later(35)
        border.call(plates.show(trips["X"].tractor_plate))
        border.later(45)
        fire_due_steps(border.now)
    border.later(1)
    border.call(plates.show(trips["Y"].tractor_plate))

    stored = Trip.objects.get(pk=trips["X"].pk)
    assert (stored.state, stored.miss_count) == ("at_buffer", 2)
    assert CrossingPoint.objects.get(code=POINT).in_season
    assert border.complaints == []
