"""A Chinese truck comes in, unloads and goes back empty: its driver reads Chinese, the desks are the same."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import CHROMIUM, Border
from tinhso.pillars.border.gate.actions import declare, links, release
from tinhso.pillars.border.gate.models import ClearanceTask, Trip
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver, make_vehicle

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
PLATE, SHOWN = "桂F12345", "桂F·12345"


def declared(border: Border) -> Trip:
    """Garlic by a Chinese truck, declared by the firm that buys it."""
    driver = make_driver("Wang Wu", "451481199001011234", nationality="CN")
    driver.person.phone, driver.person.language = "+8613800000001", "zh-hans"
    driver.person.save()
    draft = fruit_draft(
        border.gate,
        firm=border.firm,
        kind="IMP_CN",
        regime="IMPORT",
        tractor=make_vehicle(PLATE, country="CN"),
        driver=driver,
        lines=(declare.DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, certificate_no="CN-1"),),
    )
    everything = border.gate.everything
    trip = declare.draft_trip(draft=draft, by=everything, at=border.now)
    return declare.submit_trip(trip=trip, by=everything, at=border.now)


def test_garlic_comes_in_and_the_truck_goes_back_empty(border):
    trip, everything = declared(border), border.gate.everything
    _link, token = links.link_for_driver(trip=trip, by=everything, at=border.now)
    driver = border.open_link(f"{border.address}/dang-nhap/lien-ket/{token}/")
    assert driver.locator("html").get_attribute("lang") == "zh-hans"
    expect(driver.locator("h1")).to_have_text(SHOWN)

    border.later(10)
    border.pass_barrier("BIENPHONG", "B3", SHOWN)
    border.pass_barrier("YARD", "B2", SHOWN)
    trip.refresh_from_db()
    assert (trip.state, trip.direction) == ("in_yard", "N")

    border.later(10)
    opened = Counter(ClearanceTask.objects.filter(trip=trip, state="open").values_list("force__code", flat=True))
    assert opened == {"BIENPHONG": 2, "HAIQUAN": 1, "KDTV": 1, "QLVT": 1}  # the border guard: coming in, going out
    for force, count in opened.items():
        border.confirm_tasks(force, count)
    border.pay(PLATE)
    closed = border.ask_barrier("BIENPHONG", "B3", SHOWN)
    expect(closed.get_by_text("Không mở barie").first).to_be_visible()
    border.later(40)
    border.unload("20.000")
    trip.refresh_from_db()
    assert release.release_step(trip) == "release_empty_back"
    border.release()

    border.later(5)
    border.pass_barrier("BIENPHONG", "B3", SHOWN)
    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.state, stored.balance_kg, stored.unloaded_kg) == ("crossed_out", 0, 20_000)
    assert border.complaints == []
