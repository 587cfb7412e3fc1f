"""Events reach those who may see them, signed, again when the receiver fails, and never who lost the right."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.models import Grant
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden, Invalid
from tinhso.kernel.base.outside.address import Allowed
from tinhso.kernel.base.outside.https import Https
from tinhso.kernel.identity.models import Person
from tinhso.kernel.machines import delivery, hooks, outward
from tinhso.kernel.machines.adapters.choice import poster
from tinhso.kernel.machines.adapters.simulator import Simulator
from tinhso.kernel.machines.clients import connect
from tinhso.kernel.machines.models import HookCall, Subscription
from tinhso.kernel.machines.signing import secret_of
from tinhso.kernel.machines.switches import switch
from tinhso.kernel.machines.tests.conftest import EVENT, NOON, make_agency, note_made
from tinhso.kernel.testing.people import make_account, make_person

pytestmark = pytest.mark.django_db
HERE = Allowed(schemes=frozenset({"http"}), ports=None, literal=True, public_only=False)


class Receiver(BaseHTTPRequestHandler):
    """Somebody else's program on loopback: well, wrong, slow, or one letter at a time."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mode = self.server.mode
        if mode == "slow":
            time.sleep(1.5)
        if mode == "drip":
            for letter in b"HTTP/1.1 200 OK\r\n" * 20:
                self.wfile.write(bytes([letter]))
                time.sleep(0.05)
            return
        self.server.taken.append((dict(self.headers), body))
        self.send_response({"wrong": 500, "moved": 302}.get(mode, 204))
        if mode == "moved":
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.mode, server.taken = "well", []
    server.handle_error = lambda *args: None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def way() -> Https:
    return Https(allowed=HERE, seconds=0.6)


@pytest.fixture
def sub(agency, an, see, receiver) -> Subscription:
    client = connect(agency=agency, name="ERP", scopes=[see.name], by=an, at=NOON)
    url = f"http://127.0.0.1:{receiver.server_port}/hook"
    return Subscription.objects.create(client=client, url=url, patterns=["kernel_machines.note_*"], made_by=an.id)


def test_an_event_comes_signed_and_without_what_the_step_carried(agency, sub, receiver, way):
    outward.note(note_made(agency))

    carried = delivery.carry_due(by=way)

    ((headers, body),) = receiver.taken
    told = json.loads(body)
    signed = f"{headers['Tinhso-Timestamp']}.".encode() + body
    expected = hmac.new(secret_of(sub).encode(), signed, hashlib.sha256).hexdigest()
    assert (carried, headers["Tinhso-Signature"], headers["Tinhso-Key-Id"]) == (1, f"v1={expected}", sub.key_id)
    assert (told["event"], told["facts"], told["record"]["id"]) == (EVENT, {"seen": "yes"}, str(agency.pk))
    assert b"secret" not in body
    assert (HookCall.objects.get().state, HookCall.objects.get().status) == (HookCall.SENT, 204)


def test_an_event_is_noted_once_and_only_for_who_may_see_its_record(agency, sub):
    other = make_agency("Công ty Bình")

    for event in (note_made(agency), note_made(agency), note_made(other, 2)):
        outward.note(event)

    assert list(HookCall.objects.values_list("event_id", flat=True)) == [1]


def test_who_lost_the_right_before_the_delivery_is_told_nothing(agency, sub, receiver, way):
    outward.note(note_made(agency))
    Grant.objects.filter(holder_id=sub.client_id).update(valid_until=NOON)

    delivery.carry_due(by=way)

    assert receiver.taken == []
    assert HookCall.objects.get().state == HookCall.WITHHELD


def test_events_of_another_name_are_not_noted_and_cost_no_query(agency, sub, django_assert_num_queries):
    Subscription.objects.update(patterns=["kernel_machines.other"])
    outward.listening()

    with django_assert_num_queries(0):
        outward.note(note_made(agency))

    assert not HookCall.objects.exists()


