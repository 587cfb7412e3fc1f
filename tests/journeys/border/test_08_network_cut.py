"""Scenario 8: the barrier's tablet works 45 minutes without network; afterwards all is on the server, once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import islice
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, POINT, Border
from tests.journeys.pace import Pace, timed
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, tasks
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ControlPoint, Force, QrUse, Trip
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.queries.reference import signing_key
from tinhso.pillars.border.gate.rules import plates, qr
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
VALID, FORGED, EXPIRED, HELD = 50, 5, 3, 2
TURNS = (HELD, EXPIRED, FORGED, VALID)
CUT = 45
OPEN, SHUT, OPENED = "Được mở barie", "Không mở barie", "Đã mở, lưu trên máy"
ALL_SENT = "() => window.tinhso.offline.store.unsent().length === 0"
UNSENT = "() => window.tinhso.offline.store.unsent().length"


def called_trips(border: Border, count: int) -> list[Trip]:
    """So many export trucks, declared, in the holding area and called to barrier 1."""
    everything, at = border.gate.everything, border.now
    drafts = [
        fruit_draft(
            border.gate,
            point=POINT,
            plate=f"12C1{number:04d}",
            firm=border.firm,
            planned_on=at.date(),
            driver=make_driver(f"Lái Xe {number}", f"0200900{number:05d}", employer=border.firm),
        )
        for number in range(count)
    ]
    made = declare.draft_trips(drafts=drafts, by=everything, at=at)
    for trip in made:
        declare.submit_trip(trip=trip, by=everything, at=at)
    plates_seen = {trip.pk: {"plate": trip.tractor_plate, "confirmed": True} for trip in made}
    TRIP.fire_many(made, "enter_buffer", by=everything, at=at, facts=plates_seen)
    first = {trip.pk: {"first": FirstInLine(trip.pk)} for trip in made}
    TRIP.fire_many(made, "call", by=everything, at=at, facts=first)
    return list(Trip.objects.filter(pk__in=[trip.pk for trip in made]).order_by("code"))


def forged(trip: Trip, border: Border) -> str:
    """A code with everything right but the key that signed it."""
    until, key = border.now + timedelta(days=1), Ed25519PrivateKey.generate()
    return qr.sign(trip_code=trip.code, tractor=plates.read(trip.tractor_plate), not_after=until, key=key,
                   nonce=bytes.fromhex(trip.nonce), key_id=bytes(signing_key().key_id))  # fmt: skip


def run_out(trip: Trip, border: Border) -> str:
    """A real code that was good until five minutes ago."""
    key = signing_key()
    return qr.sign(trip_code=trip.code, tractor=plates.read(trip.tractor_plate),
                   not_after=border.now - timedelta(minutes=5), nonce=bytes.fromhex(trip.nonce),
                   key=key.private_key(), key_id=bytes(key.key_id))  # fmt: skip


def hold(border: Border, trip: Trip) -> None:
    tasks.place_hold(trip=trip, force=Force.objects.get(code="KDTV"), reason="Mã vùng trồng ghi khác nhau",
                     reason_code="DOC_MISMATCH", by=border.gate.everything, at=border.now)  # fmt: skip


def set_up(border: Border) -> Page:
    """The officer sets his tablet up at barrier 1 while the network is there."""
    page = border.sign_in("BIENPHONG")
    page.clock.install(time=border.now)
    page.goto(f"{border.address}{GATE}/tram/")
    page.get_by_label("Tên máy").fill("Máy barie 1")
    entry = ControlPoint.objects.get(point__code=POINT, kind="entry")
    page.locator(f"input[value='{entry.code}']").check()
    page.get_by_role("button", name="Đăng ký máy").click()
    expect(page.get_by_text("Gõ biển số hoặc quét mã QR")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    return page


def scan(page: Page, text: str) -> str:
    """The code is scanned; what the card says, the refusal's code if it stays shut."""
    page.locator("#code").fill(text)
    page.locator("#code").press("Enter")
    expect(page.locator("[data-verdict]")).to_be_visible()
    if page.locator("[data-verdict]").inner_text() == OPEN:
        page.get_by_role("button", name="Mở barie").click()
        expect(page.locator("[data-verdict]")).to_have_text(OPENED)
        said = "open"
    else:
        assert page.locator("[data-verdict]").inner_text() == SHUT
        said = page.locator("[data-why-more]").inner_text().split(" ")[0]
    page.get_by_role("button", name="Xe tiếp theo").click()
    return said


