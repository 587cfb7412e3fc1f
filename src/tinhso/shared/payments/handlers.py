"""What follows from what happened here."""

from __future__ import annotations

from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.shared.payments import events
from tinhso.shared.payments.actions.refunds import propose_for_expired


@subscribe(events.OBLIGATION_EXPIRED, name="shared_payments.give_back_parts")
def give_back_parts(event: Event) -> None:
    """What was paid in part of an obligation that time has ended is proposed to be given back."""
    propose_for_expired(obligation_id=event.record_id, at=event.at)
