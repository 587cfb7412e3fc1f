"""What one vehicle of a generated year is, and what its way leaves; chance, and the hours of work.

Moments are whole seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random

from tinhso.pillars.border.gate.rules.checks import Check
from tinhso.pillars.border.gate.simulation import durations
from tinhso.pillars.border.gate.simulation.year.cast import Place, Truck

MINUTE, HOUR, DAY = 60, 3600, 86_400
HANOI = 7 * HOUR
OPENS, CLOSES = 7 * HOUR, 19 * HOUR - 10 * MINUTE
SHIFT_BEGINS, SHIFT_ENDS = 6 * HOUR, 21 * HOUR
POOL_BITS = 11

Step = tuple[int, int, str, str, str, str, str, str]
"""When, flow, record, step, source, target, actor, facts."""


@cache
def pool(key: str) -> list[int]:
    """Seconds drawn once by a row of tables/simulation.csv, the same in every process."""
    low, mode, high = durations.row(key)
    chance = Random(key)  # noqa: S311
    return [int(chance.triangular(low, high, mode) * MINUTE) for _ in range(1 << POOL_BITS)]


class Draws:
    """Chance: the same seed gives the same day."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)  # noqa: S311
        self.part = self.random.random
        self.bits = self.random.getrandbits

    def seconds(self, key: str) -> int:
        """A time by a row of tables/simulation.csv."""
        return pool(key)[self.bits(POOL_BITS)]

    def id(self, second: int) -> str:
        """A UUID of version 7 of that moment."""
        bits = self.bits(72)
        return f"{second * 1000 + (bits & 511):012x}7{bits >> 60:03x}8{bits & 0xFFFFFFFFFFFFFFF:015x}"


@dataclass(slots=True)
class Work:
    """A check as it ends."""

    id: str
    kind: str
    stage: str
    force: str
    opened: int
    state: str = "open"
    since: int = 0
    started: int | None = None
    finished: int | None = None
    result: str = ""
    note: str = ""
    officer: str = ""
    versions: int = 1


@dataclass(slots=True)
class Held:
    """A hold as it ends; `lifted` None: the vehicle ended under it."""

    id: str
    force: str
    placed: int
    lifted: int | None
    officer: str


@dataclass(slots=True)
class Due:
    """A fee as it ends; `leg` 2: for what a two-way vehicle brought back."""

    id: str
    state: str
    made: int
    since: int
    leg: int = 1
    paid: int | None = None
    collected_by: str = ""
    versions: int = 1


@dataclass(slots=True)
class Vehicle:
    """One planned vehicle and its goods."""

    number: int
    kind: str
    place: Place
    truck: Truck
    owner: str
    group: str
    kg: int
    arrives: int
    fate: str
    priority: tuple[str, str]
    checks: Sequence[Check]
    back: Sequence[Check]
    receipt: str
    slot: str = ""
    slot_ends: int = 0
    way: str = ""
    limit_h: int = 24
    inwards: bool = False
    back_group: str = ""

    @property
    def two_way(self) -> bool:
        return self.way == "two_way"

    def receipt_of(self, leg: int) -> str:
        """The number of its receipt, of the way back with a letter behind it."""
        return f"{self.receipt}V" if leg == 2 else self.receipt


@dataclass(slots=True)
class Way:
    """All that came of it. `at` keeps the moments that the trip's columns hold, by column.

    `unloading`: when the yard and the customs signed that its goods went into the warehouse, or onto the vehicle whose
    trip is `onto`; `loaded`: kg taken over. `incident`: level, warned and over, for who stayed too long. `back`: the
    declaration of what a two-way vehicle brings back. `area`: the holding area in which it waited.
    """

    id: str
    fee: str
    state: str = "draft"
    at: dict[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    tasks: list[Work] = field(default_factory=list)
    holds: list[Held] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)
    versions: int = 0
    misses: int = 0
    amended: int = 0
    booked: bool = False
    leg: int = 1
    load_state: str = ""
    source: str = "WEB"
    seen_by: str = ""
    unloading: tuple[int, int] | None = None
    transfer: str = ""
    onto: str = ""
    loaded: int = 0
    released_to: str = ""
    incident: tuple[int, int, int | None] | None = None
    back: str = ""
    area: str = ""

    @property
    def fee_state(self) -> str:
        """As the trip shows it: the last one's."""
        return self.dues[-1].state if self.dues else "none"


def opened(second: int) -> int:
    """The same moment, or the next at which the points work."""
    of_day = (second + HANOI) % DAY
    if of_day < OPENS:
        return second - of_day + OPENS + second % 1200
    return second if of_day < CLOSES else second - of_day + DAY + OPENS + second % 1200


def on_shift(second: int) -> int:
    """The same moment, or the next at which people work inside the yards."""
    of_day = (second + HANOI) % DAY
    if of_day < SHIFT_BEGINS:
        return second - of_day + SHIFT_BEGINS + second % 1200
    return second if of_day < SHIFT_ENDS else second - of_day + DAY + SHIFT_BEGINS + second % 1200
