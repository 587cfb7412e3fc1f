"""Firms: the board hears of a registration, who registered hears of the decision, a firm of each change."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from tinhso.kernel.access.models import Grant
from tinhso.kernel.base import site
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import Recipient, send
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.registration import link_for_firm
from tinhso.pillars.border.gate.handlers import firm_words as words
from tinhso.pillars.border.gate.handlers.audience import ENTERPRISE, language_of, officers_at
from tinhso.pillars.border.gate.models import Enterprise, Registration
from tinhso.pillars.border.gate.permissions import role_code

BOARD = "BQLKKT"
NOTICES = {"confirmed": words.CONFIRMED, "asked": words.ASKED, "rejected": words.REJECTED}


@subscribe(events.REGISTRATION_SENT, name="border_gate.tell_registration")
def tell_board(event: Event) -> None:
    """The board of the point that the firm named looks at it."""
    wanted = Registration.objects.filter(pk=event.record_id, state=Registration.SENT).first()
    if wanted is None:
        return
    url = reverse("border_gate:registration_card", args=[wanted.pk])
    board = officers_at([BOARD], wanted.point_id, at=event.at)
    send(words.WANTED.name, to=board, event_key=_key(event), by=SYSTEM, at=event.at, url=url, firm=wanted.name)


@subscribe(events.REGISTRATION_DECIDED, name="border_gate.tell_registrant")
def tell_registrant(event: Event) -> None:
    """By message, for he has no account; a confirmed firm's first person gets his way in."""
    state = event.payload["state"]
    wanted = Registration.objects.filter(pk=event.record_id, state=state).first()
    if wanted is None:
        return
    url, facts = reverse("border_gate:registration"), {"reason": wanted.reason}
    if state == Registration.CONFIRMED:
        token = link_for_firm(wanted=wanted, at=event.at)
        home = reverse("border_gate:carrier" if wanted.carries else "border_gate:firm")
        url, facts = home, {"link": site.whole(reverse("kernel_login:link", args=[token]))}
    person = Recipient(wanted.holder_id, phone=wanted.phone, email=wanted.email, language=language_of(wanted))
    send(NOTICES[state].name, to=[person], event_key=_key(event), by=SYSTEM, at=event.at, url=url, **facts)


@subscribe(events.FIRM_CHANGED, name="border_gate.tell_firm")
def tell_firm(event: Event) -> None:
    """Everybody who works for the firm reads what was changed, and why."""
    firm = Enterprise.objects.filter(pk=event.record_id).first()
    notice = words.CHANGED.get(event.payload["change"])
    if firm is None or notice is None:
        return
    people = people_of_firm(firm.pk, at=event.at)
    url = reverse("border_gate:firm")
    field = "number" if event.payload["change"].startswith("contact") else "reason"
    facts = {field: event.payload["reason"]}
    send(notice.name, to=people, event_key=_key(event), by=SYSTEM, at=event.at, url=url, **facts)


def people_of_firm(firm: UUID, *, at: datetime) -> list[UUID]:
    """Everybody who works for the firm at that moment."""
    roles = [role_code(ENTERPRISE), role_code("CARRIER")]
    held = Grant.objects.filter(role__code__in=roles, agency_id=firm, record_id=None)
    held = held.filter(valid_from__lte=at).exclude(valid_until__lte=at)
    return list(held.values_list("holder_id", flat=True).distinct())


def _key(event: Event) -> str:
    return f"{event.name}:{event.id}"
