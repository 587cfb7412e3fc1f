"""Vehicles that share where they are, on the map of the border: the police tap a dot and read whose it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.border.test_carrier_and_ahead_on_screen import fits
from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, Border
from tinhso.pillars.border.gate.actions import move
from tinhso.pillars.border.gate.actions.positions import Ping, keep_positions
from tinhso.pillars.border.gate.models import TrackingConsent, Trip
from tinhso.pillars.border.gate.tests.test_bookings import trips_of

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
CROWD, ROAD = 12, 5


@pytest.mark.parametrize("size", [PHONE, OFFICE])
def test_the_police_tap_a_dot_and_a_crowd_and_read_who_it_is(border, size):
    trips = sharing(border)

    page = border.sign_in("CSGT", size)
    page.goto(f"{border.address}{GATE}/ban-do/")
    expect(page.locator("[data-newest]")).to_contain_text(f"{CROWD + ROAD} xe trong tỉnh đang gửi vị trí")
    expect(page.locator(".dots__named")).to_have_count(0)
    page.locator(".dots__spot--road").first.click()
    expect(page.locator(".dots__named li")).to_have_count(1)
    expect(page.locator(".dots__named")).to_contain_text("Hoa quả")
    page.get_by_role("link", name=f"{CROWD} xe đứng cùng chỗ").click()
    expect(page.locator(".dots__named li")).to_have_count(CROWD)
    fits(page)
    page.get_by_role("link", name="Xem dạng danh sách").click()
    expect(page.locator(".dots__list tbody tr")).to_have_count(len(trips))
    fits(page)

    assert border.complaints == []


def sharing(border: Border) -> list[Trip]:
    """A crowd in the holding area, and some on the road, the last of them not heard of for a while."""
    gate, at = border.gate, border.now
    trips = trips_of(gate, border.firm, CROWD + ROAD)
    for number, trip in enumerate(trips):
        gone = move.depart(trip=trip, by=gate.everything, at=at)
        TrackingConsent.objects.create(trip=gone, given_at=at - timedelta(hours=1))
        seen_at = at - timedelta(minutes=20 if number + 1 == len(trips) else 1)
        where = (21.9, 106.7) if number < CROWD else (21.4 + 0.09 * (number - CROWD), 106.45 + 0.05 * (number - CROWD))
        keep_positions(pings=[Ping(gone.pk, seen_at, *where)], by=gate.everything, at=at)
        if number < CROWD - 4:
            move.enter_buffer(trip=gone, plate=gone.tractor_plate, by=gate.everything, at=at)
    return trips
