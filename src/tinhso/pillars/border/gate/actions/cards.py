"""Change the card of one of the firm's own vehicles or drivers; what changed is kept, papers' numbers never."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.amend import amend_trip
from tinhso.pillars.border.gate.models import Driver, Trip, Vehicle
from tinhso.pillars.border.gate.permissions import MANAGE_FIRM
from tinhso.pillars.border.gate.rules import identity_papers
from tinhso.pillars.border.gate.rules.corrections import AMENDABLE

TEMPORARY = "temporary_plate"


@transaction.atomic
def change_vehicle(*, vehicle: Vehicle, facts: Mapping[str, Any], by: Actor, at: datetime) -> Vehicle:
    """Put these columns on the card. Only of a vehicle whose owner `by` works for. Raises Forbidden."""
    require(by, MANAGE_FIRM, vehicle, at)
    row = Vehicle.objects.select_for_update(of=("self",)).get(pk=vehicle.pk)
    changed = _put(row, facts)
    if changed:
        row.save(update_fields=changed)
        record(
            "border_gate.vehicle_changed", by=by, at=at, kind="border_gate.vehicle", record_id=row.pk, fields=changed
        )
    if TEMPORARY in changed:
        _say_on_its_way(row, by, at)
    return row


def _say_on_its_way(vehicle: Vehicle, by: Actor, at: datetime) -> None:
    """The trip that is open now says the same: barriers look for what stands on it."""
    known_by = vehicle.temporary_plate or vehicle.vin
    own = Trip.objects.filter(tractor=vehicle, enterprise=F("tractor__owner"))
    rows = own.filter(kind="NEW_VEHICLE", state__in=AMENDABLE)
    for trip in rows.exclude(tractor_plate=known_by):
        values = {TEMPORARY: vehicle.temporary_plate}
        amend_trip(trip=trip, values=values, reason=_("Changed on the vehicle's card"), by=by, at=at)


@transaction.atomic
def change_driver(
    *, driver: Driver, facts: Mapping[str, Any], person: Mapping[str, Any], by: Actor, at: datetime
) -> Driver:
    """Put these columns on the card, and what is asked of the person; a paper that says whose citizen he is stays so.

    Only of a driver whose employer `by` works for. Raises Forbidden.
    """
    require(by, MANAGE_FIRM, driver, at)
    row = Driver.objects.select_for_update(of=("self",)).select_related("person").get(pk=driver.pk)
    said = person.get("nationality", row.person.nationality)
    told = {**person, "nationality": identity_papers.nationality_of(row.paper_kind, said=said)}
    own, his = _put(row, facts), _put(row.person, told)
    if own:
        row.save(update_fields=own)
    if his:
        row.person.save(update_fields=his)
    if own or his:
        record("border_gate.driver_changed", by=by, at=at, kind="border_gate.driver", record_id=row.pk,
               fields=[*own, *his])  # fmt: skip
    return row


def _put(row: models.Model, facts: Mapping[str, Any]) -> list[str]:
    changed = [name for name, value in facts.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, facts[name])
    return changed
