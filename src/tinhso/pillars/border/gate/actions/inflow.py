"""Notices on the inflow of goods: published by the department of industry and trade, ended early with a reason.

They ask firms to bring goods slower or elsewhere and stop nothing. Who is touched is told by handlers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.actions.stops import SHORTEST
from tinhso.pillars.border.gate.models import InflowNotice
from tinhso.pillars.border.gate.permissions import PUBLISH_INFLOW
from tinhso.pillars.border.gate.queries.inflow import touched_by_inflow
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.inflow_notice"
LONGEST_REASON = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflow:
    """A notice as it is typed: empty lists mean all points, all goods."""

    begins_at: datetime
    ends_at: datetime
    document_no: str
    text_vi: str
    text_zh: str = ""
    points: tuple[UUID, ...] = ()
    groups: tuple[str, ...] = ()


@transaction.atomic
def publish_inflow(*, inflow: Inflow, by: Actor, at: datetime) -> InflowNotice:
    """Publish a notice; firms with trips it touches are told. Refusals: BG-216, BG-303, BG-307; Forbidden."""
    for point in inflow.points or (None,):
        require(by, PUBLISH_INFLOW, Where(place=point), at)
    if inflow.ends_at <= max(inflow.begins_at, at):
        raise refuse("BG-303", field="ends_at")
    if len(inflow.text_vi.strip()) < SHORTEST:
        raise refuse("BG-307", field="text_vi")
    row = InflowNotice.objects.create(
        points=list(inflow.points),
        groups=list(inflow.groups),
        begins_at=inflow.begins_at,
        ends_at=inflow.ends_at,
        document_no=number_of(inflow.document_no, code="BG-216", field="document_no"),
        text_vi=inflow.text_vi.strip(),
        text_zh=inflow.text_zh.strip(),
        published_at=at,
        published_by=by.id,
    )
    _tell(events.INFLOW_PUBLISHED, row, by, at, touched=touched_by_inflow(row, at=at).count())
    return row


@transaction.atomic
def end_inflow(*, notice: InflowNotice, reason: str, by: Actor, at: datetime) -> InflowNotice:
    """End a notice before its time. Refusals: BG-307 without a reason, BG-522 when it is over; Forbidden."""
    row = InflowNotice.objects.select_for_update().get(pk=notice.pk)
    for point in row.points or (None,):
        require(by, PUBLISH_INFLOW, Where(place=point), at)
    if row.ended_at is not None or row.ends_at <= at:
        raise refuse("BG-522", ref=row.document_no)
    if len(reason.strip()) < SHORTEST:
        raise refuse("BG-307", field="reason")
    row.ended_at, row.ended_by, row.end_reason = at, by.id, reason.strip()[:LONGEST_REASON]
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    _tell(events.INFLOW_ENDED, row, by, at, reason=row.end_reason)
    return row


def _tell(event: str, row: InflowNotice, by: Actor, at: datetime, **facts: Any) -> None:
    told = {"document_no": row.document_no, **facts}
    record(event, by=by, at=at, kind=KIND, record_id=row.pk, **told)
    publish(event, kind=KIND, record_id=row.pk, by=by, at=at, **told)
