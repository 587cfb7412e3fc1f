"""A generated day with exactly so many vehicles of each kind as a published report tells, and as many left at 20:00."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tinhso.pillars.border.gate.queries.report import period
from tinhso.pillars.border.gate.simulation.plan import volumes
from tinhso.pillars.border.gate.simulation.year.cast import Cast
from tinhso.pillars.border.gate.simulation.year.day import Batch, DayMaker
from tinhso.pillars.border.gate.simulation.year.plan import DayPlan, shared_out
from tinhso.pillars.border.gate.simulation.year.vehicle import HOUR, Vehicle, Way

FRUIT, OTHER, NEW = "FRUIT", "WOOD", "NEW_VEHICLE"
MOST_TRIES = 400


@dataclass(frozen=True, slots=True)
class Shape:
    """The figures of a day's report."""

    export_fruit: int
    export_other: int
    import_cargo: int
    import_new: int
    remaining_fruit: int
    remaining_other: int

    @property
    def vehicles(self) -> int:
        return sum((self.export_fruit, self.export_other, self.import_cargo, self.import_new,
                    self.remaining_fruit, self.remaining_other))  # fmt: skip


# Press, 22 Aug 2024 (border brief 9): 1,243 cleared, 369 remaining.
PUBLISHED = Shape(234, 94, 865, 50, 216, 153)


class ShapedDay(DayMaker):
    """Vehicles are drawn until their way ends where the shape wants it."""

    def __init__(self, cast: Cast, day: DayPlan, seed: int) -> None:
        super().__init__(cast, day, seed, books=False)
        since, until = period(day.day)
        self.since, self.until = int(since.timestamp()), int(until.timestamp())
        self.number = 0

    def shaped(self, shape: Shape) -> Batch:
        """All vehicles of the shape, over the points as they usually share them."""
        self._fill("X", FRUIT, shape.export_fruit, self._went_out, -8, 16)
        self._fill("X", OTHER, shape.export_other, self._went_out, -8, 16)
        self._fill("N", "", shape.import_cargo, self._came_in, 6, 19)
        self._fill("N", NEW, shape.import_new, self._came_in, 6, 19)
        self._fill("X", FRUIT, shape.remaining_fruit, self._stands, 14, 20)
        self._fill("X", OTHER, shape.remaining_other, self._stands, 14, 20)
        return self.batch

    def one_more(self, group: str, *, out_at: datetime) -> Batch:
        """One export that crossed out at that moment of the day: what a list on paper brings later."""
        self.batch = Batch()
        wanted = int(out_at.timestamp())
        self._fill(
            "X", group, 1, lambda way: abs(way.at["crossed_out_at"] - wanted) < HOUR and self._went_out(way), 8, 18
        )
        return self.batch

    def _fill(self, direction: str, group: str, count: int, fits: Callable[[Way], bool], first: int, last: int) -> None:
        weights = {point: float(number) for point, way, number in volumes() if way == direction}
        for point, number in shared_out(count, weights).items():
            for _ in range(number):
                vehicle, way = self._found(point, direction, group, fits, first, last)
                self._written(vehicle, way, direction)

    def _found(
        self, point: str, direction: str, group: str, fits: Callable[[Way], bool], first: int, last: int
    ) -> tuple[Vehicle, Way]:
        """The first vehicle drawn whose way fits. Raises LookupError when none does."""
        self.number += 1
        for _ in range(MOST_TRIES):
            arrives = self.midnight + int((first + self.draws.part() * (last - first)) * HOUR)
            chosen = group or self.cast.group(direction, self.draws.part())
            vehicle = self._described(self.number, self.cast.places[point], direction, arrives, chosen)
            way = self.walk.walk(vehicle)
            if fits(way):
                return vehicle, way
        raise LookupError(f"no way of a vehicle fits: {point} {direction} {group}")

    def _went_out(self, way: Way) -> bool:
        return self.since < way.at["crossed_out_at"] <= self.until

    def _came_in(self, way: Way) -> bool:
        return self.since < way.at["crossed_in_at"] <= self.until

    def _stands(self, way: Way) -> bool:
        return way.at["first_arrival_at"] <= self.until < way.at["crossed_out_at"]
