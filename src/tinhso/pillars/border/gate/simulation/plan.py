"""Who comes on a day: as many vehicles as the sources count, in the hours that they tell. Pure: no database.

Totals per point and direction from tables/gates.csv, shares of the hours from tables/load_profile.csv
(settled: a simulated day takes only these two from them); fates by tables/simulation.csv.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from tinhso.pillars.border.gate.rules.tables import table
from tinhso.pillars.border.gate.simulation import durations

EXPORT, IMPORT = "X", "N"
PLAIN = "plain"
FATES = {
    EXPORT: ("red", "fail", "treat", "turned", "undeclared", "cancel", "no_show", "late_call", "refused"),
    IMPORT: ("red", "fail", "treat"),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """One vehicle of the day. Moments in minutes of the day in Viet Nam; `fate` says what goes out of the ordinary."""

    number: int
    point: str
    direction: str
    arrives: float
    declares: float
    fate: str = PLAIN
    books: bool = False


def plan_day(day: date, *, seed: int, share: float = 1.0) -> list[Planned]:
    """All vehicles of the day in the order of their arrival, the same on every call."""
    chance = Random(f"{day}{seed}")  # noqa: S311
    coming = sorted(
        (minute, point, direction) for point, direction, count in volumes(share) for minute in _minutes(count, chance)
    )
    return [
        _planned(number, minute, point, direction, seed, day)
        for number, (minute, point, direction) in enumerate(coming, start=1)
    ]


def volumes(share: float = 1.0) -> Iterator[tuple[str, str, int]]:
    """Point, direction and vehicles a day, where there are any."""
    for row in table("gates"):
        for direction, column in ((EXPORT, "avg_export"), (IMPORT, "avg_import")):
            count = round(int(row[column]) * share)
            if count:
                yield row["point_code"], direction, count


def hours() -> dict[int, float]:
    """The share of the day's vehicles in each hour."""
    return {
        int(row["key"]): float(row["factor_or_share"]) for row in table("load_profile") if row["kind"] == "hour_vn_time"
    }


def per_hour(count: int) -> dict[int, int]:
    """`count` vehicles over the hours: whole numbers that add up (largest remainders)."""
    exact = {hour: count * share for hour, share in hours().items()}
    whole = {hour: int(number) for hour, number in exact.items()}
    left = sorted(exact, key=lambda hour: (whole[hour] - exact[hour], hour))
    for hour in left[: count - sum(whole.values())]:
        whole[hour] += 1
    return whole


def _minutes(count: int, chance: Random) -> Iterator[float]:
    for hour, number in per_hour(count).items():
        for _ in range(number):
            yield round(hour * 60 + chance.uniform(0, 59.9), 2)


def _planned(number: int, minute: float, point: str, direction: str, seed: int, day: date) -> Planned:
    draw = durations.Draw(f"{day}{seed}", number)
    fate = _fate(draw, direction)
    lead = "lead.export" if direction == EXPORT else "lead.import"
    declares = minute if fate == "undeclared" else max(0.0, minute - draw.minutes(lead))
    books = direction == EXPORT and (fate == "no_show" or (fate == PLAIN and draw.happens("books")))
    return Planned(number, point, direction, minute, declares, fate, books)


def _fate(draw: durations.Draw, direction: str) -> str:
    """At most one thing out of the ordinary befalls a vehicle."""
    left = draw.part("fate")
    for fate in FATES[direction]:
        left -= durations.share(fate)
        if left < 0:
            return fate
    return PLAIN
