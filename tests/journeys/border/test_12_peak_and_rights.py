"""Scenario 12: the rights hold while vehicles pour in; times and full load are `./tinhso soak peak`'s."""

from __future__ import annotations

import io
import json
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.journeys.border.machines import Machine
from tests.journeys.conftest import CHROMIUM, GATE, PHONE, POINT, Border
from tinhso.kernel.access import refusals
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.identity.models import Person
from tinhso.kernel.modules.declare import handlers_of
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, tasks
from tinhso.pillars.border.gate.handlers import outward
from tinhso.pillars.border.gate.models import ClearanceTask, ControlPoint, Force, Hold, Trip
from tinhso.pillars.border.gate.permissions import (
    DECIDE_BARRIER,
    FORCE_ROLE,
    VIEW_PAPERS,
    VIEW_TRIP,
    role_code,
    step_permission,
)
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver, make_firm

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
POURING, FIRMS, LANES = 200, 20, 4
ELSEWHERE = "CM-01"
ITS_PLATE, NUMBER = "12C12345", "020090001234"
SECRET = "Tin báo có hàng cấm giấu sau vách thùng"


def held_in_secret(border: Border) -> Trip:
    """The firm's truck; the customs hold it for a reason that is theirs alone."""
    who = {"by": border.gate.everything, "at": border.now}
    trip = declare.submit_trip(
        trip=declare.draft_trip(draft=fruit_draft(border.gate, firm=border.firm, plate=ITS_PLATE), **who), **who
    )
    task = ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_DOC")
    tasks.fail_task(task=task, reason=SECRET, reason_code="SECURITY", **who)
    assert Hold.objects.get(trip=trip).secret
    assert task.force == Force.objects.get(code="HAIQUAN")
    return trip


def crowd(border: Border) -> list[Trip]:
    """Two hundred accepted trips of twenty firms, declared and sent by set."""
    firms = [make_firm(f"Công ty số {n}", f"49{n:08d}") for n in range(1, FIRMS + 1)]
    drafts = [
        fruit_draft(
            border.gate,
            firm=firms[n % FIRMS],
            plate=f"12C{20_000 + n}",
            driver=make_driver(f"Lái xe {n}", f"0200900{n:05d}", employer=firms[n % FIRMS]),
        )
        for n in range(POURING)
    ]
    who = {"by": border.gate.everything, "at": border.now}
    trips = declare.submit_trips(trips=declare.draft_trips(drafts=drafts, **who), **who)
    assert Counter(trip.state for trip in trips) == {"accepted": POURING}
    return list(trips)


def person(border: Border, name: str, role: str, size: tuple[int, int] | None = None, **scope: object) -> Page:
    """Somebody beside those whom the border knows, signed in."""
    made = make_person(name)
    grant(made, role_code(role), **scope)
    if role in {"BIENPHONG", "HAIQUAN"}:
        grant(made, FORCE_ROLE, agency=Force.objects.get(code=role).pk, **scope)
    account = make_account(made)
    account.demo = True
    account.save()
    page = border.pages[name] = border.open(size) if size else border.open()
    page.goto(f"{border.address}/dang-nhap/")
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url(lambda url: "dang-nhap" not in url)
    return page


def pour(border: Border, trips: list[Trip]) -> list[Future[tuple[int, dict]]]:
    """The holding area's barrier lets them in, several lanes at once, while people work elsewhere."""
    machine = Machine.of(border, "BUFFER", place=border.gate.points[POINT].pk)
    pool = ThreadPoolExecutor(LANES)
    path = f"barriers/{POINT}-B0/passages"
    sent = [pool.submit(machine.post, path, {"plate": trip.tractor_plate, "confidence": 0.97}) for trip in trips]
    pool.shutdown(wait=False)
    return sent


def person_id(name: str) -> UUID:
    return Person.objects.get(full_name=name).pk


def refused(who: UUID, permission: str, record: UUID | None = None, **more: object) -> int:
    """How many lines of the audit say that this caller was refused that right on that record."""
    rows = Entry.objects.filter(action=refusals.ACTION, actor=who, record_id=record)
    told = [json.loads(text) for text in rows.values_list("payload", flat=True)]
    return sum(one["permission"] == permission and more.items() <= one.items() for one in told)


