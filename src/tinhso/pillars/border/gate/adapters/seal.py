"""Electronic seals: how one stands when it is asked.

Makers' systems differ and none is settled; a client for one implements `SealReader`, or the maker's system sends
events by key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tinhso.pillars.border.gate.adapters.faults import Faults

ARMED, TAMPERED = "armed", "tampered"


class SealReader(Protocol):
    def state(self, seal_no: str) -> str:
        """How that seal stands: armed, opened or tampered. Raises Unreachable."""
        ...


@dataclass(slots=True)
class SimulatedSeal:
    """Armed; wrong: says that it was tampered with."""

    faults: Faults = field(default_factory=Faults)

    def state(self, seal_no: str) -> str:
        chance = self.faults.meet("seal", seal_no)
        return TAMPERED if self.faults.is_wrong(chance) else ARMED
