"""An emergency goes first by a numbered order of the board: relief, medicine and the like (class P0)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.declare import BY_ORDER
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.states import ARRIVED, ENDS
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import SET_CYCLE
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.queue import EMERGENCY


@transaction.atomic
def make_emergency(*, trip: Trip, document_no: str, by: Actor, at: datetime) -> Trip:
    """Put the trip into class P0 by the order of that number. It counts from its arrival.

    Refusals: BG-216 without a number, BG-215 when the trip has ended.
    """
    require(by, SET_CYCLE, trip, at)
    number = number_of(document_no, code="BG-216", field="document_no")
    row = Trip.objects.select_for_update(of=("self",)).get(pk=trip.pk)
    if row.state in ENDS:
        raise refuse("BG-215")
    row.priority, row.priority_basis = EMERGENCY, BY_ORDER
    if row.first_arrival_at is not None and row.state != ARRIVED:
        row.effective_at = row.first_arrival_at
    row.save(update_fields=["priority", "priority_basis", "effective_at"])
    facts: dict[str, Any] = {"document_no": number}
    record("border_gate.emergency_ordered", by=by, at=at, kind=TRIP.name, record_id=row.pk, **facts)
    publish(events.EMERGENCY_ORDERED, kind=TRIP.name, record_id=row.pk, by=by, at=at, **facts)
    return row
