"""Mandates: both sides hear when one is given and when it ends, whoever of them ended it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from tinhso.kernel.base.dates import show_date
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.kinds import NoticeKind
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.handlers import mandate_words as words
from tinhso.pillars.border.gate.handlers.audience import people_of_firm
from tinhso.pillars.border.gate.handlers.board_orders import send_to
from tinhso.pillars.border.gate.models import Mandate


@subscribe(events.MANDATE_GIVEN, name="border_gate.tell_mandate_given")
def tell_given(event: Event) -> None:
    """From which day to which: nothing when it was taken back meanwhile."""
    mandate = _mandate(event)
    if mandate is not None and mandate.revoked_at is None:
        days = {"first": show_date(mandate.valid_from), "last": show_date(mandate.valid_until - timedelta(days=1))}
        _tell(words.GIVEN, mandate, event, **days)


@subscribe(events.MANDATE_REVOKED, name="border_gate.tell_mandate_revoked")
def tell_revoked(event: Event) -> None:
    """With the reason that was given."""
    mandate = _mandate(event)
    if mandate is not None and mandate.revoked_at is not None:
        _tell(words.REVOKED, mandate, event, reason=mandate.reason)


def _mandate(event: Event) -> Mandate | None:
    rows = Mandate.objects.select_related("principal__agency", "broker__agency")
    return rows.filter(pk=event.record_id).first()


def _tell(kind: NoticeKind, mandate: Mandate, event: Event, **facts: Any) -> None:
    people = [one for side in (mandate.principal, mandate.broker) for one in people_of_firm(side, at=event.at)]
    named = {"firm": mandate.principal.agency.name, "broker": mandate.broker.agency.name}
    send_to(kind, list(dict.fromkeys(people)), event, reverse("border_gate:mandates"), **named, **facts)
