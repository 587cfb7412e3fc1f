"""Declarations ahead: the firm is asked by its people and its telephone, the driver hears what it has said."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.base import site
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import Recipient, send
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.ahead import link_for_consent
from tinhso.pillars.border.gate.handlers import ahead_words as words
from tinhso.pillars.border.gate.handlers.audience import consenters_of, language_of
from tinhso.pillars.border.gate.models import AheadDeclaration

SAID = {AheadDeclaration.CONSENTED: words.CONSENTED, AheadDeclaration.DECLINED: words.DECLINED}


@subscribe(events.AHEAD_SENT, name="border_gate.ask_firm")
def ask_firm(event: Event) -> None:
    """Everybody of the firm and its brokers in the application, its telephone by a link that opens this one alone."""
    wanted = AheadDeclaration.objects.filter(pk=event.record_id, state=AheadDeclaration.SENT).first()
    if wanted is None or wanted.firm is None:
        return
    url, key = reverse("border_gate:ahead_asked"), f"{event.name}:{event.id}"
    people = consenters_of(wanted.firm, at=event.at)
    send(words.ASKED.name, to=people, event_key=key, by=SYSTEM, at=event.at, url=url, plate=wanted.shown_plate)
    token, holder = link_for_consent(wanted=wanted, at=event.at)
    if holder is not None:
        link = site.whole(reverse("kernel_login:link", args=[token]))
        firm = Recipient(holder, phone=wanted.firm.phone, language=language_of(wanted.firm))
        send(words.ASKED_BY_LINK.name, to=[firm], event_key=key, by=SYSTEM, at=event.at, url=url, link=link)


@subscribe(events.AHEAD_DECIDED, name="border_gate.tell_ahead_decided")
def tell_decided(event: Event) -> None:
    """The telephone that asked."""
    wanted = AheadDeclaration.objects.filter(pk=event.record_id).first()
    kind = SAID.get(wanted.state) if wanted else None
    if wanted is None or kind is None:
        return
    driver = Recipient(wanted.holder_id, phone=wanted.phone, language=wanted.language)
    url = reverse("border_gate:ahead_form")
    send(kind.name, to=[driver], event_key=f"{event.name}:{event.id}", by=SYSTEM, at=event.at, url=url)
