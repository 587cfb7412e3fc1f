"""A camera tells which plate stands in a lane; the officer of that barrier deals with it.

A reading moves nothing: the barrier is opened by the step, with the reading's plate and confidence as facts.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.actions import give
from tinhso.kernel.access.may import require
from tinhso.kernel.access.models import Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.publish import publish
from tinhso.kernel.identity.actions import make_key
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import lights
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.adapters.faults import Unreachable
from tinhso.pillars.border.gate.models import ControlPoint, PlateReading, Trip
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER, ENROL_DEVICE, MACHINE_ROLE, SEND_READING
from tinhso.pillars.border.gate.queries.barrier import step_at
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules import readings as rules
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.plate_reading"
EXPECTED = {
    "buffer": ("en_route", "accepted"),
    "entry": ("called", "at_buffer"),
    "yard": ("arrived", "crossed_in"),
    "line": ("released", "accepted"),
}
"""States of vehicles that drive up to a barrier of that kind: what the simulated camera reads."""


@transaction.atomic
def take_reading(
    *,
    reading_id: UUID,
    barrier: ControlPoint,
    lane: int,
    plate: str,
    confidence: float,
    read_at: datetime,
    by: Actor,
    at: datetime,
    photo_digest: str = "",
) -> PlateReading:
    """Keep what a camera read; sent again it is the same reading, whatever the second message says.

    Refusals: BG-386 for a lane that the barrier does not have, BG-387 for a time that is not the camera's now.
    """
    require(by, SEND_READING, barrier, at)
    if not 1 <= lane <= barrier.lanes:
        raise refuse("BG-386", field="lane", n=barrier.lanes)
    if not at - rules.OLDEST <= read_at <= at + rules.AHEAD:
        raise refuse("BG-387", field="read_at")
    made, new = PlateReading.objects.get_or_create(
        pk=reading_id,
        defaults={
            "barrier": barrier,
            "point_id": barrier.point_id,
            "lane": lane,
            "plate": plates.normalise(plate)[:16],
            "confidence": confidence,
            "photo_digest": photo_digest,
            "read_at": read_at,
            "received_at": at,
            "sent_by": by.id,
        },
    )
    if made.barrier_id != barrier.pk:  # another camera's id tells nothing of that camera
        raise refuse("BG-386", field="id", n=barrier.lanes)
    lights.answered(choice.CAMERA, place=f"{barrier.code}/{lane}")
    if new:
        publish(events.PLATE_READ, kind=KIND, record_id=made.pk, by=by, at=at, barrier=barrier.code, lane=lane)
    return made


@transaction.atomic
def handle_reading(*, reading: PlateReading, by: Actor, at: datetime) -> None:
    """The officer has dealt with the vehicle, or nobody stands there; done twice it is done once."""
    require(by, DECIDE_BARRIER, reading, at)
    if PlateReading.objects.filter(pk=reading.pk, handled_at=None).update(handled_at=at, handled_by=by.id):
        record("border_gate.reading_handled", by=by, at=at, kind=KIND, record_id=reading.pk, barrier=reading.barrier_id)
        publish(events.READING_HANDLED, kind=KIND, record_id=reading.pk, by=by, at=at)


@transaction.atomic
def key_for_machine(*, name: str, barrier: ControlPoint, by: Actor, at: datetime) -> str:
    """A key for a machine of that crossing point; its text is shown once. It may send readings and nothing else."""
    require(by, ENROL_DEVICE, barrier, at)
    key, text = make_key(name=name.strip()[:120] or barrier.code, expires_at=None, by=by, at=at)
    role = Role.objects.get(code=MACHINE_ROLE)
    give(role=role, holder_id=key.holder_id, where=Where(place=barrier.point_id), by=by, at=at)
    return text


def play_camera(*, barrier: ControlPoint, lane: int, by: Actor, at: datetime) -> PlateReading:
    """The simulated camera reads the next vehicle that is expected at the barrier; only in the demonstration.

    Refusals: BG-388 when none is expected, BG-389 when the camera does not answer.
    """
    require(by, DECIDE_BARRIER, barrier, at)
    standing = _expected(barrier)
    if not choice.is_simulated() or not standing:
        raise refuse("BG-388")
    place = f"{barrier.code}/{lane}"
    try:
        read = lights.ask(choice.CAMERA, lambda: choice.camera().read(place, standing=standing), place=place)
    except Unreachable as silent:
        raise refuse("BG-389") from silent
    return PlateReading.objects.create(
        pk=uuid7(),
        barrier=barrier,
        point_id=barrier.point_id,
        lane=lane,
        plate=read.plate,
        confidence=read.confidence,
        read_at=at,
        received_at=at,
        sent_by=by.id,
    )


def _expected(barrier: ControlPoint) -> str:
    states = EXPECTED.get(barrier.kind, ())
    rows = Trip.objects.filter(point_id=barrier.point_id, is_live=True, state__in=states)
    found = sorted(rows.order_by("state_since")[:20], key=lambda trip: states.index(trip.state))
    return next((trip.tractor_plate for trip in found if step_at(barrier, trip)), "")
