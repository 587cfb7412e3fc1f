"""What the department of industry and trade writes: told to those who decide, to the drafter, to the firms touched."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import lazy

from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import reached
from tinhso.kernel.notices.kinds import NoticeKind, placeholders
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.handlers import audience, industry_words
from tinhso.pillars.border.gate.handlers.board_orders import send_to
from tinhso.pillars.border.gate.models import InflowNotice, MoratoriumDraft
from tinhso.pillars.border.gate.queries.inflow import touched_by_inflow
from tinhso.pillars.border.gate.queries.touched import COMING
from tinhso.pillars.border.gate.queries.words import text_of


@subscribe(events.MORATORIUM_DRAFTED, name="border_gate.tell_moratorium_draft")
def tell_draft(event: Event) -> None:
    """Leaders and those of the board who hold all its points: one point's board alone cannot place it."""
    row = MoratoriumDraft.objects.filter(pk=event.record_id, state=MoratoriumDraft.WAITS).first()
    if row is not None:
        able = audience.officers_of_all(("BQLKKT", audience.LEADER), row.points, at=event.at)
        people = [one for one in able if one.id != row.drafted_by]
        send_to(industry_words.DRAFTED, people, event, reverse("border_gate:moratoria"), ref=row.document_no)


@subscribe(events.MORATORIUM_DRAFT_DECIDED, name="border_gate.tell_moratorium_draft_decided")
def tell_decided(event: Event) -> None:
    """Its drafter."""
    row = MoratoriumDraft.objects.filter(pk=event.record_id).first()
    if row is None:
        return
    facts = {"ref": row.document_no} | ({"reason": row.reason} if row.reason else {})
    kind = industry_words.RETURNED if row.state == MoratoriumDraft.RETURNED else industry_words.PLACED
    send_to(kind, reached([row.drafted_by]), event, reverse("border_gate:moratorium_drafts"), **facts)


@subscribe(events.INFLOW_PUBLISHED, name="border_gate.tell_inflow")
def tell_inflow(event: Event) -> None:
    """Everybody of the firms whose trips it touches and who drives these, each once; nothing that was ended meanwhile.

    Who waits or was called already is told nothing: he has come.
    """
    row = InflowNotice.objects.filter(pk=event.record_id, ended_at=None, ends_at__gt=event.at).first()
    if row is not None:
        facts = {"ref": row.document_no, "a": show_moment(row.begins_at), "b": show_moment(row.ends_at)}
        kinds = (industry_words.INFLOW, industry_words.INFLOW_ON_THE_WAY)
        _tell_touched(kinds, row, event, text=lazy(text_of, str)(row), **facts)


@subscribe(events.INFLOW_ENDED, name="border_gate.tell_inflow_ended")
def tell_inflow_ended(event: Event) -> None:
    """Firms and drivers whose trips it would still touch."""
    row = InflowNotice.objects.filter(pk=event.record_id).first()
    if row is not None:
        kinds = (industry_words.INFLOW_ENDED, industry_words.INFLOW_OVER)
        _tell_touched(kinds, row, event, ref=row.document_no, reason=row.end_reason)


def _tell_touched(kinds: tuple[NoticeKind, NoticeKind], row: InflowNotice, event: Event, **facts: Any) -> None:
    """To firms in the application, to drivers by message too: each reads the facts that his words name."""
    touched = touched_by_inflow(row, at=event.at)
    trips = list(touched.values_list("pk", flat=True))
    coming = list(touched.filter(state__in=COMING).values_list("pk", flat=True))
    firms = audience.firms_of_many(trips, at=event.at) if trips else []
    drivers = audience.drivers_of_many(coming) if coming else []
    for kind, people, page in zip(kinds, (firms, drivers), ("firm", "driver"), strict=True):
        named = {name for text in kind.texts.values() for name in placeholders(text)}
        told = {name: value for name, value in facts.items() if name in named}
        send_to(kind, people, event, reverse(f"border_gate:{page}"), **told)
