"""The map of the house, as anybody sees it."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.kernel.console.overview import overview, systems_without_a_room
from tinhso.kernel.modules.declare import METRICS, metric
from tinhso.kernel.modules.descriptor import installed
from tinhso.kernel.modules.systems import systems
from tinhso.kernel.testing.people import grant, make_account, make_person


@pytest.fixture
def secret_figure() -> str:
    """A figure of the console that the public may not see."""
    name = "kernel_console.secret_things"
    if name not in METRICS:
        metric(name, title="Secret things", unit="thing")(lambda: 7)
    return name


@pytest.mark.django_db
def test_anybody_sees_every_room_and_what_still_waits(client: Client) -> None:
    page = client.get("/modules").content.decode()

    assert all(room.label in page for room in installed())
    assert all(system.title_vi in page for system in systems_without_a_room())
    assert "Các hệ thống của nền tảng" in page


@pytest.mark.django_db
def test_figures_that_are_not_public_stay_hidden(client: Client, secret_figure: str) -> None:
    page = client.get("/modules").content.decode()

    assert "Secret things" not in page


@pytest.mark.django_db
def test_the_page_asks_little_of_the_database(client: Client, django_assert_max_num_queries) -> None:
    client.get("/modules")  # the first look computes the figures

    with django_assert_max_num_queries(15):
        client.get("/modules")


@pytest.mark.django_db
def test_a_room_is_led_to_only_for_whom_its_first_page_opens(client: Client) -> None:
    person = make_person("Thu ngân")
    grant(person, ["shared_payments.see_payments"])
    cashier = Client()
    cashier.force_login(make_account(person))
    link = '<a href="/thanh-toan/">'

    for_nobody, for_cashier = (one.get("/modules").content.decode() for one in (client, cashier))

    assert link not in for_nobody
    assert "chưa mở cho bạn" in for_nobody
    assert link in for_cashier
    assert cashier.get("/thanh-toan/").status_code == 200
    assert '<a href="/cua-khau-so/">' in for_nobody  # the gate's first page is everybody's


def test_every_system_is_answered_or_waits() -> None:
    answered = {system for room in overview() for system in room.systems}
    waiting = {system.id for system in systems_without_a_room()}

    assert answered | waiting == set(systems())
    assert not answered & waiting
