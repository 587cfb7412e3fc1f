"""A vehicle of the simulation as it stands: what the next step is decided from. Moments in minutes of the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from tinhso.pillars.border.gate.simulation.durations import Draw
from tinhso.pillars.border.gate.simulation.plan import EXPORT

FROM_ABROAD = ("IMP_CN", "CN_EMPTY_IN", "AGV", "NEW_VEHICLE")
LEAVES_INLAND = ("EXP_XFER", "IMP_VN_PICKUP", "NEW_VEHICLE")
GONE_ON = ("released", "crossed_out", "returned_in")
"""States in which nobody unloads or loads the vehicle any more."""
GOODS_CHECKS = ("PLANT_Q", "ANIMAL_Q", "CUSTOMS_DOC", "CUSTOMS_INSPECT")


class Times(Protocol):
    """When people work; see `timeline.Timeline`."""

    def on_shift(self, minute: float) -> float: ...
    def when_open(self, point: str, direction: str, minute: float, *, before_closing: float = 1.0) -> float: ...


@dataclass(frozen=True, slots=True)
class Move:
    """One step: what, by which role, when at the earliest, of which record."""

    verb: str
    role: str
    due: float
    target: UUID
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, UUID]:
        return self.verb, self.target


@dataclass(frozen=True, slots=True)
class Task:
    """A check as it stands; `since` is the minute of its state."""

    id: UUID
    kind: str
    stage: str
    force: str
    state: str
    since: float
    note: str


@dataclass(frozen=True, slots=True)
class Held:
    """A hold in force."""

    id: UUID
    force: str
    since: float
    note: str


@dataclass(frozen=True, slots=True)
class Other:
    """Who hands goods over to the vehicle, or takes them over from it. `beside`: both stand in the same yard."""

    id: UUID
    state: str
    present: bool
    balance_kg: int
    loaded_kg: int
    beside: bool
    yard_in: float

    @property
    def brings(self) -> bool:
        """Whether its goods may still come."""
        return self.present and self.state not in GONE_ON and self.balance_kg > 0

    @property
    def takes(self) -> bool:
        """Whether it may still come for goods."""
        return self.present and self.state not in GONE_ON and not self.loaded_kg


@dataclass(frozen=True, slots=True)
class Fault:
    """A correction that customs want, or to which they have to consent."""

    id: UUID
    state: str
    since: float
    consent_of: str


@dataclass(frozen=True, slots=True)
class Around:
    """What belongs to the vehicle and does not change its version. `unloading`: since when the yard has signed."""

    unloading: float | None = None
    givers: tuple[Other, ...] = ()
    takers: tuple[Other, ...] = ()
    fault: Fault | None = None


NOTHING = Around()


@dataclass(slots=True)
class Seen:
    """A vehicle's trip as it stands, with what lies over it."""

    id: UUID
    day: str
    number: int
    version: int
    state: str
    since: float
    point: str
    direction: str
    plate: str
    fate: str
    books: bool
    arrives: float
    undeclared: bool
    has_slot: bool
    misses: int
    accepted: float
    yard_in: float
    unloaded: float
    release_expires: float
    load_kg: int
    balance_kg: int
    holds: int
    fee_state: str
    kind: str = ""
    leg: int = 1
    load_state: str = ""
    two_way: bool = False
    has_back: bool = False
    loaded_kg: int = 0
    released_to: str = ""
    amended: bool = False
    tasks: list[Task] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    fee: tuple[UUID, float] | None = None
    around: Around = NOTHING

    @property
    def draw(self) -> Draw:
        return Draw(self.day, self.number)

    @property
    def is_export(self) -> bool:
        return self.direction == EXPORT

    @property
    def from_abroad(self) -> bool:
        return self.kind in FROM_ABROAD or (self.kind == "TRANSIT" and not self.is_export)

    @property
    def crosses_and_returns(self) -> bool:
        return self.kind == "EXP_VN"

    @property
    def is_to_be_loaded(self) -> bool:
        """Whether somebody's goods may still come for it."""
        return any(one.brings for one in self.around.givers)

    @property
    def goods_checks(self) -> list[Task]:
        return [task for task in self.tasks if task.kind in GOODS_CHECKS and task.state != "not_needed"]

    @property
    def release(self) -> str:
        """The customs' last word for it, as queries.tasks.release_step tells it."""
        if self.kind == "IMP_CN" and not self.two_way:
            return "release_empty_back"
        inwards = self.kind == "TRANSIT" and not self.is_export
        return "release_inland" if self.kind in LEAVES_INLAND or self.leg == 2 or inwards else "release_out"
