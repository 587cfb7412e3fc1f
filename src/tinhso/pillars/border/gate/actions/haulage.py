"""A firm gives a trip to a transport firm to carry, and takes it back at any time before barrier 1."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.flows.states import DRAFT
from tinhso.pillars.border.gate.models import Driver, Enterprise, Haulage, Standing, Trip, Vehicle
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.carriers import GIVABLE
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.haulage"
WORKS = (Standing.ACTIVE, Standing.BOOKING_LOCKED)


@transaction.atomic
def give_to_carrier(*, trip: Trip, carrier: Enterprise | None, typed: str = "", by: Actor, at: datetime) -> Haulage:
    """Let the carrier assign vehicle and driver to the trip from now on.

    `typed`: what was typed for the carrier, to be told back. Refusals: BG-470 for a firm that cannot carry, BG-471
    while another has the trip, BG-472 beyond barrier 1.
    """
    require(by, step_permission("amend"), trip, at)
    if carrier is None or carrier.pk == trip.agency_id or carrier.standing not in WORKS:
        raise refuse("BG-470", field="carrier", v=typed or carrier or "…")
    must_stand(trip, GIVABLE)
    try:
        with transaction.atomic():
            haulage = Haulage.objects.create(trip=trip, carrier=carrier, given_at=at, given_by=by.id)
    except IntegrityError as error:
        held = Haulage.objects.select_related("carrier__agency").get(trip=trip, ended_at=None)
        raise refuse("BG-471", field="carrier", firm=held.carrier.agency.name) from error
    told("given", haulage, by, at, carrier=str(carrier.pk))
    publish(events.HAULAGE_GIVEN, kind=KIND, record_id=haulage.pk, by=by, at=at)
    return haulage


@transaction.atomic
def take_back(*, haulage: Haulage, by: Actor, at: datetime) -> Haulage:
    """The carrier sees and assigns nothing of it any more. Done twice changes nothing.

    A draft loses the carrier's vehicle and driver; a trip that was sent keeps them until its firm corrects it.
    Refusal: BG-472 beyond barrier 1, where the carrier's vehicle stands.
    """
    require(by, step_permission("amend"), haulage.trip, at)
    row = Haulage.objects.select_for_update(of=("self",)).get(pk=haulage.pk)
    if row.ended_at is not None:
        return row
    trip = locked_trip(row)
    must_stand(trip, GIVABLE)
    row.ended_at, row.ended_by = at, by.id
    row.save(update_fields=["ended_at", "ended_by"])
    if trip.state == DRAFT and row.assigned_at is not None:
        put_vehicle(trip, None, None, None)
    told("ended", row, by, at)
    publish(events.HAULAGE_ENDED, kind=KIND, record_id=row.pk, by=by, at=at)
    return row


def locked_trip(haulage: Haulage) -> Trip:
    """The trip as it stands, kept from others."""
    return Trip.objects.select_for_update(of=("self",), no_key=True).get(pk=haulage.trip_id)


def must_stand(trip: Trip, states: tuple[str, ...]) -> None:
    """Refuse BG-472 in any other state."""
    if trip.state not in states:
        raise refuse("BG-472", state=trip.get_state_title())


def put_vehicle(trip: Trip, tractor: Vehicle | None, trailer: Vehicle | None, driver: Driver | None) -> None:
    """On a draft, whose fields no check rests on yet."""
    trip.tractor, trip.tractor_plate = tractor, tractor.known_by if tractor else ""
    trip.trailer, trip.trailer_plate = trailer, trailer.plate if trailer else ""
    trip.driver, trip.driver_name = driver, driver.person.full_name if driver else ""
    trip.save()


def told(what: str, haulage: Haulage, by: Actor, at: datetime, **facts: str) -> None:
    """Keep in the audit what was done with it."""
    record(f"border_gate.haulage_{what}", by=by, at=at, kind=KIND, record_id=haulage.pk,
           trip=str(haulage.trip_id), **facts)  # fmt: skip
