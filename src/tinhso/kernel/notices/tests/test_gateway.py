"""Text messages through a gateway: its form is a setting, nobody gets a message twice, and it signs its receipts."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.notices import actions, delivery, lights
from tinhso.kernel.notices.channels import choice, gateway
from tinhso.kernel.notices.channels.codes import CodeBySms
from tinhso.kernel.notices.channels.contract import CarrierDown, Message, Refused
from tinhso.kernel.notices.channels.gateway import Gateway
from tinhso.kernel.notices.channels.phones import international, national
from tinhso.kernel.notices.models import Delivery
from tinhso.kernel.notices.tests.servers import other, poster, said

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
SECRET = "bien-nhan" * 4
WORDS = Message("0900 000 001", "Gọi", 'Lượt "X" {key} vào cửa 3', id="a1")


class Network:
    """What a gateway keeps: a message whose id it knows already goes out to nobody again."""

    def __init__(self) -> None:
        self.sent: dict[str, str] = {}

    def __call__(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        if headers.get("authorization") != "Bearer khoa":
            return 401, b""
        asked = json.loads(body)
        if asked["id"] in self.sent:
            return 409, said(known=True)
        self.sent[asked["id"]] = asked["text"]
        return 200, said(data={"id": f"gw-{len(self.sent)}"}, status="ok")


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def server(network):
    with other(network) as server:
        yield server


@pytest.fixture
def way(server) -> Gateway:
    return Gateway(url=server.address("/messages"), key="khoa", reference="data.id", poster=poster())


@pytest.fixture
def connected(way, monkeypatch, settings, declared):
    """The gateway in place of the simulator, and no app."""
    settings.PROFILE, settings.SMS_RECEIPT_SECRETS = "production", ("cu" * 20, SECRET)
    monkeypatch.setenv("TINHSO_NOTICES_SMS", "http")
    monkeypatch.setitem(choice.REAL_CARRIERS, "sms", lambda: way)
    return way


def call(driver, key="e1"):
    return actions.send("tests.called", to=[driver.pk], event_key=key, by=SYSTEM, at=NOON, code="X1", gate="3")[0]


def test_the_words_are_put_into_the_form_and_cannot_break_out_of_it(way, server):
    receipt = way.carry(WORDS)

    ((_path, headers, body),) = server.taken
    assert receipt.reference == "gw-1"
    assert headers["authorization"] == "Bearer khoa"
    assert json.loads(body) == {"to": "84900000001", "text": 'Lượt "X" {key} vào cửa 3', "id": "a1"}


def test_a_gateway_that_takes_forms_gets_one(server, network):
    form = Gateway(
        url=server.address("/sms"),
        key="khoa",
        header="X-Api: {key}",
        body="phone={local}&content={text}&brand=TINHSO&ref={id}",
        poster=poster(),
    )

    with pytest.raises(CarrierDown):  # this network wants another header
        form.carry(WORDS)

    ((_path, headers, body),) = server.taken
    assert headers["x-api"] == "khoa"
    assert parse_qs(body.decode()) == {
        "phone": ["0900000001"], "content": [WORDS.text], "brand": ["TINHSO"], "ref": ["a1"],
    }  # fmt: skip


def test_an_answer_of_200_that_says_no_is_a_refusal(way, server):
    server.answers = lambda path, body, headers: (200, said(CodeResult="104"))
    picky = Gateway(url=way.url, key="khoa", taken="CodeResult=100", poster=poster())

    with pytest.raises(Refused, match="CodeResult=104"):
        picky.carry(WORDS)


@pytest.mark.parametrize("mode", ["slow", "wrong", "down"])
def test_a_gateway_that_is_slow_wrong_or_down_is_asked_again(way, server, mode):
    server.mode = mode

    with pytest.raises(CarrierDown):
        way.carry(WORDS)


@pytest.mark.parametrize(
    ("status", "outcome"), [(400, Refused), (401, CarrierDown), (302, CarrierDown), (429, CarrierDown)]
)
def test_what_an_answer_means(way, server, status, outcome):
    server.answers = lambda path, body, headers: (status, b"")

    with pytest.raises(outcome):
        way.carry(WORDS)


@pytest.mark.django_db
def test_a_message_whose_answer_was_lost_is_not_sent_twice(driver, connected, server, network):
    call(driver)
    pk = Delivery.objects.get(channel="sms").pk
    server.mode = "slow"  # it takes the message and answers too late
    delivery.deliver(pk)
    server.mode = "well"

    delivery.deliver(pk)

    assert (len(server.taken), list(network.sent.values())) == (2, ["Lượt X1 vào cửa 3"])
    assert Delivery.objects.get(pk=pk).state == Delivery.SENT


@pytest.mark.django_db
def test_the_light_goes_red_and_comes_back(driver, connected, server):
    def light():
        return next(one for one in lights.lights() if one.channel == "sms")

    assert light().tone == "wait"
    call(driver)
    pk = Delivery.objects.get(channel="sms").pk
    server.mode = "wrong"
    delivery.deliver(pk)
    red = light()
    server.mode = "well"

    delivery.deliver(pk)

    assert (red.tone, red.failure) == ("stop", "the gateway answered 500")
    assert (light().tone, light().failure, light().way) == ("done", "", "http")


@pytest.mark.django_db
def test_a_call_goes_out_at_night_and_what_can_wait_waits(driver, declared, monkeypatch):
    night = NOON.replace(hour=23)
    monkeypatch.setattr(clock, "real", lambda: night)

    call(driver)
    actions.send("tests.near", to=[driver.pk], event_key="e2", by=SYSTEM, at=NOON, hour="08:00")

    due = dict(Delivery.objects.filter(channel="sms").values_list("notice__kind", "due_at"))
    assert due["tests.called"] == night + timedelta(seconds=60)
    assert due["tests.near"] == (night + timedelta(days=1)).replace(hour=6)


def receipt(client, notice, status, *, secret=SECRET, age=0, **more):
    body = json.dumps({"id": notice.pk.hex, "status": status, **more}).encode()
    timestamp = str(int(clock.real().timestamp()) - age)
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Tinhso-Timestamp": timestamp, "Tinhso-Signature": f"v1={signed}"}
    return client.post(reverse("kernel_notices:sms_receipt"), body, content_type="application/json", headers=headers)


@pytest.mark.django_db
def test_a_signed_receipt_says_that_the_telephone_has_it(client, driver, connected):
    made = call(driver)
    delivery.deliver(Delivery.objects.get(channel="sms").pk)

    told = receipt(client, made, "delivered")
    receipt(client, made, "failed", error="too late to fail")

    assert (told.status_code, told.json()) == (200, {"known": True})
    assert Delivery.objects.get(channel="sms").state == Delivery.RECEIVED


@pytest.mark.django_db
def test_a_failure_is_shown_with_its_reason(client, driver, connected):
    made = call(driver)
    delivery.deliver(Delivery.objects.get(channel="sms").pk)

    receipt(client, made, "failed", error="absent subscriber")

    way = Delivery.objects.get(channel="sms")
    assert (way.state, way.error) == (Delivery.FAILED, "absent subscriber")


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"secret": "another" * 5}, {"age": 301}, {"age": -301}])
def test_a_receipt_that_is_not_signed_now_by_the_gateway_changes_nothing(client, driver, connected, wrong):
    made = call(driver)
    delivery.deliver(Delivery.objects.get(channel="sms").pk)

    told = receipt(client, made, "delivered", **wrong)

    assert told.status_code == 403
    assert Delivery.objects.get(channel="sms").state == Delivery.SENT


@pytest.mark.django_db
def test_without_a_secret_nobody_can_sign(client, driver, connected, settings):
    settings.SMS_RECEIPT_SECRETS = ()

    assert receipt(client, call(driver), "delivered", secret="").status_code == 403


@pytest.mark.django_db
def test_a_receipt_for_a_message_of_nobodys_is_answered_and_forgotten(client, connected):
    class Strange:
        pk = uuid7()

    assert receipt(client, Strange, "delivered").json() == {"known": False}


@pytest.mark.django_db
def test_the_code_of_a_link_goes_by_the_gateway_in_the_readers_language(way, network):
    CodeBySms(way).send(phone="+86 138 0013 8000", code="123456", language="zh-hans")

    assert list(network.sent.values()) == ["123456 是您的一次性验证码，请勿告诉任何人。"]


@pytest.mark.django_db
def test_a_code_that_was_not_taken_is_not_said_to_be_sent(way, server):
    server.mode = "down"

    with pytest.raises(Refusal) as refused:
        CodeBySms(way).send(phone="0900000001", code="123456", language="vi")

    assert refused.value.status == 503


@pytest.mark.parametrize(
    ("given", "abroad", "here"),
    [
        ("0900 000 001", "84900000001", "0900000001"),
        ("+84 900.000.001", "84900000001", "0900000001"),
        ("0084900000001", "84900000001", "0900000001"),
        ("13800138000", "8613800138000", "008613800138000"),
        ("+86 138-0013-8000", "8613800138000", "008613800138000"),
    ],
)
def test_numbers_as_gateways_want_them(given, abroad, here):
    assert (international(given), national(given)) == (abroad, here)


@pytest.mark.parametrize("given", ["", "113", "not a number", "+84 900 000 00x"])
def test_what_is_no_number_is_never_sent(given):
    with pytest.raises(Refused):
        international(given)


@pytest.mark.parametrize("body", ['{"to": "{to}"}', "phone={to}", '{"to": "{to}", "text": "{text}"'])
def test_a_form_that_could_not_be_sent_is_refused(body):
    with pytest.raises(ValueError, match=r"body|delimiter"):
        gateway.check(body)


def test_the_demonstration_calls_no_telephone(monkeypatch, settings):
    settings.PROFILE = "demo"
    monkeypatch.setenv("TINHSO_NOTICES_SMS", "http")

    assert choice.way_of("sms") == "simulator"
