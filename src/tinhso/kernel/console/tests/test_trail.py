"""The audit trail's page: who may read it, what the filters find, how pages are cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tinhso.kernel.audit.models import Verification
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.console import permissions
from tinhso.kernel.identity.models import Person
from tinhso.kernel.testing.people import grant, make_account, make_person

PAGE = "/quan-tri/nhat-ky/"
NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def auditor(client: Client, db: None) -> Client:
    chi = make_person("Chi")
    grant(chi, permissions.READ_TRAIL)
    client.force_login(make_account(chi))
    return client


@pytest.fixture
def an(db: None) -> Person:
    return make_person("Nguyễn Văn An")


def test_a_stranger_may_not_read_the_trail(client: Client, an: Person) -> None:
    client.force_login(make_account(an))

    assert client.get(PAGE).status_code == 403


def test_whoever_is_not_signed_in_is_asked_to(client: Client, db: None) -> None:
    assert client.get(PAGE).status_code == 302


def test_an_entry_is_shown_with_its_doers_name_in_vietnamese_words(auditor: Client, an: Person) -> None:
    record("tests.did_thing", by=an.actor(), at=NOON, kind="tests.thing", record_id=uuid7(), reason="hàng hỏng")

    page = auditor.get(PAGE).content.decode()

    assert "Nhật ký kiểm toán" in page
    assert "Nguyễn Văn An" in page
    assert "hàng hỏng" in page


def test_filters_find_by_person_record_deed_and_day(auditor: Client, an: Person) -> None:
    thing, other = uuid7(), make_person("Trần Thị Bình")
    record("tests.did_first", by=an.actor(), at=NOON, kind="tests.thing", record_id=thing)
    record("tests.did_second", by=other.actor(), at=NOON + timedelta(days=1), kind="tests.thing", record_id=uuid7())

    def deeds(**filters: object) -> set[str]:
        page = auditor.get(PAGE, filters).content.decode()
        return {deed for deed in ("tests.did_first", "tests.did_second") if f"<td>{deed}</td>" in page}

    assert deeds(who="văn an") == {"tests.did_first"}
    assert deeds(who=str(other.id)) == {"tests.did_second"}
    assert deeds(who="nobody at all") == set()
    assert deeds(record=thing) == {"tests.did_first"}
    assert deeds(action="tests.did_s") == {"tests.did_second"}
    assert deeds(since="2026-11-22", until="2026-11-22") == {"tests.did_first"}
    assert deeds(until="2026-11-23") == {"tests.did_first", "tests.did_second"}


@pytest.mark.parametrize("days", [{"until": "9999-12-31"}, {"since": "0001-01-01"}])
def test_the_first_and_last_day_of_the_calendar_leave_nothing_out(auditor: Client, an: Person, days) -> None:
    record("tests.did_thing", by=an.actor(), at=NOON)

    response = auditor.get(PAGE, {"action": "tests.", **days})

    assert response.status_code == 200
    assert [line.action for line, _ in response.context["lines"]] == ["tests.did_thing"]


def test_pages_follow_one_another_by_key_without_loss(auditor: Client, an: Person) -> None:
    for turn in range(120):
        record(f"tests.turn_{turn:03}", by=an.actor(), at=NOON)
    seen, address = [], f"{PAGE}?action=tests.turn_"

    for _ in range(3):
        response = auditor.get(address)
        seen += [line.action for line, _ in response.context["lines"]]
        address = f"{PAGE}?action=tests.turn_&truoc={response.context['following']}"

    assert seen == [f"tests.turn_{turn:03}" for turn in range(119, -1, -1)]
    assert response.context["following"] == ""


def test_the_page_asks_little_of_the_database(auditor: Client, an: Person, django_assert_max_num_queries) -> None:
    for _ in range(60):
        record("tests.did_thing", by=an.actor(), at=NOON)

    with django_assert_max_num_queries(15):
        auditor.get(PAGE)


def test_a_broken_trail_is_said_at_the_top(auditor: Client) -> None:
    Verification.objects.create(at=clock.real(), seals=3, entries=9, findings=["seal 2: row 5 altered"])

    page = auditor.get(PAGE).content.decode()

    assert "Nhật ký bị can thiệp: 1 sai lệch" in page
    assert "seal 2: row 5 altered" in page
