"""Weighbridges: what a vehicle weighs as it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tinhso.pillars.border.gate.adapters.faults import Faults

STEP_KG = 20  # the division of usual truck scales
SMALLEST_WRONG, LARGEST_WRONG = 0.4, 1.6


@dataclass(frozen=True, slots=True)
class Weighing:
    """A reading; one that is not steady must be taken again."""

    bridge: str
    kg: int
    steady: bool


class Weighbridge(Protocol):
    def weigh(self, bridge: str, *, expected_kg: int) -> Weighing:
        """The reading of that bridge now. Raises Unreachable."""
        ...


@dataclass(slots=True)
class SimulatedWeighbridge:
    """Reads what is expected within half a per cent; wrong: far off, or not steady."""

    faults: Faults = field(default_factory=Faults)

    def weigh(self, bridge: str, *, expected_kg: int) -> Weighing:
        chance = self.faults.meet("weighbridge", f"{bridge}/{expected_kg}")
        wrong = self.faults.is_wrong(chance)
        factor = chance.choice((SMALLEST_WRONG, LARGEST_WRONG)) if wrong else chance.uniform(0.995, 1.005)
        kg = round(expected_kg * factor / STEP_KG) * STEP_KG
        return Weighing(bridge, kg, steady=not wrong or chance.random() < 0.5)