def test_rights_hold_while_two_hundred_vehicles_pour_in(border):
    refusals.BOUND.seen.clear()
    trip, others = held_in_secret(border), crowd(border)
    sent = pour(border, others)

    the_yard_reads_no_papers(border, trip)
    chi_ma_is_not_huu_nghi(border, trip)
    a_firm_finds_nothing_of_another(border, others)
    the_secret_stays_the_customs(border, trip)

    answers = Counter((status, told.get("open")) for status, told in (one.result(60) for one in sent))
    assert answers == {(200, True): POURING}
    ids = [one.pk for one in others]
    assert Counter(Trip.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"at_buffer": POURING}
    assert History.objects.filter(step="enter_buffer", record_id__in=ids).count() == POURING
    loads = {load["point"]: load for load in Machine.of(border, "BUFFER").get("loads")[1]}
    assert loads[POINT]["waiting"] == POURING
    assert [said for said in border.complaints if not any(status in said for status in ("403", "404"))] == []


def the_yard_reads_no_papers(border: Border, trip: Trip) -> None:
    yard, machine = border.sign_in("YARD"), Machine.of(border, "YARD", place=border.gate.points[POINT].pk)
    refusal = yard.goto(f"{border.address}{GATE}/luot-xe/{trip.pk}/giay-to/")
    status, _told = machine.get(f"trips/{trip.pk}/papers")

    assert (refusal.status, status) == (403, 403)
    assert NUMBER not in yard.content()
    for who in (person_id("Người thử YARD"), machine.holder):
        assert refused(who, VIEW_PAPERS, trip.pk) == 1


def chi_ma_is_not_huu_nghi(border: Border, trip: Trip) -> None:
    """At his own barrier he is told where the trip belongs; at the other's he has no business."""
    away = border.gate.points[ELSEWHERE]
    officer = person(border, "Trạm Chi Ma", "BIENPHONG", place=away)
    officer.goto(f"{border.address}{GATE}/barie/{ELSEWHERE}-B1/?xe={ITS_PLATE}")
    said = f"Bạn đang trực tại {away.gate_short}, lượt xe thuộc {trip.point.gate_short}."
    expect(officer.locator("#main")).to_contain_text(said)
    assert officer.get_by_role("button", name="Mở barie").count() == 0
    assert officer.goto(f"{border.address}{GATE}/barie/{POINT}-B1/?xe={ITS_PLATE}").status in {403, 404}

    machine = Machine.of(border, "BIENPHONG", place=away.pk)
    seen = {"plate": ITS_PLATE, "confirmed": True}
    at_home = machine.post(f"barriers/{ELSEWHERE}-B1/passages", seen)
    at_huu_nghi = machine.post(f"barriers/{POINT}-B1/passages", seen)

    assert (at_home[0], at_home[1]["open"], at_home[1]["code"]) == (200, False, "BG-025")
    assert (at_huu_nghi[0], at_huu_nghi[1]["code"]) == (403, "BG-025")
    assert machine.get(f"trips/{trip.pk}")[0] == 404
    status, told = machine.post(f"trips/{trip.pk}/steps/arrive", {"plate": ITS_PLATE})
    assert (status, told["code"]) == (403, "BG-025")
    barrier = ControlPoint.objects.get(code=f"{POINT}-B1")
    assert refused(machine.holder, DECIDE_BARRIER, on=str(barrier.pk)) == 1
    assert refused(machine.holder, VIEW_TRIP, trip.pk) == 1
    assert refused(machine.holder, step_permission("arrive"), trip.pk) == 1
    assert Trip.objects.get(pk=trip.pk).state == "accepted"


