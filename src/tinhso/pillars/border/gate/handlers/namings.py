"""A firm that was named for a vehicle hears of it; when it disowns the vehicle, the help desk names another."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.base import site
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import Recipient, send
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.ahead import LIVES
from tinhso.pillars.border.gate.actions.links import link_to_firm
from tinhso.pillars.border.gate.actions.namings import KIND
from tinhso.pillars.border.gate.handlers import undeclared_words as words
from tinhso.pillars.border.gate.handlers.audience import people_of, people_of_firm
from tinhso.pillars.border.gate.handlers.telling import announce, trip_of
from tinhso.pillars.border.gate.models import FirmNaming
from tinhso.pillars.border.gate.rules import plates

DESK = "HELPDESK"


@subscribe(events.FIRM_NAMED, name="border_gate.tell_named")
def tell_named(event: Event) -> None:
    """Everybody of the firm in the application, and its telephone by a link that opens this one alone."""
    rows = FirmNaming.objects.select_related("firm", "trip", "point")
    naming = rows.filter(pk=event.record_id, disowned_at=None).first()
    if naming is None:
        return
    url, key = reverse("border_gate:ahead_asked"), f"{event.name}:{event.id}"
    told = {"plate": plates.show(naming.trip.tractor_plate), "gate": naming.point.gate_short}
    people = people_of_firm(naming.firm, at=event.at)
    send(words.NAMED.name, to=people, event_key=key, by=SYSTEM, at=event.at, url=url, **told)
    token, holder = link_to_firm(
        naming.firm, KIND, naming.pk, page="border_gate:ahead_asked", lives=LIVES, at=event.at
    )  # fmt: skip
    if holder is not None:
        link = site.whole(reverse("kernel_login:link", args=[token]))
        firm = Recipient(holder, phone=naming.firm.phone)
        send(words.NAMED_BY_LINK.name, to=[firm], event_key=key, by=SYSTEM, at=event.at, url=url, link=link)


@subscribe(events.FIRM_DISOWNED, name="border_gate.tell_disowned")
def tell_disowned(event: Event) -> None:
    """The desk that has to ask the driver again; he himself hears of the hold."""
    trip = trip_of(event.record_id)
    if trip is not None and trip.agency_id is None:
        people = people_of(trip, (DESK,), at=event.at)[DESK]
        url = reverse("border_gate:name_firm", args=[trip.pk])
        announce(words.DISOWNED, people, trip, event, url=url)
