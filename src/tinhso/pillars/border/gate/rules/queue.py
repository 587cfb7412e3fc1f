"""The order in which waiting trucks are called: published, and explained to each driver in one sentence.

Within a class: effective time, then arrival, then code. Between classes a repeating cycle of ten steps,
where a step is used only by the class it serves and a class without trucks is passed over. Emergencies
always go next; then whoever has waited strictly longer than the limit of the class after the effective
time, oldest first; neither uses a step. A truck that is here may be called before its effective time when
nobody of its class comes first: nothing waits while the gate is free. Empty vehicles have a lane and an
order of their own: at each beat of the calls the next of them is called beside the next of the loaded, so
that neither lane waits for the other, and a place is told by lane.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice, zip_longest
from typing import Any

from tinhso.pillars.border.gate.rules import limits

EMERGENCY, FRESH, PREFERRED, ORDINARY, EMPTY = "P0", "P1", "P2", "P3", "P4"
CLASSES = (EMERGENCY, FRESH, PREFERRED, ORDINARY, EMPTY)
CYCLES = {
    "season": (FRESH, FRESH, ORDINARY, FRESH, PREFERRED, FRESH, ORDINARY, FRESH, PREFERRED, ORDINARY),
    "off_season": (FRESH, ORDINARY, PREFERRED, ORDINARY, FRESH, ORDINARY, ORDINARY, PREFERRED, ORDINARY, ORDINARY),
}
WAITS = {FRESH: "wait_p1_min", PREFERRED: "wait_p2_min", ORDINARY: "wait_p3_min"}
"""The limit (rules.limits) after which the longest waiting of a class is called before the cycle."""


def longest_waits(number: Callable[[str], limits.Number]) -> dict[str, timedelta]:
    """How long each class waits at most before it is called out of the cycle, by such numbers."""
    return {name: number(code).span for name, code in WAITS.items()}


class FirstInLine(str):
    """The id of whom the published order names. Made by the call alone: text from a request is never one."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A truck in the queue. `here_from`: from when it may be called; `missed_at`: its last missed call.

    `last_after`: so many missed calls put it behind all others of its class.
    """

    code: str
    priority: str
    effective_at: datetime
    arrived_at: datetime
    here_from: datetime
    misses: int = 0
    missed_at: datetime | None = None
    last_after: int = field(default_factory=lambda: limits.first()[limits.LAST_AFTER].value)

    @property
    def is_last(self) -> bool:
        """Whether missed calls put it behind all others of its class."""
        return self.misses >= self.last_after

    @property
    def waits_since(self) -> datetime:
        """From when its wait counts: the missed call that puts it last starts the wait anew."""
        return self.missed_at if self.is_last and self.missed_at else self.effective_at

    def order(self) -> tuple[bool, datetime, datetime, str]:
        """The place within its class."""
        return self.is_last, self.waits_since, self.arrived_at, self.code


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a truck is where it is: a kind of sentence and the facts that fill it, for translation.

    Kinds: `emergency`, `waited_too_long` (priority, limit_minutes), `cycle` (priority, step, cycle),
    `own_lane` for empty vehicles; for a place also `last_in_class` (misses). All carry `ahead`, the trucks
    called before, `ahead_in_class` and `effective_at`.
    """

    kind: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its number from 1 in its lane, when, why. `position`: where the cycle goes on; none of the empty."""

    ticket: Ticket
    number: int
    at: datetime
    reason: Reason
    position: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a waiting truck stands: position from 1 in its lane, minutes to the call when the pace holds, and why."""

    position: int
    minutes: int
    call_at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Pace:
    """How the gate calls: at `start` and then each `every` one of each lane, by `cycle` from its step `position`."""

    start: datetime
    every: timedelta
    cycle: str = "season"
    position: int = 0
    steps: tuple[str, ...] = ()
    longest: Mapping[str, timedelta] = field(default_factory=lambda: longest_waits(limits.first().__getitem__))

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the cycle's steps: those of the rulebook, else the first published ones."""
        return self.steps or CYCLES[self.cycle]


