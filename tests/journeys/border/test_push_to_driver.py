"""A driver asks for notices with one tap; the call reaches the closed page's worker, whose receipt spares the message.

The browser's own push service is out of reach of a test: a stand-in takes its place on both sides, and what it took,
opened with the browser's key, is given to the real worker.
"""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, WALL, Border, press
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.notices import actions, delivery
from tinhso.kernel.notices.channels import browsers, choice, ece
from tinhso.kernel.notices.models import Delivery, PushBrowser
from tinhso.kernel.notices.tests.servers import HERE, other
from tinhso.kernel.notices.tests.test_push import AUTH, BROWSER, OURS, P256DH, way
from tinhso.pillars.border.gate.actions import links, move
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.test_guidance import trips_of

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]

STAND_IN = """
let made = null;
const said = {{ endpoint: "{endpoint}", keys: {{ p256dh: "{p256dh}", auth: "{auth}" }} }};
const one = {{ endpoint: said.endpoint, toJSON: () => said, unsubscribe: async () => {{ made = null; return true; }} }};
PushManager.prototype.subscribe = async () => (made = one);
PushManager.prototype.getSubscription = async () => made;
Notification.requestPermission = async () => "granted";
"""


def push(page: Page, border: Border, told: dict[str, object]) -> None:
    """Give the worker what its push service brought, as the browser would."""
    session = page.context.new_cdp_session(page)
    workers: list[dict[str, str]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: workers.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    worker = next(one for one in workers if one["scopeURL"].endswith("/lai-xe/"))
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": border.address, "registrationId": worker["registrationId"], "data": json.dumps(told)},
    )


def test_a_call_reaches_the_drivers_machine_and_no_text_message_follows(border, monkeypatch, settings):
    trip = trips_of(border.gate, 1, firm=border.firm)[0]
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=border.gate.everything, at=border.now)
    link, token = links.link_for_driver(trip=trip, by=SYSTEM, at=border.now)
    settings.PUSH_KEY = OURS
    monkeypatch.setenv("TINHSO_NOTICES_PUSH", "webpush")
    monkeypatch.setattr(browsers, "PUSH", HERE)
    monkeypatch.setitem(choice.REAL_CARRIERS, "push", way)
    with other(lambda path, body, headers: (201, b"")) as server:
        driver = border.open_link(f"{border.address}{reverse('kernel_login:link', args=[token])}")
        driver.context.grant_permissions(["notifications"], origin=border.address)
        auth = ece.base64url(AUTH)
        driver.add_init_script(STAND_IN.format(endpoint=server.address("/an"), p256dh=P256DH, auth=auth))
        driver.reload()
        press(driver, "Nhận thông báo trên máy này")
        expect(driver.get_by_role("button", name="Thôi nhận thông báo trên máy này")).to_be_visible()
        assert PushBrowser.objects.get().holder == link.holder_id

        TRIP.fire(trip, "call", by=border.gate.everything, at=border.now, first=FirstInLine(trip.pk))
        person = actions.Recipient(link.holder_id, phone=link.phone)
        facts = {"code": trip.shown_code(), "gate": "Hữu Nghị", "until": "09:45"}
        url = reverse("border_gate:driver")
        actions.send("border_gate.called", to=[person], event_key="e1", by=SYSTEM, at=border.now, url=url, **facts)
        delivery.deliver(Delivery.objects.get(channel="push").pk)
        ((_path, _headers, body),) = server.taken
        told = json.loads(ece.decrypt(body, ours=BROWSER, auth=AUTH))
        push(driver, border, told)
        driver.wait_for_function(
            "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.length === 1)"
        )

    came = Delivery.objects.filter(channel="push", state=Delivery.RECEIVED)
    assert any(came.exists() or driver.wait_for_timeout(100) for _ in range(50))
    assert Delivery.objects.get(channel="sms").state == Delivery.NOT_NEEDED
    driver.goto(f"{border.address}{told['url']}")
    expect(driver.get_by_text("Mời vào cổng").first).to_be_visible()
    assert border.complaints == []


def test_the_hall_reads_who_is_called(border):
    trip = trips_of(border.gate, 1, firm=border.firm)[0]
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=border.gate.everything, at=border.now)
    hall = border.open(WALL)
    hall.goto(f"{border.address}{GATE}/bang-cong-khai/man-hinh/?chi=goi")
    expect(hall.get_by_text("Lúc này chưa gọi xe nào")).to_be_visible()

    TRIP.fire(trip, "call", by=border.gate.everything, at=border.now, first=FirstInLine(trip.pk))
    hall.reload()

    serial = hall.locator(".tv-call__serial")
    expect(serial).to_have_text(trip.code[9:15])
    assert serial.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 110
    assert hall.evaluate("document.documentElement.scrollHeight <= innerHeight")
    hall.context.close()
