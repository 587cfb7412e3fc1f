"""A force wants to see a vehicle at its next passage: set and lifted by that force alone, with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.registration import checked_reason
from tinhso.pillars.border.gate.models import Force, Vehicle
from tinhso.pillars.border.gate.queries.tasks import forces_of
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.vehicle"


@transaction.atomic
def want_vehicle(*, plate: str, force: Force, reason: str, by: Actor, at: datetime) -> Vehicle:
    """Have the vehicle with that plate looked at; one not known here yet is written down.

    Refusals: BG-024 for a force that is not one's own, BG-001 or BG-101 for the plate, BG-038 for the reason, BG-426
    while another force wants it.
    """
    _must_be_own(force, by, at)
    said, read = checked_reason(reason), plates.read(plate)
    kind = "TRAILER" if read.is_trailer else "TRACTOR"
    made = {"kind": kind, "plate_typed": plate[:40]}
    found, _new = Vehicle.objects.get_or_create(country=read.country, plate=read.norm, defaults=made)
    row = Vehicle.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if row.wanted_by_id not in (None, force.pk):
        raise refuse("BG-426", field="plate", v=row.shown_plate)
    row.wanted_by, row.wanted_for = force, said
    row.save(update_fields=["wanted_by", "wanted_for"])
    record("border_gate.vehicle_wanted", by=by, at=at, kind=KIND, record_id=row.pk, force=force.code, reason=said)
    return row


@transaction.atomic
def unwant_vehicle(*, vehicle: Vehicle, reason: str, by: Actor, at: datetime) -> Vehicle:
    """The force has seen enough. Done twice changes nothing. Refusals: BG-024 for another force, BG-038."""
    row = Vehicle.objects.select_for_update(of=("self",)).get(pk=vehicle.pk)
    if row.wanted_by is None:
        return row
    force = row.wanted_by
    _must_be_own(force, by, at)
    said = checked_reason(reason)
    row.wanted_by, row.wanted_for = None, ""
    row.save(update_fields=["wanted_by", "wanted_for"])
    record("border_gate.vehicle_unwanted", by=by, at=at, kind=KIND, record_id=row.pk, force=force.code, reason=said)
    return row


def _must_be_own(force: Force, by: Actor, at: datetime) -> None:
    if force not in forces_of(by=by, at=at):
        raise refuse("BG-024", field="force", f=force.short)
