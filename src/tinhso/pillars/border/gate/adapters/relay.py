"""Arms of barriers: one command, "open", and its answer.

How the arms at the gates are driven is not known to us; a client for a real one implements `BarrierRelay`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from tinhso.pillars.border.gate.adapters.faults import Faults


class BarrierRelay(Protocol):
    def open(self, lane: str, *, command: UUID) -> bool:
        """Whether the arm of that lane opened; the same command heard twice opens it once. Raises Unreachable."""
        ...


@dataclass(slots=True)
class SimulatedRelay:
    """Opens; wrong: refuses, as an arm does whose safety loop is taken."""

    faults: Faults = field(default_factory=Faults)

    def open(self, lane: str, *, command: UUID) -> bool:
        chance = self.faults.meet("barrier_relay", f"{lane}/{command}")
        return not self.faults.is_wrong(chance)
