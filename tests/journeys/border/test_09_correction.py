"""Scenario 9: one field is wrong, and one field is corrected; nobody does the chain again."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, POINT, Border, press
from tests.journeys.pace import timed
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, FieldChange, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
REASON = "Ghi nhầm khi khai báo"


def accepted(border: Border) -> Trip:
    """Durian's neighbour on the road: declared, accepted, and passed by every force."""
    by, at = border.gate.everything, border.now
    make_driver("Trần Văn B", "020090009999", employer=border.firm)
    trip = declare.draft_trip(draft=fruit_draft(border.gate, firm=border.firm), by=by, at=at)
    declare.submit_trip(trip=trip, by=by, at=at)
    pass_open(border, trip)
    return Trip.objects.get(pk=trip.pk)


def pass_open(border: Border, trip: Trip) -> None:
    for task in ClearanceTask.objects.filter(trip=trip, state="open"):
        tasks.pass_task(task=task, by=border.gate.everything, at=border.now)


def states(trip: Trip) -> dict[str, str]:
    return dict(ClearanceTask.objects.filter(trip=trip).values_list("kind", "state"))


def second_clerk(border: Border) -> Page:
    """Somebody else of the same firm, at another desk."""
    person = make_person("Người thử hai")
    grant(person, role_code("ENTERPRISE"), agency=border.firm.pk)
    account = make_account(person)
    account.demo = True
    account.save()
    page = border.pages["SECOND"] = border.open()
    page.goto(f"{border.address}/dang-nhap/")
    page.get_by_role("button", name="Người thử hai", exact=True).click()
    page.wait_for_url(lambda url: "dang-nhap" not in url)
    return page


def fill_in_driver(border: Border, trip: Trip) -> Page:
    page = border.sign_in("ENTERPRISE")
    page.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{trip.pk}/")
    page.get_by_role("link", name="Sửa một ô").click()
    page.locator("main a", has_text="Lái xe").first.click()
    page.locator("[name=driver]").select_option(label="Trần Văn B")
    page.locator("[name=reason]").fill(REASON)
    return page


def ask_with_code(border: Border, code: str) -> Page:
    officer = border.sign_in("CSGT")
    officer.goto(f"{border.address}{GATE}/barie/{POINT}-B1/?xe={quote(code)}")
    return officer


def test_after_acceptance_each_field_is_corrected_alone(border):
    trip = accepted(border)
    old_code = token_of(trip, at=border.now)
    assert set(states(trip).values()) == {"passed"}

    page = fill_in_driver(border, trip)
    border.sign_in("CSGT")
    with timed("the code of the old telephone fails after the correction", most=5):
        press(page, "Sửa")
        expect(page.locator("main")).to_contain_text("Trần Văn B")
        expect(ask_with_code(border, old_code).locator("body")).to_contain_text("Mã QR hết hạn")
    assert states(trip) == {"PERSON": "open", "PLANT_Q": "passed", "CUSTOMS_DOC": "passed"}
    fresh = token_of(Trip.objects.get(pk=trip.pk), at=border.now)
    expect(ask_with_code(border, fresh).locator("#main")).to_contain_text("Trần Văn B")

    pass_open(border, trip)
    before = FeeAssessment.objects.get(trip=trip)
    page = border.sign_in("ENTERPRISE")
    page.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{trip.pk}/sua-o/nhap/?o=goods&o=weight")
    page.locator("[name=goods_1]").fill("Ớt tươi (070960)")
    page.locator("[name=kg_1]").fill("1500")
    page.locator("[name=reason]").fill(REASON)
    press(page, "Sửa")
    assert states(trip) == {"PERSON": "passed", "PLANT_Q": "open", "CUSTOMS_DOC": "open"}
    before.refresh_from_db()
    after = FeeAssessment.objects.exclude(pk=before.pk).get(trip=trip)
    assert (before.state, after.state, after.amount) == ("replaced", "assessed", 100_000)
    assert border.complaints == []


def test_two_who_save_at_once_lose_nothing(border):
    trip = accepted(border)
    first, second = border.sign_in("ENTERPRISE"), second_clerk(border)
    for page in (first, second):
        page.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{trip.pk}/sua-o/nhap/?o=seal")
    for page, seal in ((first, "SEAL-1"), (second, "SEAL-2")):
        page.locator("[name=seal]").fill(seal)
        page.locator("[name=reason]").fill(REASON)

    press(first, "Sửa")
    press(second, "Sửa")

    expect(second.locator("main")).to_contain_text("Hồ sơ đã được Người thử ENTERPRISE sửa lúc")
    assert second.locator("[name=seal]").input_value() == "SEAL-2"
    assert second.locator("[name=reason]").input_value() == REASON
    assert Trip.objects.get(pk=trip.pk).seal_no == "SEAL-1"
    press(second, "Sửa")
    assert Trip.objects.get(pk=trip.pk).seal_no == "SEAL-2"
    assert sorted(FieldChange.objects.values_list("old", "new")) == [("", "SEAL-1"), ("SEAL-1", "SEAL-2")]
    officer = border.sign_in("HAIQUAN")
    officer.goto(f"{border.address}{GATE}/luot-xe/{trip.pk}/")
    expect(officer.locator("#main, main").first).to_contain_text("SEAL-1")
    expect(officer.locator("s", has_text="SEAL-1").first).to_be_visible()
    assert border.complaints == []
