"""The SimPy model of the border: every vehicle a process that looks at what stands, waits and asks for its next step.

Time runs in minutes. What is asked for within a slice is done together at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import simpy

from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.models import (
    CrossingPoint,
    SimulatedDay,
    SimulatedTrip,
    SimulationSwitch,
    SlotWindow,
)
from tinhso.pillars.border.gate.queries.queue import pace_of
from tinhso.pillars.border.gate.simulation import following
from tinhso.pillars.border.gate.simulation.again import again
from tinhso.pillars.border.gate.simulation.board import Board
from tinhso.pillars.border.gate.simulation.cast import Cast
from tinhso.pillars.border.gate.simulation.crew import Crew
from tinhso.pillars.border.gate.simulation.desk import Ask, Desk
from tinhso.pillars.border.gate.simulation.moves import moves
from tinhso.pillars.border.gate.simulation.plan import EXPORT, Planned
from tinhso.pillars.border.gate.simulation.scenes import Scenes, planned_id
from tinhso.pillars.border.gate.simulation.seen import Move, Seen
from tinhso.pillars.border.gate.simulation.timeline import DAY, Timeline

SLICE = 4.0
"""Minutes of the model whose steps are done together when a day is loaded."""
TIMERS_EVERY = 8.0
DECLARED_EVERY = 12.0
"""When a day is loaded, declarations are sent this many minutes apart, many at once."""
AGAIN_AFTER = 5.0
"""Minutes until a refused step is asked for again."""
CALLS_END = 30.0
"""Minutes before closing after which nobody is called: barrier 1 would be shut."""

Process = Generator[simpy.Event, Any, None]


class World:
    """One border, from a moment on. `seed` and `share` (of the sourced volume) are those of the days it begins."""

    def __init__(self, *, at: datetime, day: date, seed: int, share: float = 1.0) -> None:
        self.seed, self.share = seed, share
        self.timeline = Timeline(day)
        self.env = simpy.Environment(initial_time=self.timeline.minute(at))
        self.cast = Cast(seed)
        self.board = Board(self.timeline)
        self._where = following.spots(self.cast.points.values())
        self.desk = Desk(Crew().who, Scenes(self.cast, self.board, seed).handlers())
        self.day = day
        self._asked: list[Ask] = []
        self._answers: list[simpy.Event] = []
        self._changes: dict[UUID, simpy.Event] = {}
        self._walking: set[UUID] = set()
        self._timers_at = self.env.now
        self._followed_at = float("-inf")
        self._loading = True
        for point in {one.point for one in self._begin(day)}:
            self.env.process(self._calling(point))
        self._look()

    @property
    def now(self) -> datetime:
        return self.timeline.moment(self.env.now)

    def play(
        self, until: datetime, *, slice: float = SLICE, told: Callable[[], None] | None = None, loading: bool = True
    ) -> None:
        """Go on until that moment. `loading`: quiet times are skipped, declarations come many at once."""
        end = self.timeline.minute(until)
        self._loading = loading
        while self.env.now < end - 1e-3:
            midnight = self.timeline.offset(self.day) + DAY
            stop = min(end, self.env.now + slice)
            if loading and not self._answers and self.env.peek() > stop:
                stop = min(end, self.env.peek() + slice)
            self._slice(min(stop, midnight))
            if stop >= midnight:
                self._next_day()
            if told:
                told()

    def _slice(self, stop: float) -> None:
        if stop > self.env.now:
            self.env.run(until=stop)
        asked, self._asked = self._asked, []
        answers, self._answers = self._answers, []
        due = stop - self._timers_at >= TIMERS_EVERY
        self._do(asked, due)
        if asked or due or not self._loading:
            self._look()
        if not self._loading:
            self._follow()
        for answer in answers:
            answer.succeed()

    def _follow(self) -> None:
        """Only as the border lives: nobody asks afterwards where vehicles were while a day was loaded."""
        if self.env.now - self._followed_at >= following.EVERY:
            self._followed_at, at = self.env.now, self.now
            driver = self.desk.who("DRIVER", "")
            again(lambda: following.send(self.board.seen.values(), self._where, self.env.now, driver, at))

    def _do(self, asked: list[Ask], timers: bool) -> None:
        at = self.now
        if asked:
            self.desk.do(asked, at, taken())
        if timers:
            self._timers_at = self.env.now
            again(lambda: fire_due_steps(at))
        again(lambda: SimulatedDay.objects.filter(pk=self.day).update(played_until=at))

    def _look(self) -> None:
        """Wake those whose trip has changed; set those going who are new."""
        for one in self.board.refresh():
            change = self._changes.pop(one, None)
            if change is not None:
                change.succeed()
            if one in self.board.seen and one not in self._walking:
                self._walking.add(one)
                self.env.process(self._on_its_way(one))

    def _begin(self, day: date) -> list[Planned]:
        """Set going who is planned and has no trip yet; the plan is kept with the day."""
        moment = self.timeline.moment(self.timeline.offset(day))
        row, _made = SimulatedDay.objects.get_or_create(
            day=day, defaults={"seed": self.seed, "share": self.share, "played_until": moment}
        )
        self.seed, self.share, self.day = row.seed, row.share, day
        there = set(SimulatedTrip.objects.filter(day=row).values_list("number", flat=True))
        open_windows(self.cast, moment)
        planned = list(self.board.plan(day).values())
        for one in planned:
            if one.number not in there:
                self.env.process(self._coming(day, one))
        return planned

    def _next_day(self) -> None:
        self._begin(self.day + timedelta(days=1))

    def _coming(self, day: date, planned: Planned) -> Process:
        begins = self.timeline.offset(day)
        verb, role, due = "declare", "BROKER", begins + planned.declares
        if planned.undeclared:
            arrives = begins + planned.arrives
            due = self.timeline.when_open(planned.point, planned.direction, arrives, before_closing=CALLS_END)
            verb, role = "walk_up", "BIENPHONG"
        yield self.env.timeout(max(0.0, due - self.env.now))
        if self._loading and verb == "declare":
            yield self.env.timeout(DECLARED_EVERY - self.env.now % DECLARED_EVERY)
        ask = Ask(Move(verb, role, due, planned_id(day, planned.number)), planned.point)
        yield self._ask([ask])
        while not ask.done:
            yield self.env.timeout(AGAIN_AFTER)
            yield self._ask([ask])

    def _on_its_way(self, trip: UUID) -> Process:
        """Look, wait for what is due first or for a change by others, ask; until the trip has ended."""
        not_before: dict[tuple[str, UUID], float] = {}
        while (seen := self.board.seen.get(trip)) is not None:
            times = [(max(one.due, not_before.get(one.key, 0.0)), one) for one in moves(seen, self.timeline)]
            ready = [one for due, one in times if due <= self.env.now]
            if ready:
                asks = [Ask(one, seen.point) for one in ready]
                yield self._ask(asks)
                not_before |= {ask.move.key: self.env.now + AGAIN_AFTER for ask in asks if not ask.done}
                continue
            change = self._changes.setdefault(trip, self.env.event())
            if times:
                change |= self.env.timeout(min(due for due, _one in times) - self.env.now)
            yield change
        self._walking.discard(trip)

    def _calling(self, point: str) -> Process:
        """Call at the published pace while the point works; whether there is room is the step's own question.

        The beat does not wait for the answer: the calls of a slice are done together at its end.
        """
        while True:
            yield self.env.timeout(self._between_calls(point))
            opens = self.timeline.when_open(point, EXPORT, self.env.now, before_closing=CALLS_END)
            if opens > self.env.now:
                yield self.env.timeout(opens - self.env.now)
            self._asked.append(Ask(Move("call", "BQLKKT", self.env.now, uuid7()), point))

    def _between_calls(self, point: str) -> float:
        """Minutes; the board may change the hourly room while the day goes on."""
        row = CrossingPoint.objects.get(code=point)
        return pace_of(row, None, self.now).every.total_seconds() / 60

    def _ask(self, asks: list[Ask]) -> simpy.Event:
        answer = self.env.event()
        self._asked += asks
        self._answers.append(answer)
        return answer


def taken() -> frozenset[tuple[str, str]]:
    """Which roles at which points people play themselves."""
    return frozenset(SimulationSwitch.objects.filter(by_people=True).values_list("point__code", "role"))


def open_windows(cast: Cast, midnight: datetime) -> None:
    """Hours to book for exports on that day, where there are none yet, with the room that gates.csv gives."""
    SlotWindow.objects.bulk_create(
        [
            SlotWindow(
                point=point,
                direction=EXPORT,
                begins_at=midnight + timedelta(hours=hour),
                ends_at=midnight + timedelta(hours=hour + 1),
                capacity=point.slots_export,
            )
            for point in cast.points.values()
            if point.slots_export and point.goods_open
            for hour in range(7, 19)
        ],
        ignore_conflicts=True,
    )


def standing(world: World) -> dict[str, int]:
    """How many live trips stand in each state, for the line of progress."""
    counts: dict[str, int] = {}
    seen: Seen
    for seen in world.board.seen.values():
        counts[seen.state] = counts.get(seen.state, 0) + 1
    return counts
