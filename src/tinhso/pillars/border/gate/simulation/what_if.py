"""One day of one crossing point as queues and lanes, to try out a change before it is made. Pure: no database.

The durations are those of the live border (tables/simulation.csv), the hours those of tables/load_profile.csv. Lanes
are served in order of arrival; exports are called at the published pace while the yard has room for them, imports let
in over the line at theirs. Minutes of the day; the clock runs on to midnight, so that what is left is seen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import simpy

from tinhso.pillars.border.gate.rules.goods import ANIMAL, PLANT, first_list, typical
from tinhso.pillars.border.gate.rules.tables import table
from tinhso.pillars.border.gate.simulation import durations
from tinhso.pillars.border.gate.simulation.plan import EXPORT, IMPORT, per_hour

DAY = 1440
CALLS_END = 30
SAMPLE = 10
Process = Generator[Any, Any, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCase:
    """A point on a day: vehicles that come, room an hour, lanes, room in the yard, hours, and who waits already."""

    code: str
    exports: int
    imports: int
    slots_export: int
    slots_import: int
    entry_lanes: int
    line_lanes: int
    yard_room: int
    opens: int
    closes: int
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is tried out. Lanes and hours are added, the rest is in percent; `stopped`: export goods not accepted."""

    entry_lanes: int = 0
    line_lanes: int = 0
    earlier: int = 0
    later: int = 0
    slots: int = 100
    yard: int = 100
    traffic: int = 100
    stopped: tuple[str, ...] = ()

    def on(self, case: PointCase) -> PointCase:
        """The point with the change; fewer than one lane or place is one."""
        return replace(
            case,
            exports=round(case.exports * self.traffic / 100),
            imports=round(case.imports * self.traffic / 100),
            slots_export=max(1, round(case.slots_export * self.slots / 100)),
            slots_import=max(1, round(case.slots_import * self.slots / 100)),
            entry_lanes=max(1, case.entry_lanes + self.entry_lanes),
            line_lanes=max(1, case.line_lanes + self.line_lanes),
            yard_room=max(1, round(case.yard_room * self.yard / 100)),
            opens=max(0, case.opens - self.earlier * 60),
            closes=min(DAY, case.closes + self.later * 60),
        )


@dataclass(slots=True)
class Outcome:
    """What came of one day: waits in minutes, cleared vehicles, who still waits, the queue each ten minutes."""

    waits: dict[str, list[float]] = field(default_factory=lambda: {EXPORT: [], IMPORT: []})
    stays: list[float] = field(default_factory=list)
    cleared: dict[str, int] = field(default_factory=lambda: {EXPORT: 0, IMPORT: 0})
    kept_away: int = 0
    left: int = 0
    queue: list[list[int]] = field(default_factory=lambda: [[] for _hour in range(24)])


def play(case: PointCase, change: Change, *, seed: str) -> Outcome:
    """One day; the same seed draws the same vehicles for the base case and the changed one."""
    return _Day(change.on(case), change.stopped, seed).run()


