"""Forms filled in by hand while there was no network and no device: keyed in later, with the time written on the form.

They go the way of a device's events: a form is done once however often it is keyed in, and what contradicts waits on
the reconciliation list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid5

from django.db import transaction

from tinhso.kernel.access.may import may, require
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.identity.models import Device, Person
from tinhso.kernel.web.offline.enrol import take_duty
from tinhso.kernel.web.offline.inbox import LATEST, Sent, take
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.pillars.border.gate.models import ControlPoint, CrossingPoint, Trip
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER, KEY_PAPER
from tinhso.pillars.border.gate.queries.barrier import live_trip_of, step_at
from tinhso.pillars.border.gate.rules import plates, tripcodes
from tinhso.pillars.border.gate.rules.codes import refuse

APP = "border_gate"
NAME = "Phiếu giấy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """One line of a form. `seen`: a trip code or a plate; `officer`: who signed it."""

    barrier: ControlPoint
    form_no: str
    seen: str
    occurred_at: datetime
    officer: Person


def key_paper(*, stub: Stub, by: Actor, at: datetime) -> OfflineEvent:
    """Take one line in; the event as it then stands.

    Refusals: BG-214 when neither code nor plate is known, BG-024 when who signed may not work at that barrier,
    BG-337 for a time to come or more than 72 hours past, BG-216 for a form without number.
    """
    require(by, KEY_PAPER, on=stub.barrier, at=at)
    if not stub.form_no.strip():
        raise refuse("BG-216", field="form_no")
    if not timedelta() <= at - stub.occurred_at <= LATEST:
        raise refuse("BG-337", field="occurred_at")
    officer = stub.officer.actor()
    if not may(officer, DECIDE_BARRIER, stub.barrier, stub.occurred_at):
        raise refuse("BG-024", field="officer")
    trip = _trip(stub.seen)
    with transaction.atomic():
        device = _paper_of(stub.barrier.point, stub.barrier.code, by, at)
        take_duty(device=device, by=officer, at=min(stub.occurred_at, at))
        sent = _sent(device, stub, trip, by)
        (event,) = take(device=device, events=[sent], at=at)
    return event


def _sent(device: OfflineDevice, stub: Stub, trip: Trip, by: Actor) -> Sent:
    name = uuid5(device.pk, f"{stub.form_no.strip()} {trip.code} {stub.barrier.code} {stub.occurred_at.isoformat()}")
    known = OfflineEvent.objects.filter(pk=name).first()
    if known is not None:
        return Sent(known.pk, known.seq, known.kind, known.officer_id, known.occurred_at, known.payload)
    payload = {
        "barrier": stub.barrier.code,
        "trip": trip.code,
        "plate": trip.tractor_plate,
        "step": step_at(stub.barrier, trip),
        "list_at": stub.occurred_at.isoformat(),
        "paper": stub.form_no.strip()[:40],
        "keyed_by": str(by.id),
    }
    return Sent(name, device.next_seq, "pass", stub.officer.pk, stub.occurred_at, payload)


def _trip(seen: str) -> Trip:
    code = "".join(seen.split()).upper()
    found = Trip.objects.filter(code=code).first() if tripcodes.is_right(code) else None
    found = found or live_trip_of(plates.read(seen).norm)
    if found is None:
        raise refuse("BG-214", field="seen")
    return found


def _paper_of(point: CrossingPoint, spot: str, by: Actor, at: datetime) -> OfflineDevice:
    """The point's paper, as a device without a key; locked, so that its numbers follow one another."""
    CrossingPoint.objects.select_for_update().get(pk=point.pk)
    known = OfflineDevice.objects.select_related("device").filter(app=APP, place_id=point.pk, device__public_key="")
    device = known.first() or OfflineDevice(
        device=Device.objects.create(name=NAME, public_key="", place_code=point.code),
        app=APP,
        place_id=point.pk,
        enrolled_at=at,
        enrolled_by=by.id,
    )
    device.spots = sorted({*device.spots, spot})
    device.save()
    return device
