"""Without a mouse, and for everybody: keys work a task through, and axe finds nothing serious on the gate's pages."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, POINT, WALL, Border
from tinhso.pillars.border.gate.actions import declare, links, move
from tinhso.pillars.border.gate.models import ClearanceTask, Trip
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver

AXE = settings.ROOT / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
PAPERS = {"12C12345": "020090001234", "12C54321": "020090009999"}

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
    pytest.mark.skipif(not AXE.exists(), reason="axe is brought at set-up"),
]


def in_yard(border: Border, plate: str) -> Trip:
    """A truck of fruit that has come into the yard."""
    driver = make_driver(f"Lái xe {plate}", PAPERS[plate], employer=border.firm)
    driver.person.phone = "+84900000001"
    driver.person.save()
    draft = fruit_draft(border.gate, firm=border.firm, plate=plate, driver=driver)
    by = border.gate.everything
    trip = declare.draft_trip(draft=draft, by=by, at=border.now)
    declare.submit_trip(trip=trip, by=by, at=border.now)
    move.enter_buffer(trip=trip, plate=plate, by=by, at=border.now)
    move.call_next(point=trip.point, at=border.later(31))
    trip.refresh_from_db()
    move.arrive(trip=trip, plate=plate, by=by, at=border.now)
    return move.enter_yard(trip=trip, by=by, at=border.now)


def states() -> dict[str, str]:
    return dict(ClearanceTask.objects.filter(force__code="KDTV").values_list("trip__tractor_plate", "state"))


def serious(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document).then(found => found.violations.map(one => [one.impact, one.id]))")
    return [name for impact, name in found if impact in SERIOUS]


def test_a_task_is_confirmed_with_keys_alone(border):
    for plate in PAPERS:
        in_yard(border, plate)
    page = border.sign_in("KDTV")
    page.goto(f"{border.address}{GATE}/nhiem-vu/")
    rows = page.locator("[data-key-list] tbody tr")
    expect(rows).to_have_count(2)
    second = rows.nth(1).locator("a[data-row-link]").inner_text()
    assert set(states().values()) == {"open"}

    for key in ("j", "k", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#main .record__title")).to_have_text(second)
    page.keyboard.press("d")
    expect(rows).to_have_count(1)

    passed = second.replace("-", "").replace(".", "")
    assert {plate: state for plate, state in states().items() if state == "passed"} == {passed: "passed"}
    assert border.complaints == []


@pytest.mark.parametrize("size", [PHONE, OFFICE])
def test_what_else_an_officer_may_do_opens_within_the_screen(border, size):
    in_yard(border, "12C12345")
    page = border.sign_in("KDTV", size)
    page.goto(f"{border.address}{GATE}/nhiem-vu/{ClearanceTask.objects.get(kind='PLANT_Q').pk}/")

    page.locator(".menu--up summary").click()

    box = page.locator(".menu--up .menu__sheet").bounding_box()
    assert box is not None
    for begins, length, most in (("x", "width", size[0]), ("y", "height", size[1])):
        assert 0 <= box[begins] <= most - box[length]


def test_axe_finds_nothing_serious_on_the_pages_of_the_gate(border):
    trip = in_yard(border, "12C12345")
    _link, token = links.link_for_driver(trip=trip, by=border.gate.everything, at=border.now)
    driver = border.open_link(f"{border.address}/dang-nhap/lien-ket/{token}/")
    found = {"driver": serious(driver)}
    pages = {
        "home": ("ENTERPRISE", "/"),
        "barrier": ("BIENPHONG", f"{GATE}/barie/{POINT}-B3/?xe=12C12345"),
        "desk": ("KDTV", f"{GATE}/nhiem-vu/"),
        "firm": ("ENTERPRISE", f"{GATE}/doanh-nghiep/khai-bao/"),
        "board": ("LEADER", f"{GATE}/bang/"),
    }
    for name, (actor, path) in pages.items():
        page = border.sign_in(actor, WALL if name == "board" else (1366, 768))
        page.goto(border.address + path)
        found[name] = serious(page)

    assert {name: what for name, what in found.items() if what} == {}
