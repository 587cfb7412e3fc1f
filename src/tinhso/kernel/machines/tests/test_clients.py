"""A program acts for its agency within its scopes, by keys that are shown once; never beyond who connected it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.limits import MACHINE, rate_of
from tinhso.kernel.access.may import may
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.identity.models import ApiKey, Person
from tinhso.kernel.machines.clients import agencies_of, close, connect, make_key
from tinhso.kernel.machines.models import ApiClient
from tinhso.kernel.machines.permissions import KEEP_CLIENTS
from tinhso.kernel.machines.tests.conftest import NOON, SEE, make_agency
from tinhso.kernel.testing.people import grant, make_account, make_person, make_role

MONTH = timedelta(days=30)
pytestmark = pytest.mark.django_db


def connected(agency, an, see) -> ApiClient:
    return connect(agency=agency, name="ERP", scopes=[see.name], by=an, at=NOON)


def signed_in(actor) -> Client:
    client = Client()
    client.force_login(make_account(Person.objects.get(pk=actor.id)))
    return client


def asks(text: str) -> int:
    return Client().get("/api/v1/kernel/notices/notices", HTTP_AUTHORIZATION=f"Bearer {text}").status_code


def test_a_program_may_what_its_scope_says_at_its_agency_alone(agency, an, see):
    other = make_agency("Công ty Bình")

    machine = connected(agency, an, see).actor()

    assert may(machine, SEE, Where(agency=agency.pk), NOON)
    assert not may(machine, SEE, Where(agency=other.pk), NOON)
    assert not may(machine, KEEP_CLIENTS, Where(agency=agency.pk), NOON)
    assert rate_of(machine) == MACHINE
    assert MACHINE.per_minute == 600


def test_nobody_gives_a_machine_more_than_he_has(agency, see):
    keeper = make_person("Bình")
    grant(keeper, make_role(KEEP_CLIENTS), agency=agency)

    with pytest.raises(Forbidden):
        connected(agency, keeper.actor(), see)
    with pytest.raises(Forbidden):
        connected(agency, make_person("Chi").actor(), see)

    assert not ApiClient.objects.exists()


def test_a_key_works_until_it_is_revoked_and_its_text_is_kept_nowhere(agency, an, see):
    client = connected(agency, an, see)

    key, text = make_key(client=client, name="kho", lasts=MONTH, by=an, at=NOON)
    before = asks(text)
    close(client=client, by=an, at=NOON)

    assert (before, asks(text)) == (200, 401)
    assert not may(client.actor(), SEE, Where(agency=agency.pk), NOON)
    assert text.encode() not in bytes(ApiKey.objects.get(pk=key.pk).digest)
    told = "".join(Entry.objects.values_list("payload", flat=True))
    assert text not in told
    assert {
        "kernel_machines.connected",
        "identity.key_made",
        "identity.revoked",
        "kernel_machines.disconnected",
    } <= set(Entry.objects.values_list("action", flat=True))


@pytest.mark.parametrize("days", [0, 367])
def test_a_key_holds_for_a_year_at_most(agency, an, see, days):
    client = connected(agency, an, see)

    with pytest.raises(Refusal):
        make_key(client=client, name="kho", lasts=timedelta(days=days), by=an, at=NOON)

    assert not ApiKey.objects.exists()


def test_connect_make_a_key_and_revoke_it_on_the_pages(agency, an, see):
    browser = signed_in(an)

    listed = browser.post(reverse("kernel_console:machines"), {"name": "ERP", "scopes": [see.name]}, follow=True)
    client = ApiClient.objects.get()
    shown = browser.post(reverse("kernel_console:machine_key", args=[client.pk]), {"name": "kho", "days": "90"})
    key = ApiKey.objects.get()
    text = shown.content.decode().split("ts_")[1].split("<")[0]
    again = browser.get(reverse("kernel_console:machine", args=[client.pk])).content.decode()
    works = asks(f"ts_{text}")
    browser.post(reverse("kernel_console:machine_key_revoke", args=[client.pk, key.pk]))

    assert "ERP" in listed.content.decode()
    assert (text in again, key.prefix in again) == (False, True)
    assert "no-store" in shown["Cache-Control"]
    assert (works, asks(f"ts_{text}")) == (200, 401)


def test_a_stranger_finds_no_program_and_no_key(agency, an, see):
    client = connected(agency, an, see)
    key, _text = make_key(client=client, name="kho", lasts=MONTH, by=an, at=NOON)
    binh = make_person("Bình")
    grant(binh, make_role(SEE, KEEP_CLIENTS), agency=make_agency("Công ty Bình"))
    browser = signed_in(binh.actor())

    answers = [
        browser.get(reverse("kernel_console:machine", args=[client.pk])),
        browser.post(reverse("kernel_console:machine_key", args=[client.pk]), {"name": "x", "days": "90"}),
        browser.post(reverse("kernel_console:machine_key_revoke", args=[client.pk, key.pk])),
        browser.post(reverse("kernel_console:machine_disconnect", args=[client.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert ApiKey.objects.get().revoked_at is None
    assert signed_in(make_person("Chi").actor()).get(reverse("kernel_console:machines")).status_code == 403


def test_whoever_keeps_all_agencies_machines_sees_those_that_are_connected(agency, an, see):
    connected(agency, an, see)
    everyone = make_person("Dung")
    grant(everyone, make_role(KEEP_CLIENTS))

    assert list(agencies_of(by=everyone.actor(), at=NOON)) == [agency]


def test_a_list_of_programs_asks_little(agency, an, see, django_assert_max_num_queries):
    browser = signed_in(an)
    for _number in range(3):
        client = connected(agency, an, see)
        make_key(client=client, name="kho", lasts=MONTH, by=an, at=NOON)
    browser.get(reverse("kernel_console:machines"))

    with django_assert_max_num_queries(15):
        browser.get(reverse("kernel_console:machines"))
    with django_assert_max_num_queries(15):
        browser.get(reverse("kernel_console:machine", args=[client.pk]))
