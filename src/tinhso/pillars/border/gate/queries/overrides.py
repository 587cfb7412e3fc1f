"""Holds that a leader lifted by order: shown in red on the trip, and day by day as a list (border brief 2, 13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.identity.models import Person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.flows import HOLD
from tinhso.pillars.border.gate.models import Hold, ReasonCode, Trip
from tinhso.pillars.border.gate.permissions import VIEW_TRIP

LIFTED = "lifted"
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Overridden:
    """One order: whose hold it lifted, by what number, by whom and why. Why the force held is not said here."""

    at: datetime
    trip: Trip
    force: str
    document_no: str
    reason: str
    who: str


def overridden_between(begins: datetime, ends: datetime, *, by: Actor, at: datetime) -> list[Overridden]:
    """Of the trips that the reader may see, the newest first; at most 2,000, five queries."""
    by_order = Hold.objects.filter(state=LIFTED, lifted_at__gte=begins, lifted_at__lt=ends).exclude(document_no="")
    rows = _steps().filter(record_id__in=list(by_order.values_list("pk", flat=True)), at__gte=begins, at__lt=ends)
    rows = rows.order_by("-at", "-id")[:LONGEST]
    return _told(list(rows), visible(Trip.objects.all(), by, VIEW_TRIP, at))


def overridden_on(trip: Trip, holds: Iterable[Hold]) -> list[Overridden]:
    """All orders that lifted one of these holds of the trip, the newest first; no query where none did."""
    lifted = [hold.pk for hold in holds if hold.state == LIFTED and hold.document_no]
    rows = list(_steps().filter(record_id__in=lifted).order_by("-at", "-id")) if lifted else []
    return _told(rows, Trip.objects.filter(pk=trip.pk))


def _steps() -> QuerySet[History]:
    return History.objects.filter(flow=HOLD.name, step="override")


def _told(rows: list[History], trips: QuerySet[Trip]) -> list[Overridden]:
    if not rows:
        return []
    known = Hold.objects.filter(pk__in=[row.record_id for row in rows], trip__in=trips)
    holds = {hold.pk: hold for hold in known.select_related("force", "trip__point")}
    names = dict(Person.objects.filter(id__in={row.actor for row in rows}).values_list("id", "full_name"))
    reasons = {row.code: str(row) for row in ReasonCode.objects.filter(kind="OVERRIDE").order_by("valid_from")}
    return [
        _one(row, holds[row.record_id], reasons, names.get(row.actor, "–")) for row in rows if row.record_id in holds
    ]


def _one(row: History, hold: Hold, reasons: dict[str, str], who: str) -> Overridden:
    code = str(row.facts.get("reason_code", ""))
    said = [reasons.get(code, code), str(row.facts.get("reason", ""))]
    why = ": ".join(part for part in said if part)
    return Overridden(row.at, hold.trip, hold.force.short, hold.document_no, why, who)
