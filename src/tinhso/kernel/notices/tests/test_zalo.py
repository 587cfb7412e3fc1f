"""Zalo before the text message: templates of its own, a pass that ends, and a text message where it does not reach."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.identity.models import Person
from tinhso.kernel.notices import actions, delivery
from tinhso.kernel.notices.channels import choice
from tinhso.kernel.notices.channels.contract import CarrierDown, Message, Refused
from tinhso.kernel.notices.channels.zalo import Zalo
from tinhso.kernel.notices.channels.zalo_pass import Passes
from tinhso.kernel.notices.models import Carrier, Delivery, ZaloPass
from tinhso.kernel.notices.tests.servers import other, poster, said

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
pytestmark = pytest.mark.django_db


class Company:
    """Zalo as its interface says: passes that are used once, an error number in every answer."""

    def __init__(self) -> None:
        self.good, self.refresh, self.error = "access-0", "refresh-0", 0

    def __call__(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        if path == "/pass":
            return 200, self.renew(parse_qs(body.decode()), headers)
        if headers["access_token"] != self.good:
            return 200, said(error=-124, message="Access token invalid")
        if self.error:
            return 200, said(error=self.error)
        return 200, said(error=0, message="Success", data={"msg_id": "z1"})

    def renew(self, asked: dict[str, list[str]], headers: dict[str, str]) -> bytes:
        if asked["refresh_token"] != [self.refresh] or headers["secret_key"] != "bi-mat":
            return said(error=-14014, error_name="Invalid refresh token.")
        number = int(self.refresh.rpartition("-")[2]) + 1
        self.good, self.refresh = f"access-{number}", f"refresh-{number}"
        return said(access_token=self.good, refresh_token=self.refresh, expires_in="90000")


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def server(company):
    with other(company) as server:
        yield server


@pytest.fixture
def passes(server) -> Passes:
    return Passes(app="77", secret="bi-mat", first="refresh-0", poster=poster(), url=server.address("/pass"))


@pytest.fixture
def way(server, passes) -> Zalo:
    return Zalo(
        templates={"tests.called": "330875"}, access=passes.access, poster=poster(), url=server.address("/message")
    )


@pytest.fixture
def connected(way, monkeypatch, settings, declared):
    settings.PROFILE = "production"
    settings.ZALO_TEMPLATES = ["tests.called=330875", "tests.near=330876"]
    monkeypatch.setenv("TINHSO_NOTICES_ZALO", "zns")
    monkeypatch.setenv("TINHSO_NOTICES_SMS", "simulator")
    monkeypatch.setitem(choice.REAL_CARRIERS, "zalo", lambda: way)


WORDS = Message("0900000001", "Gọi", "Lượt X1", id="a1", kind="tests.called", fields={"code": "X1", "gate": 3})


def send(driver, kind="tests.called"):
    facts = {"code": "X1", "gate": "3", "plate": "12C", "hour": "08:00"}
    actions.send(kind, to=[driver.pk], event_key="e1", by=SYSTEM, at=NOON, **facts)


def carry_all():
    for one in Delivery.objects.filter(state=Delivery.WAITING).order_by("pk"):
        delivery.deliver(one.pk)


def states():
    return dict(Delivery.objects.values_list("channel", "state"))


def test_the_template_is_filled_with_the_fields(way, server):
    receipt = way.carry(WORDS)

    _path, headers, body = server.taken[-1]
    assert (receipt.reference, headers["access_token"]) == ("z1", "access-1")
    assert json.loads(body) == {
        "phone": "84900000001", "template_id": "330875", "template_data": {"code": "X1", "gate": "3"},
        "tracking_id": "a1",
    }  # fmt: skip


def test_the_pass_is_brought_once_and_kept_sealed(way, server):
    for _ in range(3):
        way.carry(WORDS)

    assert [path for path, _headers, _body in server.taken].count("/pass") == 1
    row = ZaloPass.objects.get()
    assert b"access-1" not in bytes(row.access)
    assert b"refresh-1" not in bytes(row.refresh)


def test_a_pass_that_ends_soon_is_brought_anew_by_the_second_one(way, company):
    way.carry(WORDS)
    ZaloPass.objects.update(ends_at=clock.real() + timedelta(minutes=1))

    way.carry(WORDS)

    assert company.good == "access-2"


def test_a_pass_that_zalo_does_not_know_any_more_is_brought_anew(way, company):
    way.carry(WORDS)
    company.good = "another"

    assert way.carry(WORDS).reference == "z1"


def test_a_new_first_pass_begins_anew(way, company, passes, server):
    way.carry(WORDS)
    company.refresh = "refresh-40"  # the pair was lost at Zalo; the administrator puts in another one
    ZaloPass.objects.update(ends_at=clock.real())
    with pytest.raises(CarrierDown, match="Invalid refresh token"):
        way.carry(WORDS)

    again = Passes(app="77", secret="bi-mat", first="refresh-40", poster=poster(), url=server.address("/pass"))

    assert again.access() == "access-41"


@pytest.mark.parametrize("mode", ["slow", "wrong", "down"])
def test_a_zalo_that_is_slow_wrong_or_down_is_asked_again(way, server, mode):
    server.mode = mode

    with pytest.raises(CarrierDown):
        way.carry(WORDS)


@pytest.mark.parametrize(("error", "outcome"), [(-118, Refused), (-108, Refused), (-32, CarrierDown)])
def test_what_its_errors_mean(way, company, error, outcome):
    company.error = error

    with pytest.raises(outcome, match=str(error)):
        way.carry(WORDS)


def test_what_zalo_took_spares_the_text_message_unless_it_is_urgent(driver, connected, way):
    object.__setattr__(way, "templates", {"tests.near": "330876", "tests.called": "330875"})
    send(driver, "tests.near")
    carry_all()
    near = states()
    Delivery.objects.all().delete()

    send(driver)
    carry_all()

    assert (near["zalo"], near["sms"]) == ("sent", "not_needed")
    assert (states()["zalo"], states()["sms"]) == ("sent", "sent")


def test_where_zalo_does_not_reach_the_text_message_goes_a_minute_later(driver, connected, company):
    company.error = -118
    send(driver)
    zalo, sms = (Delivery.objects.get(channel=name) for name in ("zalo", "sms"))

    carry_all()

    assert sms.due_at - zalo.due_at == timedelta(seconds=60)
    assert (states()["zalo"], states()["sms"]) == ("failed", "sent")


@pytest.mark.parametrize("reader", [{"phone": "+8613800138000"}, {"language": "zh-hans"}])
def test_who_reads_chinese_or_has_a_foreign_number_gets_no_zalo(driver, connected, reader):
    Person.objects.filter(pk=driver.pk).update(**reader)

    send(driver)

    assert "zalo" not in states()


def test_a_simulated_zalo_can_be_down(driver, declared, monkeypatch, settings):
    settings.ZALO_TEMPLATES = ["tests.called=1"]
    monkeypatch.setenv("TINHSO_NOTICES_ZALO", "simulator")
    Carrier.objects.create(channel="zalo", down=True)
    Carrier.objects.create(channel="push", wrong=True)
    send(driver)

    carry_all()

    assert (states()["zalo"], states()["sms"]) == ("waiting", "sent")
