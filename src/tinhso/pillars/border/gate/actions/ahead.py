"""A driver declares ahead: his telephone is proved by a code, the firm in whose name he declares has to consent.

Nothing that a stranger types becomes a trip, a driver or a vehicle of the platform before the firm says yes; what a
vehicle's last trip said is shown only to the telephone of the driver who drove it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from tinhso.kernel.access.actions import end, give
from tinhso.kernel.access.may import may, require
from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.declare import Draft, draft_trip, submit_trip
from tinhso.pillars.border.gate.actions.links import link_for_driver, link_to_firm, link_with_role
from tinhso.pillars.border.gate.actions.registration import checked_reason
from tinhso.pillars.border.gate.actions.undeclared import Answers, driver_named, kept_vehicle, load_of
from tinhso.pillars.border.gate.models import AheadDeclaration, CrossingPoint, Trip, sealing
from tinhso.pillars.border.gate.permissions import (
    AHEAD_FIRM_ROLE,
    AHEAD_ROLE,
    CONSENT_AHEAD,
    DECLARE_AHEAD,
    role_code,
    step_permission,
)
from tinhso.pillars.border.gate.queries.ahead import declined_lately, open_of_phone, trip_known_to, waiting_for
from tinhso.pillars.border.gate.queries.barrier import yard_for
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.parties import firm_by_tax_code, must_not_be_suspended
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.ahead"
LIVES = timedelta(days=8)
"""Of the driver's link, by the real clock: as far ahead as a day may be declared."""
MOST_OF_A_PHONE, MOST_FOR_A_FIRM, MOST_DECLINED = 3, 20, 2
"""Assumed: so many at a time of one telephone and for one firm; so often declined by a firm within 30 days."""
NEEDED = ("create", "submit")
MANY = 500
"""Rows of one round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Which vehicle means to come where, on which day; the telephone in the form of the gateway."""

    plate: str
    phone: str
    point: CrossingPoint
    planned_on: date


@transaction.atomic
def begin_ahead(*, coming: Coming, at: datetime, language: str = "vi") -> tuple[AheadDeclaration, str]:
    """Write down who wants to declare, and the token of the link that proves the telephone by a code.

    Refusals: BG-001, BG-002 and BG-101 for the plate, BG-010 and BG-011 for the day, BG-478 for one telephone.
    """
    read = plates.read_tractor(coming.plate)
    must_be_a_near_day(coming.planned_on, at)
    if open_of_phone(coming.phone, at=at) >= MOST_OF_A_PHONE:
        raise refuse("BG-478", field="phone", n=MOST_OF_A_PHONE)
    wanted = AheadDeclaration(
        holder_id=uuid7(), phone=coming.phone, language=language, plate=read.norm, plate_typed=coming.plate[:40],
        point=coming.point, planned_on=coming.planned_on, made_at=at,
    )  # fmt: skip
    wanted.save(force_insert=True)
    _link, token = link_with_role(
        AHEAD_ROLE, KIND, wanted.pk, page="border_gate:ahead_form", lives=LIVES, name=read.norm, phone=coming.phone,
        language=language, holder_id=wanted.holder_id, by=SYSTEM, at=at,
    )  # fmt: skip
    return wanted, token


