"""A force hears of a vehicle that it wants to see as soon as one has come, at whichever barrier."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.dates import show_time
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import send
from tinhso.kernel.notices.kinds import notice
from tinhso.pillars.border.gate.handlers.audience import officers_at
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.queries.wanted import wanted_of

COMES = ("buffered", "arrived", "crossed_in", "returned", "found_undeclared")
"""Steps with which a vehicle comes to an officer, by the events' names."""
SEEN = notice(
    "border_gate.wanted_seen",
    title=_("A vehicle that your force wants has come"),
    texts={
        "vi": "Xe {plate} mà lực lượng của bạn cần kiểm tra đã đến {gate} lúc {moment}. Mở hồ sơ lượt xe để xử lý.",
        "en": "Vehicle {plate}, which your force wants to see, came to {gate} at {moment}. Open its dossier.",
    },
    urgent=True,
)


def tell_the_force(event: Event) -> None:
    """Why it is wanted is not said: the force knows, and a notice may be read by others."""
    trip = Trip.objects.select_related("point").filter(pk=event.record_id).first()
    if trip is None:
        return
    for vehicle, force in wanted_of(trip.tractor_plate, trip.trailer_plate):
        send(
            SEEN.name,
            to=officers_at((force.code,), trip.point_id, at=event.at),
            event_key=f"{event.name}:{event.id}:{vehicle.pk}",
            by=SYSTEM,
            at=event.at,
            url=reverse("border_gate:trip", args=[trip.pk]),
            plate=vehicle.shown_plate,
            gate=trip.point.gate_short,
            moment=show_time(event.at),
        )


for _name in COMES:
    subscribe(f"border_gate.trip_{_name}", name=f"border_gate.wanted_{_name}")(tell_the_force)
