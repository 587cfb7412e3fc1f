"""Clearance by the forces: tasks opened by rule, worked side by side; holds; the customs always last."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.workflow.outcome import StepRefused
from tinhso.pillars.border.gate.actions.destroyed import watched
from tinhso.pillars.border.gate.actions.inspection_seals import must_be_sealed, say_seal
from tinhso.pillars.border.gate.actions.market import go_on_after
from tinhso.pillars.border.gate.actions.orders import number_of, reason_of
from tinhso.pillars.border.gate.actions.ramps import follow_trip
from tinhso.pillars.border.gate.actions.refusals import refused_by_quarantine
from tinhso.pillars.border.gate.actions.samples import draw_samples, must_be_sampled
from tinhso.pillars.border.gate.flows import HOLD, TASK
from tinhso.pillars.border.gate.flows.overlays import ACTIVE, FAILED, IN_PROGRESS, NOT_NEEDED, OPEN, UNDONE
from tinhso.pillars.border.gate.models import ClearanceTask, Declaration, Force, GoodsLine, Hold, Trip
from tinhso.pillars.border.gate.models.namings import DISOWNED
from tinhso.pillars.border.gate.queries.customs import channels_said
from tinhso.pillars.border.gate.queries.filing import photos_of
from tinhso.pillars.border.gate.queries.law import Law, law_at, law_on
from tinhso.pillars.border.gate.queries.medical import medical_points
from tinhso.pillars.border.gate.queries.selection import chosen_for, is_import
from tinhso.pillars.border.gate.queries.tax_marks import marked
from tinhso.pillars.border.gate.rules import checks
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.selection import INSPECT, MARKET, GoodsOf
from tinhso.pillars.border.gate.rules.tripcodes import IMPORT

# The fee is an overlay of its own, and the last word of the customs is the release step itself.
NOT_TASKS = frozenset({"FEE", "CUSTOMS_RELEASE"})
Device = Mapping[str, Any] | None
"""What a device tells of itself that recorded a deed without network."""


def open_tasks(*, trips: Sequence[Trip], at: datetime, returns: str = "") -> list[ClearanceTask]:
    """Open what the rules demand of each trip, in one statement, and draw the samples of its goods."""
    if not returns:
        draw_samples(trips=trips, at=at)
    return TASK.create_many(_wanted(trips, returns, at), by=SYSTEM, at=at)


def open_missing(*, trips: Sequence[Trip], kinds: Collection[str], at: datetime) -> list[ClearanceTask]:
    """Open what the rules demand of these kinds and what the trips do not have yet, after something has changed."""
    stands = ClearanceTask.objects.filter(trip__in=trips, kind__in=kinds).exclude(state=NOT_NEEDED)
    known = set(stands.values_list("trip_id", "kind", "stage", "force_id"))
    wanted = [
        task
        for task in _wanted(trips, "", at)
        if task.kind in kinds and (task.trip_id, task.kind, task.stage, task.force_id) not in known
    ]
    return TASK.create_many(wanted, by=SYSTEM, at=at)


def checks_of(trip: Trip, *, at: datetime) -> tuple[checks.Check, ...]:
    """What the rules demand of the trip on its first leg, as it is declared now."""
    return checks.checks(facts_of([trip], at=at)[trip.pk], law_at(at).book)


def _wanted(trips: Sequence[Trip], returns: str, at: datetime) -> list[ClearanceTask]:
    forces, book = {force.code: force for force in Force.objects.all()}, law_at(at).book
    facts = facts_of(trips, returns, at=at)
    return [
        ClearanceTask(
            trip=trip,
            point_id=trip.point_id,
            force=forces[check.force],
            agency_id=forces[check.force].pk,
            kind=check.kind,
            stage=check.stage,
        )
        for trip in trips
        for check in checks.checks(facts[trip.pk], book)
        if check.kind not in NOT_TASKS
    ]


def start_clocks(*, trip_id: UUID, at: datetime) -> int:
    """The vehicle is here: its open tasks have a deadline by the minutes of their kind, an inspection wants a ramp."""
    book = law_at(at).book
    waiting = ClearanceTask.objects.filter(trip_id=trip_id, due_at=None, state__in=UNDONE)
    tasks = list(waiting.only("id", "kind"))
    for task in tasks:
        task.due_at = at + timedelta(minutes=book.minutes(task.kind))
    begun = ClearanceTask.objects.bulk_update(tasks, ["due_at"])
    follow_trip(trip_id=trip_id, at=at)
    return begun


def take_task(*, task: ClearanceTask, by: Actor, at: datetime) -> ClearanceTask:
    """Say that one works on it."""
    return TASK.fire(task, "take", by=by, at=at)


def pass_task(
    *,
    task: ClearanceTask,
    by: Actor,
    at: datetime,
    result: str = "PASS",
    note: str = "",
    seal_no: str = "",
    seal_intact: bool = False,
    offline: Device = None,
) -> ClearanceTask:
    """Confirm. A red channel passes the papers and opens the inspection.

    `seal_no`: the seal put on after an inspection; `seal_intact`: the old one was not opened.

    Refusals: BG-023 for a result with which such a task does not pass (tables/task_results.csv, check_rules.csv),
    BG-440 for an inspection without a photo, BG-571 and BG-572 for a sample that is due or showed something,
    BG-670 and BG-671 for a seal of which nothing, or two things, are said.
    """
    if result not in law_at(task.created_at).book.passing(task.kind):
        raise refuse("BG-023", event=result, state=task.get_state_title())
    if result == "RED":
        return _to_inspection(task, by, at, note)
    if not (offline and offline.get("photo")) and _wants_photos(task):  # a device names the digest, the photo follows
        raise refuse("BG-440", field="photos")
    said = bool(seal_no.strip()) or seal_intact
    if why := (must_be_sampled([task]) | ({} if said else must_be_sealed([task]))).get(task.pk):
        raise why
    with transaction.atomic() if said else nullcontext():
        seal = say_seal(task=task, seal_no=seal_no, by=by, at=at, intact=seal_intact) if said else {}
        return TASK.fire(task, "pass", by=by, at=at, result=result, **_noted(note), **seal, **_by_device(offline))


def pass_tasks(*, tasks: Sequence[ClearanceTask], by: Actor, at: datetime) -> Any:
    """Confirm many at once; each is told for itself. Without its photos, seal or sample one is not among them."""
    bare = must_be_sealed(tasks) | {task.pk: refuse("BG-440") for task in tasks if _wants_photos(task)}
    bare |= must_be_sampled(tasks)
    outcome = TASK.fire_many([one for one in tasks if one.pk not in bare], "pass", by=by, at=at, together=False,
                             result="PASS")  # fmt: skip
    outcome.refused.update({pk: StepRefused(why, step="pass") for pk, why in bare.items()})
    return outcome


def _wants_photos(task: ClearanceTask) -> bool:
    return task.kind in checks.WANT_PHOTOS and not photos_of(task)


def fail_task(
    *,
    task: ClearanceTask,
    reason: str,
    reason_code: str,
    by: Actor,
    at: datetime,
    result: str = "FAIL",
    minutes_no: str = "",
    witnesses: Sequence[str] = (),
    offline: Device = None,
) -> ClearanceTask:
    """Record that the check was not passed; the force holds the vehicle with the same reason.

    With RETURN the goods must go back and with DESTROY they are destroyed before witnesses: nothing moves before
    that, so these hold the vehicle too. Refusals: BG-254 for a result that the kind does not have, BG-253 when
    goods are destroyed without minutes or another force as witness.
    """
    if result != "FAIL" and result not in law_at(task.created_at).book.failing(task.kind):
        raise refuse("BG-254", field="result")
    seen = watched(task, minutes_no, witnesses) if result == "DESTROY" else {}
    why: dict[str, Any] = {"reason": reason, "reason_code": reason_code}
    with transaction.atomic():
        TASK.fire(task, "fail", by=by, at=at, result=result, **why, note=reason, **seen, **_by_device(offline))
        place_hold(trip=task.trip, force=task.force, **why, by=by, at=at, offline=offline)
        told = {"result": result, "reason_code": reason_code, "finding": reason, **seen}
        refused_by_quarantine(trip=task.trip, task=task.kind, by=by, at=at, **told)
    return task


def hold_task(*, task: ClearanceTask, reason: str, reason_code: str, by: Actor, at: datetime) -> Hold:
    """Hold the vehicle and keep the check open (result HOLD). Refusals: BG-254, BG-023 for a check that is over."""
    if "HOLD" not in law_at(task.created_at).book.results_of(task.kind):
        raise refuse("BG-254", field="result")
    if task.state not in (OPEN, IN_PROGRESS):
        raise refuse("BG-023", event="HOLD", state=task.get_state_title())
    with transaction.atomic():
        if task.state == OPEN:
            TASK.fire(task, "take", by=by, at=at, result="HOLD")
        return place_hold(trip=task.trip, force=task.force, reason=reason, reason_code=reason_code, by=by, at=at)


def repeat_task(*, task: ClearanceTask, by: Actor, at: datetime, note: str = "") -> ClearanceTask:
    """The check has to be made once more (result REPEAT): it is open again. Refusal: BG-254."""
    if "REPEAT" not in law_at(task.created_at).book.results_of(task.kind):
        raise refuse("BG-254", field="result")
    return TASK.fire(task, "repeat", by=by, at=at, result="REPEAT", **_noted(note))


def drop_task(*, task: ClearanceTask, by: Actor, at: datetime) -> ClearanceTask:
    """Say that a check by risk is not needed (TAX, MARKET); only who may open tasks does."""
    return TASK.fire(task, "drop", by=by, at=at)


def treat_task(*, task: ClearanceTask, reason: str, by: Actor, at: datetime) -> ClearanceTask:
    """Send the goods to treatment; afterwards they are checked again. Refusal: BG-254."""
    if "TREAT" not in law_at(task.created_at).book.results_of(task.kind):
        raise refuse("BG-254", field="result")
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
    *,
    trip: Trip,
    force: Force,
    reason: str,
    reason_code: str,
    by: Actor,
    at: datetime,
    secret: bool = False,
    offline: Device = None,
) -> Hold:
    """Stop a vehicle in the name of a force. A reason that is secret by the table makes the hold secret.

    Refusals: BG-251 for no reason of the table, BG-038 for one that says nothing, BG-215 for a trip that has ended.
    """
    secret = reason_of(reason_code, "HOLD", "RETURN").secret or secret
    hold = Hold(
        trip=trip,
        point_id=trip.point_id,
        force=force,
        agency_id=force.pk,
        reason_code=reason_code,
        note=reason,
        secret=secret,
    )
    return HOLD.create(hold, by=by, at=at, reason=reason, reason_code=reason_code, **_by_device(offline))


def lift_hold(*, hold: Hold, by: Actor, at: datetime) -> Hold:
    """Let the vehicle go on; only the force that held it may. What the force had not passed is to be checked again.

    Refusal: BG-589 while the vehicle has no firm, because the one named has disowned it.
    """
    if hold.reason_code == DISOWNED and hold.trip.enterprise_id is None:
        raise refuse("BG-589")
    with transaction.atomic():
        HOLD.fire(hold, "lift", by=by, at=at)
        _check_again(hold, at)
    return hold


def override_hold(*, hold: Hold, document_no: str, reason: str, reason_code: str, by: Actor, at: datetime) -> Hold:
    """Lift another force's hold by a numbered order. What the force had not passed is to be checked again.

    Refusals: BG-216 without a number, BG-251 for a reason that lifts no hold, BG-038 for one that says nothing.
    """
    number = number_of(document_no, code="BG-216", field="document_no")
    reason_of(reason_code, "OVERRIDE")
    with transaction.atomic():
        HOLD.fire(hold, "override", by=by, at=at, document_no=number, reason=reason, reason_code=reason_code)
        _check_again(hold, at)
    return hold


def _check_again(hold: Hold, at: datetime) -> None:
    """Nothing holds for that force any more: what it failed is open again, unless the trip is over."""
    same_force = {"trip_id": hold.trip_id, "force_id": hold.force_id}
    if not Hold.objects.filter(**same_force, state=ACTIVE).exists():
        for task in ClearanceTask.objects.filter(**same_force, state=FAILED, trip__is_live=True):
            reopen_task(task=task, at=at)
    go_on_after(hold, at=at)


def _to_inspection(task: ClearanceTask, by: Actor, at: datetime, note: str) -> ClearanceTask:
    with transaction.atomic():
        TASK.fire(task, "pass", by=by, at=at, result="RED", **_noted(note))
        same = {"trip_id": task.trip_id, "kind": "CUSTOMS_INSPECT", "stage": task.stage, "force_id": task.force_id}
        if ClearanceTask.objects.filter(**same).exclude(state=NOT_NEEDED).exists():
            return task
        inspection = ClearanceTask(
            trip_id=task.trip_id,
            point_id=task.point_id,
            force_id=task.force_id,
            agency_id=task.agency_id,
            kind="CUSTOMS_INSPECT",
            stage=task.stage,
            due_at=at + timedelta(minutes=law_at(at).book.minutes("CUSTOMS_INSPECT")),
        )
        TASK.create(inspection, by=SYSTEM, at=at)
        follow_trip(trip_id=task.trip_id, at=at)
    return task


def _noted(note: str) -> dict[str, str]:
    return {"note": note} if note else {}


def _by_device(told: Device) -> dict[str, Any]:
    return {"offline": dict(told)} if told else {}


def _papers_of(trip: Trip, returns: str) -> UUID:
    """The declaration that tells what is on board: on a loaded way back the one of the goods brought back."""
    return trip.back_id if returns == "LOADED" and trip.back_id else trip.declaration_id


def facts_of(
    trips: Sequence[Trip], returns: str = "", *, at: datetime, law: Law | None = None
) -> dict[Any, checks.TripFacts]:
    """What decides the tasks of each trip, by its id; few queries. `law`: other rules than those of the day.

    What its goods need is said by the goods list of the trip's own day.
    """
    goods = {trip.pk: _papers_of(trip, returns) for trip in trips}
    ids = list(goods.values())
    lines: dict[Any, list[GoodsOf]] = {}
    rows = GoodsLine.objects.filter(declaration_id__in=ids).values_list("declaration_id", "group", "hs6")
    for declaration_id, group, hs in rows:
        lines.setdefault(declaration_id, []).append((group, hs))
    groups = {declaration_id: {group for group, _hs in found} for declaration_id, found in lines.items()}
    carried = {trip.pk: lines.get(goods[trip.pk], []) for trip in trips}
    chosen = chosen_for(trips, carried, law or law_at(at), at=at)
    examined = medical_points({trip.point_id for trip in trips}, at=at)
    channels: dict[Any, int] = dict(Declaration.objects.filter(id__in=ids).values_list("id", "channel"))
    said = channels_said(trip.pk for trip in trips)
    watched = marked((trip.enterprise_id for trip in trips), at=at)
    return {
        trip.pk: checks.TripFacts(
            trip_type=trip.kind,
            flags=_flags(carried[trip.pk], law or law_on(trip.planned_on)),
            groups=frozenset(groups.get(goods[trip.pk], ())),
            loaded=bool(groups.get(goods[trip.pk])),
            chargeable=bool(groups.get(goods[trip.pk])),
            foreign_vehicle=trip.tractor is not None and trip.tractor.country != "VN",
            medical_control=trip.point_id in examined,
            driver_on_board=trip.driver_id is not None or trip.kind == "NEW_VEHICLE",
            transit_inwards=trip.kind == "TRANSIT" and trip.direction == IMPORT,
            channel=said.get(trip.pk) or channels.get(goods[trip.pk], 0),
            tax_flag=trip.enterprise_id in watched,
            inspect=INSPECT in chosen[trip.pk],
            market_risk=MARKET in chosen[trip.pk] and is_import(trip, returns),
            returns=returns,
        )
        for trip in trips
    }


def _flags(lines: Sequence[GoodsOf], law: Law) -> frozenset[str]:
    return frozenset().union(*(law.goods.flags(hs) for _group, hs in lines))