def events() -> Counter[tuple[str, str, str]]:
    return Counter(OfflineEvent.objects.values_list("kind", "state", "code"))


def test_a_barrier_without_network_for_45_minutes(border):
    trips = called_trips(border, VALID + FORGED + EXPIRED + HELD)
    held, expired, copied, valid = (list(islice(left, count)) for left in [iter(trips)] for count in TURNS)
    for trip in held:
        hold(border, trip)
    page = set_up(border)
    assert page.evaluate("() => window.tinhso.offline.store.entries.size") == len(trips)
    codes = [
        *(token_of(trip, at=border.now) for trip in valid),
        *(forged(trip, border) for trip in copied),
        *(run_out(trip, border) for trip in expired),
        *(token_of(trip, at=border.now) for trip in held),
    ]
    Random(8).shuffle(codes)

    page.context.set_offline(True)
    page.goto(f"{border.address}{GATE}/barie/{POINT}-B1/?xe=12C-000.00")
    expect(page.locator("[data-offline-badge]")).to_contain_text("Mất mạng")
    page.goto(f"{border.address}{GATE}/tram/")
    said, pace = Counter(), Pace()
    for number, code in enumerate(codes, 1):
        with timed("an answer without network", most=3):
            said[scan(page, code)] += 1
        passed = pace.until(number * CUT * 60 / len(codes))  # the page's clock goes on by itself meanwhile
        page.clock.fast_forward(max(0, CUT * 60_000 // len(codes) - int(passed * 1000)))

    assert len(codes) == 60
    assert said == {"open": 50, "BG-020": 5, "BG-021": 3, "BG-026": 2}
    assert page.evaluate(UNSENT) == 60
    expect(page.locator("[data-unsent]").first).to_have_text("60")
    assert not OfflineEvent.objects.exists()
    assert History.objects.filter(step="arrive").count() == 0

    border.later(CUT)
    hold(border, valid[7])  # nobody at the barrier could know: one event now contradicts
    with timed("all on the server after the network is back", most=60):
        page.context.set_offline(False)
        page.wait_for_function(ALL_SENT, timeout=60_000)

    once = {("pass", "applied", ""): 49, ("pass", "waiting", "BG-033"): 1, ("refused", "recorded", "BG-020"): 5,
            ("refused", "recorded", "BG-021"): 3, ("refused", "recorded", "BG-026"): 2}  # fmt: skip
    assert events() == once
    arrived = History.objects.filter(step="arrive")
    assert (arrived.count(), QrUse.objects.count()) == (49, 49)
    assert Counter(Trip.objects.filter(pk__in=[trip.pk for trip in trips]).values_list("state", flat=True)) == {
        "arrived": 49, "called": 11,
    }  # fmt: skip
    assert OfflineDevice.objects.get().next_seq == 61
    assert min(arrived.values_list("at", flat=True)) < border.now - timedelta(minutes=40)

    page.evaluate(
        """async () => {
            const { store, loop } = window.tinhso.offline;
            for (const one of store.events) { one.sent = false; await store.db.put("outbox", one); }
            await loop.run();
        }"""
    )
    page.wait_for_function(ALL_SENT, timeout=60_000)
    assert events() == once
    assert (arrived.count(), QrUse.objects.count()) == (49, 49)

    reconcile(border, valid[7])


def reconcile(border: Border, trip: Trip) -> None:
    """Plant quarantine lifts its hold; the board has the arrival done after all, with a reason."""
    tasks.lift_hold(hold=trip.hold_records.get(), by=border.gate.everything, at=border.later(1))
    board = border.sign_in("BQLKKT")
    board.goto(f"{border.address}{GATE}/doi-soat/")
    expect(board.locator(".plate")).to_have_text([plates.show(trip.tractor_plate)])
    board.locator("[name=reason]").fill("Đã hỏi lại kiểm dịch qua bộ đàm")
    board.get_by_role("button", name="Thực hiện").click()
    expect(board.get_by_text("Không có sự kiện nào chờ đối soát")).to_be_visible()
    assert Trip.objects.get(pk=trip.pk).state == "arrived"
    assert [one for one in border.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
