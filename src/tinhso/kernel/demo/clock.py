"""The demo's clock: every `at` of the demo profile comes from one stored row; pages say "giờ mô phỏng".

Sessions, one-time codes, rate limits, seals and leases of jobs stay on the real clock.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import DatabaseError

from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.demo.models import DemoClock

KEPT_SECONDS = 1.0
FASTEST = 600
DAY_BEGINS, DAY_ENDS = 7, 19
FRIDAY = 5
SHOWN_AT_NIGHT = 14
"""When it is night, the last working day is shown from this hour on."""


@dataclass(frozen=True, slots=True)
class State:
    """The row as it was last read."""

    real_epoch: datetime
    shown_epoch: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        """The moment shown when the machine's clock says `real`."""
        return self.shown_epoch + (real - self.real_epoch) * self.speed


class _Memory(threading.local):
    state: State | None = None
    read_at: float = float("-inf")


_memory = _Memory()


def state() -> State | None:
    """The clock's row, at most a second old; None where no demo day was set. Keeps the last on a database fault."""
    if time.monotonic() - _memory.read_at > KEPT_SECONDS:
        _memory.read_at = time.monotonic()
        try:
            row = DemoClock.objects.filter(pk=1).values_list("real_epoch", "shown_epoch", "speed").first()
        except DatabaseError:
            return _memory.state
        _memory.state = State(*row) if row else None
    return _memory.state


def now() -> datetime:
    """The shown moment, or the real one where no demo day was set."""
    known = state()
    return known.at(clock.real()) if known else clock.real()


def set_clock(*, shown: datetime, speed: float, by: Actor) -> DemoClock:
    """Show `shown` from now on, at `speed` seconds a second (up to 600)."""
    speed = min(max(speed, 0.01), FASTEST)
    row, _made = DemoClock.objects.update_or_create(
        pk=1,
        defaults={"real_epoch": clock.real(), "shown_epoch": shown, "speed": speed, "changed_by": by.id},
    )
    _memory.read_at = float("-inf")
    record("demo.clock_set", by=by, at=clock.real(), shown=shown.isoformat(), speed=speed)
    return row


def set_speed(*, speed: float, by: Actor) -> DemoClock:
    """Play on from the moment shown, at another speed."""
    return set_clock(shown=now(), speed=speed, by=by)


def moment_to_show(real: datetime) -> datetime:
    """By day the present moment; at night the last working day, from the early afternoon on."""
    local = real.astimezone(HANOI)
    if DAY_BEGINS <= local.hour < DAY_ENDS:
        return real
    day = local.date() if local.hour >= DAY_ENDS else local.date() - timedelta(days=1)
    while day.isoweekday() > FRIDAY:
        day -= timedelta(days=1)
    return _afternoon(day)


def _afternoon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, SHOWN_AT_NIGHT, 5, tzinfo=HANOI)
