"""How many vehicles come on each day and in each hour of a year. Pure: no database.

Months and hours by tables/load_profile.csv, points and directions by tables/gates.csv. Assumed: no vehicle comes
while the points are closed for the lunar New Year (dates of the package `holidays`); weekdays are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TypeVar

import holidays

from tinhso.pillars.border.gate.rules.tables import table
from tinhso.pillars.border.gate.simulation.plan import per_hour, volumes

SEED = 20_250_101
NEW_YEAR = "Lunar New Year"
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One day: how many vehicles, and how many had come in the year before."""

    day: date
    vehicles: int
    before: int


def days_of(year: int, trips: int) -> list[DayPlan]:
    """The year's days that have vehicles; together exactly `trips`."""
    days = [
        date(year, 1, 1) + timedelta(days=number) for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]
    shut = closed(year)
    weights = {day: 0.0 if day in shut else months()[day.month] for day in days}
    counts = shared_out(trips, weights)
    found, before = [], 0
    for day in days:
        if counts[day]:
            found.append(DayPlan(day, counts[day], before))
            before += counts[day]
    return found


def hours_of(vehicles: int) -> Iterator[tuple[str, str, int, int]]:
    """Point, direction, hour and how many come then."""
    weights = {(point, direction): float(count) for point, direction, count in volumes()}
    for (point, direction), count in shared_out(vehicles, weights).items():
        for hour, number in per_hour(count).items():
            if number:
                yield point, direction, hour, number


@cache
def months() -> Mapping[int, float]:
    """The factor of each month."""
    return {int(row["key"]): float(row["factor_or_share"]) for row in table("load_profile") if row["kind"] == "month"}


@cache
def closed(year: int) -> frozenset[date]:
    """Days on which no point works, for the lunar New Year."""
    known = holidays.country_holidays("VN", years=year, language="en_US")
    return frozenset(day for day, name in known.items() if NEW_YEAR in name and not name.startswith("29"))


def shared_out(whole: int, weights: Mapping[Key, float]) -> dict[Key, int]:
    """`whole` in parts by weight: whole numbers that add up (largest remainders, earlier keys first)."""
    total = sum(weights.values())
    exact = {key: whole * weight / total for key, weight in weights.items()}
    found = {key: int(number) for key, number in exact.items()}
    order = {key: place for place, key in enumerate(weights)}
    left = sorted(exact, key=lambda key: (found[key] - exact[key], order[key]))
    for key in left[: whole - sum(found.values())]:
        found[key] += 1
    return found
