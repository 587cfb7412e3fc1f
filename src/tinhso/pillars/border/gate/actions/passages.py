"""A vehicle before a barrier: one question, OPEN or not, answered by the step itself.

`decide` asks and takes the answer back, so that the card shown before the officer's tap can never differ from
what the tap then does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require, visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.base.rows import rows
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions.move import enter_buffer, return_in
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ControlPoint, CrossingPoint, QrUse, Trip
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER
from tinhso.pillars.border.gate.queries.amendments import ended_code
from tinhso.pillars.border.gate.queries.barrier import (
    Explanation,
    barrier_of,
    explain,
    live_trip_of,
    standing_before,
    step_at,
    undeclared,
)
from tinhso.pillars.border.gate.queries.reference import verifying_keys
from tinhso.pillars.border.gate.rules import plates, qr
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

USE = """
insert into border_gate_qruse (nonce, control_point_id, step, leg, trip_id, used_at, used_by)
select %s::text, %s::text, %s::text, %s::smallint, %s::uuid, %s::timestamptz, %s::uuid
where not exists (select 1 from border_gate_qruse u
    where u.nonce = %s::text and u.control_point_id = %s::text and u.used_at > %s::timestamptz)
on conflict do nothing returning id
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen at a barrier: the plate read or typed, the camera's confidence, the officer's word, a QR text.

    `area`: code of the holding area into which the vehicle is let. `offline`: what a device tells of itself that let
    the vehicle through without network.
    """

    plate: str = ""
    qr: str = ""
    confidence: float | None = None
    confirmed: bool = False
    lane: int = 0
    load_state: str = "EMPTY"
    reason_code: str = ""
    area: str = ""
    offline: Mapping[str, Any] = field(default_factory=dict)

    def facts(self, barrier: ControlPoint, plate: str) -> dict[str, Any]:
        """What history keeps of the passage."""
        told: dict[str, Any] = {"plate": plate, "control_point": barrier.code, "lane": self.lane}
        if self.confidence is not None:
            told["confidence"] = self.confidence
        if self.confirmed:
            told["confirmed"] = True
        if self.offline:
            told["offline"] = dict(self.offline)
        return told


@dataclass(frozen=True, slots=True)
class Passage:
    """The verdict. When not open, `refusal` and `explanation` say why and what next."""

    open: bool
    step: str = ""
    trip: Trip | None = None
    refusal: Refusal | None = None
    explanation: Explanation | None = None


def pass_barrier(*, barrier: ControlPoint, seen: Seen, by: Actor, at: datetime) -> Passage:
    """Let the vehicle through, if everything allows; the barrier may open when the answer is open."""
    plate, trip = _who(seen, at)
    return _pass(barrier, plate, trip, seen, by, at)


def pass_barrier_of(*, code: str, seen: Seen, by: Actor, at: datetime) -> Passage:
    """The same for a machine that knows its barrier's code: one query finds barrier and vehicle. Raises NotFound."""
    if seen.qr:
        return pass_barrier(barrier=barrier_of(code), seen=seen, by=by, at=at)
    plate = _plate(seen.plate)
    barrier, trip = standing_before(code, plate)
    return _pass(barrier, plate, trip, seen, by, at)


def _pass(barrier: ControlPoint, plate: str, trip: Trip | None, seen: Seen, by: Actor, at: datetime) -> Passage:
    """The step with its own guards; why it stays shut is told to those who work at the barrier alone."""
    passage = _opened(barrier, plate, trip, seen, by, at)
    if not passage.open:
        _be_on_duty(barrier, by, at)
    return passage


def _be_on_duty(barrier: ControlPoint, by: Actor, at: datetime) -> None:
    """Refusal: BG-025 for who works at the barriers of another point. Raises Forbidden for others; both are kept."""
    try:
        require(by, DECIDE_BARRIER, on=barrier, at=at)
    except Forbidden:
        elsewhere = visible(CrossingPoint.objects.all(), by, DECIDE_BARRIER, at).first()
        if elsewhere is None:
            raise
        raise refuse("BG-025", a=elsewhere.gate_short, b=barrier.point.gate_short) from None


