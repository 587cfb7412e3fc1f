"""What becomes of a fee when its trip ends before it came, or goes through another point."""

from __future__ import annotations

from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.fees import follow_trip, settle_called_off


@subscribe(events.TRIP_CANCELLED, name="border_gate.settle_cancelled")
@subscribe(events.TRIP_EXPIRED, name="border_gate.settle_expired")
@subscribe(events.TRIP_NOT_SHOWN, name="border_gate.settle_not_shown")
def settle_the_fee(event: Event) -> None:
    """Whatever ended the trip before it came: a timer, an action, a step over the API."""
    settle_called_off(trip_id=event.record_id, at=event.at)


@subscribe(events.TRIP_DIVERTED, name="border_gate.fee_follows")
def the_fee_follows(event: Event) -> None:
    """The counter of the other point collects what is not paid yet."""
    follow_trip(trip_id=event.record_id, at=event.at)
