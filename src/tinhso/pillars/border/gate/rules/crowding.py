"""What waiting at a crossing point means in a word, and from when a figure is too old to be shown as current.

The limits are our own choice [assumed]: the province has not said from how many minutes on a point is crowded.
"""

from __future__ import annotations

from datetime import datetime, timedelta

CLEAR, NORMAL, BUSY = 0, 1, 2
NORMAL_FROM, BUSY_FROM = 15, 45
SILENT_AFTER = timedelta(minutes=20)


def crowding(waiting: int, minutes: int) -> int:
    """0 clear, 1 normal, 2 busy, by the minutes that the last in the queue has before it."""
    if not waiting or minutes < NORMAL_FROM:
        return CLEAR
    return BUSY if minutes >= BUSY_FROM else NORMAL


def is_silent(*, last_at: datetime | None, is_open: bool, at: datetime) -> bool:
    """Whether a point that should be working has sent no movement for so long that its figures are old."""
    return is_open and last_at is not None and at - last_at > SILENT_AFTER


NEARLY_FULL = 85
"""Per cent of a yard's room; from the limit `yard_full` on the buffer stops calling (border brief 6.7)."""
LONG, TOO_LONG = 60, 120
"""Minutes of waiting; the second is the longest that fresh goods may wait (rules.queue)."""


def tone_of_room(taken: int, room: int, *, full: int) -> str:
    """How a yard is shown: calm, wait when it is nearly full, stop from `full` per cent on (the limit `yard_full`)."""
    if not room:
        return "calm"
    share = 100 * taken / room
    return "stop" if share >= full else ("wait" if share >= NEARLY_FULL else "calm")


def tone_of_wait(minutes: int) -> str:
    """How a place where vehicles wait is shown, by the minutes of the one that waits longest."""
    return "stop" if minutes > TOO_LONG else ("wait" if minutes > LONG else "calm")
