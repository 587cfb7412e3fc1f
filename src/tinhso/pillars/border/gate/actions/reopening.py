"""After a field was changed: exactly the checks that rest on it are done again, and what it newly needs is opened."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.actions.other_kind import move_checks
from tinhso.pillars.border.gate.actions.samples import draw_again
from tinhso.pillars.border.gate.actions.tasks import checks_of, open_missing, start_clocks
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.flows.overlays import FAILED, OPEN, PASSED
from tinhso.pillars.border.gate.models import ClearanceTask, Trip
from tinhso.pillars.border.gate.queries.law import law_at

FOLLOWS_GOODS = frozenset({"PLANT_Q", "ANIMAL_Q", "VEHICLE_PERMIT"})
"""Checks that a trip needs or does not need by what is declared: dropped when nothing needs them any more."""


def reopen_tasks(*, trip: Trip, fields: Collection[str], at: datetime) -> list[ClearanceTask]:
    """Open again what was finished and rests on these fields; others stay as they are. Returns the reopened ones."""
    kinds = law_at(at).reopened(fields)
    finished = ClearanceTask.objects.filter(trip=trip, kind__in=kinds, state__in=(PASSED, FAILED))
    again = list(finished.exclude(stage="RETURN").order_by("id"))
    TASK.fire_many(again, "reopen", by=SYSTEM, at=at, fields=sorted(fields))
    if trip.yard_in_at is not None:
        _new_deadlines(again, at)
    if "kind" in fields:
        move_checks(trip=trip, at=at)
    _fit(trip, kinds, at)
    return again


def _new_deadlines(tasks: list[ClearanceTask], at: datetime) -> None:
    """The vehicle stands here: the minutes of the check count from now."""
    book = law_at(at).book
    for task in tasks:
        task.due_at = at + timedelta(minutes=book.minutes(task.kind))
    ClearanceTask.objects.bulk_update(tasks, ["due_at"])


def _fit(trip: Trip, kinds: frozenset[str], at: datetime) -> None:
    """Other goods or another vehicle need other checks."""
    draw_again(trip=trip, at=at)
    open_missing(trips=[trip], kinds=kinds, at=at)
    if trip.yard_in_at is not None:
        start_clocks(trip_id=trip.pk, at=at)
    needed = {(check.kind, check.stage) for check in checks_of(trip, at=at)}
    idle = ClearanceTask.objects.filter(Q(kind__in=kinds & FOLLOWS_GOODS), trip=trip, state=OPEN)
    TASK.fire_many(
        [task for task in idle if (task.kind, task.stage) not in needed and task.stage != "RETURN"],
        "unneed",
        by=SYSTEM,
        at=at,
    )
