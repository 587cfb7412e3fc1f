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
    EXPORT: ("red", "fail", "treat", "fault", "turned", "undeclared", "cancel", "no_show", "late_call", "refused"),
    IMPORT: ("red", "fail", "treat", "fault", "undeclared_cn"),
}
UNDECLARED = ("undeclared", "undeclared_cn")
WAYS = {EXPORT: ("xfer", "stored", "two_way", "transit"), IMPORT: ("new_vehicle", "pickup", "transit", "agv")}
"""What a vehicle does beside the usual, each a share of tables/simulation.csv."""
GIVES = ("xfer", "stored", "pickup")
MAY_GIVE = (PLAIN, "red", "fail", "treat", "fault", "cancel", "late_call")
"""Fates that may befall a vehicle whose goods change vehicles."""
AGV_POINT = "TT-1088"
KINDS = {
    (EXPORT, ""): "EXP_VN",
    (EXPORT, "two_way"): "EXP_VN",
    (EXPORT, "xfer"): "EXP_XFER",
    (EXPORT, "stored"): "EXP_XFER",
    (EXPORT, "transit"): "TRANSIT",
    (IMPORT, ""): "IMP_CN",
    (IMPORT, "pickup"): "IMP_CN",
    (IMPORT, "new_vehicle"): "NEW_VEHICLE",
    (IMPORT, "transit"): "TRANSIT",
    (IMPORT, "agv"): "AGV",
}
OTHER_HALF = {"xfer": "CN_EMPTY_IN", "pickup": "IMP_VN_PICKUP"}
"""Who takes the goods over, by the giver's way."""
HALVES = 500_000
"""Numbers of those who take goods over: the giver's and this."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One vehicle of the day. Moments in minutes of the day in Viet Nam; `fate` says what goes out of the ordinary.

    `way`: one of WAYS, or empty. Who comes to take another's goods over has that one's way.
    """

    number: int
    point: str
    direction: str
    arrives: float
    declares: float
    fate: str = PLAIN
    books: bool = False
    way: str = ""

    @property
    def takes_over(self) -> bool:
        """Whether it comes for the goods of another one: such vehicles the sources do not count."""
        return self.number > HALVES

    @property
    def giver(self) -> int:
        """Whose goods it comes for, by number; 0 for who brings or takes its own."""
        return self.number - HALVES if self.takes_over else 0

    @property
    def kind(self) -> str:
        return OTHER_HALF[self.way] if self.takes_over else KINDS[self.direction, self.way]

    @property
    def undeclared(self) -> bool:
        return self.fate in UNDECLARED


def plan_day(day: date, *, seed: int, share: float = 1.0) -> list[Planned]:
    """All vehicles of the day, the same on every call: those that the sources count in the order of their arrival,
    then those that come to take goods over.
    """
    chance = Random(f"{day}{seed}")  # noqa: S311
    coming = sorted(
        (minute, point, direction) for point, direction, count in volumes(share) for minute in _minutes(count, chance)
    )
    counted = [
        _planned(number, minute, point, direction, seed, day)
        for number, (minute, point, direction) in enumerate(coming, start=1)
    ]
    return [*counted, *(_other_half(one, seed, day) for one in counted if one.way in OTHER_HALF)]


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
    declares = minute if fate in UNDECLARED else max(0.0, minute - draw.minutes(lead))
    books = direction == EXPORT and (fate == "no_show" or (fate == PLAIN and draw.happens("books")))
    return Planned(number, point, direction, minute, declares, fate, books, _way(draw, point, direction, fate))


def _other_half(giver: Planned, seed: int, day: date) -> Planned:
    """Declared together with the giver; it comes when that one is there, or is about to be."""
    number = HALVES + giver.number
    arrives = giver.arrives + durations.Draw(f"{day}{seed}", number).minutes("after.giver")
    return Planned(number, giver.point, giver.direction, arrives, giver.declares, way=giver.way)


def _way(draw: durations.Draw, point: str, direction: str, fate: str) -> str:
    left = draw.part("way")
    for way in WAYS[direction]:
        left -= durations.share(way)
        if left < 0:
            return way if way_is_open(way, point, fate) else ""
    return ""


def way_is_open(way: str, point: str, fate: str) -> bool:
    """Whether a vehicle of that fate may go that way at that point."""
    return fate in (MAY_GIVE if way in GIVES else (PLAIN,)) and (way != "agv" or point == AGV_POINT)


def _fate(draw: durations.Draw, direction: str) -> str:
    """At most one thing out of the ordinary befalls a vehicle."""
    left = draw.part("fate")
    for fate in FATES[direction]:
        left -= durations.share(fate)
        if left < 0:
            return fate
    return PLAIN
