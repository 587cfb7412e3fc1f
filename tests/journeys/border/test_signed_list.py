"""Many checks with one signature, and whom a yard expects: at the desk, on a telephone and at a wide screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, Border, press
from tinhso.pillars.border.gate.actions import declare, move
from tinhso.pillars.border.gate.actions.figures import count_days
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import SignedList, Trip
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]


def declared(border: Border, count: int) -> list[Trip]:
    """Accepted, and expected within the hour."""
    by = {"by": border.gate.everything, "at": border.now}
    drafts = [
        fruit_draft(
            border.gate,
            firm=border.firm,
            plate=f"12C{12_345 + number}",
            driver=make_driver(f"Lái xe {number}", f"0200900{12_345 + number}", employer=border.firm),
        )
        for number in range(count)
    ]
    trips = declare.submit_trips(trips=declare.draft_trips(drafts=drafts, **by), **by)
    Trip.objects.filter(pk__in=[trip.pk for trip in trips]).update(eta=border.now + timedelta(minutes=45))
    return trips


def come(border: Border, trip: Trip) -> None:
    """Through holding area and barrier 1."""
    by = {"by": border.gate.everything, "at": border.later(1)}
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, **by)
    trip.refresh_from_db()
    TRIP.fire(trip, "call", first=FirstInLine(trip.pk), **by)
    move.arrive(trip=trip, plate=trip.tractor_plate, lane=1, control_point=f"{border.point}-B1", **by)


def fits(page: Page, size: tuple[int, int]) -> None:
    """Nothing hangs over the edge of the screen."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_an_officer_signs_a_list_and_the_yard_sees_who_comes(border):
    trips = declared(border, 3)
    yard = border.sign_in("YARD")

    yard.goto(f"{border.address}{GATE}/bai/")
    expect(yard.get_by_role("heading", name="Dự kiến đến trong 2 giờ (3)")).to_be_visible()
    for size in (PHONE, OFFICE):
        fits(yard, size)
    for trip in trips:
        come(border, trip)
    sign(border, border.sign_in("KDTV"))
    read_the_week(border, border.sign_in("LEADER"))
    assert border.complaints == []


def sign(border: Border, officer: Page) -> None:
    """All that have come are chosen, read, signed, and held against what was signed."""
    officer.goto(f"{border.address}{GATE}/nhiem-vu/")
    officer.locator("[data-choose-all]").check()
    press(officer, "Xác nhận các dòng đã chọn")
    officer.get_by_label("Tôi đã kiểm tra các xe này").check()
    for size in (PHONE, OFFICE):
        fits(officer, size)
    press(officer, "Ký danh sách")
    expect(officer.get_by_text("đúng như khi ký")).to_be_visible()
    for size in (PHONE, OFFICE):
        fits(officer, size)
    assert SignedList.objects.get().count == 3


def read_the_week(border: Border, leader: Page) -> None:
    """The report tells how it went by crossing point, beside what the press told of a week."""
    day = border.now.date()
    count_days(day, day)
    leader.goto(f"{border.address}{GATE}/bao-cao/tuan/{day}/")
    expect(leader.get_by_role("heading", name="Chất lượng theo cửa khẩu")).to_be_visible()
    expect(leader.get_by_text("12.857")).to_be_visible()
    for size in (PHONE, OFFICE):
        fits(leader, size)
