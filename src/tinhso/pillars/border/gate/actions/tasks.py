"""Clearance by the forces: tasks opened by rule, worked side by side; holds; the customs always last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.pillars.border.gate.flows import HOLD, TASK
from tinhso.pillars.border.gate.flows.overlays import ACTIVE, FAILED, UNDONE
from tinhso.pillars.border.gate.models import ClearanceTask, Declaration, Force, GoodsLine, Hold, ReasonCode, Trip
from tinhso.pillars.border.gate.queries.reference import minutes_of_tasks
from tinhso.pillars.border.gate.rules import checks, goods
from tinhso.pillars.border.gate.rules.codes import refuse

# The fee is an overlay of its own, and the last word of the customs is the release step itself.
NOT_TASKS = frozenset({"FEE", "CUSTOMS_RELEASE"})


def open_tasks(*, trips: Sequence[Trip], at: datetime, returns: str = "") -> list[ClearanceTask]:
    """Open what the rules demand of each trip, in one statement."""
    forces = {force.code: force for force in Force.objects.all()}
    facts = _facts_of(trips, returns)
    wanted = [
        ClearanceTask(
            trip=trip,
            point_id=trip.point_id,
            force=forces[check.force],
            agency_id=forces[check.force].pk,
            kind=check.kind,
            stage=check.stage,
        )
        for trip in trips
        for check in checks.checks(facts[trip.pk])
        if check.kind not in NOT_TASKS
    ]
    return TASK.create_many(wanted, by=SYSTEM, at=at)


def start_clocks(*, trip_id: UUID, at: datetime) -> int:
    """The vehicle is here: from now on its open tasks have a deadline, by the minutes of their kind."""
    minutes = minutes_of_tasks()
    waiting = ClearanceTask.objects.filter(trip_id=trip_id, due_at=None, state__in=UNDONE)
    tasks = list(waiting.only("id", "kind"))
    for task in tasks:
        task.due_at = at + timedelta(minutes=minutes[task.kind])
    return ClearanceTask.objects.bulk_update(tasks, ["due_at"])


def take_task(*, task: ClearanceTask, by: Actor, at: datetime) -> ClearanceTask:
    """Say that one works on it."""
    return TASK.fire(task, "take", by=by, at=at)


def pass_task(*, task: ClearanceTask, by: Actor, at: datetime, result: str = "PASS", note: str = "") -> ClearanceTask:
    """Confirm. A red channel passes the papers and opens the inspection.

    Refusal: BG-023 for a result with which such a task does not pass (tables/task_results.csv, check_rules.csv).
    """
    if result not in checks.passing(task.kind):
        raise refuse("BG-023", event=result, state=task.get_state_title())
    if result == "RED":
        return _to_inspection(task, by, at, note)
    return TASK.fire(task, "pass", by=by, at=at, result=result, **_noted(note))


def pass_tasks(*, tasks: Sequence[ClearanceTask], by: Actor, at: datetime) -> Any:
    """Confirm many at once; each is told for itself."""
    return TASK.fire_many(tasks, "pass", by=by, at=at, together=False, result="PASS")


def fail_task(
    *, task: ClearanceTask, reason: str, reason_code: str, by: Actor, at: datetime, result: str = "FAIL"
) -> ClearanceTask:
    """Record that the check was not passed; the force holds the vehicle with the same reason."""
    with transaction.atomic():
        TASK.fire(task, "fail", by=by, at=at, result=result, reason=reason, reason_code=reason_code, note=reason)
        place_hold(trip=task.trip, force=task.force, reason=reason, reason_code=reason_code, by=by, at=at)
    return task


def treat_task(*, task: ClearanceTask, reason: str, by: Actor, at: datetime) -> ClearanceTask:
    """Send the goods to treatment; afterwards they are checked again."""
    return TASK.fire(
        task, "treat", by=by, at=at, result="TREAT", reason=reason, reason_code="QUARANTINE_WAIT", note=reason
    )


def recheck_task(*, task: ClearanceTask, by: Actor, at: datetime) -> ClearanceTask:
    """Open the check again after treatment."""
    return TASK.fire(task, "recheck", by=by, at=at)


def reopen_task(*, task: ClearanceTask, at: datetime, by: Actor = SYSTEM) -> ClearanceTask:
    """Open a finished check once more, as after a hold was lifted."""
    return TASK.fire(task, "reopen", by=by, at=at)


def place_hold(
    *, trip: Trip, force: Force, reason: str, reason_code: str, by: Actor, at: datetime, secret: bool = False
) -> Hold:
    """Stop a vehicle in the name of a force. A reason that is secret by the table makes the hold secret."""
    secret = secret or ReasonCode.objects.filter(kind="HOLD", code=reason_code, secret=True).exists()
    hold = Hold(
        trip=trip,
        point_id=trip.point_id,
        force=force,
        agency_id=force.pk,
        reason_code=reason_code,
        note=reason,
        secret=secret,
    )
    return HOLD.create(hold, by=by, at=at, reason=reason, reason_code=reason_code)


def lift_hold(*, hold: Hold, by: Actor, at: datetime) -> Hold:
    """Let the vehicle go on; only the force that held it may. What the force had not passed is to be checked again."""
    with transaction.atomic():
        HOLD.fire(hold, "lift", by=by, at=at)
        same_force = {"trip_id": hold.trip_id, "force_id": hold.force_id}
        if not Hold.objects.filter(**same_force, state=ACTIVE).exists():
            for task in ClearanceTask.objects.filter(**same_force, state=FAILED, trip__is_live=True):
                reopen_task(task=task, at=at)
    return hold


def _to_inspection(task: ClearanceTask, by: Actor, at: datetime, note: str) -> ClearanceTask:
    with transaction.atomic():
        TASK.fire(task, "pass", by=by, at=at, result="RED", **_noted(note))
        inspection = ClearanceTask(
            trip_id=task.trip_id,
            point_id=task.point_id,
            force_id=task.force_id,
            agency_id=task.agency_id,
            kind="CUSTOMS_INSPECT",
            stage=task.stage,
            due_at=at + timedelta(minutes=minutes_of_tasks()["CUSTOMS_INSPECT"]),
        )
        TASK.create(inspection, by=SYSTEM, at=at)
    return task


def _noted(note: str) -> dict[str, str]:
    return {"note": note} if note else {}


def _facts_of(trips: Sequence[Trip], returns: str) -> dict[Any, checks.TripFacts]:
    ids = [trip.declaration_id for trip in trips]
    groups: dict[Any, set[str]] = {}
    for declaration_id, group in GoodsLine.objects.filter(declaration_id__in=ids).values_list(
        "declaration_id", "group"
    ):
        groups.setdefault(declaration_id, set()).add(group)
    channels: dict[Any, int] = dict(Declaration.objects.filter(id__in=ids).values_list("id", "channel"))
    return {
        trip.pk: checks.TripFacts(
            trip_type=trip.kind,
            flags=frozenset().union(*(goods.flags_of(group) for group in groups.get(trip.declaration_id, ()))),
            loaded=bool(groups.get(trip.declaration_id)),
            foreign_vehicle=trip.tractor is not None and trip.tractor.country != "VN",
            medical_control=trip.point.medical_control,
            driver_on_board=trip.driver_id is not None,
            channel=channels.get(trip.declaration_id, 0),
            tax_flag=trip.enterprise is not None and trip.enterprise.tax_flag,
            returns=returns,
        )
        for trip in trips
    }
