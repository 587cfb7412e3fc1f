"""Three days without network fit on a device: nine thousand events, and photographs up to their limit, told clearly."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border import test_08_network_cut as barrier
from tests.journeys.border.test_force_without_network import ALL_SENT, FAILED, UNSENT, arrived_trips, ask, cut, set_up
from tests.journeys.border.test_photos import picture, strange, wait_until_left
from tests.journeys.conftest import CHROMIUM, POINT
from tests.journeys.pace import FILE, timed
from tinhso.kernel.web.offline.models import OfflineEvent
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.rules import plates

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
EVENTS, TWO_GB = 9_000, 2 * 1024**3
# What is sent in an ordinary test, and all of it where time is given (`./tinhso soak moments`).
SENT = EVENTS if FILE else 100
FULL = "Máy đã đầy ảnh (2 GB)"
AT_MOST = "() => window.tinhso.offline.store.photosAtMost"
KEPT = """async () => { const photos = await window.tinhso.offline.store.db.getAll("photos");
    return photos.reduce((sum, one) => sum + one.blob.size, 0); }"""
LEAVE = "(bytes) => { window.tinhso.offline.store.photosAtMost = bytes; }"
# The first ones by the same way as a tap, the others as that way keeps them: one disk write for all of those.
RECORD = """async ({ count, tapped, barrier }) => {
    const { store } = window.tinhso.offline;
    const plate = (one) => `12C${String(one).padStart(5, "0")}`;
    const told = (one) => ({ barrier, trip: "", plate: plate(one), step: "arrive", code: "BG-023" });
    for (let one = 1; one <= tapped; one += 1) await store.record("refused", told(one));
    const last = store.events.at(-1);
    const work = store.db.transaction(["meta", "outbox"], "readwrite");
    for (let one = tapped + 1; one <= count; one += 1) {
        const payload = { ...last.payload, ...told(one) };
        work.objectStore("outbox").put({ ...last, payload, seq: one, id: crypto.randomUUID() });
    }
    work.objectStore("meta").put(count + 1, "seq");
    await work.done;
}"""
NUMBERS = """() => { const seqs = window.tinhso.offline.store.events.map((one) => one.seq);
    return [seqs.length, Math.min(...seqs), Math.max(...seqs), new Set(seqs).size]; }"""


def not_passed(page: Page, photo: str) -> None:
    """The officer's form of a check that did not pass, with a photograph."""
    page.get_by_role("button", name="Trả lại hàng").click()
    page.locator("[name=reason_code]").select_option("QUARANTINE_FAIL")
    page.locator("[name=reason]").fill("Có sinh vật gây hại trên cuống")
    page.locator("[name=photo]").set_input_files([picture(photo, "navy")])
    page.get_by_role("button", name="Ghi và tạm giữ").click()


def test_photographs_beyond_the_limit_are_refused_clearly_and_nothing_typed_is_lost(border):
    first, second = arrived_trips(border, 2)
    page = set_up(border, "KDTV", f"{POINT}/KDTV", "Máy kiểm dịch 1")
    assert page.evaluate(AT_MOST) == TWO_GB
    cut(border, page)
    ask(page, plates.show(first.tractor_plate), first.tractor_plate)
    not_passed(page, "mot.jpg")
    expect(page.locator("[data-verdict]")).to_have_text(FAILED)
    kept = page.evaluate(KEPT)
    assert kept > 0

    page.evaluate(LEAVE, kept + 10)  # as if the photographs of three days lay there
    page.get_by_role("button", name="Xe tiếp theo").click()
    ask(page, plates.show(second.tractor_plate), second.tractor_plate)
    not_passed(page, "hai.jpg")
    expect(page.locator("[data-wrong]")).to_contain_text(FULL)
    assert page.locator("[name=reason]").input_value() == "Có sinh vật gây hại trên cuống"
    assert (page.evaluate(UNSENT), page.evaluate(KEPT)) == (1, kept)
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")

    # What lies there is sent; then there is room again.
    page.context.set_offline(False)
    page.wait_for_function(ALL_SENT, timeout=60_000)
    wait_until_left(page, "0,0")
    page.get_by_role("button", name="Ghi và tạm giữ").click()
    expect(page.locator("[data-verdict]")).to_have_text(FAILED)
    page.wait_for_function(ALL_SENT, timeout=60_000)
    assert set(OfflineEvent.objects.values_list("kind", "state")) == {("task_fail", "applied")}
    assert OfflineEvent.objects.count() == 2
    assert strange(border) == []


def test_nine_thousand_events_fit_and_the_next_vehicle_is_answered_all_the_same(border):
    (trip,) = barrier.called_trips(border, 1)
    page = barrier.set_up(border)
    page.context.set_offline(True)
    page.evaluate(RECORD, {"count": EVENTS, "tapped": 50, "barrier": f"{POINT}-B1"})
    page.reload()
    page.wait_for_function("() => window.tinhso.offline?.store?.events.length > 0")
    assert page.evaluate(NUMBERS) == [EVENTS, 1, EVENTS, EVENTS]
    expect(page.locator("[data-unsent]").first).to_have_text(f"{EVENTS}")

    with timed("an answer without network with 9,000 events kept", most=3):
        assert barrier.scan(page, token_of(trip, at=border.now)) == "open"
    assert page.evaluate(NUMBERS) == [EVENTS + 1, 1, EVENTS + 1, EVENTS + 1]

    with timed("9,000 events are on the server after the network is back", most=1_800):
        page.context.set_offline(False)
        page.wait_for_function(f"() => ({UNSENT})() <= {EVENTS - SENT}", timeout=1_800_000)
    page.context.set_offline(True)
    taken = list(OfflineEvent.objects.order_by("seq").values_list("seq", flat=True))
    assert len(taken) >= SENT
    assert taken == list(range(1, len(taken) + 1))
    assert set(OfflineEvent.objects.filter(seq__lte=EVENTS).values_list("state", "code")) == {("recorded", "BG-023")}
