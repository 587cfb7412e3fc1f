"""A firm that was named for a vehicle hears of it; when it disowns the vehicle, the help desk names another."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.base import site
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.money import vnd
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import Recipient, send
from tinhso.kernel.notices.kinds import NoticeKind
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.ahead import LIVES
from tinhso.pillars.border.gate.actions.links import link_to_firm
from tinhso.pillars.border.gate.actions.namings import KIND
from tinhso.pillars.border.gate.flows import FEE
from tinhso.pillars.border.gate.flows.overlays import REFUNDED, REPLACED, RETURNING
from tinhso.pillars.border.gate.handlers import fee_notices
from tinhso.pillars.border.gate.handlers import undeclared_words as words
from tinhso.pillars.border.gate.handlers.audience import language_of, people_of, people_of_firm
from tinhso.pillars.border.gate.handlers.telling import announce, trip_of
from tinhso.pillars.border.gate.models import Enterprise, FeeAssessment, FirmNaming
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
        firm = Recipient(holder, phone=naming.firm.phone, language=language_of(naming.firm))
        send(words.NAMED_BY_LINK.name, to=[firm], event_key=key, by=SYSTEM, at=event.at, url=url, link=link)


@subscribe(events.FIRM_DISOWNED, name="border_gate.tell_disowned")
def tell_disowned(event: Event) -> None:
    """The desk that has to ask the driver again; he himself hears of the hold."""
    trip = trip_of(event.record_id)
    if trip is not None and trip.agency_id is None:
        people = people_of(trip, (DESK,), at=event.at)[DESK]
        url = reverse("border_gate:name_firm", args=[trip.pk])
        announce(words.DISOWNED, people, trip, event, url=url)


@subscribe("border_gate.fee_disowned", name="border_gate.tell_fee_goes_back")
def tell_fee_goes_back(event: Event) -> None:
    """To the firm that paid, for a vehicle that is not its own."""
    _tell_who_paid(fee_notices.FEE_GOES_BACK, event, RETURNING)


@subscribe("border_gate.fee_returned", name="border_gate.tell_fee_went_back")
def tell_fee_went_back(event: Event) -> None:
    """To the same."""
    _tell_who_paid(fee_notices.FEE_WENT_BACK, event, REFUNDED)


@subscribe("border_gate.fee_return_refused", name="border_gate.tell_fee_stayed")
def tell_fee_stayed(event: Event) -> None:
    """To the same, when the counter has decided otherwise."""
    _tell_who_paid(fee_notices.FEE_STAYED, event, REPLACED)


def _tell_who_paid(kind: NoticeKind, event: Event, state: str) -> None:
    """The trip names it no more: the step that let the fee go does."""
    fee = FeeAssessment.objects.filter(pk=event.record_id, state=state).select_related("trip").first()
    step = History.objects.filter(record_id=event.record_id, flow=FEE.name, step="disown").first()
    firm = Enterprise.objects.filter(pk=step.facts["firm"]).first() if step else None
    if fee is None or firm is None:
        return
    told = {"plate": plates.show(fee.trip.tractor_plate), "amount": vnd(fee.amount), "receipt": fee.receipt_no}
    key = f"{event.name}:{event.id}"
    send(kind.name, to=people_of_firm(firm, at=event.at), event_key=key, by=SYSTEM, at=event.at,
         url=reverse("border_gate:firm"), **told)  # fmt: skip
