"""New vehicles that have no plate yet: known by their VIN, and by the temporary plate that they may get later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from tinhso.kernel.access.may import may, require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import Enterprise, Trip, Vehicle, VehicleKind
from tinhso.pillars.border.gate.permissions import MANAGE_FIRM
from tinhso.pillars.border.gate.rules import vins


def keep_unplated(*, firm: Enterprise, vin: str, temporary_plate: str, by: Actor, at: datetime) -> Vehicle:
    """The new vehicle with that VIN; its owner may add the temporary plate once it has one. Refusal: BG-102.

    On a trip that is open it is corrected there (actions.new_vehicle), and not by declaring the vehicle once more.
    """
    number = vins.read(vin)
    known = _known([number]).get(number)
    if known is not None and not _says_otherwise(known, firm, temporary_plate):
        return known
    require(by, MANAGE_FIRM, firm, at)
    vehicle = _told(known, firm, number, temporary_plate)
    vehicle.save()
    record("border_gate.vehicle_added", by=by, at=at, kind="border_gate.vehicle", record_id=vehicle.pk)
    return vehicle


def keep_all_unplated(*, firm: Enterprise, typed: Mapping[str, str], by: Actor, at: datetime) -> dict[str, Vehicle]:
    """The same of many, temporary plates by VIN as it was read; without the right to add or change, those are left out.

    The number of queries does not grow with the vehicles.
    """
    known = _known(list(typed)) if typed else {}
    kept = {vin: one for vin, one in known.items() if not _says_otherwise(one, firm, typed[vin])}
    others = [vin for vin in typed if vin not in kept]
    if others and may(by, MANAGE_FIRM, firm, at):
        told = [_told(known.get(vin), firm, vin, typed[vin]) for vin in others]
        _write([one for one in told if one.vin in known], [one for one in told if one.vin not in known])
        ids = [str(one.pk) for one in told]
        owner = {"kind": "border_gate.enterprise", "record_id": firm.pk}
        record("border_gate.vehicles_added", by=by, at=at, **owner, ids=ids)
        kept |= {one.vin: one for one in told}
    return kept


def _known(numbers: Sequence[str]) -> dict[str, Vehicle]:
    """Those that are known, with whether each is on a trip that is live."""
    live = Exists(Trip.objects.filter(tractor=OuterRef("pk"), is_live=True))
    return {one.vin: one for one in Vehicle.objects.filter(vin__in=numbers).annotate(travels=live)}


def _says_otherwise(known: Vehicle, firm: Enterprise, temporary_plate: str) -> bool:
    """Whether its own firm tells another temporary plate than its card, while it is on no trip."""
    same = temporary_plate in ("", known.temporary_plate)
    return known.owner_id == firm.pk and not same and not known.travels  # type: ignore[attr-defined]


def _told(known: Vehicle | None, firm: Enterprise, vin: str, temporary_plate: str) -> Vehicle:
    vehicle = known or Vehicle(country="CN", kind=VehicleKind.NEW, vin=vin, owner=firm)
    vehicle.temporary_plate = temporary_plate
    return vehicle


def _write(changed: Sequence[Vehicle], new: Sequence[Vehicle]) -> None:
    Vehicle.objects.bulk_create(new)
    Vehicle.objects.bulk_update(changed, ["temporary_plate"])
