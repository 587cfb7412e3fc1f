"""How long things take and how often they happen: drawn from tables/simulation.csv, the same for the same vehicle.

A drawn time follows from day, seed, vehicle and what it is for, so that a restart finds the same one again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from tinhso.pillars.border.gate.rules.tables import table


@cache
def row(key: str) -> tuple[float, float, float]:
    """Low, mode and high of a row. Raises KeyError when the table lacks it."""
    return _rows()[key]


def share(fate: str) -> float:
    """How many of all vehicles have that fate, from 0 to 1."""
    return row(f"share.{fate}")[1]


@cache
def _rows() -> dict[str, tuple[float, float, float]]:
    return {one["key"]: (float(one["low"]), float(one["mode"]), float(one["high"])) for one in table("simulation")}


@dataclass(frozen=True, slots=True)
class Draw:
    """The chance of one vehicle on one day; `of` tells apart what is drawn several times."""

    day: str
    number: int

    def minutes(self, key: str, of: str = "") -> float:
        low, mode, high = row(key)
        return self._chance(f"{key}{of}").triangular(low, high, mode)

    def part(self, key: str) -> float:
        """A number from 0 to 1."""
        return self._chance(key).random()

    def happens(self, fate: str) -> bool:
        return self.part(fate) < share(fate)

    def _chance(self, key: str) -> Random:
        return Random(f"{self.day}|{self.number}|{key}")  # noqa: S311
