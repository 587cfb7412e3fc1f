"""The operations page: what it shows, and what an operator decides there."""

from __future__ import annotations

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.console import permissions
from tinhso.kernel.events.models import Held
from tinhso.kernel.jobs.models import PeriodicRun
from tinhso.kernel.jobs.queue import defer, job
from tinhso.kernel.testing.people import grant, make_account, make_person

PAGE = "/quan-tri/van-hanh/"


@job(queue="tests", name="tests.console_job")
def nothing() -> None:
    """A job to look at."""


@pytest.fixture
def operator(client: Client, db: None) -> Client:
    binh = make_person("Bình")
    grant(binh, [permissions.SEE_OPERATIONS, permissions.RUN_OPERATIONS])
    client.force_login(make_account(binh))
    return client


@pytest.fixture
def dead(db: None) -> Held:
    moment = clock.real()
    return Held.objects.create(
        event_id=7,
        handler="tests.poisoned",
        shard=3,
        record_kind="tests.thing",
        record_id=uuid7(),
        version=1,
        name="tests.thing_done",
        at=moment,
        actor=SYSTEM.id,
        payload={},
        tries=8,
        dead_at=moment,
        held_at=moment,
        error="ValueError: not today",
    )


@pytest.fixture
def failed_job(db: None) -> int:
    number = defer(nothing)
    ProcrastinateJob.objects.filter(id=number)._update([(ProcrastinateJob._meta.get_field("status"), None, "failed")])
    return number


def test_what_failed_is_shown_with_its_reason_and_the_decisions(operator: Client, dead: Held, failed_job: int) -> None:
    PeriodicRun.objects.create(name="tests.work", due_at=clock.real(), failures=2, error="OSError: no room")

    page = operator.get(PAGE).content.decode()

    for words in ("tests.poisoned", "ValueError: not today", "tests.console_job", "Lỗi 2 lần liên tiếp", "Thử lại"):
        assert words in page


def test_who_may_only_look_sees_no_decision(client: Client, dead: Held) -> None:
    an = make_person("An")
    grant(an, permissions.SEE_OPERATIONS)
    client.force_login(make_account(an))

    page = client.get(PAGE).content.decode()
    refused = client.post(f"{PAGE}su-kien/{dead.pk}/bo/")

    assert "tests.poisoned" in page
    assert "Thử lại" not in page
    assert refused.status_code == 403
    assert Held.objects.filter(pk=dead.pk).exists()


def test_a_stranger_sees_nothing(client: Client, db: None) -> None:
    client.force_login(make_account(make_person("Chi")))

    assert client.get(PAGE).status_code == 403


def test_an_event_given_up_is_replayed_in_the_operators_name(operator: Client, dead: Held) -> None:
    operator.post(f"{PAGE}su-kien/{dead.pk}/thu-lai/")

    dead.refresh_from_db()
    assert (dead.dead_at, dead.tries) == (None, 0)
    assert Entry.objects.get(action="kernel_events.replay_dead_letter").actor != SYSTEM.id


def test_an_event_given_up_is_dropped(operator: Client, dead: Held) -> None:
    operator.post(f"{PAGE}su-kien/{dead.pk}/bo/")

    assert not Held.objects.exists()
    assert operator.post(f"{PAGE}su-kien/{dead.pk}/bo/").status_code == 404


def test_a_job_given_up_is_done_again_or_dropped_and_that_is_recorded(operator: Client, failed_job: int) -> None:
    operator.post(f"{PAGE}tac-vu/{failed_job}/lam-lai/")
    again = ProcrastinateJob.objects.get(id=failed_job).status
    refused = operator.post(f"{PAGE}tac-vu/{failed_job}/bo/")

    assert again == "todo"
    assert refused.status_code == 404
    assert list(Entry.objects.filter(action__startswith="kernel_console.").values_list("action", flat=True)) == [
        "kernel_console.retry_job"
    ]


def test_the_page_asks_little_of_the_database(
    operator: Client, dead: Held, failed_job: int, django_assert_max_num_queries
) -> None:
    """However much has failed."""
    later = {"due_at": None, "dead_at": None, "tries": 0}
    rows = Held.objects.filter(pk=dead.pk).values().get() | {"id": None}
    Held.objects.bulk_create(Held(**rows | {"event_id": 8 + number, "record_id": uuid7()}) for number in range(5))
    Held.objects.create(**rows | later | {"event_id": 20})
    operator.get(PAGE)

    with django_assert_max_num_queries(17):
        page = operator.get(PAGE).content.decode()

    assert page.count("tests.poisoned") == 6
    assert '<td class="is-right num">1</td>' in page
