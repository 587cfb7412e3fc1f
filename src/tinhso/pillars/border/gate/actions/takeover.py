"""What follows the goods when they change vehicles: their checks, their lines, their customs number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.actions.market import MARKET
from tinhso.pillars.border.gate.actions.samples import copy_samples
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.flows.overlays import IN_PROGRESS, NOT_NEEDED, OPEN, PASSED
from tinhso.pillars.border.gate.models import ClearanceTask, Transfer, TransferLine, Trip, TripGoods
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.transfers import given_to_the_warehouse, told_lines
from tinhso.pillars.border.gate.rules.checks import EXIT, GOODS_TASKS, CheckBook, goods_stage
from tinhso.pillars.border.gate.rules.tripcodes import IMPORT

MOVES = (OPEN, IN_PROGRESS, PASSED)


def take_over(*, transfers: Sequence[Transfer], at: datetime) -> None:
    """Whoever takes goods over takes their checks: open ones are open there, passed ones are passed there too.

    A vehicle that has given all of its goods to others has none of their checks any more; what went into the
    warehouse is still checked in its name.
    """
    lines = [line for transfer in transfers for line in told_lines(transfer)]
    taken = [line for line in lines if line.to_trip_id is not None]
    if not taken:
        return
    for giver in sorted({line.from_trip_id for line in taken}):
        own = [line for line in taken if line.from_trip_id == giver]
        tasks = _goods_tasks(giver)
        for taker in sorted({line.to_trip_id for line in own if line.to_trip_id}):
            trip = Trip.objects.get(pk=taker)
            _take_checks(tasks, trip, at)
            copy_samples(giver=giver, taker=trip)
        _take_goods(own)
        if _gave_all(giver, transfers) and not given_to_the_warehouse(giver):
            open_ones = [task for task in tasks if task.state != PASSED]
            TASK.fire_many(open_ones, "hand_over", by=SYSTEM, at=at)


def _goods_tasks(trip_id: UUID) -> list[ClearanceTask]:
    rows = ClearanceTask.objects.filter(trip=trip_id, kind__in=GOODS_TASKS, state__in=MOVES)
    return list(rows.exclude(stage="RETURN").order_by("kind"))


def _take_checks(tasks: Iterable[ClearanceTask], taker: Trip, at: datetime) -> None:
    book = law_at(at).book
    stage = _stage(taker, book)
    known = {
        (task.kind, task.force_id): task
        for task in ClearanceTask.objects.filter(trip=taker, stage=stage).exclude(state=NOT_NEEDED)
    }
    for task in tasks:
        there = known.get((task.kind, task.force_id))
        if there is None:
            due_at = at + timedelta(minutes=book.minutes(task.kind))
            if task.kind == MARKET and task.due_at is not None:
                due_at = task.due_at  # changing vehicles gives the force no more time
            open_there(task, taker, stage, due_at, at)
        elif there.state == PASSED and task.state != PASSED:
            TASK.fire(there, "reopen", by=SYSTEM, at=at)


def _stage(taker: Trip, book: CheckBook) -> str:
    """Chinese vehicles that take goods over take them out; others by their kind."""
    if taker.kind in ("IMP_CN", "AGV"):
        return EXIT
    return goods_stage(taker.kind, book, inwards=taker.kind == "TRANSIT" and taker.direction == IMPORT)


def open_there(task: ClearanceTask, taker: Trip, stage: str, due_at: datetime | None, at: datetime) -> None:
    """The same check on that trip, at that stage: open, or passed with what was found of it."""
    fresh = ClearanceTask(
        trip=taker, point_id=taker.point_id, force_id=task.force_id, agency_id=task.agency_id, kind=task.kind,
        stage=stage, due_at=due_at, note=task.note,
    )  # fmt: skip
    if task.state != PASSED:
        TASK.create(fresh, by=SYSTEM, at=at)
        return
    fresh.officer_id, fresh.started_at, fresh.finished_at = task.officer_id, task.started_at, task.finished_at
    fresh.result = task.result
    TASK.create(fresh, by=SYSTEM, at=at, step="take_over", of=str(task.pk))


def _take_goods(lines: Sequence[TransferLine]) -> None:
    """The lines stand on the taker's trip, with what barriers and lists read of them."""
    for line in lines:
        part, made = TripGoods.objects.get_or_create(
            trip_id=line.to_trip_id,
            line=line.line,
            defaults={"kg": line.kg, "packages": line.packages, "taken_over": True},
        )
        if not made:
            TripGoods.objects.filter(pk=part.pk).update(kg=F("kg") + line.kg, packages=F("packages") + line.packages)
        giver = line.from_trip
        told = {"goods_title": giver.goods_title, "goods_group": giver.goods_group, "customs_no": giver.customs_no}
        if line.seal_new:
            told["seal_no"] = line.seal_new
        Trip.objects.filter(pk=part.trip_id).update(**told)


def _gave_all(giver: UUID, transfers: Sequence[Transfer]) -> bool:
    """Whether nothing is left on the vehicle once these transfers are done."""
    now = [one for one in transfers if any(line.from_trip_id == giver for line in told_lines(one))]
    if any(not one.partial for one in now):
        return True
    given = sum(line.kg for one in now for line in told_lines(one) if line.from_trip_id == giver)
    trip = Trip.objects.get(pk=giver)
    return given + (trip.unloaded_kg or 0) >= trip.gross_kg
