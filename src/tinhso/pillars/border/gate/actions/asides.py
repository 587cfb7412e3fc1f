"""What a driver does on his page beside moving: declares his health, asks for help, lets himself be followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.flows.overlays import NOT_NEEDED
from tinhso.pillars.border.gate.models import (
    ClearanceTask,
    Force,
    HealthForm,
    HelpRequest,
    TrackingConsent,
    Trip,
)
from tinhso.pillars.border.gate.models.sealing import seal
from tinhso.pillars.border.gate.permissions import ANSWER_HELP, VIEW_HEALTH, VIEW_TRIP
from tinhso.pillars.border.gate.queries.guidance import answers_in_clear, health_is_asked, help_of
from tinhso.pillars.border.gate.rules import health
from tinhso.pillars.border.gate.rules.codes import refuse

TOPICS = ("ROUTE", "PAPERS", "FEE", "VEHICLE", "OTHER")
MEDICAL, MEDICAL_FORCE = "MEDICAL", "KDYT"


@transaction.atomic
def declare_health(*, trip: Trip, answers: Mapping[str, str], by: Actor, at: datetime) -> HealthForm:
    """Keep the driver's answers for medical quarantine; given again they replace the earlier ones.

    A yes to any question opens a health check when none is open yet. Refusals: BG-357 when none is asked, BG-356.
    """
    require(by, VIEW_TRIP, trip, at)
    if not health_is_asked(trip):
        raise refuse("BG-357")
    given = health.answers_of(answers)
    wants_look = any(given.values())
    form, _made = HealthForm.objects.update_or_create(
        trip=trip,
        defaults={
            "point": trip.point,
            "answers_sealed": seal(canonical(given).encode()),
            "wants_look": wants_look,
            "given_at": at,
            "given_by": by.id,
        },
    )
    if wants_look:
        _open_check(trip, at)
    # The answers stay out of audit and event: both are read by others than medical quarantine.
    record("border_gate.declare_health", by=by, at=at, kind="border_gate.trip", record_id=trip.pk)
    publish(events.HEALTH_DECLARED, kind="border_gate.trip", record_id=trip.pk, by=by, at=at)
    return form


def read_health(*, form: HealthForm, by: Actor, at: datetime) -> dict[str, bool]:
    """The answers in clear, for who may read them; each reading is recorded."""
    require(by, VIEW_HEALTH, form, at)
    record("border_gate.read_health", by=by, at=at, kind="border_gate.trip", record_id=form.trip_id)
    return answers_in_clear(form)


def ask_help(*, trip: Trip, topic: str, note: str, phone: str, language: str, by: Actor, at: datetime) -> HelpRequest:
    """Ask the help desk to call the driver; an open request of the trip is given back as it is."""
    require(by, VIEW_TRIP, trip, at)
    standing = help_of(trip)
    if standing is not None:
        return standing
    known = topic if topic in TOPICS else "OTHER"
    try:
        with transaction.atomic():
            asked = HelpRequest.objects.create(
                trip=trip,
                point=trip.point,
                topic=known,
                note=" ".join(note.split())[:240],
                phone=phone[:20],
                language=language,
                asked_at=at,
            )
            record("border_gate.ask_help", by=by, at=at, kind="border_gate.trip", record_id=trip.pk, topic=known)
            _tell_the_desk(asked, by, at)
    except IntegrityError:  # a second tap in the same moment
        return HelpRequest.objects.get(trip=trip, closed_at=None)
    return asked


@transaction.atomic
def take_help(*, asked: HelpRequest, by: Actor, at: datetime) -> HelpRequest:
    """Say that one calls him now; who took it first keeps it."""
    asked = _at_the_desk(asked, by, at)
    if asked.taken_at is None and asked.closed_at is None:
        asked.taken_at, asked.taken_by = at, by.id
        asked.save(update_fields=["taken_at", "taken_by"])
        record("border_gate.take_help", by=by, at=at, kind="border_gate.help_request", record_id=asked.pk)
    return asked


@transaction.atomic
def close_help(*, asked: HelpRequest, outcome: str, by: Actor, at: datetime) -> HelpRequest:
    """Note what came of it; the telephone number is forgotten."""
    asked = _at_the_desk(asked, by, at)
    if asked.closed_at is None:
        asked.closed_at, asked.closed_by, asked.outcome, asked.phone = at, by.id, outcome.strip()[:240], ""
        asked.save(update_fields=["closed_at", "closed_by", "outcome", "phone"])
        record("border_gate.close_help", by=by, at=at, kind="border_gate.help_request", record_id=asked.pk)
    return asked


@transaction.atomic
def let_follow(*, trip: Trip, agrees: bool, by: Actor, at: datetime) -> None:
    """The driver agrees that his position is followed on this trip, or agrees no longer."""
    require(by, VIEW_TRIP, trip, at)
    if agrees:
        given = {"given_at": at, "withdrawn_at": None}
        TrackingConsent.objects.update_or_create(trip=trip, defaults=given)
    elif not TrackingConsent.objects.filter(trip=trip, withdrawn_at=None).update(withdrawn_at=at):
        return
    record("border_gate.let_follow", by=by, at=at, kind="border_gate.trip", record_id=trip.pk, agrees=agrees)


def _tell_the_desk(asked: HelpRequest, by: Actor, at: datetime) -> None:
    publish(
        events.HELP_ASKED,
        kind="border_gate.help_request",
        record_id=asked.pk,
        by=by,
        at=at,
        point=str(asked.point_id),
        topic=asked.topic,
        trip=str(asked.trip_id),
    )


def _at_the_desk(asked: HelpRequest, by: Actor, at: datetime) -> HelpRequest:
    locked = HelpRequest.objects.select_for_update().get(pk=asked.pk)
    require(by, ANSWER_HELP, locked, at)
    return locked


def _open_check(trip: Trip, at: datetime) -> None:
    """A health check on the way in, unless the rules have opened one already."""
    if ClearanceTask.objects.filter(trip=trip, kind=MEDICAL).exclude(state=NOT_NEEDED).exists():
        return
    force = Force.objects.get(code=MEDICAL_FORCE)
    stage = "ENTRY" if trip.direction == "N" else "EXIT"
    task = ClearanceTask(trip=trip, point_id=trip.point_id, force=force, agency_id=force.pk, kind=MEDICAL, stage=stage)
    TASK.create_many([task], by=SYSTEM, at=at)
