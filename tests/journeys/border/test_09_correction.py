"""Scenario 9: one field is wrong, and one field is corrected; nobody does the chain again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.machines import Machine
from tests.journeys.conftest import CHROMIUM, GATE, POINT, Border, press
from tests.journeys.pace import timed
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, links, medical, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, FieldChange, Force, Hold, Trip
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver, make_vehicle

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
REASON = "Ghi nhầm khi khai báo"
GONE = "404"  # the old telephone finds nothing


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


def together(*asked: Callable[[], tuple[int, dict[str, Any]]]) -> list[tuple[int, dict[str, Any]]]:
    """All of them at the same moment; the answers in their order."""
    ready = Barrier(len(asked))

    def ask(one: Callable[[], tuple[int, dict[str, Any]]]) -> tuple[int, dict[str, Any]]:
        ready.wait(30)
        return one()

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(ask, asked))


def officer_of_plants(border: Border) -> Machine:
    """A program of plant quarantine at the point, with the rights of its force."""
    place = border.gate.points[POINT].pk
    machine = Machine.of(border, "KDTV", place=place)
    force = Force.objects.get(code="KDTV").pk
    grant(Actor(machine.holder, "machine", "Máy"), FORCE_ROLE, place=place, agency=force)
    return machine


def ask_with_code(border: Border, code: str) -> Page:
    officer = border.sign_in("CSGT")
    officer.goto(f"{border.address}{GATE}/barie/{POINT}-B1/?xe={quote(code)}")
    return officer


def test_after_acceptance_each_field_is_corrected_alone(border):
    trip = accepted(border)
    old_code = token_of(trip, at=border.now)
    assert set(states(trip).values()) == {"passed"}
    trip.driver.person.phone = "+84900000001"
    trip.driver.person.save()
    _link, link = links.link_for_driver(trip=trip, by=border.gate.everything, at=border.now)
    old_phone = border.open_link(f"{border.address}/dang-nhap/lien-ket/{link}/")

    page = fill_in_driver(border, trip)
    border.sign_in("CSGT")
    with timed("the code of the old telephone fails after the correction", most=5):
        press(page, "Sửa")
        expect(page.locator("main")).to_contain_text("Trần Văn B")
        expect(ask_with_code(border, old_code).locator("body")).to_contain_text("Mã QR hết hạn")
    assert states(trip) == {"PERSON": "open", "PLANT_Q": "passed", "CUSTOMS_DOC": "passed"}
    old_phone.reload()
    expect(old_phone.locator(".qr-card__code")).to_have_count(0)
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
    assert before.amount != after.amount
    assert [one for one in border.complaints if GONE not in one] == []


def test_another_driver_of_a_chinese_truck_is_examined_again_and_nothing_else(border):
    """With medical control the driver who crosses has a health check as well: both open again, customs stay passed."""
    who = {"by": border.gate.everything, "at": border.now}
    medical.order_medical(
        point=border.gate.points[POINT], is_on=True, begins_at=border.now, document_no="7/YT-KDYT", **who
    )
    garlic = declare.DraftLine(
        hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, packages=1_000, certificate_no="CN-1"
    )
    chinese = {"nationality": "CN", "employer": border.firm}
    other = make_driver("Wang Wu", "451481199001012237", **chinese)
    draft = fruit_draft(
        border.gate, firm=border.firm, kind="IMP_CN", regime="IMPORT", lines=(garlic,),
        tractor=make_vehicle("桂F12345", country="CN"), driver=make_driver("Li Si", "451481199001011234", **chinese),
    )  # fmt: skip
    trip = declare.submit_trip(trip=declare.draft_trip(draft=draft, **who), **who)
    pass_open(border, trip)
    before = states(trip)
    assert set(before.values()) == {"passed"}
    assert {"PERSON", "MEDICAL", "CUSTOMS_DOC"} < set(before)

    machine = Machine.of(border, "ENTERPRISE", agency=border.firm.pk)
    status, told = machine.post(
        f"trips/{trip.pk}/steps/amend", {"values": {"driver": {"id": str(other.pk)}}, "reason": REASON}
    )

    assert status == 200, told
    assert states(trip) == {**before, "PERSON": "open", "MEDICAL": "open"}


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


def test_of_two_programs_that_save_in_the_same_moment_the_second_is_told(border):
    """Both saw the same version: one is done, the other gets BG-032 and loses nothing by sending it again."""
    trip = accepted(border)
    path, seen = f"trips/{trip.pk}/steps/amend", trip.version
    asked = {
        seal: partial(
            Machine.of(border, "ENTERPRISE", agency=border.firm.pk).post,
            path,
            {"values": {"seal": seal}, "reason": REASON},
        )
        for seal in ("SEAL-1", "SEAL-2")
    }

    answers = dict(zip(asked, together(*(partial(one, seen=seen) for one in asked.values())), strict=True))

    (won,) = [seal for seal, (status, _told) in answers.items() if status == 200]
    (late,) = [seal for seal, (status, _told) in answers.items() if status == 409]
    assert answers[late][1]["code"] == "BG-032"
    assert Trip.objects.get(pk=trip.pk).seal_no == won
    assert list(FieldChange.objects.values_list("old", "new")) == [("", won)]
    assert asked[late](seen=answers[won][1]["version"])[0] == 200
    assert list(FieldChange.objects.order_by("at", "id").values_list("old", "new")) == [("", won), (won, late)]


def test_of_two_officers_who_decide_one_check_at_once_the_second_is_told_by_whom(border):
    who = {"by": border.gate.everything, "at": border.now}
    trip = declare.submit_trip(trip=declare.draft_trip(draft=fruit_draft(border.gate, firm=border.firm), **who), **who)
    task = ClearanceTask.objects.get(trip=trip, kind="PLANT_Q")
    path = f"tasks/{task.pk}/steps"
    found = {"result": "RETURN", "reason_code": "QUARANTINE_FAIL", "reason": "Có sinh vật gây hại trên cuống"}
    passes, fails = officer_of_plants(border), officer_of_plants(border)

    answers = together(
        partial(passes.post, f"{path}/pass", {}, seen=task.version),
        partial(fails.post, f"{path}/fail", found, seen=task.version),
    )

    assert sorted(status for status, _told in answers) == [200, 409], answers
    (told,) = [told for status, told in answers if status == 409]
    assert told["code"] == "BG-032"
    assert "…" not in told["detail"]
    assert "{" not in told["detail"]
    passed = answers[0][0] == 200
    stored = ClearanceTask.objects.get(pk=task.pk)
    assert (stored.state, stored.version) == ("passed" if passed else "failed", task.version + 1)
    assert Hold.objects.filter(trip=trip).count() == (0 if passed else 1)
    assert History.objects.filter(record_id=task.pk, version__gt=task.version).count() == 1
