"""What becomes of a fee when its trip ends before it came, or goes through another point."""

from __future__ import annotations

from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.fee_money import SOURCE
from tinhso.pillars.border.gate.actions.fees import follow_trip, settle_called_off, settle_given_back, settle_paid
from tinhso.shared.payments import facade as payments


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


@subscribe("shared_payments.obligation_paid", name="border_gate.fee_is_paid")
def the_fee_is_paid(event: Event) -> None:
    """The payments' room has the money, whatever way it came."""
    paid = payments.obligation(event.record_id)
    if paid is not None and paid.source == SOURCE:
        settle_paid(paid=paid, at=event.at)


@subscribe("shared_payments.obligation_refunded", name="border_gate.fee_is_given_back")
@subscribe("shared_payments.obligation_refund_refused", name="border_gate.fee_is_kept")
def the_fee_is_given_back(event: Event) -> None:
    """The money has gone back to the payer, or stays by decision."""
    paid = payments.obligation(event.record_id)
    if paid is not None and paid.source == SOURCE:
        settle_given_back(paid=paid, at=event.at)
