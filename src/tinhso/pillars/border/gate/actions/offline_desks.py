"""What a force or a yard recorded without network is done afterwards, by the same actions, at the device's time.

A device speaks for its own desk alone: one force at one point, or one yard. What has moved on meanwhile is not
overwritten: such an event waits on the reconciliation list (BG-033).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.offline.declare import Applied
from tinhso.kernel.web.offline.models import OfflineEvent
from tinhso.pillars.border.gate.actions import move, samples, tasks
from tinhso.pillars.border.gate.actions.conflicts import conflict, facts_of, list_at
from tinhso.pillars.border.gate.actions.transfers import Load, begin_transfer, correct_transfer, write_and_sign
from tinhso.pillars.border.gate.flows.transfers import DROPPED, OPEN, SIGNED
from tinhso.pillars.border.gate.models import ClearanceTask, SampleDraw, Transfer, Trip
from tinhso.pillars.border.gate.queries.offline_desks import YARD_STEPS, DeskSpot, desk_of
from tinhso.pillars.border.gate.rules import offline, offline_desks
from tinhso.pillars.border.gate.rules.codes import refuse

MOVED = "pass"
LONGEST = 24


def apply_desk(event: OfflineEvent, by: Actor, *, again: bool) -> Applied:
    """Do it by who recorded it. Refusals: BG-024, BG-025 for another's desk, BG-033 with its cause for the rest.

    `again`: on the board's word, after the record's last step: history never runs backwards.
    """
    desk = _desk(event)
    deed = (_OF_FORCE if desk.force else _OF_YARD).get(event.kind)
    if deed is None:
        raise refuse("BG-330", step=event.kind)
    try:
        return deed(event, desk, by, again)
    except Refusal as refusal:
        if refusal.code in OUR_OWN:
            raise
        raise conflict(event, refusal) from refusal


OUR_OWN = ("BG-024", "BG-025", "BG-330")
"""Refused for who sent it, not for what happened meanwhile."""


def _desk(event: OfflineEvent) -> DeskSpot:
    code = str(event.payload.get("desk"))
    desk = desk_of(code) if code in event.device.spots else None
    if desk is None or desk.point.pk != event.place_id:
        raise refuse("BG-025", a=event.device, b=code)
    return desk


def _trip(event: OfflineEvent) -> Trip:
    """Refusals: BG-214, BG-025 for a trip of another point."""
    trip = Trip.objects.select_related("point", "yard").filter(code=str(event.payload.get("trip"))).first()
    if trip is None:
        raise refuse("BG-214")
    if trip.point_id != event.place_id:
        raise refuse("BG-025", a=event.device, b=trip.point)
    return trip


def _task(event: OfflineEvent, desk: DeskSpot) -> ClearanceTask:
    """Refusals: BG-214, BG-024 for another force's check, BG-025 for one at another point."""
    trip = _trip(event)
    found = ClearanceTask.objects.select_related("trip", "force").filter(pk=_uuid(event.payload.get("task")), trip=trip)
    task = found.first()
    if task is None:
        raise refuse("BG-214")
    if desk.force is None or task.agency_id != desk.force.pk:
        raise refuse("BG-024", f=desk.title)
    return task


def _checked(event: OfflineEvent, desk: DeskSpot, by: Actor, again: bool) -> Applied:
    """Refusal: BG-023 for a check that somebody has worked meanwhile."""
    task, told = _task(event, desk), event.payload
    if task.state_since > event.occurred_at and not again:
        raise refuse("BG-023", event=task.title, state=task.get_state_title())
    facts: dict[str, Any] = {"by": by, "at": _moment(event, task.state_since), "offline": facts_of(event)}
    if event.kind == offline_desks.PASS:
        seal_no, intact = str(told.get("seal_no") or "")[:LONGEST], told.get("seal_intact") is True
        tasks.pass_task(task=task, seal_no=seal_no, seal_intact=intact, **facts)
        return Applied(task.pk)
    result = str(told.get("result"))
    if result not in offline_desks.REASONS:
        raise refuse("BG-330", step=result)
    tasks.fail_task(task=task, result=result, **_reason(event), **facts)
    return Applied(task.pk)


def _sampled(event: OfflineEvent, desk: DeskSpot, by: Actor, again: bool) -> Applied:
    """What a sample showed. Refusal: BG-023 when the check, or the sample by somebody else, has moved on meanwhile."""
    task, told = _task(event, desk), event.payload
    result, at = str(told.get("result") or ""), _moment(event, task.state_since)
    others = SampleDraw.objects.filter(trip=task.trip_id, drawn=True, sampled_at__gt=list_at(event))
    differs = others.exclude(result=result).exclude(sampled_by=by.id).exists()
    if (differs or task.state_since > event.occurred_at) and not again:
        raise refuse("BG-023", event=task.title, state=task.get_state_title())
    samples.record_sample(
        task=task,
        result=result,
        finding=str(told.get("finding") or ""),
        by=by,
        at=at,
        offline=facts_of(event),
    )
    return Applied(task.pk)


def _held(event: OfflineEvent, desk: DeskSpot, by: Actor, again: bool) -> Applied:
    """A hold takes hold now if the vehicle is still here; over the line it comes too late. Refusal: BG-023."""
    trip = _trip(event)
    gone = trip.state == "crossed_out" and trip.state_since > event.occurred_at
    if gone and not again:
        raise refuse("BG-023", event=offline_desks.HOLD, state=trip.get_state_title())
    assert desk.force is not None
    at = _moment(event, trip.state_since)
    hold = tasks.place_hold(trip=trip, force=desk.force, **_reason(event), by=by, at=at, offline=facts_of(event))
    return Applied(hold.pk)


