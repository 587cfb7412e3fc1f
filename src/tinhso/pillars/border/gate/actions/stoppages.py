"""Incidents on lanes: noted with a tap, ended with a tap; those who wait behind a long one are told.

They count into the time for which a lane of barrier 1 is blocked (border brief 11), beside the gaps between scans.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.events.publish import publish
from tinhso.kernel.workflow.fire import fire_many
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.clock import mark
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.states import CALLED
from tinhso.pillars.border.gate.models import ControlPoint, Stoppage, StoppageKind, Yard
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.stoppages import behind, of_place, open_stoppages
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.limits import BLOCKED_TOLD

KIND = "border_gate.stoppage"


def begin_stoppage(*, place: ControlPoint | Yard, kind: str, by: Actor, at: datetime, lane: int = 0) -> Stoppage:
    """Note that a lane of the barrier, or the way in the yard, cannot be passed; one that stands is given back.

    Refusals: BG-645 for no kind of incident, BG-386 for no lane of that barrier.
    """
    at_barrier = isinstance(place, ControlPoint)
    row = Stoppage(kind=kind, point_id=place.point_id, lane=lane if at_barrier else 0, begun_at=at, begun_by=by.id)
    require(by, DECIDE_BARRIER, row, at)
    if kind not in StoppageKind.values:
        raise refuse("BG-645", field="kind")
    if isinstance(place, ControlPoint) and not 0 < lane <= place.lanes:
        raise refuse("BG-386", field="lane", n=place.lanes)
    for name, value in of_place(place).items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _note(events.WAY_BLOCKED, row, by, at)
    except IntegrityError:  # it stands already: noted twice, or by two at once
        return open_stoppages().get(**of_place(place), kind=kind, lane=row.lane)
    return row


@transaction.atomic
def end_stoppage(*, stoppage: Stoppage, by: Actor, at: datetime) -> Stoppage:
    """The way is free again, and calls behind it get the time that was lost; said twice the first word holds."""
    require(by, DECIDE_BARRIER, stoppage, at)
    row = Stoppage.objects.select_for_update(of=("self",)).select_related("barrier", "yard").get(pk=stoppage.pk)
    if row.ended_at is None:
        row.ended_at, row.ended_by = max(at, row.begun_at), by.id
        row.save(update_fields=["ended_at", "ended_by"])
        _note(events.WAY_FREE, row, by, at)
        _extend_calls(row, at)
    return row


@transaction.atomic
def watch_stoppages(*, at: datetime) -> int:
    """Publish each that lasts longer than the limit, once; how many were published."""
    long_since = at - law_at(at).number(BLOCKED_TOLD).span
    rows = {mark_of(row): row for row in open_stoppages().filter(begun_at__lte=long_since)}
    new = mark(rows, at) if rows else set()
    for key in sorted(new):
        _note(events.WAY_BLOCKED_LONG, rows[key], SYSTEM, at)
    return len(new)


def _extend_calls(row: Stoppage, at: datetime) -> None:
    """Give the calls of those behind it the time that was lost, unless something else still stands there."""
    called = list(behind(row).filter(state=CALLED).values_list("pk", flat=True))
    fire_many(TRIP, called, "extend_call", by=SYSTEM, at=at, together=False, stoppage=str(row.pk))


def mark_of(row: Stoppage) -> str:
    """The mark that drivers behind it have been told."""
    return f"stoppage:{row.pk}"


def _note(event: str, row: Stoppage, by: Actor, at: datetime) -> None:
    facts: dict[str, Any] = {
        "point": str(row.point_id), "place": row.yard.code if row.yard else row.barrier_id,
        "lane": row.lane, "kind_of_stoppage": row.kind,
    }  # fmt: skip
    record(event, by=by, at=at, kind=KIND, record_id=row.pk, **facts)
    publish(event, kind=KIND, record_id=row.pk, by=by, at=at, **facts)