@transaction.atomic
def send_ahead(*, wanted: AheadDeclaration, answers: Answers, by: Actor, at: datetime) -> AheadDeclaration:
    """Ask the firm for its consent. Refusals: BG-477 once it was sent, BG-270 for a firm that is not known here,
    BG-420 for a suspended one, BG-271 without a paper's number for a driver not known to this telephone, BG-479 and
    BG-480 where the firm has been asked too often, BG-481 while the same telephone asks for the same vehicle.
    """
    require(by, DECLARE_AHEAD, wanted, at)
    row = _locked(wanted, AheadDeclaration.TYPED)
    firm = firm_by_tax_code(answers.tax_code)
    if firm is None:
        raise refuse("BG-270", field="tax_code", v=answers.tax_code)
    must_not_be_suspended(firm)
    if not answers.paper_no and trip_known_to(row) is None:
        raise refuse("BG-271", field="paper_no")
    if waiting_for(firm) >= MOST_FOR_A_FIRM:
        raise refuse("BG-479", field="tax_code")
    if declined_lately(firm, row.phone, at=at) >= MOST_DECLINED:
        raise refuse("BG-480", field="tax_code")
    row.firm, row.state, row.sent_at = firm, AheadDeclaration.SENT, at
    row.paper_sealed = sealing.seal(answers.paper_no.encode()) if answers.paper_no else None
    row.answers = _told(answers)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise refuse("BG-481", v=row.shown_plate) from error
    _keep("sent", row, by, at)
    publish(events.AHEAD_SENT, kind=KIND, record_id=row.pk, by=by, at=at)
    return row


@transaction.atomic
def consent_ahead(*, wanted: AheadDeclaration, by: Actor, at: datetime) -> Trip:
    """The firm says yes, by an account or by the link to its own telephone: the trip is declared in its name.

    Refusals: BG-477 when it does not wait, and each problem that any declaration would meet.
    """
    require(by, CONSENT_AHEAD, wanted, at)
    row = _locked(wanted, AheadDeclaration.SENT)
    answers = answers_of(row)
    with _declaring(row, by, at):
        trip = draft_trip(draft=draft_ahead(row, answers, by, at), by=by, at=at)
        trip = submit_trip(trip=trip, by=by, at=at)
    row.trip = trip
    _decide(row, AheadDeclaration.CONSENTED, "", by, at)
    return trip


@transaction.atomic
def decline_ahead(*, wanted: AheadDeclaration, reason: str, by: Actor, at: datetime) -> AheadDeclaration:
    """The firm says no, with a reason that the driver reads. Refusals: BG-477, BG-038."""
    require(by, CONSENT_AHEAD, wanted, at)
    row = _locked(wanted, AheadDeclaration.SENT)
    _decide(row, AheadDeclaration.DECLINED, checked_reason(reason), by, at)
    return row


@transaction.atomic
def open_trip(*, wanted: AheadDeclaration, by: Actor, at: datetime) -> str:
    """The token of a new link to his trip for the telephone that he proved; the trip's links before it are closed.

    Refusals: BG-477 before the firm has consented and once the trip is over.
    """
    require(by, DECLARE_AHEAD, wanted, at)
    row = _locked(wanted, AheadDeclaration.CONSENTED)
    trips = Trip.objects.select_related("driver__person").select_for_update(of=("self",), no_key=True)
    trip = trips.get(pk=row.trip.pk) if row.trip else None
    require(by, DECLARE_AHEAD, row, at)  # whoever changed the driver meanwhile has ended it
    if trip is None or not trip.is_live:
        raise refuse("BG-477", state=trip.get_state_title() if trip else row.get_state_display())
    _link, token = link_for_driver(trip=trip, by=SYSTEM, at=at, phone=row.phone)
    _keep("trip_opened", row, by, at)
    return token


@transaction.atomic
def lapse_ahead(*, at: datetime) -> int:
    """What nobody has sent or answered until its day was over goes, with all that was typed; returns how many."""
    open_yet = AheadDeclaration.objects.filter(state__in=(AheadDeclaration.TYPED, AheadDeclaration.SENT))
    rows = list(open_yet.filter(planned_on__lt=at.astimezone(HANOI).date()).select_for_update(skip_locked=True)[:MANY])
    for row in rows:
        row.state, row.decided_at, row.paper_sealed, row.answers = AheadDeclaration.LAPSED, at, None, {}
        row.save()
        _end_rights(row, at)
        _keep("lapsed", row, SYSTEM, at)
    return len(rows)