class _Day:
    """The SimPy model of one point on one day."""

    def __init__(self, case: PointCase, stopped: tuple[str, ...], seed: str) -> None:
        self.case, self.stopped, self.seed = case, stopped, f"{seed}{case.code}"
        self.env = simpy.Environment()
        self.entry = simpy.Resource(self.env, case.entry_lanes)
        self.line = simpy.Resource(self.env, case.line_lanes)
        self.yard = simpy.Resource(self.env, case.yard_room)
        self.queues: dict[str, deque[tuple[int, float, simpy.Event]]] = {EXPORT: deque(), IMPORT: deque()}
        self.found = Outcome()

    def run(self) -> Outcome:
        for direction, count in ((EXPORT, self.case.exports), (IMPORT, self.case.imports)):
            self._bring(direction, count)
        for number in range(self.case.waiting):
            self.env.process(self._export(-1 - number, 0.0, "OTHER"))
        for direction, room in ((EXPORT, self.case.slots_export), (IMPORT, self.case.slots_import)):
            self.env.process(self._calling(direction, 60 / max(1, room)))
        self.env.process(self._watching())
        self.env.run(until=DAY)
        self.found.left = self._standing()
        return self.found

    def _bring(self, direction: str, count: int) -> None:
        chance = Random(f"{self.seed}{direction}")  # noqa: S311
        groups, weights = _goods(direction)
        number = 0
        for hour, vehicles in per_hour(count).items():
            for _ in range(vehicles):
                number += 1
                at, group = hour * 60 + chance.uniform(0, 59.9), chance.choices(groups, weights)[0]
                if direction == EXPORT and group in self.stopped:
                    self.found.kept_away += 1
                elif direction == EXPORT:
                    self.env.process(self._export(number, at, group))
                else:
                    self.env.process(self._import(number, at, group))

    def _export(self, number: int, at: float, group: str) -> Process:
        draw = durations.Draw(f"{self.seed}X", number)
        yield self.env.timeout(at)
        place = yield from self._called(EXPORT, number)
        yield self.env.timeout(draw.minutes("travel.called"))
        came = self.env.now
        yield from self._lane(self.entry, draw.minutes("lane.entry"))
        yield self.env.timeout(draw.minutes("to.yard") + self._checks(draw, group) + draw.minutes("release"))
        yield self.env.timeout(draw.minutes("to.line"))
        yield from self._opening()
        self.yard.release(place)
        yield from self._lane(self.line, draw.minutes("lane.line"))
        self.found.cleared[EXPORT] += 1
        self.found.stays.append(self.env.now - came)
        yield self.env.timeout(draw.minutes("return.empty"))
        yield from self._opening()
        yield from self._lane(self.line, draw.minutes("lane.line", "back"))

    def _import(self, number: int, at: float, group: str) -> Process:
        draw = durations.Draw(f"{self.seed}N", number)
        yield self.env.timeout(at)
        place = yield from self._called(IMPORT, number)
        yield from self._lane(self.line, draw.minutes("lane.line"))
        self.found.cleared[IMPORT] += 1
        yield self.env.timeout(draw.minutes("to.yard") + self._checks(draw, group))
        yield self.env.timeout(sum(draw.minutes(key) for key in ("unload", "unload.confirm")))
        yield self.env.timeout(draw.minutes("release") + draw.minutes("to.line"))
        yield from self._opening()
        self.yard.release(place)
        yield from self._lane(self.line, draw.minutes("lane.line", "back"))

    def _called(self, direction: str, number: int) -> Generator[Any, Any, Any]:
        """Wait in the queue until called; the place in the yard is kept from then on."""
        since, turn = self.env.now, self.env.event()
        self.queues[direction].append((number, since, turn))
        place = yield turn
        self.found.waits[direction].append(self.env.now - since)
        return place

    def _calling(self, direction: str, every: float) -> Process:
        while True:
            yield self.env.timeout(every)
            yield from self._opening(CALLS_END if direction == EXPORT else 0)
            waiting = self.queues[direction]
            if waiting and self.yard.count < self.yard.capacity:
                waiting.popleft()[2].succeed(self.yard.request())

    def _checks(self, draw: durations.Draw, group: str) -> float:
        """The longest of the checks side by side and the fee; a red channel adds the inspection."""
        kinds = ["PERSON", "CUSTOMS_DOC", *sorted(first_list().flags(typical(group)) & {PLANT, ANIMAL})]
        times = [draw.minutes("task.wait", kind) + draw.minutes(f"task.{kind}") for kind in kinds]
        red = draw.minutes("task.CUSTOMS_INSPECT") if draw.happens("red") else 0.0
        return max([*times, draw.minutes("fee.pay")]) + red

    def _lane(self, lanes: simpy.Resource, minutes: float) -> Process:
        with lanes.request() as turn:
            yield turn
            yield self.env.timeout(minutes)

    def _opening(self, before_closing: int = 0) -> Process:
        """Wait until the point works; after closing, until the end of the day."""
        now = self.env.now
        if now < self.case.opens:
            yield self.env.timeout(self.case.opens - now)
        elif now >= self.case.closes - before_closing:
            yield self.env.timeout(DAY - now + 1)

    def _watching(self) -> Process:
        while True:
            yield self.env.timeout(SAMPLE)
            self.found.queue[min(23, int((self.env.now - 1) // 60))].append(self._standing())

    def _standing(self) -> int:
        lanes = len(self.entry.queue) + len(self.line.queue)
        return len(self.queues[EXPORT]) + len(self.queues[IMPORT]) + lanes


def _goods(direction: str) -> tuple[list[str], list[float]]:
    rows = [row for row in table("simulation_goods") if row["direction"] == direction]
    return [row["group"] for row in rows], [float(row["weight"]) for row in rows]
