"""The switch of the demo's clock on the operations page."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.console.permissions import SEE_OPERATIONS
from tinhso.kernel.demo.clock import set_clock
from tinhso.kernel.demo.models import DemoClock
from tinhso.kernel.demo.permissions import SET_CLOCK
from tinhso.kernel.testing.people import grant, make_account, make_person

PAGE = "/quan-tri/van-hanh/"
SWITCH = f"{PAGE}dieu-khien/dong-ho/"
START = datetime(2025, 7, 15, 7, tzinfo=HANOI)


@pytest.fixture
def demo(settings, db):
    settings.PROFILE = "demo"
    set_clock(shown=START, speed=1, by=SYSTEM)


def client_with(*rights: str) -> Client:
    person = make_person("An")
    grant(person, rights)
    client = Client()
    client.force_login(make_account(person))
    return client


def test_the_page_shows_the_played_moment_and_sets_another_speed(demo):
    client = client_with(SEE_OPERATIONS, SET_CLOCK)

    page = client.get(PAGE).content.decode()
    client.post(SWITCH, {"choice": "60"})

    assert "15/07/2025" in page
    assert DemoClock.objects.get().speed == 60


def test_who_may_only_look_sees_no_choice_and_sets_nothing(demo):
    client = client_with(SEE_OPERATIONS)

    assert "×60" not in client.get(PAGE).content.decode()
    assert client.post(SWITCH, {"choice": "60"}).status_code == 403
    assert DemoClock.objects.get().speed == 1


def test_a_speed_that_is_not_offered_is_refused(demo):
    assert client_with(SEE_OPERATIONS, SET_CLOCK).post(SWITCH, {"choice": "600"}).status_code == 422


def test_outside_the_demo_there_is_nothing_to_switch(demo, settings):
    settings.PROFILE = "province"

    client = client_with(SEE_OPERATIONS, SET_CLOCK)

    assert "dieu-khien" not in client.get(PAGE).content.decode()
    assert client.post(SWITCH, {"choice": "60"}).status_code == 403
