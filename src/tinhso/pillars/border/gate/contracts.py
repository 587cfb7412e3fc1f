"""What other rooms may hold of the gate: plain, frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TruckStatus:
    """Where a vehicle stands; nothing of its firm, driver or goods. `area`: code of its holding area, where known."""

    plate: str
    trip: str
    point: str
    state: str
    since: datetime
    area: str = ""


@dataclass(frozen=True, slots=True)
class GateLoad:
    """How full a crossing point is now. `wait_minutes`: what the last in the queue has before it."""

    point: str
    name: str
    waiting: int
    at_barrier: int
    in_yard: int
    room_in_yard: int
    wait_minutes: int
    crossed_today: int
