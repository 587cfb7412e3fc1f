import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from tinhso.kernel.base import clock
from tinhso.kernel.jobs import periodic
from tinhso.kernel.jobs.loops import Background, Loop
from tinhso.kernel.jobs.models import PeriodicRun
from tinhso.kernel.modules.declare import Periodic
from tinhso.kernel.modules.registry import Registry

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam


class Now:
    """A runner whose jobs are done when its turn ends."""

    def __init__(self) -> None:
        self.declared: Registry[Periodic] = Registry("periodic work")

    def every(self, work, *, seconds=None, cron=None, name="tests.work") -> Periodic:
        made = Periodic(name=name, module="tests", seconds=seconds, cron=cron, work=work)
        return self.declared.add(name, made)

    def turn(self) -> list[str]:
        runner = periodic.Runner(self.declared)
        runner.pool.submit = lambda function, each: runner.carry_out(each)
        started = runner.turn()
        runner.end()
        return started


@pytest.fixture
def now(db) -> Now:
    return Now()


def test_work_is_done_at_first_and_then_after_its_seconds(now):
    seen = []
    now.every(lambda at: seen.append(at), seconds=60)
    first, second = now.turn(), now.turn()
    PeriodicRun.objects.update(due_at=clock.real() - timedelta(seconds=300))

    third, fourth = now.turn(), now.turn()

    assert [first, second, third, fourth] == [["tests.work"], [], ["tests.work"], []]
    assert len(seen) == 2


def test_work_is_told_the_platforms_moment_and_done_inside_what_surrounds_it(now, around):
    seen = []
    now.every(lambda at: seen.append((at, around.inside)), seconds=60)

    with clock.frozen(NOON):
        now.turn()

    assert seen == [(NOON, True)]


def test_a_cron_line_is_a_time_of_day_in_vietnam_by_the_platforms_clock(now):
    seen = []
    now.every(lambda at: seen.append(at), cron="0 20 * * *")
    evening = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # 20:00 in Vietnam

    for moment in (NOON, evening - timedelta(seconds=1), evening, evening + timedelta(hours=1)):
        with clock.frozen(moment):
            now.turn()

    assert seen == [evening]


def test_a_clock_set_back_does_not_silence_the_work(now):
    seen = []
    now.every(lambda at: seen.append(at), cron="0 20 * * *")
    with clock.frozen(NOON + timedelta(days=400)):
        now.turn()
    with clock.frozen(NOON):
        now.turn()

    with clock.frozen(NOON + timedelta(hours=8)):
        now.turn()

    assert len(seen) == 1


def test_a_failure_is_kept_and_the_rest_goes_on(now):
    seen = []
    now.every(lambda at: 1 / 0, seconds=60, name="tests.failing")
    now.every(lambda at: seen.append(at), seconds=60, name="tests.content")

    now.turn()

    failing, content = PeriodicRun.objects.get(name="tests.failing"), PeriodicRun.objects.get(name="tests.content")
    assert (failing.failures, failing.error) == (1, "ZeroDivisionError: division by zero")
    assert (content.failures, content.runs, len(seen)) == (0, 1, 1)


def test_success_after_failures_clears_them(now):
    def work(at):
        if not PeriodicRun.objects.get().failures:
            raise ValueError("once")

    now.every(work, seconds=60)
    now.turn()
    PeriodicRun.objects.update(due_at=clock.real())

    now.turn()

    run = PeriodicRun.objects.get()
    assert (run.failures, run.error, run.runs) == (0, "", 1)


@pytest.mark.xdist_group("cluster")
def test_of_two_runners_one_leads_and_the_other_takes_over(own_database, monkeypatch):
    seen: list[str] = []
    declared: Registry[Periodic] = Registry("periodic work")
    work = Periodic(
        name="tests.work",
        module="tests",
        seconds=0,
        cron=None,
        work=lambda at: seen.append(threading.current_thread().name),
    )
    declared.add("tests.work", work)
    monkeypatch.setattr(periodic, "TURN", 0.02)
    monkeypatch.setattr(periodic, "CANDIDATE", 0.02)
    monkeypatch.setattr(periodic, "Runner", lambda: _Named(declared))
    first, second = Background([Loop("a", periodic.run)]), Background([Loop("b", periodic.run)])

    first.start()
    _until(lambda: len(seen) > 2)
    second.start()
    time.sleep(0.2)
    leaders = set(seen)
    first.end()
    begun = len(seen)
    _until(lambda: len(seen) > begun)
    second.end()

    assert len(leaders) == 1
    assert len(set(seen)) == 2


class _Named(periodic.Runner):
    """Works in the loop's own thread, so that a test sees who did it."""

    def turn(self):
        self.pool.submit = lambda function, each: self.carry_out(each)
        return super().turn()


def _until(true) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)
