"""By what an imported new vehicle is known while it has no plate: its VIN, and the temporary plate it may get later."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.declared import Declared
from tinhso.pillars.border.gate.actions.kind_fields import temporary_plate
from tinhso.pillars.border.gate.actions.unplated import keep_unplated
from tinhso.pillars.border.gate.models import Trip, Vehicle
from tinhso.pillars.border.gate.rules.codes import refuse

NEW = "NEW_VEHICLE"


def vin_seen(own: Declared) -> str:
    """The VIN as declared; empty on other trips."""
    return own.trip.tractor.vin if own.trip.tractor else ""


def put_vin(own: Declared, value: str) -> None:
    """The vehicle with that VIN; the temporary plate goes with it. Refusals: BG-286 on other trips, BG-102."""
    trip, plate = own.trip, temporary_plate_seen(own)
    if trip.kind != NEW or trip.enterprise is None:
        raise refuse("BG-286", field="vin")
    before = trip.tractor
    trip.tractor = keep_unplated(firm=trip.enterprise, vin=value, temporary_plate="", by=own.by, at=own.at)
    if plate and before is not None and before.pk != trip.tractor.pk:
        _note(before, trip, "", own.by, own.at)
    _say(own, plate)


def temporary_plate_seen(own: Declared) -> str:
    """The temporary plate by which the barrier knows it; empty while that is its VIN."""
    vehicle = own.trip.tractor
    known_otherwise = vehicle is None or own.trip.tractor_plate in (vehicle.vin, vehicle.plate)
    return "" if known_otherwise else own.trip.tractor_plate


def put_temporary_plate(own: Declared, value: str) -> None:
    """Added, corrected or taken off: barriers know it by this, or by its VIN.

    Refusals: BG-286 on other trips, BG-398.
    """
    if own.trip.kind != NEW or own.trip.tractor is None:
        raise refuse("BG-286", field="temporary_plate")
    _say(own, temporary_plate(value) if value else "")


def _say(own: Declared, plate: str) -> None:
    trip = own.trip
    if trip.tractor is not None:
        trip.tractor_plate = plate or trip.tractor.vin
        _note(trip.tractor, trip, plate, own.by, own.at)


def _note(vehicle: Vehicle, trip: Trip, plate: str, by: Actor, at: datetime) -> None:
    """Its card says the same when it is the firm's own vehicle."""
    if vehicle.owner_id != trip.agency_id or vehicle.temporary_plate == plate:
        return
    vehicle.temporary_plate = plate
    vehicle.save(update_fields=["temporary_plate"])
    fields = ["temporary_plate"]
    record("border_gate.vehicle_changed", by=by, at=at, kind="border_gate.vehicle", record_id=vehicle.pk, fields=fields)
