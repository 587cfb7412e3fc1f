"""Every screen that somebody reaches from his home by links, at the three sizes: whole, quiet and told in Vietnamese.

Whoever is the first to reach a kind of page is the one who looks at it, so that each is looked at once.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import Page

from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, POINT, WALL, Border
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.identity.models import Person
from tinhso.pillars.border.gate.actions import declare, links, move
from tinhso.pillars.border.gate.models import SimulatedDay, Trip
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
ROLES = (
    "ENTERPRISE", "BQLKKT", "HAIQUAN", "BIENPHONG", "KDTV", "KDYT", "CSGT", "QLVT", "YARD", "BUFFER", "LEADER",
    "RULE_DRAFTER", "INDUSTRY", "AUDITOR", "HELPDESK", "THUE", "QLTT", "KDDV", "CARRIER",
)  # fmt: skip
OF_DRIVER = ("driver", "driver_health", "driver_road", "driver_history", "driver_print")
LINKS = "() => [...document.querySelectorAll('a[href]')].map(one => one.href)"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
FILES = re.compile(r"\.(csv|json|xlsx|pdf|webmanifest|js)$|/tep/|/vnd/")
AT_LEAST = 75
"""Kinds of pages that are found; fewer would mean that a menu has lost its links."""


def at_work(border: Border) -> None:
    """Vehicles on the road, in the holding area, at the yard, and a simulation: so that pages have what to show."""
    by, at = border.gate.everything, border.now
    SimulatedDay.objects.create(day=at.date(), seed=1, played_until=at)
    for number in range(4):
        driver = make_driver(f"Nguyễn Thị Hồng Nhung {number}", f"02009000{number:04d}", employer=border.firm)
        plate = f"12C1{number:04d}"
        draft = fruit_draft(border.gate, firm=border.firm, plate=plate, driver=driver, planned_on=at.date())
        trip = declare.submit_trip(trip=declare.draft_trip(draft=draft, by=by, at=at), by=by, at=at)
        if number:
            move.enter_buffer(trip=trip, plate=plate, by=by, at=at)
    for _turn in range(2):
        trip = move.call_next(point=border.gate.points[POINT], at=border.later(31))
        move.arrive(trip=Trip.objects.get(pk=trip.pk), plate=trip.tractor_plate, by=by, at=border.now)
        move.enter_yard(trip=Trip.objects.get(pk=trip.pk), by=by, at=border.now)


def open_drivers_link(border: Border) -> list[str]:
    """The driver of a vehicle that waits opens his link on the telephone; where his pages stand."""
    trip = Trip.objects.filter(state="at_buffer").latest("created_at")
    Person.objects.filter(pk=trip.driver.person_id).update(phone="0912345678")
    trip.driver.person.refresh_from_db()
    _link, token = links.link_for_driver(trip=trip, by=SYSTEM, at=border.now)
    border.open_link(f"{border.address}{reverse('kernel_login:link', args=[token])}")
    return [border.address + reverse(f"border_gate:{name}") for name in OF_DRIVER]


def kind_of(address: str) -> Any:
    """The page's name, whatever record it shows; nothing for files, other rooms' and strangers' pages."""
    path = urlsplit(address).path
    if not path.startswith(f"{GATE}/") or FILES.search(path):
        return None
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def look(page: Page, faults: list[str], name: str) -> None:
    """The page at the three sizes; what is wrong with it is added."""
    for width, height in (WALL, OFFICE, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        wider = page.evaluate(WIDER)
        if wider > 0:
            faults.append(f"{name} is {wider} px wider than a screen of {width} px: {page.url}")
    if not page.title():
        faults.append(f"{name} has no title")
    if page.locator("h1").count() != 1:
        faults.append(f"{name} has {page.locator('h1').count()} first headings: {page.url}")


def walk(border: Border, role: str, seen: set[str], faults: list[str], further: Iterable[str] = ()) -> None:
    """From home, and from what else one is sent, along all links; each kind of page once."""
    page = border.sign_in(role)
    tried: set[str] = set()
    ahead = deque([f"{border.address}/", f"{border.address}{GATE}/", *further])
    while ahead:
        address = ahead.popleft()
        name = kind_of(address)
        if name in seen or address in tried:
            continue
        tried.add(address)
        answer = page.goto(address)
        if answer is None or answer.status >= 400:
            faults.append(f"{role} is sent to {address}, which answers {answer and answer.status}")
            continue
        if name:
            seen.add(name)
            look(page, faults, name)
        found = (one.partition("#")[0] for one in page.evaluate(LINKS))
        ahead.extend(one for one in found if one.startswith(border.address) and kind_of(one))


def test_every_screen_fits_at_three_sizes(border):
    at_work(border)
    seen: set[str] = set()
    faults: list[str] = []

    walk(border, "DRIVER", seen, faults, open_drivers_link(border))
    assert {f"border_gate:{name}" for name in OF_DRIVER} <= seen
    for role in ROLES:
        walk(border, role, seen, faults)

    assert faults == []
    assert border.complaints == []
    assert len(seen) >= AT_LEAST, sorted(seen)