@pytest.mark.parametrize(("mode", "error"), [("wrong", ""), ("moved", ""), ("slow", "in time"), ("drip", "in time")])
def test_a_receiver_that_fails_is_asked_again_later(agency, sub, receiver, way, later, mode, error):
    receiver.mode = mode
    outward.note(note_made(agency))

    delivery.carry_due(by=way)
    at_once = delivery.carry_due(by=way)
    call = HookCall.objects.get()
    receiver.mode, receiver.taken[:] = "well", []
    later(timedelta(seconds=6))
    delivery.carry_due(by=way)

    assert (call.state, call.tries, error in call.error) == (HookCall.WAITING, 1, True)
    assert at_once == 0
    assert len(receiver.taken) == 1
    assert HookCall.objects.get().state == HookCall.SENT


def test_a_receiver_that_is_down_rests_and_is_given_up_in_the_end(agency, an, sub, receiver, way, later):
    receiver.shutdown()
    receiver.server_close()
    outward.note(note_made(agency))
    outward.note(note_made(agency, 2))

    tries = 0
    while HookCall.objects.filter(state=HookCall.DEAD).count() == 0:
        assert delivery.carry_due(by=way) == 1
        assert delivery.carry_due(by=way) == 0
        tries += 1
        later(timedelta(hours=5))

    dead, waiting = HookCall.objects.order_by("id")
    assert (tries, dead.tries, dead.state) == (delivery.MOST_TRIES, delivery.MOST_TRIES, HookCall.DEAD)
    assert (waiting.state, waiting.tries) == (HookCall.WAITING, 0)
    hooks.replay(call=dead, by=an, at=NOON)
    assert HookCall.objects.get(pk=dead.pk).state == HookCall.WAITING


def test_events_are_told_in_order(agency, sub, receiver, way):
    for number in (1, 2, 3):
        outward.note(note_made(agency, number))

    while delivery.carry_due(by=way):
        pass

    told = [json.loads(body)["id"] for _headers, body in receiver.taken]
    assert told == [str(pk) for pk in HookCall.objects.order_by("id").values_list("pk", flat=True)]


@pytest.mark.parametrize("between", ["test", "replay"])
def test_neither_a_test_nor_a_replay_lets_a_later_event_overtake(agency, an, sub, receiver, way, between):
    outward.note(note_made(agency))
    delivery.carry_due(by=way)
    receiver.mode = "wrong"
    outward.note(note_made(agency, 2))
    delivery.carry_due(by=way)
    outward.note(note_made(agency, 3))
    receiver.mode, receiver.taken[:] = "well", []

    first, second, third = HookCall.objects.order_by("id")
    if between == "test":
        asked = hooks.test(subscription=sub, by=an, at=NOON)
    else:
        hooks.replay(call=first, by=an, at=NOON)
        asked = first
    while delivery.carry_due(by=way):
        pass

    assert [json.loads(body)["id"] for _headers, body in receiver.taken] == [str(asked.pk)]
    assert {one.state for one in HookCall.objects.filter(pk__in=[second.pk, third.pk])} == {HookCall.WAITING}


def test_what_waits_goes_at_once_when_the_subscription_goes_on(agency, an, sub, receiver, way):
    receiver.mode = "wrong"
    outward.note(note_made(agency))
    delivery.carry_due(by=way)
    HookCall.objects.update(due_at=clock.real() + timedelta(hours=4))
    hooks.stop(subscription=sub, by=an, at=NOON)
    receiver.mode = "well"

    hooks.go_on(subscription=sub, by=an, at=NOON)

    assert delivery.carry_due(by=way) == 1
    assert HookCall.objects.get().state == HookCall.SENT


def test_a_stopped_subscription_hears_nothing_until_it_goes_on(agency, an, sub, receiver, way):
    outward.note(note_made(agency))
    hooks.stop(subscription=sub, by=an, at=NOON)
    outward.note(note_made(agency, 2))
    stopped = delivery.carry_due(by=way)

    hooks.go_on(subscription=sub, by=an, at=NOON)
    delivery.carry_due(by=way)

    assert (stopped, len(receiver.taken), HookCall.objects.count()) == (0, 1, 1)


