"""Who hears of corrections: the firm that is asked, the force that has to consent, the driver whose link is new."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import lazy

from tinhso.kernel.base import site
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import Recipient
from tinhso.pillars.border.gate.actions.links import link_for_driver, open_links
from tinhso.pillars.border.gate.flows.amendment import ASKED, DECLINED, WANTED
from tinhso.pillars.border.gate.handlers import officers, travellers
from tinhso.pillars.border.gate.handlers.audience import ENTERPRISE
from tinhso.pillars.border.gate.handlers.telling import Told, announce, fields_named, tell, trip_of
from tinhso.pillars.border.gate.models import Amendment
from tinhso.pillars.border.gate.rules.corrections import NEW_LINK


@subscribe("border_gate.amendment_wanted", name="border_gate.tell_wanted")
def tell_wanted(event: Event) -> None:
    """The firm reads what it is asked; at a barrier the lane waits for its answer."""
    _tell(event, WANTED, Told(travellers.CORRECTION_WANTED, (ENTERPRISE,), lasts=True))


@subscribe("border_gate.amendment_asked", name="border_gate.tell_asked")
def tell_asked(event: Event) -> None:
    """The force that has to consent, and no other."""
    amendment = Amendment.objects.filter(pk=event.record_id, state=ASKED).first()
    if amendment is not None:
        _tell(event, ASKED, Told(officers.CONSENT_WANTED, (amendment.consent_of,), lasts=True))


@subscribe("border_gate.amendment_declined", name="border_gate.tell_declined")
def tell_declined(event: Event) -> None:
    _tell(event, DECLINED, Told(travellers.CORRECTION_DECLINED, (ENTERPRISE,), lasts=True))


@subscribe("border_gate.trip_amended", name="border_gate.tell_amended")
def tell_amended(event: Event) -> None:
    """Another driver, or another telephone: his page is opened by a link of its own."""
    trip = trip_of(event.record_id) if NEW_LINK & set(event.payload.get("fields", ())) else None
    if trip is None or trip.driver is None or not trip.driver.person.phone or open_links(trip.pk):
        return
    link, token = link_for_driver(trip=trip, by=SYSTEM, at=event.at)
    person = Recipient(link.holder_id, phone=link.phone, language=link.language)
    address = reverse("kernel_login:link", args=[token])
    announce(travellers.ACCEPTED, [person], trip, event, url=address, link=site.whole(address))


def _tell(event: Event, state: str, told: Told) -> None:
    amendment = Amendment.objects.filter(pk=event.record_id, state=state).first()
    trip = trip_of(amendment.trip_id) if amendment is not None else None
    if amendment is not None and trip is not None:
        fields = lazy(fields_named, str)(amendment.fields)
        tell(trip, event, [told], reason=amendment.answer or amendment.reason, fields=fields)
