"""Where a trip's customs declaration stands: asked of the customs' system, or keyed by an officer of customs.

A wrong word is corrected by the next one; the old ones stay. A red channel opens the inspection that the check
rules demand, and takes it back when the channel was keyed wrongly and nobody has begun.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import lights
from tinhso.pillars.border.gate.actions.ramps import leave_ramp
from tinhso.pillars.border.gate.actions.tasks import checks_of, open_missing, start_clocks
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.adapters.customs import CHANNELLED, RELEASED, CustomsDeclaration, is_number
from tinhso.pillars.border.gate.adapters.faults import Unreachable
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.flows.overlays import OPEN
from tinhso.pillars.border.gate.flows.states import BEFORE_RELEASE
from tinhso.pillars.border.gate.models import ClearanceTask, CustomsEntry, Trip
from tinhso.pillars.border.gate.permissions import KEY_CUSTOMS
from tinhso.pillars.border.gate.queries.customs import HERE, latest_of
from tinhso.pillars.border.gate.rules.codes import refuse

MACHINE = "machine"
INSPECTION = "CUSTOMS_INSPECT"
HELD_FIELDS = ("customs_no", "channel", "status", "released_at", "note")
LONGEST_NOTE = 240


def key_customs(
    *, trip: Trip, number: str, channel: int, status: str, by: Actor, at: datetime, note: str = ""
) -> CustomsEntry:
    """What an officer of customs keys while there is no link, or because he knows better; or a program of customs says.

    The same said twice is one entry. Refusals: BG-381 for a number that is not of 12 digits, BG-382 for a status
    that needs a channel and has none, BG-215 for a trip that has ended.
    """
    require(by, KEY_CUSTOMS, trip, at)
    number = "".join(number.split())
    if not is_number(number):
        raise refuse("BG-381", field="number")
    if status in (CHANNELLED, RELEASED) and not channel:
        raise refuse("BG-382", field="channel")
    said = CustomsDeclaration(number, status, channel, at if status == RELEASED else None)
    return _keep(trip, said, by_hand=by.kind != MACHINE, note=" ".join(note.split())[:LONGEST_NOTE], by=by, at=at)


def ask_customs(*, trip: Trip, by: Actor, at: datetime) -> CustomsEntry:
    """Ask the customs' system for the number that was declared, else for the one keyed last.

    Refusals: BG-380 without a number, BG-383 when the system does not answer or answers for another number.
    """
    require(by, KEY_CUSTOMS, trip, at)
    latest = latest_of(trip)
    number = trip.customs_no or (latest.customs_no if latest else "")
    if not number:
        raise refuse("BG-380", field="number")
    try:
        said = lights.ask(choice.CUSTOMS, lambda: choice.customs().declaration(number, at=at))
    except Unreachable as silent:
        raise refuse("BG-383") from silent
    if said.number != number:
        lights.failed(choice.CUSTOMS, f"asked for {number}, told of {said.number}")
        raise refuse("BG-383")
    return _keep(trip, said, by_hand=False, note="", by=by, at=at)


@transaction.atomic
def _keep(trip: Trip, said: CustomsDeclaration, *, by_hand: bool, note: str, by: Actor, at: datetime) -> CustomsEntry:
    trip = Trip.objects.select_for_update(of=("self",)).get(pk=trip.pk)
    if not trip.is_live:
        raise refuse("BG-215")
    entry = CustomsEntry(
        trip=trip,
        point_id=trip.point_id,
        customs_no=said.number,
        channel=said.channel,
        status=said.status,
        released_at=said.released_at,
        by_hand=by_hand,
        note=note,
        entered_at=at,
        entered_by=by.id,
    )
    before = latest_of(trip)
    if before is not None and _same(before, entry):
        return before
    entry.save(force_insert=True)
    facts: dict[str, Any] = {
        "customs_no": entry.customs_no,
        "channel": entry.channel,
        "status": entry.status,
        "by_hand": by_hand,
    }
    record("border_gate.key_customs", by=by, at=at, kind="border_gate.trip", record_id=trip.pk, **facts)
    publish(events.CUSTOMS_SAID, kind="border_gate.trip", record_id=trip.pk, by=by, at=at, **facts)
    _fit_inspection(trip, at)
    return entry


def _same(before: CustomsEntry, entry: CustomsEntry) -> bool:
    """The hour of a release by hand is the hour of keying, so it does not tell two entries apart."""
    names = [name for name in HELD_FIELDS if name != "released_at"]
    return before.by_hand == entry.by_hand and all(getattr(before, name) == getattr(entry, name) for name in names)


def _fit_inspection(trip: Trip, at: datetime) -> None:
    """Another channel may need the inspection, or need it no more."""
    if not trip.tasks_opened or trip.state not in BEFORE_RELEASE:
        return
    open_missing(trips=[trip], kinds={INSPECTION}, at=at)
    if trip.state in HERE:
        start_clocks(trip_id=trip.pk, at=at)
    if any(check.kind == INSPECTION for check in checks_of(trip, at=at)):
        return
    chosen = ClearanceTask.objects.filter(trip=trip, kind="CUSTOMS_DOC", result="RED")
    if not chosen.exists():
        idle = list(ClearanceTask.objects.filter(trip=trip, kind=INSPECTION, state=OPEN))
        TASK.fire_many(idle, "unneed", by=SYSTEM, at=at)
        leave_ramp(tasks=[one.pk for one in idle], at=at)