def answers_of(row: AheadDeclaration) -> Answers:
    """What the driver typed, the paper's number in clear."""
    told: dict[str, Any] = dict(row.answers)
    until = told.pop("paper_until")
    for name in ("goods", "growing_areas", "packing_houses"):
        told[name] = tuple(told[name])
    number = sealing.unseal(row.paper_sealed).decode() if row.paper_sealed else ""
    return Answers(**told, paper_no=number, paper_until=date.fromisoformat(until) if until else None)


def link_for_consent(*, wanted: AheadDeclaration, at: datetime) -> tuple[str, Any]:
    """The token of a link to the firm's own telephone, and who holds it: he may answer this one and nothing else."""
    if wanted.firm is None:
        return "", None
    return link_to_firm(wanted.firm, KIND, wanted.pk, page="border_gate:ahead_asked", lives=LIVES, at=at)


@contextmanager
def _declaring(row: AheadDeclaration, by: Actor, at: datetime) -> Iterator[None]:
    """Who consents by link may declare in the firm's name within this transaction; it ends before others see it."""
    rights = [step_permission(step) for step in NEEDED]
    own = all(may(by, right, Where(agency=row.firm_id), at) for right in rights)
    if own:
        yield
        return
    role = Role.objects.get(code=role_code("DRIVER"))
    lent = give(role=role, holder_id=by.id, where=Where(agency=row.firm_id), only=rights, by=SYSTEM, at=at)
    yield
    end(grant=lent, by=SYSTEM, at=at)


def draft_ahead(row: AheadDeclaration, answers: Answers, by: Actor, at: datetime, *, source: str = "APP") -> Draft:
    """What is declared, from the answers; vehicle and driver are entered where they are new."""
    return Draft(
        enterprise=row.firm,
        point=row.point,
        planned_on=row.planned_on,
        tractor=kept_vehicle(plates.read(row.plate), row.plate_typed),
        driver=driver_named(row, answers, by, at),
        yard=yard_for(row.point_id),
        source=source,
        **load_of(answers, foreign=row.foreign),
    )


def must_be_a_near_day(day: date, at: datetime) -> None:
    """Refusals: BG-010 for a past day, BG-011 for one beyond the horizon of bookings."""
    today, ahead = at.astimezone(HANOI).date(), law_at(at).booking.horizon_days
    if day < today:
        raise refuse("BG-010", field="planned_on")
    if day > today + timedelta(days=ahead):
        raise refuse("BG-011", field="planned_on", n=ahead)


def _locked(wanted: AheadDeclaration, state: str) -> AheadDeclaration:
    rows = AheadDeclaration.objects.select_for_update(of=("self",)).select_related("firm__agency", "point")
    row = rows.get(pk=wanted.pk)
    if row.state != state:
        raise refuse("BG-477", state=row.get_state_display())
    return row


def _told(answers: Answers) -> dict[str, Any]:
    told = asdict(answers)
    del told["paper_no"]
    return {**told, "paper_until": answers.paper_until.isoformat() if answers.paper_until else ""}


def _decide(row: AheadDeclaration, state: str, reason: str, by: Actor, at: datetime) -> None:
    """What was typed is not kept longer than it is needed."""
    row.state, row.reason, row.decided_at, row.decided_by = state, reason, at, by.id
    row.paper_sealed, row.answers = None, {}
    row.save()
    _end_rights(row, at)
    _keep(state, row, by, at)
    publish(events.AHEAD_DECIDED, kind=KIND, record_id=row.pk, by=by, at=at, state=state)


def _end_rights(row: AheadDeclaration, at: datetime) -> None:
    """Those of the firm's link; the driver's own goes on telling him how it stands."""
    for grant in Grant.objects.filter(record_id=row.pk, role__code=AHEAD_FIRM_ROLE, valid_until=None):
        end(grant=grant, by=SYSTEM, at=at)


def _keep(what: str, row: AheadDeclaration, by: Actor, at: datetime) -> None:
    record(f"border_gate.ahead_{what}", by=by, at=at, kind=KIND, record_id=row.pk, firm=str(row.firm_id),
           trip=str(row.trip_id or ""))  # fmt: skip
