"""Pushes to browsers: sealed for one browser, only while the person is there, and a text message without a receipt."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.notices import actions, delivery
from tinhso.kernel.notices.channels import browsers, choice, ece, vapid
from tinhso.kernel.notices.channels.contract import CarrierDown, Message, Refused
from tinhso.kernel.notices.channels.webpush import WebPush
from tinhso.kernel.notices.models import Delivery, PushBrowser
from tinhso.kernel.notices.tests.servers import HERE, other, poster
from tinhso.kernel.testing.people import make_account, make_person

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
OURS = ece.base64url(bytes(range(1, 33)))
BROWSER, AUTH = ec.derive_private_key(4711, ece.CURVE), b"sixteen letters!"
P256DH = ece.base64url(ece.point_of(BROWSER.public_key()))


@pytest.fixture
def server():
    with other(lambda path, body, headers: (410 if "gone" in path else 201, b"")) as server:
        yield server


@pytest.fixture
def signed_in(driver) -> Client:
    client = Client()
    client.force_login(make_account(driver))
    return client


@pytest.fixture
def connected(monkeypatch, settings, declared, server):
    """Real pushes to the server of this test."""
    settings.PROFILE, settings.PUSH_KEY = "production", OURS
    monkeypatch.setattr(browsers, "PUSH", HERE)
    monkeypatch.setenv("TINHSO_NOTICES_PUSH", "webpush")
    monkeypatch.setenv("TINHSO_NOTICES_SMS", "simulator")
    monkeypatch.setitem(choice.REAL_CARRIERS, "push", way)


def way() -> WebPush:
    return WebPush(number=OURS, contact="mailto:so@example.vn", poster=poster())


def ask(client: Client, endpoint: str, name: str = "subscribe", **keys: str):
    keys = {"p256dh": P256DH, "auth": ece.base64url(AUTH)} | keys
    said = json.dumps({"endpoint": endpoint, "keys": keys})
    return client.post(reverse(f"kernel_notices:{name}"), said, content_type="application/json")


def call(driver, key="e1"):
    return actions.send(
        "tests.called", to=[driver.pk], event_key=key, by=SYSTEM, at=NOON, code="X1", gate="3", plate="12C"
    )


def read(body: bytes) -> dict[str, object]:
    return json.loads(ece.decrypt(body, ours=BROWSER, auth=AUTH))


def states() -> dict[str, str]:
    return dict(Delivery.objects.values_list("channel", "state"))


def carry_all() -> None:
    for one in Delivery.objects.filter(state=Delivery.WAITING).order_by("pk"):
        delivery.deliver(one.pk)


def test_the_example_of_the_rfc_comes_out_letter_by_letter():
    """RFC 8291, appendix A."""
    sealed = ece.encrypt(
        b"When I grow up, I want to be a watermelon",
        browser=ece.unpadded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        auth=ece.unpadded("BTBZMqHH6r4Tts7J_aSIgg"),
        ours=ece.private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        salt=ece.unpadded("DGv6ra1nlYgDCS1FRnbzlw"),
    )

    assert ece.base64url(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7"
        "A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_statement_of_who_sends_is_signed_for_that_push_service_and_ends():
    now = datetime(2026, 11, 20, tzinfo=UTC)
    header = vapid.authorization("https://push.example.com:8443/x/1", number=OURS, contact="mailto:a@b.vn", now=now)

    token, key = header.removeprefix("vapid t=").split(", k=")
    head, stated, signature = token.split(".")
    raw = ece.unpadded(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ece.CURVE, ece.unpadded(key))
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(pair, f"{head}.{stated}".encode(), ec.ECDSA(hashes.SHA256()))
    assert key == vapid.public_key(OURS)
    ends = int((now + timedelta(hours=12)).timestamp())
    told = {"aud": "https://push.example.com:8443", "exp": ends, "sub": "mailto:a@b.vn"}
    assert json.loads(ece.unpadded(stated)) == told


@pytest.mark.django_db
def test_a_push_is_sealed_for_the_browser_and_its_receipt_spares_the_text_message(driver, signed_in, connected, server):
    ask(signed_in, server.address("/an"))
    (notice,) = call(driver)

    delivery.deliver(Delivery.objects.get(channel="push").pk)
    sent = states()
    ((_path, headers, body),) = server.taken
    told = read(body)
    Client().post(
        reverse("kernel_notices:received"), json.dumps({"receipt": told["receipt"]}), content_type="application/json"
    )
    carry_all()

    assert sent == {"push": "sent", "sms": "waiting"}
    assert states() == {"push": "received", "sms": "not_needed"}
    assert (told["text"], told["url"]) == ("Xe 12C vào cửa 3", reverse("kernel_notices:open", args=[notice.pk]))
    assert (headers["urgency"], headers["topic"], headers["content-encoding"]) == ("high", notice.pk.hex, "aes128gcm")
    assert b"12C" not in body


@pytest.mark.django_db
def test_without_a_receipt_the_text_message_goes_out_after_sixty_seconds(driver, signed_in, connected, server):
    ask(signed_in, server.address("/an"))
    call(driver)
    waits = Delivery.objects.get(channel="sms").due_at - Delivery.objects.get(channel="push").due_at

    carry_all()

    assert waits == timedelta(seconds=60)
    assert states() == {"push": "sent", "sms": "sent"}


@pytest.mark.django_db
def test_who_asked_for_no_pushes_gets_the_text_message_at_once(driver, connected):
    call(driver)

    sms = Delivery.objects.get()
    assert (sms.channel, sms.due_at <= clock.real()) == ("sms", True)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["slow", "wrong", "down"])
def test_a_push_service_that_is_slow_wrong_or_down_is_asked_again(driver, signed_in, connected, server, mode):
    ask(signed_in, server.address("/an"))
    call(driver)
    pk = Delivery.objects.get(channel="push").pk
    server.mode = mode

    delivery.deliver(pk)

    again = Delivery.objects.get(pk=pk)
    assert (again.state, again.tries, PushBrowser.objects.count()) == (Delivery.WAITING, 1, 1)
    server.mode = "well"
    delivery.deliver(pk)
    assert Delivery.objects.get(pk=pk).state == Delivery.SENT


@pytest.mark.django_db
def test_a_browser_that_is_gone_is_forgotten_and_the_others_are_told(driver, signed_in, connected, server):
    for path in ("/gone", "/an"):
        ask(signed_in, server.address(path))
    call(driver)

    delivery.deliver(Delivery.objects.get(channel="push").pk)

    assert states()["push"] == "sent"
    assert [one.endpoint for one in PushBrowser.objects.all()] == [server.address("/an")]


@pytest.mark.django_db
def test_when_all_browsers_are_gone_the_push_has_failed(driver, signed_in, connected, server):
    ask(signed_in, server.address("/gone"))
    call(driver)

    carry_all()

    assert states() == {"push": "failed", "sms": "sent"}


@pytest.mark.django_db
def test_a_machine_is_told_nothing_once_the_person_signed_out(driver, signed_in, connected, server):
    ask(signed_in, server.address("/an"))
    signed_in.logout()

    with pytest.raises(Refused):
        way().carry(Message(str(driver.pk), "Gọi", "Xe", id="a1"))

    assert (server.taken, PushBrowser.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_a_session_that_ran_out_is_told_nothing(driver, signed_in, connected, server):
    ask(signed_in, server.address("/an"))
    Session.objects.update(expire_date=clock.real() - timedelta(seconds=1))

    with pytest.raises(Refused):
        way().carry(Message(str(driver.pk), "Gọi", "Xe", id="a1"))


@pytest.mark.django_db
def test_another_person_at_the_same_machine_ends_the_first_ones_pushes(driver, signed_in, connected, server):
    ask(signed_in, server.address("/shared"))
    binh = Client()
    binh.force_login(make_account(make_person("Bình")))

    seen = ask(binh, server.address("/shared"), "known")

    assert (seen.json(), PushBrowser.objects.count()) == ({"on": False}, 0)
    assert ask(signed_in, server.address("/shared"), "known").json() == {"on": False}


@pytest.mark.django_db
def test_one_persons_oldest_machine_goes_when_there_are_too_many(driver, signed_in, connected, server):
    for number in range(browsers.MOST + 2):
        ask(signed_in, server.address(f"/{number}"))

    assert PushBrowser.objects.count() == browsers.MOST
    assert not PushBrowser.objects.filter(endpoint__endswith="/0").exists()


@pytest.mark.django_db
def test_pushes_are_given_up_with_one_tap(driver, signed_in, connected, server):
    ask(signed_in, server.address("/an"))

    told = ask(signed_in, server.address("/an"), "unsubscribe")

    assert (told.json(), PushBrowser.objects.count()) == ({"on": False}, 0)


@pytest.mark.django_db
def test_nobody_subscribes_nobody(client, connected, server):
    assert ask(client, server.address("/an")).status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize(
    "endpoint", ["https://127.0.0.1/push", "http://push.example.com/x", "https://10.0.0.1:5432/", ""]
)
def test_a_browser_cannot_aim_the_platform_at_its_neighbours(driver, endpoint):
    with pytest.raises(Invalid):
        browsers.subscribe(
            holder=driver.pk, session_key="s", endpoint=endpoint, p256dh=P256DH, auth=ece.base64url(AUTH)
        )


@pytest.mark.django_db
@pytest.mark.parametrize("keys", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "ngôn"}, {"p256dh": "A" * 87}])
def test_keys_that_are_none_are_refused(signed_in, connected, server, keys):
    told = ask(signed_in, server.address("/an"), **keys)

    assert (told.status_code, PushBrowser.objects.count()) == (422, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "1:forged", "x"])
def test_a_forged_receipt_is_not_believed(client, token):
    told = client.post(
        reverse("kernel_notices:received"), json.dumps({"receipt": token}), content_type="application/json"
    )

    assert told.status_code == 404


@pytest.mark.django_db
def test_the_button_is_there_only_where_pushes_are_sent(signed_in, connected, monkeypatch):
    shown = signed_in.get(reverse("kernel_notices:list")).content.decode()
    monkeypatch.setenv("TINHSO_NOTICES_PUSH", "off")
    hidden = signed_in.get(reverse("kernel_notices:list")).content.decode()

    assert "Nhận thông báo trên máy này" in shown
    assert vapid.public_key(OURS) in shown
    assert "Nhận thông báo trên máy này" not in hidden


@pytest.mark.django_db
def test_the_worker_shows_pushes_and_sends_the_receipt(client):
    script = client.get(reverse("kernel_web:worker")).content.decode()

    assert 'addEventListener("push"' in script
    assert reverse("kernel_notices:received") in script


@pytest.mark.django_db
def test_a_call_said_again_is_pushed_again(driver, signed_in, connected, server):
    ask(signed_in, server.address("/an"))
    call(driver)
    delivery.deliver(Delivery.objects.get(channel="push").pk)

    again = delivery.repeat(NOON + timedelta(minutes=5))
    delivery.deliver(Delivery.objects.get(channel="push").pk)

    topics = {headers["topic"] for _path, headers, _body in server.taken}
    assert (again, len(server.taken), len(topics)) == (1, 2, 1)


@pytest.mark.django_db
def test_nobody_is_pushed_who_has_no_browser(connected):
    with pytest.raises(Refused):
        way().carry(Message(str(uuid7()), "Gọi", "Xe", id="a1"))


@pytest.mark.django_db
def test_one_push_service_down_does_not_hold_up_the_other(driver, signed_in, connected, server):
    ask(signed_in, "http://127.0.0.1:1/down")
    with pytest.raises(CarrierDown):
        way().carry(Message(str(driver.pk), "Gọi", "Xe", id="a1"))
    ask(signed_in, server.address("/an"))

    assert way().carry(Message(str(driver.pk), "Gọi", "Xe", id="a1")).reference == "a1"
