"""Do again and again what rooms declare with `@every`. Of many runners one leads; the others wait for its lock.

Seconds are counted by the machine's clock. Cron lines are times of day in Vietnam by the platform's clock, so
that a day being played has its evening report; what was missed while nothing ran is done once.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import psycopg
import structlog
from croniter import croniter
from django.db import connections
from django.db.models import F

from tinhso.kernel.base import clock
from tinhso.kernel.jobs.driver import connect
from tinhso.kernel.jobs.loops import surrounded
from tinhso.kernel.jobs.models import PeriodicRun
from tinhso.kernel.modules.declare import PERIODIC, Periodic
from tinhso.kernel.modules.registry import Registry

LOCK = 7_201_905_002
TURN = 0.5  # seconds between looks
CANDIDATE = 3.0  # seconds between tries to lead
AT_ONCE = 3

log = structlog.get_logger("jobs.periodic")


class Runner:
    """Looks for what is due and carries it out, each job at most once at a time."""

    def __init__(self, declared: Registry[Periodic] = PERIODIC) -> None:
        self.declared = declared
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="periodic")
        self.busy: set[str] = set()

    def turn(self) -> list[str]:
        """Start all that is due now; returns their names."""
        known = {run.name: run for run in PeriodicRun.objects.all()}
        due = [each for each in self.declared if each.name not in self.busy and _claim(each, known.get(each.name))]
        for each in due:
            self.busy.add(each.name)
            self.pool.submit(self._in_thread, each)
        return [each.name for each in due]

    def end(self) -> None:
        """Let what is running finish, start nothing more."""
        self.pool.shutdown(wait=True, cancel_futures=True)

    def _in_thread(self, each: Periodic) -> None:
        try:
            self.carry_out(each)
        finally:
            connections.close_all()  # a thread of the pool may not run again for long

    def carry_out(self, each: Periodic) -> None:
        """Do it, and be ready for its next turn whatever happens."""
        try:
            carry_out(each)
        except Exception:
            log.exception("the outcome of periodic work could not be kept", job=each.name)
        finally:
            self.busy.discard(each.name)


def carry_out(each: Periodic) -> bool:
    """Do it once, for the platform, and keep how it went; a failure is logged, never raised."""
    run = PeriodicRun.objects.filter(name=each.name)
    with surrounded():
        run.update(started_at=clock.real())
        try:
            each.work(at=clock.now())
        except Exception as error:
            log.exception("periodic work failed", job=each.name)
            run.update(
                failed_at=clock.real(), failures=F("failures") + 1, error=f"{type(error).__name__}: {error}"[:2000]
            )
            return False
        run.update(finished_at=clock.real(), runs=F("runs") + 1, failures=0, error="")
        return True


def run(stop: threading.Event) -> None:
    """Lead when nobody else does, and start what is due, until told to stop."""
    with connect("tinhso periodic") as leadership:
        while not _leads(leadership):
            if stop.wait(CANDIDATE):
                return
        runner = Runner()
        try:
            while not stop.wait(TURN):
                leadership.execute("select 1")  # a lost connection is a lost lock: raise, begin again
                runner.turn()
        finally:
            runner.end()


def next_time(each: Periodic, after: datetime) -> datetime:
    """When it is due next, counted from `after`."""
    if each.seconds is not None:
        return after + timedelta(seconds=each.seconds)
    moment: datetime = croniter(each.cron, after.astimezone(clock.HANOI)).get_next(datetime)
    return moment


def _claim(each: Periodic, known: PeriodicRun | None) -> bool:
    """Take what is due and set its next time, in one statement."""
    now = clock.real() if each.cron is None else clock.now()
    following = next_time(each, now)
    if known is None:
        due_at = now if each.cron is None else following
        PeriodicRun.objects.get_or_create(name=each.name, defaults={"due_at": due_at})
        known = PeriodicRun(name=each.name, due_at=due_at)
    own = PeriodicRun.objects.filter(name=each.name)
    if known.due_at > following:  # a shorter interval was declared, or the clock was set back
        own.update(due_at=following)
    if known.due_at > now:
        return False
    return own.filter(due_at__lte=now).update(due_at=following) == 1


def _leads(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    return bool(row and row[0])
