"""What machines of firms, brokers, yards and customs may do and be told (brief §13).

Of a trip is told what its list shows to everybody who may see it: code, state, plates, container. Goods, firm, driver
and papers are asked for over the API, which masks them. Of a hold is told as queries/secrecy.py says.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Where, where_of
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.event import Event
from tinhso.kernel.machines.outward import Place, Tell, outward
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.states import CALLED
from tinhso.pillars.border.gate.models import Amendment, ClearanceTask, FeeAssessment, Hold, Trip
from tinhso.pillars.border.gate.permissions import STEPS, VIEW_TRIP
from tinhso.pillars.border.gate.queries.bookings import displacement_of
from tinhso.pillars.border.gate.queries.containers import second_of
from tinhso.pillars.border.gate.queries.feed import PARTS
from tinhso.pillars.border.gate.queries.secrecy import public_reason_of
from tinhso.pillars.border.gate.queries.trips import visible_trips
from tinhso.pillars.border.gate.rules import plates, tripcodes

TITLES: dict[str, Any] = {
    "border_gate.fee_assessed": _("fee assessed"),
    "border_gate.fee_paid": _("fee paid"),
    "border_gate.fee_refunded": _("fee refunded"),
    "border_gate.fee_waived": _("fee waived"),
    "border_gate.fee_deferred": _("fee deferred"),
    "border_gate.hold_placed": _("vehicle held"),
    "border_gate.hold_lifted": _("hold lifted"),
    "border_gate.hold_overridden": _("hold lifted by order"),
    "border_gate.task_passed": _("check passed"),
    "border_gate.task_failed": _("check not passed"),
    "border_gate.task_treated": _("goods to be treated"),
    "border_gate.amendment_wanted": _("a correction is asked of the firm"),
    "border_gate.amendment_consented": _("change consented to"),
    "border_gate.amendment_declined": _("change declined"),
}
"""Of what lies over a trip: the events of queries.feed, which the feed of steps tells as well."""
HOURS: dict[str, Any] = {
    events.HOUR_DISPLACED: _("booked hour taken by a notice or changed hours"),
    events.HOUR_RESTORED: _("booked hour holds again"),
}
STATE_ONLY = frozenset({"border_gate.trip_drafted"})
"""Nobody else's business before it is sent."""


def trip_where(event: Event) -> Where | None:
    trip = Trip.objects.filter(pk=event.record_id).only("agency_id", "point_id").first()
    return where_of(trip) if trip else None


def part_where(model: type[Model]) -> Place:
    """Where the trip lies over which such a record lies."""

    def where(event: Event) -> Where | None:
        trip = Trip.objects.filter(pk__in=model._default_manager.filter(pk=event.record_id).values("trip_id"))
        found = trip.only("agency_id", "point_id").first()
        return where_of(found) if found else None

    return where


def tell_trip(event: Event, by: Actor, at: datetime) -> dict[str, Any] | None:
    """The trip as it stands now; None when the reader may not see it any more."""
    trip = visible_trips(by=by, at=at).select_related("point").filter(pk=event.record_id).first()
    return _trip(trip) if trip else None


def tell_hold(event: Event, by: Actor, at: datetime) -> dict[str, Any] | None:
    """Which force holds, by which reason of the list; without the reason of a hold in secret."""
    hold = Hold.objects.filter(pk=event.record_id).select_related("force").first()
    trip = _seen(hold, by, at) if hold else None
    if hold is None or trip is None:
        return None
    reason = public_reason_of(hold)
    return {
        **_trip(trip),
        "force": hold.force.code,
        "reason_code": reason.code if reason else "",
        "hold_state": hold.state,
    }


def tell_fee(event: Event, by: Actor, at: datetime) -> dict[str, Any] | None:
    fee = FeeAssessment.objects.filter(pk=event.record_id).first()
    trip = _seen(fee, by, at) if fee else None
    if fee is None or trip is None:
        return None
    return {**_trip(trip), "amount": fee.amount, "receipt_no": fee.receipt_no}


def tell_task(event: Event, by: Actor, at: datetime) -> dict[str, Any] | None:
    """Which check of which force, and how it stands; not what was found."""
    task = ClearanceTask.objects.filter(pk=event.record_id).select_related("force").first()
    trip = _seen(task, by, at) if task else None
    if task is None or trip is None:
        return None
    return {**_trip(trip), "task": task.kind, "force": task.force.code, "task_state": task.state}


def tell_amendment(event: Event, by: Actor, at: datetime) -> dict[str, Any] | None:
    """Which fields, and until when the answer is waited for; neither values nor reasons."""
    row = Amendment.objects.filter(pk=event.record_id).first()
    trip = _seen(row, by, at) if row else None
    if row is None or trip is None:
        return None
    until = row.lapses_at.isoformat() if row.lapses_at else None
    return {**_trip(trip), "fields": row.fields, "amendment_state": row.state, "lapses_at": until}


def tell_hour(event: Event, by: Actor, at: datetime) -> dict[str, Any] | None:
    """The booked hour as it is now, and whether it is taken still."""
    trip = visible_trips(by=by, at=at).select_related("point", "slot").filter(pk=event.record_id).first()
    if trip is None:
        return None
    hour = trip.slot.begins_at.isoformat() if trip.slot else None
    return {**_trip(trip), "slot": hour, "slot_taken": displacement_of(trip) is not None}


def _seen(part: Hold | FeeAssessment | ClearanceTask | Amendment, by: Actor, at: datetime) -> Trip | None:
    return visible_trips(by=by, at=at).select_related("point").filter(pk=part.trip_id).first()


def _trip(trip: Trip) -> dict[str, Any]:
    return {
        "trip": str(trip.pk),
        "code": tripcodes.show(trip.code),
        "kind": trip.kind,
        "state": trip.state,
        "state_since": trip.state_since.isoformat(),
        "version": trip.version,
        "point": trip.point.code,
        "tractor_plate": plates.show(trip.tractor_plate),
        "trailer_plate": plates.show(trip.trailer_plate),
        "container_no": trip.container_no,
        "second_container_no": second.number if (second := second_of(trip)) else "",
        "fee_state": trip.fee_state,
        "call_expires_at": trip.call_expires_at.isoformat() if trip.state == CALLED and trip.call_expires_at else None,
    }


for _step in TRIP.steps:
    if _step.event and _step.event not in STATE_ONLY and _step.event not in TITLES:
        TITLES[_step.event] = STEPS[_step.name][0]
        outward(_step.event, title=TITLES[_step.event], permission=VIEW_TRIP, where=trip_where, tell=tell_trip)
TELLS: dict[str, Tell] = {"hold": tell_hold, "fee": tell_fee, "task": tell_task, "amendment": tell_amendment}
for _about, _part in PARTS.items():
    for _name in sorted(_part.events):
        _where = part_where(_part.model)
        outward(_name, title=TITLES[_name], permission=VIEW_TRIP, where=_where, tell=TELLS[_about])
for _name, _title in HOURS.items():
    outward(_name, title=_title, permission=VIEW_TRIP, where=trip_where, tell=tell_hour)
