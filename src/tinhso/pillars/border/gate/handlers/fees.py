"""What becomes of a fee when its trip ends, goes through another point, or the payments' room tells of its money."""

from __future__ import annotations

from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import fee_changes
from tinhso.pillars.border.gate.actions.difference_money import SOURCE as DIFFERENCE
from tinhso.pillars.border.gate.actions.fee_money import SOURCE
from tinhso.pillars.border.gate.actions.fees import (
    follow_refund,
    follow_trip,
    settle_called_off,
    settle_given_back,
    settle_paid,
)
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
    if paid is not None and paid.source == DIFFERENCE:
        fee_changes.note_paid(paid=paid, at=event.at)


@subscribe("shared_payments.obligation_refund_begun", name="border_gate.fee_goes_back")
def the_fee_goes_back(event: Event) -> None:
    """All of it was asked back at the payments' counter: the vehicle is not to be released on it."""
    paid = payments.obligation(event.record_id)
    if paid is not None and paid.source == SOURCE:
        follow_refund(paid=paid, at=event.at)


@subscribe("shared_payments.obligation_refunded", name="border_gate.fee_is_given_back")
@subscribe("shared_payments.obligation_refund_refused", name="border_gate.fee_is_kept")
def the_fee_is_given_back(event: Event) -> None:
    """The money has gone back to the payer, or stays by decision."""
    paid = payments.obligation(event.record_id)
    if paid is not None and paid.source == SOURCE:
        settle_given_back(paid=paid, at=event.at)
    _follow_the_balance(event)


@subscribe("shared_payments.obligation_part_refunded", name="border_gate.part_is_given_back")
def a_part_is_given_back(event: Event) -> None:
    """What a correction made too much goes back while the fee stays paid."""
    _follow_the_balance(event)


def _follow_the_balance(event: Event) -> None:
    paid = payments.obligation(event.record_id)
    fee = fee_changes.fee_of_payment(paid) if paid is not None else None
    if fee is not None:
        is_refusal = event.name == "shared_payments.obligation_refund_refused"
        (fee_changes.note_refused if is_refusal else fee_changes.note_given_back)(fee=fee, at=event.at)
