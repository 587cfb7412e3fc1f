"""Goods that a quarantine did not pass are destroyed: by a record, before another force, and off their vehicle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.flows import TASK, TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, Destruction, Force, Trip, TripGoods
from tinhso.pillars.border.gate.permissions import WORK_TASK
from tinhso.pillars.border.gate.queries.destroyed import Left, brought_back, left_to_destroy
from tinhso.pillars.border.gate.rules.codes import refuse


def watched(task: ClearanceTask, minutes_no: str, witnesses: Sequence[str]) -> dict[str, Any]:
    """The record's number and the other forces that watched, as history keeps them. Refusal: BG-253."""
    wanted = set(witnesses) - {task.force.code}
    seen = sorted(Force.objects.filter(code__in=wanted).values_list("code", flat=True))
    if not seen:
        raise refuse("BG-253", field="witnesses")
    return {"minutes_no": number_of(minutes_no, code="BG-253", field="minutes_no"), "witnesses": seen}


@transaction.atomic
def destroy_goods(
    *,
    task: ClearanceTask,
    kg_of: Mapping[int, int],
    minutes_no: str,
    witnesses: Sequence[str],
    by: Actor,
    at: datetime,
) -> list[Destruction]:
    """Write down what was destroyed, kg by goods line: so much less is on the vehicle.

    When nothing of the check's goods is left, the check is no longer needed. The hold stays until its force lifts it.
    Sent again with the same record it changes nothing.

    Refusals: BG-024 for who does not work the check, BG-253 without a record or another force as witness, BG-763
    unless the check ended with goods to be destroyed, BG-764 where the vehicle is not here, BG-765 for more than is
    left on it or goods that are not this quarantine's, BG-766 for a record that says another weight already.
    """
    require(by, WORK_TASK, task, at)
    seen = watched(task, minutes_no, witnesses)
    trip = Trip.objects.select_for_update(of=("self",), no_key=True).get(pk=task.trip_id)
    wanted = {line: kg for line, kg in kg_of.items() if kg}
    written = _written(trip, wanted, seen["minutes_no"])
    if written:
        return written
    task.trip = trip
    left = left_to_destroy(task)
    _must_be_there(trip, left, wanted)
    kg = sum(wanted.values())
    all_gone = kg == sum(there for _line, there in left)
    names = ", ".join(line.title for line, _kg in left if line.pk in wanted)
    told: dict[str, Any] = {"kg": kg, "goods": names, **seen}
    TASK.fire(task, "destroyed" if all_gone else "destroy", by=by, at=at, **told)
    made = _write(trip, task, wanted, seen, by, at)
    _take_off(trip, made, at)
    record("border_gate.goods_destroyed", by=by, at=at, kind=TRIP.name, record_id=trip.pk, **told)
    publish(events.GOODS_DESTROYED, kind=TRIP.name, record_id=trip.pk, by=by, at=at, **told)
    return made


def _written(trip: Trip, wanted: Mapping[int, int], minutes_no: str) -> list[Destruction]:
    """What the record says of these goods already: all of it, or nothing."""
    found = list(Destruction.objects.filter(trip=trip, minutes_no=minutes_no, line__in=list(wanted)))
    if found and {one.line_id: one.kg for one in found} != dict(wanted):
        raise refuse("BG-766", field="minutes_no", ref=minutes_no)
    return found


def _must_be_there(trip: Trip, left: Left, wanted: Mapping[int, int]) -> None:
    there = {line.pk: kg for line, kg in left}
    most = sum(there.values())
    if not wanted or any(kg <= 0 or kg > there.get(line, 0) for line, kg in wanted.items()):
        raise refuse("BG-765", field="kg", a=sum(wanted.values()), b=most)
    if not brought_back(trip):
        carried = max(trip.gross_kg - (trip.unloaded_kg or 0), 0) + trip.loaded_kg
        if sum(wanted.values()) > carried:
            raise refuse("BG-765", field="kg", a=sum(wanted.values()), b=carried)


def _write(
    trip: Trip, task: ClearanceTask, wanted: Mapping[int, int], seen: Mapping[str, Any], by: Actor, at: datetime
) -> list[Destruction]:
    given = set(TripGoods.objects.filter(trip=trip, taken_over=True).values_list("line_id", flat=True))
    return Destruction.objects.bulk_create(
        Destruction(
            trip=trip, point_id=trip.point_id, task=task, line_id=line, kg=kg, leg=trip.leg,
            taken_over=line in given, at=at, by=by.id, **seen,
        )
        for line, kg in wanted.items()
    )  # fmt: skip


def _take_off(trip: Trip, made: Sequence[Destruction], at: datetime) -> None:
    """The trip's own weights follow (flows.guards.GIVEN and TAKEN say the same of all that was destroyed)."""
    if brought_back(trip):
        return  # its weights are those of the way out
    given = sum(one.kg for one in made if one.taken_over)
    own = sum(one.kg for one in made if not one.taken_over)
    changed: dict[str, Any] = {"loaded_kg": trip.loaded_kg - given}
    if own:
        changed |= {"unloaded_kg": (trip.unloaded_kg or 0) + own, "balance_kg": max(0, trip.balance_kg - own),
                    "unloaded_at": at}  # fmt: skip
    Trip.objects.filter(pk=trip.pk).update(**changed)
