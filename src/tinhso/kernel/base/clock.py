"""The one clock. Callers of actions pass time; entrances take it from here.

`now` is the moment the platform shows and records. In the demo profile another room puts a source in
place that plays a day at its own pace. `real` is the machine's clock: sessions, one-time codes, rate
limits, seals and leases of jobs use it, whatever day is being played.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BEIJING = ZoneInfo("Asia/Shanghai")

Source = Callable[[], datetime]


def real() -> datetime:
    """The machine's own time, aware, UTC."""
    return datetime.now(UTC)


_source: Source = real


def now() -> datetime:
    """The platform's moment, aware, UTC."""
    return _source()


def today() -> date:
    """The platform's day in Vietnam."""
    return now().astimezone(HANOI).date()


def use(source: Source) -> None:
    """Take the platform's moment from `source` from now on."""
    global _source
    _source = source


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Hold the platform's moment at `at` inside the block."""
    before = _source
    use(lambda: at)
    try:
        yield at
    finally:
        use(before)
