"""Appeals: a firm or a driver asks the board to look again, the board answers in words that they read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.events.publish import publish
from tinhso.kernel.numbering.actions import take
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.models import Appeal, Enterprise, Standing, Trip
from tinhso.pillars.border.gate.permissions import ANSWER_APPEAL, FILE_APPEAL
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.appeal"
SHORTEST, LONGEST = 10, 2000


def appeal_lock(*, firm: Enterprise, text: str, by: Actor, at: datetime) -> Appeal:
    """The firm asks that its lock of booking be lifted. Refusals: BG-307, BG-308 while one waits."""
    require(by, FILE_APPEAL, Where(agency=firm.pk), at)
    return _file(Appeal.About.LOCK, text, {"agency_id": firm.pk}, by, at)


def appeal_place(*, trip: Trip, text: str, by: Actor, at: datetime) -> Appeal:
    """A firm or a driver asks why his trip stands where it stands. Refusals: BG-307, BG-308 while one waits."""
    require(by, FILE_APPEAL, trip, at)
    about = {"agency_id": trip.agency_id, "trip_id": trip.pk, "point_id": trip.point_id}
    return _file(Appeal.About.QUEUE, text, about, by, at)


@transaction.atomic
def answer_appeal(*, appeal: Appeal, granted: bool, answer: str, by: Actor, at: datetime) -> Appeal:
    """The board's answer; a granted appeal against a lock lifts it. Told once, another answer changes nothing."""
    require(by, ANSWER_APPEAL, Where(place=appeal.point_id), at)
    text = _text(answer, "answer")
    row = Appeal.objects.select_for_update().get(pk=appeal.pk)
    if row.state != Appeal.State.OPEN:
        return row
    row.state = Appeal.State.GRANTED if granted else Appeal.State.DISMISSED
    row.answer, row.answered_at, row.answered_by = text, at, by.id
    row.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    if granted and row.about == Appeal.About.LOCK:
        locked = Enterprise.objects.filter(pk=row.agency_id, standing=Standing.BOOKING_LOCKED)
        locked.update(standing=Standing.ACTIVE, locked_until=None)
    record("border_gate.appeal_answered", by=by, at=at, kind=KIND, record_id=row.pk, granted=granted)
    publish(events.APPEAL_ANSWERED, kind=KIND, record_id=row.pk, by=by, at=at, granted=granted)
    return row


@transaction.atomic
def _file(about: str, text: str, subject: dict[str, Any], by: Actor, at: datetime) -> Appeal:
    said = _text(text, "text")
    same = (
        {"trip_id": subject["trip_id"]} if "trip_id" in subject else {"agency_id": subject["agency_id"], "trip": None}
    )
    waiting = Appeal.objects.filter(state=Appeal.State.OPEN, about=about, **same).first()
    if waiting is not None:
        raise refuse("BG-308", number=waiting.number)
    year = at.astimezone(HANOI).year
    number = year % 100 * 100_000 + take("border_gate.appeal", year, by=by, at=at)
    row = Appeal.objects.create(number=number, about=about, text=said, made_at=at, made_by=by.id, **subject)
    record("border_gate.appeal_filed", by=by, at=at, kind=KIND, record_id=row.pk)
    publish(events.APPEAL_FILED, kind=KIND, record_id=row.pk, by=by, at=at)
    return row


def _text(text: str, field: str) -> str:
    said = text.strip()[:LONGEST]
    if len(said) < SHORTEST:
        raise refuse("BG-307", field=field)
    return said
