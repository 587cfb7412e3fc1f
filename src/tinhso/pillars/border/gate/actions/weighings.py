"""What a vehicle weighs: told by the bridge, asked of it, or keyed by customs; compared with what was declared.

A weight moves nothing and holds nothing: customs see the difference and decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import lights
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.adapters.faults import Unreachable
from tinhso.pillars.border.gate.models import ControlPoint, Trip, Weighing
from tinhso.pillars.border.gate.permissions import KEY_READING, SEND_READING
from tinhso.pillars.border.gate.queries.containers import second_of
from tinhso.pillars.border.gate.queries.law import Law, law_at
from tinhso.pillars.border.gate.rules import containers, plates
from tinhso.pillars.border.gate.rules import readings as times
from tinhso.pillars.border.gate.rules import weighing as rules
from tinhso.pillars.border.gate.rules.codes import refuse

LONGEST_NOTE = 240


@dataclass(frozen=True, slots=True)
class Weighed:
    """One reading as it came. `tare_kg`: the empty vehicle, where the bridge knows it."""

    plate: str
    kg: int
    weighed_at: datetime
    steady: bool = True
    tare_kg: int | None = None
    note: str = ""
    by_hand: bool = False
    id: UUID = field(default_factory=uuid7)


def take_weighing(*, weighed: Weighed, barrier: ControlPoint, by: Actor, at: datetime) -> Weighing:
    """Keep what the bridge at that barrier read; sent again it is the same reading, whatever the second one says.

    Refusals: BG-387 for a time that is not the bridge's now, BG-391 for a weight that no vehicle has, BG-396 for an
    id that another bridge has used.
    """
    require(by, SEND_READING, barrier, at)
    if not at - times.OLDEST <= weighed.weighed_at <= at + times.AHEAD:
        raise refuse("BG-387", field="weighed_at")
    plate = plates.normalise(weighed.plate)[:16]
    rows = Trip.objects.filter(tractor_plate=plate, is_live=True, point_id=barrier.point_id)
    trip = rows.select_related("tractor", "trailer").first()
    made = _keep(weighed, plate, trip, barrier.point_id, barrier, by=by, at=at)
    if made.barrier_id != barrier.pk:
        raise refuse("BG-396", field="id")
    light = lights.answered if made.steady else lights.failed
    light(choice.BRIDGE, *(() if made.steady else ("not steady",)), place=barrier.code)
    return made


def key_weighing(*, trip: Trip, kg: int, by: Actor, at: datetime, note: str = "") -> Weighing:
    """What an officer of customs reads on the bridge's display. Refusals: BG-391, BG-215 for a trip that has ended."""
    require(by, KEY_READING, trip, at)
    text = " ".join(note.split())[:LONGEST_NOTE]
    return _of_trip(trip, Weighed(trip.tractor_plate, kg, at, note=text, by_hand=True), by=by, at=at)


def ask_bridge(*, trip: Trip, by: Actor, at: datetime) -> Weighing:
    """Have the bridge of the yard weigh the vehicle. Refusals: BG-392 when it is silent or unsteady, BG-215."""
    require(by, KEY_READING, trip, at)
    bridge, place = choice.weighbridge(), trip.point.code
    if bridge is None:
        raise refuse("BG-392")
    expected = _expected(trip, None, law_at(at))
    try:
        read = lights.ask(
            choice.BRIDGE, lambda: bridge.weigh(place, expected_kg=expected.kg or trip.gross_kg), place=place
        )
    except Unreachable as silent:
        raise refuse("BG-392") from silent
    if not read.steady:
        lights.failed(choice.BRIDGE, "not steady", place=place)
        raise refuse("BG-392")
    return _of_trip(trip, Weighed(trip.tractor_plate, read.kg, at), by=by, at=at)


def _of_trip(trip: Trip, weighed: Weighed, *, by: Actor, at: datetime) -> Weighing:
    if not trip.is_live:
        raise refuse("BG-215")
    return _keep(weighed, trip.tractor_plate[:16], trip, trip.point_id, None, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Expected:
    """Empty vehicle, goods, and both together; None for what nobody knows."""

    tare_kg: int | None
    goods_kg: int | None

    @property
    def kg(self) -> int | None:
        return None if self.tare_kg is None or self.goods_kg is None else self.tare_kg + self.goods_kg


@transaction.atomic
def _keep(
    weighed: Weighed,
    plate: str,
    trip: Trip | None,
    point: UUID,
    barrier: ControlPoint | None,
    *,
    by: Actor,
    at: datetime,
) -> Weighing:
    if not rules.is_possible(weighed.kg):
        raise refuse("BG-391", field="kg", a=rules.LEAST, b=rules.MOST)
    law = law_at(weighed.weighed_at)
    tolerance = law.number(rules.TOLERANCE).value
    expected = _expected(trip, weighed.tare_kg, law) if trip else Expected(weighed.tare_kg, None)
    off = weighed.steady and expected.kg is not None and rules.is_off(weighed.kg, expected.kg, tolerance)
    made, new = Weighing.objects.get_or_create(
        pk=weighed.id,
        defaults={
            "point_id": point,
            "barrier": barrier,
            "trip": trip,
            "plate": plate,
            "kg": weighed.kg,
            "steady": weighed.steady,
            "tare_kg": expected.tare_kg,
            "goods_kg": expected.goods_kg,
            "expected_kg": expected.kg,
            "tolerance_percent": tolerance,
            "differs": off,
            "by_hand": weighed.by_hand,
            "note": weighed.note,
            "weighed_at": weighed.weighed_at,
            "received_at": at,
            "sent_by": by.id,
        },
    )
    if new and trip is not None:
        _tell(made, trip, by=by, at=at)
    return made


def _tell(made: Weighing, trip: Trip, *, by: Actor, at: datetime) -> None:
    facts: dict[str, Any] = {
        "kg": made.kg,
        "expected_kg": made.expected_kg,
        "tolerance_percent": made.tolerance_percent,
    }
    if made.by_hand:
        record("border_gate.key_weighing", by=by, at=at, kind="border_gate.trip", record_id=trip.pk, **facts)
    if made.differs:
        publish(events.WEIGHT_DIFFERS, kind="border_gate.trip", record_id=trip.pk, by=by, at=at, **facts)


def _expected(trip: Trip, tare_kg: int | None, law: Law) -> Expected:
    goods = rules.goods_on_board(
        kind=trip.kind,
        leg=trip.leg,
        load_state=trip.load_state,
        gross_kg=trip.gross_kg,
        unloaded_kg=trip.unloaded_kg,
        loaded_kg=trip.loaded_kg,
    )
    return Expected(_tare(trip, law) if tare_kg is None else tare_kg, goods)


def _tare(trip: Trip, law: Law) -> int | None:
    """What tractor, trailer and containers weigh empty; None when the register does not know one of them."""
    vehicles = [one for one in (trip.tractor, trip.trailer) if one is not None]
    if not vehicles or any(one.kerb_kg is None for one in vehicles):
        return None
    total = sum(one.kerb_kg or 0 for one in vehicles)
    if not trip.container_no:
        return total
    second = second_of(trip)
    types = [trip.container_type, *([second.type] if second else [])]
    if not all(types):
        return None
    return total + sum(law.number(rules.tare_code(containers.feet(one))).value for one in types)
