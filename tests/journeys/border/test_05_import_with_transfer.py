"""Scenario 5: 20 t of garlic on a Chinese truck go onto two Vietnamese trucks; nobody leaves with what is not his."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.machines import Machine
from tests.journeys.conftest import CHROMIUM, GATE, POINT, Border, press
from tinhso.kernel.audit.binding import acting_as
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.identity.models import Person
from tinhso.kernel.modules.declare import handlers_of
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import declare, move, release, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Incident, Transfer, Trip
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver, make_vehicle

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
CHINESE, SHOWN = "桂F12345", "桂F·12345"
FETCHING = {"12C11111": "12C-111.11", "12C22222": "12C-222.22"}
GARLIC = declare.DraftLine(
    hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, packages=1_000, certificate_no="CN-1"
)


def declared(border: Border, kind: str, plate: str, number: str, *lines: declare.DraftLine) -> Trip:
    country = "CN" if kind == "IMP_CN" else "VN"
    draft = fruit_draft(
        border.gate,
        firm=border.firm,
        kind=kind,
        regime="IMPORT",
        tractor=make_vehicle(plate, country=country),
        driver=make_driver(f"Lái xe {plate}", number, nationality=country),
        lines=lines,
    )
    trip = declare.draft_trip(draft=draft, by=border.gate.everything, at=border.now)
    return declare.submit_trip(trip=trip, by=border.gate.everything, at=border.now)


def stored(plate: str) -> Trip:
    return Trip.objects.get(tractor_plate=plate)


def fetched_into_the_yard(border: Border) -> None:
    """Both Vietnamese trucks through the holding area, called, through barrier 1 and into the yard."""
    for shown in FETCHING.values():
        border.pass_barrier("BUFFER", "B0", shown)
        border.later(1)
    border.later(31)
    for shown in FETCHING.values():
        border.call(shown)
        border.later(2)
        border.pass_barrier("BIENPHONG", "B1", shown)
        border.pass_barrier("YARD", "B2", shown)


def sheet(border: Border) -> Page:
    """The yard chooses who gives and who takes; the form with the weights."""
    page = border.sign_in("YARD")
    page.goto(f"{border.address}{GATE}/bai/XC/sang-tai/")
    page.locator(f"[name=giao][value='{stored(CHINESE).pk}']").check()
    for plate in FETCHING:
        page.locator(f"[name=nhan][value='{stored(plate).pk}']").check()
    press(page, "Tiếp: khối lượng")
    return page


def weigh(page: Page, *kg: str) -> None:
    cells = page.locator(".transfer-table__kg[name^=kg]")
    expect(cells).to_have_count(len(kg))
    for number, typed in enumerate(kg):
        cells.nth(number).fill(typed)
    press(page, "Ký cho bãi")


def passed_on_entry(border: Border, trip: Trip) -> None:
    """What border guard and transport management look at when it came in; the scenario is not about them."""
    for task in ClearanceTask.objects.filter(trip=trip, stage="ENTRY"):
        tasks.pass_task(task=task, by=border.gate.everything, at=border.now)


def refused_for_its_balance(border: Border) -> None:
    with pytest.raises(StepRefused, match="BG-031"):
        release.release_trip(trip=stored(CHINESE), by=border.gate.everything, at=border.now)


def fire_at(moment: datetime) -> int:
    with acting_as(SYSTEM):
        return fire_due_steps(moment)


def told(name: str) -> Counter[str]:
    """Deliver the events of that name; how many notices of each kind came of them."""
    Notice.objects.all().delete()
    for row in Outbox.objects.filter(name=name):
        event = Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, id=row.pk)
        for handler in handlers_of(name):
            handler.handle(event)
    return Counter(Notice.objects.values_list("kind", flat=True))


def test_garlic_changes_trucks_in_the_yard(border):
    giver = declared(border, "IMP_CN", CHINESE, "451481199001011234", GARLIC)
    for number, plate in enumerate(FETCHING):
        declared(border, "IMP_VN_PICKUP", plate, f"02009000123{number}")

    border.later(10)
    border.pass_barrier("BIENPHONG", "B3", SHOWN)
    border.pass_barrier("YARD", "B2", SHOWN)
    fetched_into_the_yard(border)
    assert [stored(plate).state for plate in (CHINESE, *FETCHING)] == ["in_yard"] * 3

    # Release of the Chinese truck is refused while the balance is not 0.
    border.pay(CHINESE)
    passed_on_entry(border, giver)
    assert stored(CHINESE).balance_kg == 20_000
    refused_for_its_balance(border)  # the fee is paid and every check passed: nothing but the goods stands against it
    customs = border.sign_in("HAIQUAN")
    customs.goto(f"{border.address}{GATE}/luot-xe/{giver.pk}/")
    expect(customs.get_by_role("button", name="Thông quan")).to_have_count(0)

    # 12.6 t and 8 t of 20 t: 3 % is more than 2 %.
    border.later(20)
    page = sheet(border)
    weigh(page, "12.600", "8.000")
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("Khối lượng sang tải 20600 kg lệch 600 kg so với khai báo (quá 2%)")
    expect(page.locator(".transfer-table__kg[name^=kg]").first).to_have_value("12.600")
    assert not Transfer.objects.exists()
    loads = [
        {"giver": str(giver.pk), "taker": str(stored(plate).pk), "kg": kg}
        for plate, kg in zip(FETCHING, (12_600, 8_000), strict=True)
    ]
    yard = Machine.of(border, "YARD", place=border.gate.points[POINT].pk)
    status, refusal = yard.post("transfers", {"yard": "XC", "loads": loads, "sign": True})
    assert (status, refusal["code"]) == (409, "BG-031")
    assert not Transfer.objects.exists()

    # Corrected to 12 t and 8 t; the customs sign.
    weigh(page, "12.000", "8.000")
    expect(page.locator(".toast").first).to_contain_text("Bãi đã ký, chờ hải quan ký")
    assert stored(CHINESE).balance_kg == 20_000
    refused_for_its_balance(border)  # the customs have not signed yet
    border.later(5)
    border.sign_transfer()
    assert Transfer.objects.get().customs_by == Person.objects.get(full_name="Người thử HAIQUAN").pk
    weights = [(one.balance_kg, one.unloaded_kg, one.loaded_kg) for one in map(stored, (CHINESE, *FETCHING))]
    assert weights == [(0, 20_000, 0), (0, None, 12_000), (0, None, 8_000)]
    for plate in FETCHING:  # the goods' checks go with the goods
        checks = ClearanceTask.objects.filter(trip=stored(plate)).values_list("kind", "stage", "state")
        assert set(checks) == {("PLANT_Q", "INLAND", "open"), ("CUSTOMS_DOC", "INLAND", "open")}

    # The Chinese truck goes out, within its 24 hours.
    border.later(5)
    border.release()
    border.pass_barrier("BIENPHONG", "B3", SHOWN)
    out = stored(CHINESE)
    assert (out.state, out.balance_kg, out.dwell_limit_h) == ("crossed_out", 0, 24)
    assert out.crossed_out_at < out.dwell_deadline

    # Another one stays: told at 80 % of 24 h, at 19 h 12 min and not before, and once.
    waiting = declared(border, "IMP_CN", "桂F54321", "451481199001012237", GARLIC)
    move.cross_in(trip=waiting, plate="桂F54321", by=border.gate.everything, at=border.now)
    entered = border.now
    fire_at(entered + timedelta(hours=19, minutes=11))
    assert not Incident.objects.exists()
    border.now = entered + timedelta(hours=19, minutes=12)
    assert fire_at(border.now) >= 1
    fire_at(border.now)
    incident = Incident.objects.get()
    assert (incident.trip_id, incident.level, incident.opened_at) == (waiting.pk, 80, border.now)
    assert Outbox.objects.filter(name="border_gate.trip_dwell_warned").count() == 1
    transport = border.sign_in("QLVT")
    assert told("border_gate.trip_dwell_warned")["border_gate.stays_long"] >= 2  # border guard, transport management
    for page in (border.sign_in("BIENPHONG"), transport):
        page.goto(f"{border.address}{GATE}/luu-qua-han/")
        expect(page.locator(".card").first).to_contain_text("桂F·54321")
        expect(page.locator(".card").first).to_contain_text("80 %")
    border.now = entered + timedelta(hours=24)
    fire_at(border.now)
    assert (Incident.objects.get().level, Trip.objects.get(pk=waiting.pk).dwell_level) == (100, 100)
    # The refused weights are the only thing that the browser complained of.
    assert [one for one in border.complaints if "409 (Conflict)" not in one] == []
