"""What is published of the order: where the cycle stands, who switched it and when, who was called before his turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tinhso.kernel.identity.models import Person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.models import CrossingPoint, CycleChange, QueueState
from tinhso.pillars.border.gate.queries.law import Law, law_at
from tinhso.pillars.border.gate.queries.queue import CLASS_NAMES, turns_of

COUNTED = timedelta(days=7)
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a cycle; `is_next`: the next call by the cycle begins to look here."""

    code: str
    name: str
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class Cycle:
    """The cycle of a point as it stands."""

    in_season: bool
    turns: tuple[Turn, ...]
    step: int
    since: datetime | None


def cycle_of(point: CrossingPoint, *, at: datetime) -> Cycle:
    """With the turns that the rulebook gives at `at`, as the calls take them. Two queries."""
    state = QueueState.objects.filter(point=point).first()
    changed = CycleChange.objects.filter(point=point).first()
    return _cycle(point, state.position if state else 0, changed.at if changed else None, law_at(at))


def cycles(points: list[CrossingPoint], *, at: datetime) -> list[tuple[CrossingPoint, Cycle]]:
    """The cycles of several points, in two queries."""
    states = dict(QueueState.objects.filter(point__in=points).values_list("point", "position"))
    changes = CycleChange.objects.filter(point__in=points).order_by("at").values_list("point", "at")
    changed: dict[Any, datetime] = dict(changes)
    law = law_at(at)
    return [(point, _cycle(point, states.get(point.pk, 0), changed.get(point.pk), law)) for point in points]


def cycle_changes(point: CrossingPoint) -> list[tuple[CycleChange, str]]:
    """The last switches of the cycle, each with the name of who did it, for those at work there."""
    rows = list(CycleChange.objects.filter(point=point)[:SHOWN])
    names = _names(row.by for row in rows)
    return [(row, names.get(row.by, "–")) for row in rows]


def called_out_of_order(*, point: CrossingPoint, at: datetime) -> list[tuple[History, str]]:
    """Calls before somebody's turn in the last seven days, each with the officer's name and his reason."""
    rows = History.objects.filter(flow="border_gate.trip", step="call", place_id=point.pk, at__gt=at - COUNTED)
    found = list(rows.filter(facts__out_of_order=True).order_by("-at")[:SHOWN])
    names = _names(row.actor for row in found)
    return [(row, names.get(row.actor, "–")) for row in found]


def count_out_of_order(*, at: datetime) -> dict[Any, int]:
    """How many in the last seven days, by point: the public's figure."""
    rows = History.objects.filter(flow="border_gate.trip", step="call", at__gt=at - COUNTED, facts__out_of_order=True)
    found: dict[Any, int] = {}
    for place in rows.values_list("place_id", flat=True):
        found[place] = found.get(place, 0) + 1
    return found


def _names(actors: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Person.objects.filter(pk__in=set(actors)).values_list("pk", "full_name"))


def _cycle(point: CrossingPoint, position: int, since: datetime | None, law: Law) -> Cycle:
    steps = turns_of(law, point.cycle)
    here = position % len(steps)
    turns = tuple(Turn(code, CLASS_NAMES[code](), number == here) for number, code in enumerate(steps))
    return Cycle(point.in_season, turns, here + 1, since)
