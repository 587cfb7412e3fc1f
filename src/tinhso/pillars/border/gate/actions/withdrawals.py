"""A vehicle was noted as undeclared by mistake: the force that noted it takes that back, and nothing counts by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.noted import end_link, leave_undeclared
from tinhso.pillars.border.gate.actions.registration import checked_reason
from tinhso.pillars.border.gate.actions.strikes import forgive_strike
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.states import DRAFT
from tinhso.pillars.border.gate.models import Trip, UndeclaredArrival
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.undeclared import WITHDRAWN_WITHIN, arrivals_of, noted_by_force_of
from tinhso.pillars.border.gate.rules.codes import refuse


@transaction.atomic
def withdraw_arrival(*, arrival: UndeclaredArrival, reason: str, by: Actor, at: datetime) -> UndeclaredArrival:
    """Ghi nhận nhầm: the draft that was noted ends, the vehicle counts nowhere as undeclared, the log keeps both.

    A declaration that has taken the arrival over goes on as any other.
    Refusals: BG-580 when it is withdrawn already, BG-581 after the hours of limit `undeclared_withdraw_h`, BG-582 for
    another force than the one that noted it, BG-038.
    """
    require(by, step_permission("leave_undeclared"), Where(place=arrival.point_id), at)
    row = (
        UndeclaredArrival.objects.select_for_update(of=("self",)).select_related("trip__enterprise").get(pk=arrival.pk)
    )
    _must_be_open(row, by, at)
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = at, by.id, checked_reason(reason)
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    trip = row.trip
    if trip.state == DRAFT:
        leave_undeclared(trip=trip, reason=row.withdrawn_why, by=by, at=at)
    end_link(arrival=row, at=at)
    _count_no_more(row)
    if trip.enterprise is not None:
        forgive_strike(trip.enterprise, "undeclared", times=arrivals_of, at=at)
    told: dict[str, Any] = {"arrival": str(row.pk), "reason": row.withdrawn_why}
    record("border_gate.arrival_withdrawn", by=by, at=at, kind=TRIP.name, record_id=trip.pk, **told)
    publish(events.ARRIVAL_WITHDRAWN, kind=TRIP.name, record_id=trip.pk, by=by, at=at, **told)
    return row


def _must_be_open(row: UndeclaredArrival, by: Actor, at: datetime) -> None:
    if row.withdrawn_at is not None:
        raise refuse("BG-580")
    within = law_at(row.seen_at).number(WITHDRAWN_WITHIN)
    if at > row.seen_at + within.span:
        raise refuse("BG-581", n=within.value)
    if not noted_by_force_of(row, by=by, at=at):
        raise refuse("BG-582")


def _count_no_more(row: UndeclaredArrival) -> None:
    """Neither the draft that was noted nor the declaration that took it over is one of an undeclared vehicle."""
    noted = Trip.objects.filter(tractor_plate=row.plate, created_at=row.seen_at, point_id=row.point_id)
    ids = [*noted.values_list("pk", flat=True), row.trip_id]
    Trip.objects.filter(pk__in=ids, undeclared=True).update(undeclared=False)
