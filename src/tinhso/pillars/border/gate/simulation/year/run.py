"""All days of a year, shared out over processes; what is done already is skipped, so it may be begun again.

The days are put in as the tables' owner (role migrate), for the application may write none of these tables; the
figures of days and months are then counted by the application itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from queue import Queue
from typing import Any

from django.db import connection

from tinhso.kernel.access.may import require
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.workflow.permissions import REPLAY
from tinhso.pillars.border.gate.actions.figures import count_days, count_month
from tinhso.pillars.border.gate.actions.report import freeze_replayed
from tinhso.pillars.border.gate.models import ReplayedDay
from tinhso.pillars.border.gate.simulation.year.cast import Cast
from tinhso.pillars.border.gate.simulation.year.day import Days
from tinhso.pillars.border.gate.simulation.year.plan import SEED, DayPlan, days_of

TELL_EVERY = 5.0
SETTLE = (
    "kernel_workflow_history", "kernel_audit_entry", "border_gate_trip", "border_gate_clearancetask",
    "border_gate_feeassessment", "border_gate_declaration", "border_gate_goodsline", "border_gate_transfer",
    "border_gate_transferline", "border_gate_pairing", "border_gate_tripgoods", "border_gate_hold",
)  # fmt: skip
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command was told. `last`: the last day to put in, for trying out."""

    year: int
    trips: int
    seed: int = SEED
    processes: int = 2
    last: date | None = None

    def days(self) -> list[DayPlan]:
        return [plan for plan in days_of(self.year, self.trips) if self.last is None or plan.day <= self.last]


@dataclass(slots=True)
class Told:
    """How far it is, for the lines of progress and the sum at the end."""

    days: int
    begun: float = field(default_factory=time.monotonic)
    done: int = 0
    skipped: int = 0
    trips: int = 0
    steps: int = 0
    cpu: float = 0.0

    @property
    def seconds(self) -> float:
        return max(time.monotonic() - self.begun, 0.001)

    def add(self, line: dict[str, Any]) -> None:
        self.done += 1
        self.skipped += not line["trips"]
        self.trips += line["trips"]
        self.steps += line["steps"]
        self.cpu += line["cpu"]

    def line(self) -> str:
        left = (self.days - self.done) * self.seconds / max(self.done, 1)
        return (
            f"{self.done}/{self.days} days, {self.trips:,} trips, {self.steps:,} steps, "
            f"{self.trips / self.seconds:,.0f} trips/s, left {int(left) // 60:02d}:{int(left) % 60:02d}, "
            f"disk {_disk() / 1e9:.1f} GB"
        )


def play_year(wanted: Wanted, *, tell: Tell) -> Told:
    """Put in the whole year and count its figures. Raises Forbidden, and CalledProcessError when a part fails."""
    require(SYSTEM, REPLAY, at=clock.now())
    plans = wanted.days()
    told = Told(len(plans))
    shown = 0.0
    for line in _in_parts(wanted, "days", {"TINHSO_ROLE": "migrate"}):
        told.add(line)
        if time.monotonic() - shown > TELL_EVERY:
            shown = time.monotonic()
            tell(told.line())
    tell(told.line())
    put_in = told.seconds
    for _line in _in_parts(wanted, "figures", {"TINHSO_ROLE": "app"}):
        pass
    frozen = freeze_replayed(first=plans[0].day, last=plans[-1].day, at=clock.now())
    tell(
        f"{wanted.year}: {told.trips:,} trips, {told.steps:,} steps, {told.skipped} days stood already, "
        f"{frozen} reports; put in {put_in:,.0f} s, figures {told.seconds - put_in:,.0f} s, "
        f"{told.trips / put_in:,.0f} trips/s, {told.trips / max(told.cpu, 0.001):,.0f} trips a processor second"
    )
    return told


def work_part(wanted: Wanted, what: str, part: int, *, tell: Tell) -> None:
    """One process's part: every so-many-th day, or month; a line of JSON after each."""
    if what == "days":
        _put_in(wanted, part, tell)
    else:
        _count(wanted, part, tell)


def _put_in(wanted: Wanted, part: int, tell: Tell) -> None:
    mine = [plan for number, plan in enumerate(wanted.days()) if number % wanted.processes == part]
    connection.ensure_connection()
    driver = connection.connection
    days = Days(driver, Cast(wanted.seed), wanted.seed)
    for plan in mine:
        before = _cpu(driver.info.backend_pid)
        written = days.put_in(plan, by=SYSTEM, at=clock.now())
        told = {"trips": plan.vehicles if written else 0, "steps": written.steps if written else 0}
        tell(json.dumps({**told, "cpu": round(_cpu(driver.info.backend_pid) - before, 3)}))
    for table in SETTLE[part :: wanted.processes]:
        driver.execute(f"analyze {table}")


def _count(wanted: Wanted, part: int, tell: Tell) -> None:
    """Figures by month: the days that lie in it, and its times."""
    plans = wanted.days()
    months = sorted({plan.day.replace(day=1) for plan in plans})
    for number, month in enumerate(months):
        if number % wanted.processes == part:
            following = (month + timedelta(days=32)).replace(day=1)
            count_days(month, following - timedelta(days=1))
            count_month(month)
            tell(json.dumps({"month": str(month)}))
    if part == 0:  # what crossed in the last night belongs to the first days of the year after
        after = plans[-1].day + timedelta(days=1)
        count_days(after, after + timedelta(days=3))


def _in_parts(wanted: Wanted, what: str, environment: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Start the processes and give their lines as they come. Raises CalledProcessError when one fails."""
    lines: Queue[str | None] = Queue()
    started = [_start(wanted, what, part, environment) for part in range(wanted.processes)]
    for process in started:
        threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    try:
        for _ in started:
            yield from (json.loads(line) for line in iter(lines.get, None) if line.startswith("{"))
    except GeneratorExit:
        for process in started:
            process.terminate()
        raise
    for process in started:
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, what)


def _start(wanted: Wanted, what: str, part: int, environment: dict[str, str]) -> subprocess.Popen[str]:
    words = ["simulate", "border", "--year", str(wanted.year), "--trips", str(wanted.trips), "--seed", str(wanted.seed)]
    words += ["--processes", str(wanted.processes), "--part", f"{what}:{part}"]
    if wanted.last:
        words += ["--last-day", str(wanted.last)]
    return subprocess.Popen(
        [sys.executable, "-m", "tinhso.cli", *words],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def _read(process: subprocess.Popen[str], lines: Queue[str | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(None)


def _cpu(backend: int) -> float:
    """Processor seconds of this process and of its database process, where the machine tells them."""
    used = time.process_time()
    try:
        with open(f"/proc/{backend}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return used
    return used + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _disk() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def replayed(year: int) -> int:
    """How many days of the year have been put in."""
    return ReplayedDay.objects.filter(day__year=year).count()
