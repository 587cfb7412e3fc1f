"""Numbers that rules count with, by code (first ones: tables/limits.csv)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from tinhso.pillars.border.gate.rules.tables import table

DWELL, DWELL_TWO_WAY = "dwell_hours", "dwell_hours_two_way"
SPANS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Number:
    """A number and its unit: minute, hour, day or time."""

    value: int
    unit: str

    @property
    def span(self) -> timedelta:
        """The number as a span of time. Raises KeyError for a unit that is none."""
        return self.value * SPANS[self.unit]


@cache
def first() -> Mapping[str, Number]:
    """The numbers as the table has them, before anybody changed one."""
    return {row["code"]: Number(int(row["value"]), row["unit"]) for row in table("limits")}