def effective_time(
    *,
    priority: str,
    arrived_at: datetime,
    slot: tuple[datetime, datetime] | None = None,
    declared_here_at: datetime | None = None,
    without_slot: timedelta | None = None,
    blocked: timedelta = timedelta(),
) -> datetime:
    """From when a truck counts as waiting.

    Emergency: arrival. Came undeclared: declaration and 30 minutes. Slot kept (arrived by its end): start
    of the slot; arrived later: arrival. No slot: arrival and 30 minutes (`without_slot`: what the limit says now).
    `blocked`: for how long incidents stood in its way since the slot began; who comes later by that kept it.
    """
    longer = without_slot or limits.first()["no_slot_min"].span
    if priority == EMERGENCY:
        return arrived_at
    if declared_here_at is not None:
        return declared_here_at + longer
    if slot is None:
        return arrived_at + longer
    start, end = slot
    return start if arrived_at <= end + blocked else arrived_at


def ticket(
    *,
    code: str,
    priority: str,
    arrived_at: datetime,
    slot: tuple[datetime, datetime] | None = None,
    declared_here_at: datetime | None = None,
    misses: int = 0,
    missed_at: datetime | None = None,
) -> Ticket:
    """The ticket of a truck; one that came undeclared may be called from its declaration on."""
    effective = effective_time(priority=priority, arrived_at=arrived_at, slot=slot, declared_here_at=declared_here_at)
    return Ticket(code, priority, effective, arrived_at, declared_here_at or arrived_at, misses, missed_at)


def calls(tickets: Iterable[Ticket], pace: Pace) -> Iterator[Call]:
    """All calls in their order, from `pace.start` on; of the lanes that are called at the same beat the loaded first.

    A call with nobody here is left out, the beat goes on.
    """
    lanes = (_lane_calls(lane, pace) for lane in _lanes(tickets))
    return heapq.merge(*lanes, key=lambda call: (call.at, call.ticket.priority == EMPTY))


def beats(tickets: Iterable[Ticket], pace: Pace) -> Iterator[tuple[Call, ...]]:
    """All who are here, when all calls are made at `pace.start`: of each lane the next, beat by beat."""
    for beat in zip_longest(*(_lane_now(lane, pace) for lane in _lanes(tickets))):
        yield tuple(call for call in beat if call is not None)


def calls_now(tickets: Iterable[Ticket], pace: Pace) -> Iterator[Call]:
    """All who are here, in the order in which they are called when all calls are made at `pace.start`."""
    return chain.from_iterable(beats(tickets, pace))


def calls_at(moments: Iterable[datetime], tickets: Iterable[Ticket], pace: Pace) -> Iterator[Call]:
    """One call of one lane at each of these moments, in their order; one at which nobody is here is passed over."""
    line = _Line(tickets, pace)
    number = 0
    for at in moments:
        line.admit(at)
        if chosen := line.choose(at):
            number += 1
            yield _call(chosen, number, at, line)


def places(tickets: Iterable[Ticket], pace: Pace) -> dict[str, Place]:
    """By code: position, minutes and reason of every waiting truck, each in its own lane."""
    return {call.ticket.code: _place(call, pace) for call in calls(tickets, pace)}


def first_places(tickets: Iterable[Ticket], pace: Pace, count: int) -> dict[str, Place]:
    """Of `places` those who are called first, so many of them, in the order of their calls; the rest is not ranked."""
    return {call.ticket.code: _place(call, pace) for call in islice(calls(tickets, pace), count)}


def _lane_calls(lane: Iterable[Ticket], pace: Pace) -> Iterator[Call]:
    line = _Line(lane, pace)
    at = pace.start
    number = 0
    while line.admit(at) or line.coming:
        if chosen := line.choose(at):
            number += 1
            yield _call(chosen, number, at, line)
            at += pace.every
        else:
            at = _next_beat(at, line.coming[0][0], pace.every)


def _lane_now(lane: Iterable[Ticket], pace: Pace) -> Iterator[Call]:
    line = _Line(lane, pace)
    line.admit(pace.start)
    number = 0
    while chosen := line.choose(pace.start):
        number += 1
        yield _call(chosen, number, pace.start, line)