def _moved(event: OfflineEvent, desk: DeskSpot, by: Actor, again: bool) -> Applied:
    """Into the yard with its bay, or out of it inland. Refusals: BG-338 for another yard's vehicle, BG-023."""
    trip, step = _trip(event), str(event.payload.get("step"))
    if step not in YARD_STEPS:
        raise refuse("BG-330", step=step)
    _of_this_yard(trip, desk)
    moved_on = trip.state_since > event.occurred_at and not again
    crossed = trip.crossed_in_at is not None
    if moved_on or step != offline.step_at(desk.kind, trip.state, trip.direction, crossed, trip_kind=trip.kind):
        raise refuse("BG-023", event=step, state=trip.get_state_title())
    seen: dict[str, Any] = {"confirmed": True, "control_point": desk.code, "offline": facts_of(event)}
    at = _moment(event, trip.state_since)
    if step == "yard_in":
        move.enter_yard(trip=trip, bay=str(event.payload.get("bay") or "")[:8], by=by, at=at, **seen)
    else:
        move.leave_inland(trip=trip, plate=str(event.payload.get("plate") or ""), by=by, at=at, **seen)
    return Applied(trip.pk)


def _transferred(event: OfflineEvent, desk: DeskSpot, by: Actor, again: bool) -> Applied:
    """Weights written down and signed for the yard. Refusal: BG-023 when somebody else wrote some down meanwhile."""
    giver, told = _trip(event), event.payload
    _of_this_yard(giver, desk)
    partial = told.get("partial") is True
    others = Transfer.objects.filter(lines__from_trip=giver).exclude(state=DROPPED).distinct()
    later = others.filter(state_since__gt=list_at(event)).exclude(pk__in=_by_this_device(event))
    if (other := later.first()) is not None and not again:
        raise refuse("BG-023", event=event.kind, state=other.get_state_title())
    loads = _loads(event, giver)
    since = [giver.state_since, *(load.taker.state_since for load in loads if load.taker)]
    facts: dict[str, Any] = {"loads": loads, "bay": giver.bay, "partial": partial, "by": by}
    facts["at"] = _moment(event, *since)
    begun = None if partial else others.filter(state__in=(OPEN, SIGNED), partial=False).first()
    if begun is not None and begun.lines.exclude(from_trip=giver).exists():
        raise refuse("BG-023", event=event.kind, state=begun.get_state_title())
    made = write_and_sign(write=_writer(desk, begun, facts), by=by, at=facts["at"])
    return Applied(made.pk)


def _writer(desk: DeskSpot, begun: Transfer | None, facts: dict[str, Any]) -> Callable[[], Transfer]:
    if begun is not None:
        return lambda: correct_transfer(transfer=begun, **facts)
    yard = desk.yard
    assert yard is not None
    return lambda: begin_transfer(yard=yard, **facts)


def _loads(event: OfflineEvent, giver: Trip) -> list[Load]:
    """What was noted, line by line. Refusal: BG-214 for a vehicle that is not known."""
    lines = [line for line in event.payload.get("lines") or () if isinstance(line, dict)]
    codes = {str(line.get("taker") or "") for line in lines} - {""}
    takers = {trip.code: trip for trip in Trip.objects.filter(code__in=codes, point_id=event.place_id)}
    if codes - set(takers):
        raise refuse("BG-214")
    seal_old = str(event.payload.get("seal_old") or "").strip()[:LONGEST] or giver.seal_no
    return [
        Load(
            giver=giver,
            taker=takers.get(str(line.get("taker") or "")),
            kg=_whole(line.get("kg")),
            seal_old=seal_old,
            seal_new=str(line.get("seal_new") or "").strip()[:LONGEST],
        )
        for line in lines
    ]


def _by_this_device(event: OfflineEvent) -> list[UUID]:
    """Transfers that earlier events of the same device made: these it knew of."""
    own = OfflineEvent.objects.filter(device_id=event.device_id, kind=offline_desks.TRANSFER, seq__lt=event.seq)
    return [record for record in own.values_list("record_id", flat=True) if record]


def _of_this_yard(trip: Trip, desk: DeskSpot) -> None:
    if desk.yard is None or trip.yard_id != desk.yard.pk:
        raise refuse("BG-338", y=trip.yard or "–")


def _moment(event: OfflineEvent, *since: datetime) -> datetime:
    return max(event.occurred_at, *since)


def _reason(event: OfflineEvent) -> dict[str, Any]:
    told = event.payload
    return {"reason": str(told.get("reason") or "")[:400], "reason_code": str(told.get("reason_code") or "")[:24]}


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000_000 else 0


def _uuid(value: Any) -> UUID:
    """Refusal: BG-214 for what is no id."""
    try:
        return UUID(str(value))
    except ValueError:
        raise refuse("BG-214") from None


Deed = Callable[[OfflineEvent, DeskSpot, Actor, bool], Applied]
_OF_FORCE: dict[str, Deed] = {
    offline_desks.PASS: _checked,
    offline_desks.FAIL: _checked,
    offline_desks.SAMPLE: _sampled,
    offline_desks.HOLD: _held,
}
_OF_YARD: dict[str, Deed] = {MOVED: _moved, offline_desks.TRANSFER: _transferred}
