"""What machines of firms, brokers, yards and customs may do and be told (brief §13).

Of a trip is told what its list shows to everybody who may see it: code, state, plates, container. Goods, firm, driver
and papers are asked for over the API, which masks them. Of a hold is told as queries/secrecy.py says.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Where, where_of
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.event import Event
from tinhso.kernel.machines.outward import outward
from tinhso.pillars.border.gate.flows import FEE, HOLD, TRIP
from tinhso.pillars.border.gate.flows.states import CALLED
from tinhso.pillars.border.gate.models import FeeAssessment, Hold, Trip
from tinhso.pillars.border.gate.permissions import STEPS, VIEW_TRIP
from tinhso.pillars.border.gate.queries.containers import second_of
from tinhso.pillars.border.gate.queries.secrecy import public_reason_of
from tinhso.pillars.border.gate.queries.trips import visible_trips
from tinhso.pillars.border.gate.rules import plates, tripcodes

TITLES: dict[str, Any] = {
    "border_gate.fee_assessed": _("fee assessed"),
    "border_gate.fee_paid": _("fee paid"),
    "border_gate.fee_refunded": _("fee refunded"),
    "border_gate.hold_placed": _("vehicle held"),
    "border_gate.hold_lifted": _("hold lifted"),
}
STATE_ONLY = frozenset({"border_gate.trip_drafted"})
"""Nobody else's business before it is sent."""


def trip_where(event: Event) -> Where | None:
    trip = Trip.objects.filter(pk=event.record_id).only("agency_id", "point_id").first()
    return where_of(trip) if trip else None


def hold_where(event: Event) -> Where | None:
    hold = Hold.objects.filter(pk=event.record_id).select_related("trip").first()
    return where_of(hold.trip) if hold else None


def fee_where(event: Event) -> Where | None:
    fee = FeeAssessment.objects.filter(pk=event.record_id).select_related("trip").first()
    return where_of(fee.trip) if fee else None


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


def _seen(part: Hold | FeeAssessment, by: Actor, at: datetime) -> Trip | None:
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
for _flow, _where, _tell in ((HOLD, hold_where, tell_hold), (FEE, fee_where, tell_fee)):
    for _name in sorted({one.event for one in _flow.steps if one.event in TITLES}):
        outward(_name, title=TITLES[_name], permission=VIEW_TRIP, where=_where, tell=_tell)
