"""The customs' clearance system: the state of a declaration by its number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tinhso.pillars.border.gate.adapters.faults import Faults

GREEN, YELLOW, RED = 1, 2, 3
NUMBER_LENGTH = 12


@dataclass(frozen=True, slots=True)
class CustomsDeclaration:
    """What customs say: whether the number is known, the channel (1 green, 2 yellow, 3 red), whether cleared."""

    number: str
    known: bool
    channel: int = 0
    cleared: bool = False
    gross_kg: int | None = None


class Customs(Protocol):
    def declaration(self, number: str) -> CustomsDeclaration:
        """The declaration of that number. Raises Unreachable."""
        ...


@dataclass(slots=True)
class SimulatedCustoms:
    """Knows every number of 12 digits; seven in ten are green, two yellow, one red; wrong: another's declaration."""

    faults: Faults = field(default_factory=Faults)

    def declaration(self, number: str) -> CustomsDeclaration:
        chance = self.faults.meet("customs", number)
        if len(number) != NUMBER_LENGTH or not number.isdecimal():
            return CustomsDeclaration(number, known=False)
        if self.faults.is_wrong(chance):
            number = number[::-1]
        channel = chance.choices((GREEN, YELLOW, RED), (7, 2, 1))[0]
        kg = chance.randrange(5_000, 30_000, 50)
        return CustomsDeclaration(number, known=True, channel=channel, cleared=channel == GREEN, gross_kg=kg)
