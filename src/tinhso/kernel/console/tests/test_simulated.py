"""Simulated systems: switched by those who may, kept in the trail, gone where real ones are connected."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.console import permissions
from tinhso.kernel.modules.simulated import SIMULATED
from tinhso.kernel.notices.channels.contract import CarrierDown, Message
from tinhso.kernel.notices.channels.simulator import Simulator
from tinhso.kernel.notices.models import CarriedMessage, Carrier
from tinhso.kernel.testing.people import grant, make_account, make_person

PAGE = "/quan-tri/van-hanh/mo-phong/"
SMS = f"{PAGE}kernel_notices.sms/"


@pytest.fixture
def keeper(client: Client, db: None) -> Client:
    binh = make_person("Bình")
    grant(binh, [permissions.SEE_OPERATIONS, permissions.SWITCH_SIMULATED])
    client.force_login(make_account(binh))
    return client


def test_a_carrier_is_made_down_and_the_trail_says_by_whom_and_from_what(keeper: Client) -> None:
    keeper.post(SMS, {"choice": "down"})

    with pytest.raises(CarrierDown):
        Simulator("sms").carry(Message("0900000001", "", "x"))
    entry = Entry.objects.get(action="kernel_console.switch_simulated")
    assert [word in entry.payload for word in ("kernel_notices.sms", "well", "down")] == [True, True, True]
    assert "Bộ gửi tin nhắn" in keeper.get(PAGE).content.decode()


def test_a_wrong_carrier_loses_the_message_and_a_mended_one_shows_it(keeper: Client) -> None:
    keeper.post(SMS, {"choice": "wrong"})
    Simulator("sms").carry(Message("0900000001", "", "bị mất"))
    keeper.post(SMS, {"choice": "well"})
    Simulator("sms").carry(Message("0900000001", "", "đến nơi https://so.example.vn/x/"))

    page = keeper.get(PAGE).content.decode()

    assert "bị mất" not in page
    assert 'href="https://so.example.vn/x/"' in page


def test_words_in_a_message_are_words_and_no_markup(keeper: Client) -> None:
    CarriedMessage.objects.create(channel="sms", address="0900000001", text="<script>x</script>")

    assert "<script>x</script>" not in keeper.get(PAGE).content.decode()


def test_slow_is_five_seconds(keeper: Client) -> None:
    keeper.post(SMS, {"choice": "slow"})

    assert Carrier.objects.get(pk="sms").delay_ms == 5_000


def test_switching_to_what_it_is_leaves_no_trace(keeper: Client) -> None:
    keeper.post(SMS, {"choice": "well"})

    assert not Entry.objects.filter(action="kernel_console.switch_simulated").exists()


@pytest.mark.parametrize("choice", ["", "broken"])
def test_what_is_no_behaviour_is_not_found(keeper: Client, choice: str) -> None:
    assert keeper.post(SMS, {"choice": choice}).status_code == 404


def test_an_operator_without_the_right_sees_no_message_and_switches_nothing(client: Client, db: None) -> None:
    an = make_person("An")
    grant(an, [permissions.SEE_OPERATIONS, permissions.RUN_OPERATIONS])
    client.force_login(make_account(an))

    answers = client.get(PAGE).status_code, client.post(SMS, {"choice": "down"}).status_code

    assert answers == (403, 403)
    assert not Carrier.objects.exists()
    assert PAGE not in client.get("/quan-tri/van-hanh/").content.decode()


def test_where_a_real_carrier_is_connected_there_is_no_switch(keeper: Client, monkeypatch) -> None:
    for channel in ("PUSH", "SMS", "EMAIL"):
        monkeypatch.setenv(f"TINHSO_NOTICES_{channel}", "off")
    carriers = {one.name: one for one in SIMULATED if one.name.startswith("kernel_notices.")}
    monkeypatch.setattr(SIMULATED, "_entries", carriers)  # what other rooms simulate is not asked here
    CarriedMessage.objects.create(channel="sms", address="0900000001", text="từ hôm qua")

    page = keeper.get(PAGE).content.decode()

    assert "từ hôm qua" not in page
    assert "Không có hệ thống mô phỏng" in page
    assert keeper.post(SMS, {"choice": "down"}).status_code == 404
    assert PAGE not in keeper.get("/quan-tri/van-hanh/").content.decode()
