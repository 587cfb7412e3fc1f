"""The customs' clearance system: where a declaration stands, by its number.

How the national system answers is not known to us; channels (1 green, 2 yellow, 3 red) and the 12 digits of a
number are recalled, not quoted. An officer of customs keys the same answer by hand while there is no link.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from tinhso.pillars.border.gate.adapters.faults import Faults, Unreachable

GREEN, YELLOW, RED = 1, 2, 3
NUMBER_LENGTH = 12
UNKNOWN, LODGED, CHANNELLED, RELEASED = "unknown", "lodged", "channelled", "released"
INSPECTED_FOR = timedelta(minutes=40)


@dataclass(frozen=True, slots=True)
class CustomsDeclaration:
    """What customs say of a number: its channel (0 while it has none), its status, when they released the goods."""

    number: str
    status: str
    channel: int = 0
    released_at: datetime | None = None
    gross_kg: int | None = None

    @property
    def known(self) -> bool:
        return self.status != UNKNOWN


class CustomsStatus(Protocol):
    def declaration(self, number: str, *, at: datetime) -> CustomsDeclaration:
        """The declaration of that number as it stands at that moment. Raises Unreachable."""
        ...


def is_number(text: str) -> bool:
    """Whether this can be the number of a customs declaration."""
    return len(text) == NUMBER_LENGTH and text.isascii() and text.isdecimal()


class NoCustoms:
    """There is no link yet."""

    def declaration(self, number: str, *, at: datetime) -> CustomsDeclaration:
        raise Unreachable("customs")


@dataclass(slots=True)
class SimulatedCustoms:
    """Knows every number of 12 digits; seven in ten are green, two yellow, one red; wrong: another's declaration.

    Green ones are released at once, the others are looked at first.
    """

    faults: Faults = field(default_factory=Faults)

    def declaration(self, number: str, *, at: datetime) -> CustomsDeclaration:
        chance = self.faults.meet("customs", number)
        if not is_number(number):
            return CustomsDeclaration(number, UNKNOWN)
        if self.faults.is_wrong(chance):
            number = f"{(int(number) + 1) % 10**NUMBER_LENGTH:0{NUMBER_LENGTH}d}"
        channel = chance.choices((GREEN, YELLOW, RED), (7, 2, 1))[0]
        kg = chance.randrange(5_000, 30_000, 50)
        if channel == GREEN:
            return CustomsDeclaration(number, RELEASED, channel, at - INSPECTED_FOR, kg)
        return CustomsDeclaration(number, CHANNELLED, channel, None, kg)
