"""When the platform calls the next vehicle by itself: as often as published, and only while the gate has room.

The pace is the point's published calls an hour. The gate has room while fewer vehicles are called or at barrier 1 than
it lets through in the time for which a call waits, so that nobody is called only to stand on the road.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

OFF, CLOSED, PAUSED, BLOCKED, YARDS_FULL, GATE_FULL, NOBODY, TOO_SOON = (
    "off", "closed", "paused", "blocked", "yards_full", "gate_full", "nobody", "too_soon",
)  # fmt: skip
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Gate:
    """A point as the platform sees it before it calls.

    `per_hour`: published calls an hour; `call_waits`: how long a call waits; `ahead`: called or at barrier 1;
    `open_lanes`: lanes of barrier 1 on which nothing stands in the way, None where no barrier is known.
    """

    on: bool
    is_open: bool
    paused: bool
    yard_has_room: bool
    per_hour: int
    call_waits: timedelta
    ahead: int
    waiting: int
    last_called_at: datetime | None
    open_lanes: int | None = None


def room_before_the_gate(gate: Gate) -> int:
    """How many may be called and not be through barrier 1 yet; one at least."""
    return max(1, int(gate.per_hour * gate.call_waits / HOUR))


def why_not(gate: Gate, at: datetime) -> str:
    """Why the platform calls nobody at that moment; empty when it calls one beat of the published order."""
    reasons = (
        (OFF, not gate.on),
        (CLOSED, not gate.is_open),
        (PAUSED, gate.paused),
        (BLOCKED, gate.open_lanes == 0),
        (YARDS_FULL, not gate.yard_has_room),
        (NOBODY, gate.waiting == 0),
        (GATE_FULL, gate.ahead >= room_before_the_gate(gate)),
        (TOO_SOON, gate.last_called_at is not None and at < gate.last_called_at + HOUR / max(1, gate.per_hour)),
    )
    return next((code for code, holds in reasons if holds), "")