def _opened(barrier: ControlPoint, plate: str, trip: Trip | None, seen: Seen, by: Actor, at: datetime) -> Passage:
    if trip is None:
        return Passage(False, refusal=refuse("BG-209"), explanation=undeclared(barrier))
    step = step_at(barrier, trip)
    if trip.point_id != barrier.point_id:
        elsewhere = refuse("BG-025", a=barrier.point.gate_short, b=trip.point.gate_short)
        return Passage(False, step, trip, elsewhere, explain(trip, elsewhere, at=at))
    try:
        if seen.qr:
            _by_code(barrier, plate, trip, step, seen, by, at)
        else:
            _step(barrier, plate, trip, step, seen, by, at)
    except (StepRefused, GateRefusal) as refusal:
        return Passage(False, step, trip, refusal, explain(trip, refusal, at=at))
    return Passage(True, step, trip)


def _step(barrier: ControlPoint, plate: str, trip: Trip, step: str, seen: Seen, by: Actor, at: datetime) -> None:
    facts = seen.facts(barrier, plate)
    if step == "return_in":
        return_in(trip=trip, load_state=seen.load_state, reason_code=seen.reason_code, by=by, at=at, **facts)
    elif step == "enter_buffer":
        enter_buffer(trip=trip, area=seen.area, by=by, at=at, **facts)
    else:
        TRIP.fire(trip, step, by=by, at=at, **facts)


@transaction.atomic
def _by_code(barrier: ControlPoint, plate: str, trip: Trip, step: str, seen: Seen, by: Actor, at: datetime) -> None:
    """The step together with the remembrance that the trip's code opened this barrier; neither without the other.

    Refusal: BG-022 when it did so before. Two at once wait for each other at the unique index.
    """
    use = (trip.nonce, barrier.code, step, trip.leg, trip.pk, at, by.id)
    if not rows(USE, *use, trip.nonce, barrier.code, at - qr.AGAIN_AFTER):
        last = QrUse.objects.filter(nonce=trip.nonce, control_point=barrier).latest("used_at")
        raise refuse("BG-022", field="qr", point=barrier, t=show_moment(last.used_at))
    _step(barrier, plate, trip, step, seen, by, at)


def decide(*, barrier: ControlPoint, seen: Seen, by: Actor, at: datetime) -> Passage:
    """What `pass_barrier` would answer now; nothing is changed."""
    with transaction.atomic():
        passage = pass_barrier(barrier=barrier, seen=seen, by=by, at=at)
        transaction.set_rollback(True)
    return passage


def _plate(text: str) -> str:
    """The plate as it is stored. A special one (BG-101) is known only where an officer has accepted it before."""
    try:
        return plates.read_seen(text).norm
    except GateRefusal as refusal:
        norm = plates.normalise(text)
        if refusal.code == "BG-101" and live_trip_of(norm) is not None:
            return norm
        raise


def _who(seen: Seen, at: datetime) -> tuple[str, Trip | None]:
    """The plate and its live trip; a QR is checked first. Refusals: BG-001, BG-020, BG-021, BG-019."""
    if not seen.qr:
        plate = _plate(seen.plate)
        return plate, live_trip_of(plate)
    token = qr.verify(seen.qr, keys=verifying_keys(), at=at)
    trip = Trip.objects.filter(code=token.trip_code).select_related("point").first()
    if trip is None or trip.nonce != token.nonce.hex():
        raise _ended_or_forged(trip, token.nonce.hex())
    if seen.plate and _plate(seen.plate) != trip.tractor_plate:
        raise refuse("BG-019", field="plate", a=seen.plate, b=plates.show(trip.tractor_plate))
    return trip.tractor_plate, trip


def _ended_or_forged(trip: Trip | None, nonce: str) -> GateRefusal:
    """A code that a change of driver or tractor has ended is told from one that never was the trip's."""
    ended_at = ended_code(trip, nonce) if trip else None
    return refuse("BG-021", field="qr", t=show_moment(ended_at)) if ended_at else refuse("BG-020", field="qr")
