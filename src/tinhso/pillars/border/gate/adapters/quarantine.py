"""Plant and animal quarantine: the state of a certificate by its number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tinhso.pillars.border.gate.adapters.faults import Faults

VALID, REVOKED, UNKNOWN = "valid", "revoked", "unknown"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What quarantine say of a certificate: its state, and the growing areas and packing houses on it."""

    number: str
    state: str
    growing_areas: tuple[str, ...] = ()
    packing_houses: tuple[str, ...] = ()


class Quarantine(Protocol):
    def certificate(self, number: str) -> Certificate:
        """The certificate of that number. Raises Unreachable."""
        ...


@dataclass(slots=True)
class SimulatedQuarantine:
    """Knows every certificate whose number begins with KD; one in fifty is revoked; wrong: other growing areas."""

    faults: Faults = field(default_factory=Faults)

    def certificate(self, number: str) -> Certificate:
        chance = self.faults.meet("quarantine", number)
        if not number.upper().startswith("KD"):
            return Certificate(number, UNKNOWN)
        state = REVOKED if chance.random() < 0.02 else VALID
        area = chance.randrange(1, 500) + (500 if self.faults.is_wrong(chance) else 0)
        return Certificate(number, state, (f"DEMO-{area:04d}",), (f"DEMO-P{area % 60:03d}",))