def a_firm_finds_nothing_of_another(border: Border, others: list[Trip]) -> None:
    """Firm A tries the ids of firm B one after the other, as a program and by hand; each one leaves a line."""
    clerk, machine = border.sign_in("ENTERPRISE"), Machine.of(border, "ENTERPRISE", agency=border.firm.pk)
    guessed = others[:3]
    paths = [f"trips/{one.pk}{tail}" for one in guessed for tail in ("", "/history", "/papers")]

    assert {machine.get(path)[0] for path in paths} == {404}
    assert {machine.post(f"trips/{one.pk}/steps/cancel", {})[0] for one in guessed} == {404}
    page = clerk.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{guessed[0].pk}/")
    assert page.status == 404
    assert guessed[0].tractor_plate not in clerk.content()
    assert [one["tractor_plate"] for one in machine.get("trips")[1]["items"]] == ["12C-123.45"]
    for one in guessed:
        assert refused(machine.holder, VIEW_TRIP, one.pk) == 1
        assert refused(machine.holder, step_permission("cancel"), one.pk) == 1
    assert refused(person_id("Người thử ENTERPRISE"), VIEW_TRIP, guessed[0].pk) == 1
    assert not Trip.objects.filter(pk__in=[one.pk for one in guessed], state="cancelled").exists()


def messages_about(hold: Hold, border: Border, machine: Machine) -> list[str]:
    """What the firm's people and the firm's program are sent of the hold."""
    row = Outbox.objects.get(name="border_gate.hold_placed", record_id=hold.pk)
    event = Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, row.id)
    for handler in handlers_of(event.name):
        handler.handle(event)
    clerk = person_id("Người thử ENTERPRISE")
    notices = [f"{one.text} {one.fields}" for one in Notice.objects.filter(recipient=clerk)]
    program = outward.tell_hold(event, Actor(machine.holder, "machine", "Máy"), border.now)
    assert (len(notices), bool(program)) == (1, True)
    return [*notices, str(program)]


def taken_away(border: Border, clerk: Page) -> list[str]:
    """The firm's trips as files: the hold stands there, with its force."""
    address = f"{border.address}{GATE}/doanh-nghiep/?xuat="
    csv = clerk.context.request.get(f"{address}csv").body().decode()
    book = load_workbook(io.BytesIO(clerk.context.request.get(f"{address}xlsx").body()))
    cells = str([row for sheet in book for row in sheet.values])
    for text in (csv, cells):
        assert "12C-123.45" in text
        assert "Hải quan" in text
    return [csv, cells]


def the_secret_stays_the_customs(border: Border, trip: Trip) -> None:
    """The firm is told that there is a hold and whose, nowhere why; the customs read it."""
    hold, task = Hold.objects.get(trip=trip), ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_DOC")
    machine = Machine.of(border, "ENTERPRISE", agency=border.firm.pk)
    told = [machine.get(path) for path in (f"trips/{trip.pk}", f"trips/{trip.pk}/history", "trips")]
    assert [status for status, _body in told] == [200, 200, 200]
    assert told[0][1]["holds"] == 1
    for record, path in ((hold, f"holds/{hold.pk}"), (task, f"tasks/{task.pk}")):
        assert (machine.get(path)[0], machine.get(f"{path}/history")[0]) == (404, 404)
        assert refused(machine.holder, VIEW_TRIP, record.pk) == 1
    outlets = [str(body) for _status, body in told] + messages_about(hold, border, machine)
    clerk = border.sign_in("ENTERPRISE")
    for path in (f"{GATE}/doanh-nghiep/luot-xe/{trip.pk}/", f"{GATE}/doanh-nghiep/", f"/tim-kiem/?q={ITS_PLATE}"):
        clerk.goto(f"{border.address}{path}")
        outlets.append(clerk.content())
    outlets += taken_away(border, clerk)
    phone = person(border, "Nhân viên đi đường", "ENTERPRISE", PHONE, agency=border.firm.pk)
    phone.goto(f"{border.address}{GATE}/doanh-nghiep/luot-xe/{trip.pk}/")
    expect(phone.locator("main")).to_contain_text("Hải quan")
    outlets.append(phone.content())
    assert [text for text in outlets if SECRET in text or "SECURITY" in text] == []

    customs = border.sign_in("HAIQUAN")
    customs.goto(f"{border.address}{GATE}/luot-xe/{trip.pk}/")
    expect(customs.locator("body")).to_contain_text(SECRET)
    border_guard = border.sign_in("BIENPHONG")
    border_guard.goto(f"{border.address}{GATE}/luot-xe/{trip.pk}/")
    assert SECRET not in border_guard.content()
