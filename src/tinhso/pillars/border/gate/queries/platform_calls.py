"""A point as the platform sees it before it calls by itself, what it does there now, and its last calls with why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.flows.states import ARRIVED, AT_BUFFER, CALLED
from tinhso.pillars.border.gate.models import CrossingPoint, QueueState, Trip, Yard
from tinhso.pillars.border.gate.queries.guidance import pause_of
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.queue import told_why
from tinhso.pillars.border.gate.queries.reference import calendars_of
from tinhso.pillars.border.gate.queries.stoppages import open_lanes
from tinhso.pillars.border.gate.queries.yard import yards_not_full
from tinhso.pillars.border.gate.rules import hours
from tinhso.pillars.border.gate.rules import platform_calls as rules
from tinhso.pillars.border.gate.rules.limits import CALL_WAITS

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""On a pre-registered day the point is open for some: for whom is asked of each vehicle by its step."""
SHOWN = 10
LATELY = timedelta(hours=2)
SENTENCES = {
    rules.CLOSED: _("The point is closed at this hour."),
    rules.PAUSED: _("The calls are paused."),
    rules.BLOCKED: _("All lanes of barrier 1 are blocked."),
    rules.YARDS_FULL: _("All yards are too full."),
    rules.NOBODY: _("Nobody waits to be called."),
    rules.GATE_FULL: _("As many are called as barrier 1 can let through before their calls lapse."),
    rules.TOO_SOON: _("The next call follows at the published pace."),
    "": _("The next vehicle is being called."),
}


@dataclass(frozen=True, slots=True)
class Made:
    """One call of the platform: which vehicle, when and why."""

    trip: UUID
    plate: str
    at: datetime
    why: str


def gate_now(point: CrossingPoint, *, at: datetime) -> rules.Gate:
    """Some seven queries. Of the rows that decide, the caller who calls afterwards has locked the queue's."""
    state = QueueState.objects.filter(point=point).first()
    calendars = calendars_of([point.pk])
    live = Trip.objects.filter(point=point, is_live=True)
    has_yards = Yard.objects.filter(point=point, level="border").exists()
    return rules.Gate(
        on=CrossingPoint.objects.filter(pk=point.pk, platform_calls=True, goods_open=True).exists(),
        is_open=any(hours.is_open(rows, at, accepted_at=LONG_AGO) for rows in calendars.values()),
        paused=pause_of(point.pk) is not None,
        yard_has_room=not has_yards or bool(yards_not_full(point.pk, at=at)),
        per_hour=point.slots_export,
        call_waits=law_at(at).number(CALL_WAITS).span,
        ahead=live.filter(state__in=(CALLED, ARRIVED)).count(),
        waiting=live.filter(state=AT_BUFFER, holds=0).count(),
        open_lanes=open_lanes(point.pk),
        last_called_at=state.last_called_at if state else None,
    )


def why_quiet(point: CrossingPoint, *, at: datetime) -> Any:
    """What the platform does at the point now, in one sentence; empty when the switch is off."""
    if not point.platform_calls:
        return ""
    reason = rules.why_not(gate_now(point, at=at), at)
    return "" if reason == rules.OFF else SENTENCES[reason]


def calls_made(point: CrossingPoint, *, at: datetime) -> list[Made]:
    """The platform's calls of the last two hours, newest first, each with the sentence that explained it."""
    rows = History.objects.filter(
        flow="border_gate.trip", step="call", place_id=point.pk, actor=SYSTEM.id, at__gt=at - LATELY, at__lte=at
    ).order_by("-at", "-id")[:SHOWN]
    found = list(rows)
    plates = dict(Trip.objects.filter(pk__in=[row.record_id for row in found]).values_list("pk", "tractor_plate"))
    return [Made(row.record_id, plates.get(row.record_id, ""), row.at, told_why(row.facts)) for row in found]
