"""A transport firm assigns its own vehicle and driver to the trips that firms have given to it.

The carrier holds no right over the trip. It acts on the row by which it was given, and the platform makes the
change in the firm's own way: on a draft at once, later as a correction, beyond barrier 1 with the force's consent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from tinhso.kernel.access.may import require
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.amend import amend_trip
from tinhso.pillars.border.gate.actions.declare import submit_trip
from tinhso.pillars.border.gate.actions.haulage import KIND, locked_trip, must_stand, put_vehicle, told
from tinhso.pillars.border.gate.actions.links import link_for_driver
from tinhso.pillars.border.gate.flows.states import DRAFT
from tinhso.pillars.border.gate.models import Driver, Haulage, Trip, Vehicle
from tinhso.pillars.border.gate.permissions import CARRY_TRIP
from tinhso.pillars.border.gate.queries.carriers import ASSIGNABLE
from tinhso.pillars.border.gate.rules.codes import refuse


@transaction.atomic
def assign(
    *, haulage: Haulage, tractor: Vehicle, trailer: Vehicle | None, driver: Driver, by: Actor, at: datetime
) -> Haulage:
    """The carrier names vehicle and driver, both its own. Named again in the same way changes nothing.

    Refusals: BG-473 once it was taken back, BG-474 for what is not the carrier's, BG-472, and what a correction of
    these fields would meet.
    """
    require(by, CARRY_TRIP, haulage, at)
    row = Haulage.objects.select_for_update(of=("self",)).get(pk=haulage.pk)
    if row.ended_at is not None:
        raise refuse("BG-473")
    _must_be_its_own(row, tractor, trailer, driver)
    trip = locked_trip(row)
    must_stand(trip, ASSIGNABLE)
    if trip.state == DRAFT:
        put_vehicle(trip, tractor, trailer, driver)
    elif values := _changed(trip, tractor, trailer, driver):
        with translation.override("vi"):  # kept beside the change, for officers
            reason = _("Vehicle and driver assigned by the transport firm")
        amend_trip(trip=trip, values=values, reason=reason, by=SYSTEM, at=at, author=by.id)
    row.assigned_at = at
    row.save(update_fields=["assigned_at"])
    told("assigned", row, by, at, tractor=tractor.plate, trailer=trailer.plate if trailer else "",
          driver=str(driver.pk))  # fmt: skip
    publish(events.HAULAGE_ASSIGNED, kind=KIND, record_id=row.pk, by=by, at=at)
    return row


@transaction.atomic
def send_to_driver(*, haulage: Haulage, by: Actor, at: datetime) -> str:
    """A new link for the trip's driver, as its firm would send it; returns its token.

    Refusals: BG-218, BG-219, BG-473.
    """
    require(by, CARRY_TRIP, haulage, at)
    row = Haulage.objects.select_for_update(of=("self",)).select_related("trip__driver__person").get(pk=haulage.pk)
    if row.ended_at is not None:
        raise refuse("BG-473")
    _link, token = link_for_driver(trip=row.trip, by=SYSTEM, at=at)
    told("link_made", row, by, at)
    return token


def send_draft(*, trip: Trip, by: Actor, at: datetime) -> Trip:
    """The firm sends a draft whose vehicle the carrier has named. Refusal: BG-475 without one, and as for any other."""
    if trip.tractor_id is None:
        raise refuse("BG-475", field="tractor")
    return submit_trip(trip=trip, by=by, at=at)


def _must_be_its_own(haulage: Haulage, tractor: Vehicle, trailer: Vehicle | None, driver: Driver) -> None:
    for field, owner in (
        ("tractor", tractor.owner_id),
        ("trailer", trailer.owner_id if trailer else haulage.carrier_id),
        ("driver", driver.employer_id),
    ):
        if owner != haulage.carrier_id:
            raise refuse("BG-474", field=field)


def _changed(trip: Trip, tractor: Vehicle, trailer: Vehicle | None, driver: Driver) -> dict[str, Any]:
    """What is another one than what stands there, as a correction wants it."""
    found: dict[str, Any] = {}
    if trip.tractor_id != tractor.pk:
        found["tractor"] = tractor.plate
    if trip.trailer_id != (trailer.pk if trailer else None):
        found["trailer"] = trailer.plate if trailer else ""
    if trip.driver_id != driver.pk:
        found["driver"] = {"id": str(driver.pk), "name": driver.person.full_name}
    return found
