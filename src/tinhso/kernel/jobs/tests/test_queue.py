import threading
import time

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.jobs import queries
from tinhso.kernel.jobs.loops import Background, Loop
from tinhso.kernel.jobs.models import JobFailure
from tinhso.kernel.jobs.queue import NotAJob, defer, job
from tinhso.kernel.jobs.worker import work

seen: list[object] = []


@job(queue="tests", name="tests.note")
def note(*, what: object) -> None:
    seen.append(what)


@job(queue="tests", tries=1, name="tests.fail")
def fail(*, what: str) -> None:
    raise ValueError(what)


@pytest.fixture(autouse=True)
def nothing_seen():
    seen.clear()


@pytest.mark.django_db
def test_what_is_put_off_waits_in_its_queue_with_plain_arguments():
    thing = uuid7()

    number = defer(note, what=thing)

    waiting = ProcrastinateJob.objects.get(id=number)
    assert (waiting.task_name, waiting.queue_name, waiting.args) == ("tests.note", "tests", {"what": str(thing)})
    assert [(queue.name, queue.waiting) for queue in queries.queues()] == [("tests", 1)]


@pytest.mark.django_db
def test_what_is_put_off_commits_or_falls_with_the_callers_rows():
    with transaction.atomic():
        defer(note, what=1)
        transaction.set_rollback(True)

    assert not ProcrastinateJob.objects.exists()


def test_only_a_declared_job_can_be_put_off():
    with pytest.raises(NotAJob):
        defer(test_only_a_declared_job_can_be_put_off)


@pytest.mark.django_db
def test_only_a_job_that_was_given_up_can_be_retried():
    number = defer(note, what=1)

    with pytest.raises(NotFound):
        queries.retry(number)


@pytest.mark.xdist_group("cluster")
def test_the_worker_does_what_was_put_off_and_keeps_what_failed(own_database):
    background = Background([Loop("work", work)])
    defer(note, what="before")
    failing = defer(fail, what="not today")
    background.start()
    defer(note, what="after")
    _until(lambda: len(seen) == 2 and queries.failed_jobs())

    late = background.end()

    [given_up] = queries.failed_jobs()
    assert sorted(seen) == ["after", "before"]
    assert (given_up.id, given_up.job, given_up.args) == (failing, "tests.fail", {"what": "not today"})
    assert given_up.error.startswith("ValueError: not today")
    assert late == []
    _an_operator_decides(failing)


def _an_operator_decides(failing: int) -> None:
    queries.retry(failing)
    assert [(queue.waiting, queue.failed) for queue in queries.queues()] == [(1, 0)]
    ProcrastinateJob.objects.filter(id=failing)._raw_delete("default")
    assert JobFailure.objects.count() == 1


@pytest.mark.xdist_group("cluster")
def test_a_loop_that_fails_begins_again_and_the_others_never_notice():
    turns, steady = [], threading.Event()

    def failing(stop):
        turns.append(clock.real())
        if len(turns) == 1:
            raise ValueError("once")
        stop.wait()

    def content(stop):
        steady.set()
        stop.wait()

    background = Background([Loop("failing", failing), Loop("content", content)])
    background.start()
    _until(lambda: len(turns) == 2)

    assert background.end() == []
    assert steady.is_set()


def _until(true) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)
