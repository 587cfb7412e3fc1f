"""What becomes of a vehicle's seals: told by key, asked of the seal, or noted by customs.

A seal that was tampered with alarms customs and proposes a hold; no hold is ever placed by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.may import require, visible
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import lights
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.adapters.faults import Unreachable
from tinhso.pillars.border.gate.models import SealEvent, Trip
from tinhso.pillars.border.gate.models.seals import SealEventKind
from tinhso.pillars.border.gate.permissions import KEY_READING, SEND_READING
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules import readings as times
from tinhso.pillars.border.gate.rules import seals as rules
from tinhso.pillars.border.gate.rules.codes import refuse

LEAST_SAID, LONGEST_NOTE = 10, 240


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened to one seal."""

    seal_no: str
    kind: str
    happened_at: datetime
    note: str = ""
    by_hand: bool = False
    id: UUID = field(default_factory=uuid7)


def take_seal_event(*, told: Told, plate: str, by: Actor, at: datetime) -> SealEvent:
    """Keep what a seal told of itself; sent again it is the same event, whatever the second message says.

    The trip is that of the plate, else the live one that carries the seal. Refusals: BG-387 for a time that is not
    the seal's now, BG-393 for no number of a seal, BG-394 when none of the trips where one may send carries it,
    BG-396 for an id that another seal has used.
    """
    number = _number(told)
    if not at - times.OLDEST <= told.happened_at <= at + times.AHEAD:
        raise refuse("BG-387", field="happened_at")
    known = SealEvent.objects.filter(pk=told.id).select_related("trip").first()
    if known is not None:
        require(by, SEND_READING, known, at)
        return _same(known, number)
    trip = _carrier(number, plate, by, at)
    if trip is None:
        raise refuse("BG-394", field="seal_no")
    require(by, SEND_READING, trip, at)
    made = _same(_keep(trip, number, told, by=by, at=at), number)
    lights.answered(choice.SEAL)
    return made


def key_seal(*, trip: Trip, seal_no: str, kind: str, by: Actor, at: datetime, note: str = "") -> SealEvent:
    """What an officer of customs did with the seal or saw of it; `checked` ends an alarm.

    Refusals: BG-393 for no number of a seal, BG-038 when it was looked at and nothing is said, BG-215 for a trip that
    has ended.
    """
    require(by, KEY_READING, trip, at)
    text = " ".join(note.split())[:LONGEST_NOTE]
    told = Told(seal_no, kind, at, note=text, by_hand=True)
    number = _number(told)
    if kind == SealEventKind.CHECKED and len(text) < LEAST_SAID:
        raise refuse("BG-038", field="note")
    return _of_trip(trip, number, told, by=by, at=at)


def ask_seal(*, trip: Trip, seal_no: str, by: Actor, at: datetime) -> SealEvent:
    """Ask the seal how it stands. Refusals: BG-393, BG-395 when it does not answer, BG-215."""
    require(by, KEY_READING, trip, at)
    number = _number(Told(seal_no, "", at))
    seal = choice.seal()
    if seal is None:
        raise refuse("BG-395")
    try:
        state = lights.ask(choice.SEAL, lambda: seal.state(number))
    except Unreachable as silent:
        raise refuse("BG-395") from silent
    return _of_trip(trip, number, Told(number, state, at), by=by, at=at)


def _of_trip(trip: Trip, number: str, told: Told, *, by: Actor, at: datetime) -> SealEvent:
    if not trip.is_live:
        raise refuse("BG-215")
    return _keep(trip, number, told, by=by, at=at)


def _number(told: Told) -> str:
    number = rules.normalise(told.seal_no)
    if not rules.is_number(number):
        raise refuse("BG-393", field="seal_no")
    return number


def _same(event: SealEvent, number: str) -> SealEvent:
    if event.seal_no != number:
        raise refuse("BG-396", field="id")
    return event


def _carrier(number: str, plate: str, by: Actor, at: datetime) -> Trip | None:
    """Among the live trips of which one may tell: the plate's, else the seal's by its last event or declaration."""
    mine = visible(Trip.objects.filter(is_live=True), by, SEND_READING, at)
    if plate:
        return mine.filter(tractor_plate=plates.normalise(plate)).first()
    last = SealEvent.objects.filter(seal_no=number, trip__in=mine).order_by("-happened_at", "-id").first()
    return mine.filter(pk=last.trip_id).first() if last else mine.filter(seal_no=number).first()


@transaction.atomic
def _keep(trip: Trip, number: str, told: Told, *, by: Actor, at: datetime) -> SealEvent:
    made, new = SealEvent.objects.get_or_create(
        pk=told.id,
        defaults={
            "trip": trip,
            "point_id": trip.point_id,
            "seal_no": number,
            "kind": told.kind,
            "happened_at": told.happened_at,
            "received_at": at,
            "by_hand": told.by_hand,
            "note": told.note,
            "sent_by": by.id,
        },
    )
    if new:
        facts: dict[str, Any] = {"seal_no": number, "event": told.kind, "by_hand": told.by_hand}
        if told.by_hand:
            record("border_gate.key_seal", by=by, at=at, kind="border_gate.trip", record_id=trip.pk, **facts)
        name = events.SEAL_TAMPERED if told.kind == SealEventKind.TAMPERED else events.SEAL_TOLD
        publish(name, kind="border_gate.trip", record_id=trip.pk, by=by, at=at, **facts)
    return made
