"""Drafts of notices that stop goods: written by one department, put in force or sent back by another.

A draft stops nothing. Four eyes: who drafted it does not decide on it, whatever rights he holds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.actions.stops import SHORTEST, Stop, place_moratorium, preview_stop
from tinhso.pillars.border.gate.models import Moratorium, MoratoriumDraft
from tinhso.pillars.border.gate.permissions import DRAFT_MORATORIUM, PLACE_MORATORIUM
from tinhso.pillars.border.gate.queries.touched import Touched
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.moratorium_draft"
LONGEST_REASON = 400


@transaction.atomic
def draft_moratorium(*, stop: Stop, by: Actor, at: datetime) -> MoratoriumDraft:
    """Propose a notice; those who may place it are told. Refusals: BG-216, BG-303, BG-307; Forbidden."""
    for point in stop.points or (None,):
        require(by, DRAFT_MORATORIUM, Where(place=point), at)
    preview_stop(stop=stop, at=at)
    row = MoratoriumDraft.objects.create(
        points=list(stop.points),
        directions=list(stop.directions),
        groups=list(stop.groups),
        hs_prefixes=list(stop.hs_prefixes),
        begins_at=stop.begins_at,
        ends_at=stop.ends_at,
        document_no=number_of(stop.document_no, code="BG-216", field="document_no"),
        text_vi=stop.text_vi.strip(),
        text_zh=stop.text_zh.strip(),
        drafted_at=at,
        drafted_by=by.id,
    )
    _tell(events.MORATORIUM_DRAFTED, row, by, at)
    return row


@transaction.atomic
def place_draft(*, draft: MoratoriumDraft, by: Actor, at: datetime) -> Moratorium:
    """Put a draft in force as it stands; one whose beginning has passed begins now.

    Refusals: BG-520 when it is decided, BG-521 to its drafter, BG-303 when its time is over; Forbidden.
    """
    row = _to_decide(draft, by, at)
    stop = stop_of(row)
    placed = place_moratorium(stop=replace(stop, begins_at=max(stop.begins_at, at)), by=by, at=at)
    row.state, row.moratorium = MoratoriumDraft.PLACED, placed
    _decide(row, by, at)
    return placed


@transaction.atomic
def return_draft(*, draft: MoratoriumDraft, reason: str, by: Actor, at: datetime) -> MoratoriumDraft:
    """Send a draft back to its drafter. Refusals: BG-307 without a reason, BG-520, BG-521; Forbidden."""
    row = _to_decide(draft, by, at)
    if len(reason.strip()) < SHORTEST:
        raise refuse("BG-307", field="reason")
    row.state, row.reason = MoratoriumDraft.RETURNED, reason.strip()[:LONGEST_REASON]
    _decide(row, by, at)
    return row


def preview_draft(*, draft: MoratoriumDraft, at: datetime) -> Touched | None:
    """Which trips it would touch if it were put in force now; None when its time is over."""
    return preview_stop(stop=stop_of(draft), at=at) if draft.ends_at > at else None


def stop_of(draft: MoratoriumDraft) -> Stop:
    """The notice as its drafter typed it."""
    return Stop(
        begins_at=draft.begins_at,
        ends_at=draft.ends_at,
        document_no=draft.document_no,
        text_vi=draft.text_vi,
        text_zh=draft.text_zh,
        points=tuple(draft.points),
        directions=tuple(draft.directions),
        groups=tuple(draft.groups),
        hs_prefixes=tuple(draft.hs_prefixes),
    )


def _to_decide(draft: MoratoriumDraft, by: Actor, at: datetime) -> MoratoriumDraft:
    """The draft, locked, for one who may decide on it."""
    row = MoratoriumDraft.objects.select_for_update().get(pk=draft.pk)
    for point in row.points or (None,):
        require(by, PLACE_MORATORIUM, Where(place=point), at)
    if row.state != MoratoriumDraft.WAITS:
        raise refuse("BG-520", ref=row.document_no)
    if row.drafted_by == by.id:
        raise refuse("BG-521")
    return row


def _decide(row: MoratoriumDraft, by: Actor, at: datetime) -> None:
    row.decided_at, row.decided_by = at, by.id
    row.save(update_fields=["state", "reason", "moratorium", "decided_at", "decided_by"])
    _tell(events.MORATORIUM_DRAFT_DECIDED, row, by, at, verdict=row.state, reason=row.reason)


def _tell(event: str, row: MoratoriumDraft, by: Actor, at: datetime, **facts: Any) -> None:
    told = {"document_no": row.document_no, **facts}
    record(event, by=by, at=at, kind=KIND, record_id=row.pk, **told)
    publish(event, kind=KIND, record_id=row.pk, by=by, at=at, **told)
