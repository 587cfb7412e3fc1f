"""A vehicle that a force wants to see is told at the barrier without network: when it opens, and undeclared as well."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.border.test_08_network_cut import OPEN, called_trips, set_up
from tests.journeys.conftest import CHROMIUM, PHONE
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.actions.wanted import want_vehicle
from tinhso.pillars.border.gate.models import Force
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.rules import plates

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
KEPT = """() => { const { store } = window.tinhso.offline;
    return JSON.stringify([[...store.entries], store.meta.common]); }"""
UNDECLARED, WHY = "12C-999.99", "Tin báo giấu hàng cấm"


def test_a_wanted_vehicle_is_told_whether_it_opens_or_is_not_declared(border):
    first, other = called_trips(border, 2)
    force, guard = Force.objects.get(code="BIENPHONG"), make_person("Cán bộ biên phòng")
    grant(guard, role_code("BIENPHONG"), place=border.gate.points[border.point])
    grant(guard, FORCE_ROLE, place=border.gate.points[border.point], agency=force.pk)
    for plate in (first.tractor_plate, UNDECLARED):
        want_vehicle(plate=plate, force=force, reason=WHY, by=guard.actor(), at=border.now)
    page = set_up(border)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.context.set_offline(True)

    for plate, verdict, told in (
        (first.tractor_plate, OPEN, force.short),
        (UNDECLARED, "Không mở barie", force.short),
        (other.tractor_plate, OPEN, ""),
    ):
        page.locator("#code").fill(plate)
        page.locator("#code").press("Enter")
        expect(page.locator("[data-plate]").first).to_have_text(plates.show(plates.normalise(plate)))
        expect(page.locator("[data-verdict]")).to_have_text(verdict)
        expect(page.locator("[data-wanted]")).to_have_text(told)
        expect(page.locator("[data-wanted-row]")).to_be_visible(visible=bool(told))
    kept = page.evaluate(KEPT)
    assert plates.normalise(UNDECLARED) in kept
    assert WHY not in kept