def _call(chosen: tuple[Ticket, Reason], number: int, at: datetime, line: _Line) -> Call:
    one, why = chosen
    return Call(one, number, at, why, None if one.priority == EMPTY else line.position)


def _lanes(tickets: Iterable[Ticket]) -> tuple[list[Ticket], list[Ticket]]:
    """The loaded, and the empty, who have a lane of their own."""
    lanes: tuple[list[Ticket], list[Ticket]] = ([], [])
    for one in tickets:
        lanes[one.priority == EMPTY].append(one)
    return lanes


def _place(call: Call, pace: Pace) -> Place:
    minutes = max(0, -((pace.start - call.at) // timedelta(minutes=1)))
    return Place(call.number, minutes, call.at, call.reason)


def _next_beat(at: datetime, wanted: datetime, every: timedelta) -> datetime:
    """The first moment of the beat at which something wanted at `wanted` can be called."""
    return at + max(1, -((at - wanted) // every)) * every


class _Line:
    """Trucks still coming (a heap by when they are here) and the heaps of those here, by class."""

    def __init__(self, tickets: Iterable[Ticket], pace: Pace) -> None:
        self.coming = [(one.here_from, one.code, one) for one in tickets]
        heapq.heapify(self.coming)
        self.cycle_name = pace.cycle
        self.cycle = pace.classes
        self.longest = pace.longest
        self.position = pace.position % len(self.cycle)
        self.here: dict[str, list[tuple[Any, Ticket]]] = {name: [] for name in CLASSES}
        self.last: dict[str, list[tuple[Any, Ticket]]] = {name: [] for name in CLASSES}
        self.called = dict.fromkeys(CLASSES, 0)

    def admit(self, at: datetime) -> bool:
        """Let in who is here at `at`; whether anybody waits now."""
        while self.coming and self.coming[0][0] <= at:
            one = heapq.heappop(self.coming)[2]
            heap = self.last if one.is_last else self.here
            heapq.heappush(heap[one.priority], (one.order(), one))
        return any(self.here.values()) or any(self.last.values())

    def choose(self, at: datetime) -> tuple[Ticket, Reason] | None:
        """Take out the next truck, by the published order."""
        if self._waits(EMERGENCY):
            return self._take(EMERGENCY, "emergency")
        return self._overdue(at) or self._by_cycle() or self._empty()

    def _overdue(self, at: datetime) -> tuple[Ticket, Reason] | None:
        late = [
            (heap[name][0][1].waits_since, heap[name][0][0], name, heap)
            for heap in (self.here, self.last)
            for name, limit in self.longest.items()
            if heap[name] and at - heap[name][0][1].waits_since > limit
        ]
        if not late:
            return None
        _, _, name, heap = min(late, key=lambda found: found[:2])
        minutes = int(self.longest[name].total_seconds() // 60)
        return self._reason(heapq.heappop(heap[name])[1], "waited_too_long", limit_minutes=minutes)

    def _by_cycle(self) -> tuple[Ticket, Reason] | None:
        for turn in range(len(self.cycle)):
            step = (self.position + turn) % len(self.cycle)
            if self._waits(self.cycle[step]):
                self.position = (step + 1) % len(self.cycle)
                return self._take(self.cycle[step], "cycle", step=step + 1, cycle=self.cycle_name)
        return None

    def _empty(self) -> tuple[Ticket, Reason] | None:
        return self._take(EMPTY, "own_lane") if self._waits(EMPTY) else None

    def _waits(self, name: str) -> bool:
        return bool(self.here[name] or self.last[name])

    def _take(self, name: str, kind: str, **facts: Any) -> tuple[Ticket, Reason]:
        one = heapq.heappop(self.here[name] or self.last[name])[1]
        if one.is_last:
            kind, facts = "last_in_class", {**facts, "misses": one.misses}
        return self._reason(one, kind, **facts)

    def _reason(self, one: Ticket, kind: str, **facts: Any) -> tuple[Ticket, Reason]:
        ahead = {"ahead": sum(self.called.values()), "ahead_in_class": self.called[one.priority]}
        self.called[one.priority] += 1
        known = {"priority": one.priority, "effective_at": one.effective_at}
        return one, Reason(kind, {**known, **ahead, **facts})
