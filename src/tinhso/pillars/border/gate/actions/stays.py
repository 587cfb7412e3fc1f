"""Incidents of vehicles that stay too long, and the switches of a point's flow by a numbered order."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import GIVES_WAY, CrossingPoint, Incident, PointOrder, Switch
from tinhso.pillars.border.gate.permissions import HANDLE_INCIDENT, SWITCH_POINT
from tinhso.pillars.border.gate.rules.codes import refuse

SHORTEST = 10


@transaction.atomic
def close_incident(*, incident: Incident, note: str, by: Actor, at: datetime) -> Incident:
    """Say what was done about a long stay. Refusals: BG-038 for an empty note, BG-032 when closed already."""
    require(by, HANDLE_INCIDENT, on=incident, at=at)
    told = " ".join(note.split())
    if len(told) < SHORTEST:
        raise refuse("BG-038", field="note")
    stored = Incident.objects.select_for_update().get(pk=incident.pk)
    if stored.closed_at is not None:
        raise refuse("BG-032")
    stored.closed_at, stored.closed_by, stored.note = at, by.id, told[:240]
    stored.save(update_fields=["closed_at", "closed_by", "note"])
    record("border_gate.incident_closed", by=by, at=at, kind=TRIP.name, record_id=stored.trip_id, note=told[:240])
    return stored


@transaction.atomic
def switch_point(
    *, point: CrossingPoint, switch: str, on: bool, document_no: str, by: Actor, at: datetime
) -> PointOrder:
    """Set a switch of the point by a document; one that cannot stand beside it gives way.

    Refusals: BG-216 without a number, BG-023 for a switch that is none or stands so already.
    """
    require(by, SWITCH_POINT, on=point, at=at)
    number = number_of(document_no, code="BG-216", field="document_no")
    stored = CrossingPoint.objects.select_for_update().get(pk=point.pk)
    if switch not in Switch.values or getattr(stored, switch) == on:
        raise refuse("BG-023", event=switch, state=on)
    other = GIVES_WAY.get(Switch(switch))
    wanted: dict[str, bool] = {switch: on}
    if other and on and getattr(stored, other):
        wanted[other] = False
    for name, value in wanted.items():
        setattr(stored, name, value)
        order = PointOrder.objects.create(
            point=stored, switch=name, on=value, document_no=number, ordered_at=at, ordered_by=by.id
        )
        record("border_gate.point_switched", by=by, at=at, kind="kernel_geo.place", record_id=point.pk, switch=name,
               on=value, document_no=number)  # fmt: skip
    stored.save(update_fields=list(Switch.values))
    return order
