"""Cameras at barriers that read plates, with how sure they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from tinhso.pillars.border.gate.adapters.faults import Faults

CONFUSED = {"8": "B", "B": "8", "0": "D", "D": "0", "5": "S", "2": "Z", "1": "7", "7": "1", "C": "G", "6": "8"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A plate as it was read, and the confidence from 0 to 1."""

    lane: str
    plate: str
    confidence: float


class PlateCamera(Protocol):
    def read(self, lane: str, *, standing: str) -> Reading:
        """What the camera of that lane reads; `standing` is the plate that stands there. Raises Unreachable."""
        ...


@dataclass(slots=True)
class SimulatedCamera:
    """Reads the plate that stands there; wrong: one character taken for another, and less sure of it."""

    faults: Faults = field(default_factory=Faults)

    def read(self, lane: str, *, standing: str) -> Reading:
        chance = self.faults.meet("plate_camera", f"{lane}/{standing}")
        if self.faults.is_wrong(chance):
            return Reading(lane, _misread(standing, chance), round(chance.uniform(0.55, 0.93), 2))
        return Reading(lane, standing, round(chance.uniform(0.92, 0.99), 2))


def _misread(plate: str, chance: Random) -> str:
    places = [place for place, sign in enumerate(plate) if sign in CONFUSED]
    if not places:
        return plate[:-1]
    place = chance.choice(places)
    return plate[:place] + CONFUSED[plate[place]] + plate[place + 1 :]
