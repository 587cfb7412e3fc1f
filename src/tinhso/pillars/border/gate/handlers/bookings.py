"""Booked hours: a no-show is counted, and who may book no more for a while is told so."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.base.dates import show_date
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.bookings import count_no_show
from tinhso.pillars.border.gate.handlers import clock_words
from tinhso.pillars.border.gate.handlers.audience import ENTERPRISE
from tinhso.pillars.border.gate.handlers.telling import Told, tell, trip_of
from tinhso.pillars.border.gate.models import Trip


@subscribe(events.TRIP_NOT_SHOWN, name="border_gate.count_misses")
def count_misses(event: Event) -> None:
    """So many within so many days lock the firm's booking."""
    trip = Trip.objects.filter(pk=event.record_id).first()
    if trip is not None:
        count_no_show(trip=trip, at=event.at)


@subscribe(events.BOOKING_LOCKED, name="border_gate.tell_booking_locked")
def tell_locked(event: Event) -> None:
    """The firm reads until when, and that it may appeal."""
    trip = trip_of(event.record_id)
    if trip is None:
        return
    until = show_date(datetime.fromisoformat(event.payload["until"]))
    facts = {"count": event.payload["count"], "days": event.payload["days"], "until": until}
    tell(trip, event, [Told(clock_words.BOOKING_LOCKED, (ENTERPRISE,), lasts=True)], **facts)