def test_a_new_secret_signs_from_now_on(agency, an, sub, receiver, way):
    old = secret_of(sub)

    row, text = hooks.change_secret(subscription=sub, by=an, at=NOON)

    assert (text == old, secret_of(row) == text, row.key_id == sub.key_id) == (False, True, False)


@pytest.mark.parametrize("patterns", [[], ["other.thing"], ["*"], ["kernel_machines.note_made; drop"], ["x" * 90]])
def test_only_events_that_are_told_can_be_chosen(agency, an, sub, patterns):
    with pytest.raises(Invalid):
        hooks.subscribe(client=sub.client, url="https://erp.example.com/h", patterns=patterns, by=an, at=NOON)


def test_a_stranger_subscribes_tests_and_replays_nothing(agency, sub):
    chi = make_person("Chi").actor()
    outward.note(note_made(agency))

    for act in (
        lambda: hooks.subscribe(client=sub.client, url="https://e.vn/h", patterns=[EVENT], by=chi, at=NOON),
        lambda: hooks.test(subscription=sub, by=chi, at=NOON),
        lambda: hooks.replay(call=HookCall.objects.get(), by=chi, at=NOON),
        lambda: hooks.change_secret(subscription=sub, by=chi, at=NOON),
    ):
        with pytest.raises(Forbidden):
            act()

    browser = Client()
    browser.force_login(make_account(Person.objects.get(pk=chi.id)))
    assert browser.get(reverse("kernel_console:subscription", args=[sub.pk])).status_code == 403


def test_subscribe_test_and_read_the_log_on_the_pages(settings, agency, an, sub):
    settings.PROFILE = "demo"
    browser = Client()
    browser.force_login(make_account(Person.objects.get(pk=an.id)))
    typed = {"url": "https://erp.example.com/hook", "patterns": [EVENT]}

    wrong = browser.post(
        reverse("kernel_console:machine_subscribe", args=[sub.client_id]), {**typed, "url": "http://a.vn"}
    )
    shown = browser.post(reverse("kernel_console:machine_subscribe", args=[sub.client_id]), typed).content.decode()
    made = Subscription.objects.latest("made_at")
    browser.post(reverse("kernel_console:subscription_change", args=[made.pk, "thu"]))
    delivery.carry_due()
    log = browser.get(reverse("kernel_console:subscription", args=[made.pk])).content.decode()

    assert (wrong.status_code, "https://" in wrong.content.decode()) == (422, True)
    assert secret_of(made) in shown
    assert secret_of(made) not in log
    assert ("Đã nhận" in log, "kernel_machines.subscription_tested" in log) == (True, True)


def test_the_demo_calls_nobody_and_its_receiver_fails_when_told(settings, monkeypatch, agency, sub):
    settings.PROFILE = "demo"
    monkeypatch.setenv("TINHSO_HOOKS", "https")
    Subscription.objects.update(url="https://erp.example.com/hook")
    outward.note(note_made(agency))

    switch("wrong")
    delivery.carry_due()

    assert isinstance(poster(), Simulator)
    assert HookCall.objects.get().status == 500


def test_the_programmers_page_verifies_what_is_sent(settings, agency, sub, receiver, way):
    page = (settings.ROOT / "docs/readers/developer/en/programs-and-events.md").read_text(encoding="utf-8")
    sample: dict[str, object] = {}
    exec(page.split("```python\n")[1].split("```")[0], sample)
    outward.note(note_made(agency))
    delivery.carry_due(by=way)
    ((headers, body),) = receiver.taken
    genuine, secret = sample["is_genuine"], secret_of(sub)

    assert genuine(headers, body, secret)
    assert not genuine(headers, body + b" ", secret)
    assert not genuine(headers, body, secret + "x")
    assert not genuine(headers, body, secret, now=time.time() + 301)
