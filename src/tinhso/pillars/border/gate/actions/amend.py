"""Correct any field alone after acceptance: one transaction writes the new value, keeps the old one, opens exactly
the checks that rest on it again, and brings class, fee and QR code up to date.

Before barrier 1 the firm does it by itself. Beyond it the force named in tables/corrections.csv has to consent
first. An officer may ask the firm for a change; at a barrier the lane waits for two minutes.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions.declare import check_trips, raise_first
from tinhso.pillars.border.gate.actions.declared import Declared, declared
from tinhso.pillars.border.gate.actions.fee_changes import renew_fee
from tinhso.pillars.border.gate.actions.fields import read, write
from tinhso.pillars.border.gate.actions.firm import keep_vehicle
from tinhso.pillars.border.gate.actions.links import shut_out_driver
from tinhso.pillars.border.gate.actions.reopening import reopen_tasks
from tinhso.pillars.border.gate.actions.unplated import keep_unplated
from tinhso.pillars.border.gate.flows import AMENDMENT, TRIP
from tinhso.pillars.border.gate.flows.amendment import WANTED
from tinhso.pillars.border.gate.models import Amendment, ControlPoint, FieldChange, Force, Trip
from tinhso.pillars.border.gate.permissions import STEPS, step_permission
from tinhso.pillars.border.gate.queries.amendments import who_changed
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.problems import stopped_by, what_stands_against
from tinhso.pillars.border.gate.rules import corrections, plates
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

LANE_WAITS = timedelta(minutes=2)
"""How long the firm has to confirm another plate at a barrier (border brief 6.7)."""
UNIQUE = {**TRIP.constraints}


@transaction.atomic
def amend_trip(
    *,
    trip: Trip,
    values: Mapping[str, Any],
    reason: str,
    by: Actor,
    at: datetime,
    seen: int | None = None,
    author: UUID | None = None,
) -> list[Amendment]:
    """Change these fields (values as of actions.fields), each as its state allows: at once, or asked of the force.

    `seen`: the number of corrections that the caller saw. `author`: in whose name the platform makes it.
    Returns what was changed and what was asked for.
    Refusals: BG-032 when somebody else changed it meanwhile, BG-038, BG-282, BG-284, and what a new declaration
    would meet.
    """
    require(by, step_permission("amend"), trip, at)
    stored = _locked(trip, seen, at)
    must_be_open(stored, values)
    groups: dict[str, dict[str, Any]] = {}
    for field, value in values.items():
        groups.setdefault(corrections.consent_of(field, stored.state), {})[field] = value
    made = [
        _ask(stored, force, some, reason, by, at) if force else _change(stored, some, reason, by, at, author)
        for force, some in sorted(groups.items())
    ]
    _answer_wanted(stored, values, by, at)
    trip.refresh_from_db()
    return made


@transaction.atomic
def consent_to(*, amendment: Amendment, by: Actor, at: datetime) -> Amendment:
    """The force consents and the platform makes the change. Refusals: BG-024, BG-287, and what stands against it."""
    stored = _locked(amendment.trip, None, at)
    must_be_open(stored, amendment.values)
    AMENDMENT.fire(amendment, "consent", by=by, at=at)
    _make(stored, amendment, amendment.values, by, at, step_by=SYSTEM, author=amendment.created_by)
    return amendment


def decline(*, amendment: Amendment, reason: str, by: Actor, at: datetime) -> Amendment:
    """The force does not consent: everything stays as it is. Refusals: BG-024, BG-038, BG-287."""
    return AMENDMENT.fire(amendment, "decline", by=by, at=at, reason=reason.strip())


def want_amendment(
    *, trip: Trip, fields: Collection[str], reason: str, force: Force | None, by: Actor, at: datetime
) -> Amendment:
    """An officer asks the firm to correct these fields of an accepted trip. Refusals: BG-203, BG-282, BG-038."""
    if not fields or not set(fields) <= corrections.by_field().keys():
        raise refuse("BG-203", field="field")
    must_be_open(trip, fields)
    asked = _amendment(trip, fields, {}, reason, asked_force=force.code if force else "")
    return AMENDMENT.create(asked, step="want", by=by, at=at, reason=asked.reason)


def stop_other_plate(
    *, trip: Trip, plate: str, barrier: ControlPoint, reason: str, by: Actor, at: datetime
) -> Amendment:
    """The plate on the vehicle is another one (BG-019): the firm is asked to confirm it within two minutes.

    Refusals: BG-001, BG-002, BG-284 for the plate that is declared, BG-282 where the tractor may not be changed.
    """
    must_be_open(trip, ("tractor",))
    norm = plates.read_tractor(plate).norm
    if norm == trip.tractor_plate:
        raise refuse("BG-284", field="plate")
    asked = _amendment(trip, ("tractor",), {"tractor": norm}, reason, control_point=barrier.code)
    asked.lapses_at = at + LANE_WAITS
    with transaction.atomic():
        for before in Amendment.objects.filter(trip=trip, state=WANTED, control_point=barrier.code):
            if before.lapses_at is not None and before.lapses_at <= at:
                AMENDMENT.fire(before, "lapse", by=SYSTEM, at=at)
            elif before.values == asked.values:
                return before
        return AMENDMENT.create(asked, step="stop", by=by, at=at, reason=asked.reason)


@transaction.atomic
def confirm(*, amendment: Amendment, by: Actor, at: datetime) -> Amendment:
    """The firm confirms what was seen at the barrier, in time. Refusals: BG-285, BG-287, BG-024."""
    stored = _locked(amendment.trip, None, at)
    must_be_open(stored, amendment.values)
    try:
        AMENDMENT.fire(amendment, "confirm", by=by, at=at)
    except StepRefused as refusal:
        raise _with_time(refusal, amendment) from refusal
    _make(stored, amendment, amendment.values, by, at, step_by=by)
    return amendment


def reject(*, amendment: Amendment, reason: str, by: Actor, at: datetime) -> Amendment:
    """The firm does not confirm: the vehicle is not its trip's. Refusals: BG-024, BG-038, BG-287."""
    return AMENDMENT.fire(amendment, "reject", by=by, at=at, reason=reason.strip())


def must_be_open(trip: Trip, fields: Collection[str]) -> None:
    """Refuse BG-023 where nothing may be amended, BG-282 for a field that may not be changed in this state."""
    state = trip.get_state_title()
    if trip.state not in corrections.AMENDABLE:
        raise refuse("BG-023", event=STEPS["amend"][0], state=state)
    if not set(fields) <= corrections.by_field().keys():
        raise refuse("BG-203", field="field")
    for field in fields:
        if not corrections.may_change(field, trip.state):
            raise refuse("BG-282", field=field, state=state)


def _locked(trip: Trip, seen: int | None, at: datetime) -> Trip:
    """The trip as it stands, kept from others until this is done. Refusal: BG-032."""
    rows = Trip.objects.select_related(
        "declaration",
        "back",
        "enterprise",
        "point",
        "yard",
        "tractor",
        "trailer",
        "driver__person",
        "second_driver__person",
    )
    stored = rows.select_for_update(of=("self",), no_key=True).get(pk=trip.pk)
    if trip.seen_version is not None and stored.version != trip.seen_version:
        raise _stale(stored)
    if seen is not None and stored.amend_count != seen:
        raise _stale(stored)
    trip.seen_version = None
    return stored


def _stale(trip: Trip) -> GateRefusal:
    who, when = who_changed(trip)
    return refuse("BG-032", who=who, t=show_moment(when))


def _amendment(trip: Trip, fields: Collection[str], values: Mapping[str, Any], reason: str, **more: Any) -> Amendment:
    return Amendment(
        trip=trip,
        point_id=trip.point_id,
        agency_id=trip.agency_id,
        fields=sorted(fields),
        values=dict(values),
        reason=reason.strip()[:400],
        **more,
    )


def _change(
    trip: Trip, values: Mapping[str, Any], reason: str, by: Actor, at: datetime, author: UUID | None = None
) -> Amendment:
    amendment = _amendment(trip, values, values, reason)
    AMENDMENT.create(amendment, step="apply", by=by, at=at, reason=amendment.reason)
    _make(trip, amendment, values, by, at, step_by=by, author=author)
    return amendment


def _ask(trip: Trip, force: str, values: Mapping[str, Any], reason: str, by: Actor, at: datetime) -> Amendment:
    """What would stand in the way is told now and not to the officer later; nothing is changed yet."""
    for field in ("tractor", "trailer"):
        if values.get(field) and trip.enterprise is not None:
            keep_vehicle(firm=trip.enterprise, plate=values[field], by=by, at=at)
    if values.get("vin") and trip.enterprise is not None:
        keep_unplated(firm=trip.enterprise, vin=values["vin"], temporary_plate="", by=by, at=at)
    with transaction.atomic():
        _write(declared(_locked(trip, None, at), by=by, at=at), values, at)
        transaction.set_rollback(True)
    amendment = _amendment(trip, values, values, reason, consent_of=force)
    return AMENDMENT.create(amendment, step="ask", by=by, at=at, reason=amendment.reason)


def _make(
    trip: Trip,
    amendment: Amendment,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    *,
    step_by: Actor,
    author: UUID | None = None,
) -> None:
    """Write, keep the old values, and bring everything that rests on them up to date."""
    own = declared(trip, by=by, at=at)
    before = _write(own, values, at)
    changed = sorted(before)
    rows = [
        FieldChange(
            amendment=amendment,
            trip=trip,
            field=field,
            old=before[field],
            new=read(own, field),
            at=at,
            by=author or by.id,
        )
        for field in changed
    ]
    FieldChange.objects.bulk_create(rows)
    _end_codes(trip, amendment, changed, at)
    other_hour = trip.slot_id is not None and bool(corrections.OTHER_HOUR & set(changed))
    facts = {"amendment": str(amendment.pk), "fields": changed, "reason": amendment.reason}
    TRIP.fire(trip, "amend", by=step_by, at=at, **facts, **({"other_hour": True} if other_hour else {}))
    if "point" in changed:
        _move_overlays(trip)
    reopen_tasks(trip=trip, fields=changed, at=at)
    if law_at(at).fee_anew(changed):
        renew_fee(trip=trip, amendment=amendment, at=at)


def _write(own: Declared, values: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Put the values in, look for problems, store; returns the old values of what changed.

    Refusals: BG-284; BG-016 where it would come with goods, at a point or on a day that a notice stops, and did not.
    """
    stopped = _stopped(own.trip, values, at)
    before = {field: read(own, field) for field in values}
    for field, value in values.items():
        write(own, field, value)
    changed = {field: old for field, old in before.items() if read(own, field) != old}
    if not changed:
        raise refuse("BG-284")
    try:
        with transaction.atomic():
            own.store(changed)
    except IntegrityError as error:
        raise taken(own, error, at) from error
    if stopped is None and (told := _stopped(own.trip, changed, at)) is not None:
        raise told
    check_trips(trips=[own.trip], at=at, times=bool(corrections.OF_TIME & changed.keys()))
    raise_first(own.trip)
    return changed


def _stopped(trip: Trip, fields: Collection[str], at: datetime) -> GateRefusal | None:
    """The notice that stops it as it stands, if the change is one of goods, place or day and it is not here yet."""
    if trip.state not in corrections.OPEN_STATES or not corrections.TAKEN & set(fields):
        return None
    return stopped_by(trip, at=at, by_hour=not corrections.OTHER_HOUR & set(fields))


def taken(own: Declared, error: IntegrityError, at: datetime) -> GateRefusal | IntegrityError:
    """Another live trip has the vehicle, the driver or the container."""
    diagnosis = getattr(error.__cause__, "diag", None)
    code = UNIQUE.get(getattr(diagnosis, "constraint_name", None) or "")
    if code is None:
        return error
    trip, second = own.trip, own.second.number if own.second else ""
    told = what_stands_against(trip, code, at=at)
    boxes = " + ".join(filter(None, (trip.container_no, second)))
    return told or refuse(code, v=boxes or plates.show(trip.tractor_plate), trip="…")


def _end_codes(trip: Trip, amendment: Amendment, changed: Sequence[str], at: datetime) -> None:
    """Another driver or tractor: the QR code shown so far opens nothing any more, from this moment on."""
    if corrections.NEW_CODE & set(changed):
        Amendment.objects.filter(pk=amendment.pk).update(nonce_before=trip.nonce)
        trip.nonce = secrets.token_hex(8)
        Trip.objects.filter(pk=trip.pk).update(nonce=trip.nonce)
    if corrections.NEW_LINK & set(changed):
        shut_out_driver(trip=trip, by=SYSTEM, at=at)


def _move_overlays(trip: Trip) -> None:
    for rows in (trip.tasks, trip.hold_records, trip.fees):
        rows.update(point_id=trip.point_id)


def _answer_wanted(trip: Trip, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """What an officer asked for has been done, as far as it names no other field."""
    for wanted in Amendment.objects.filter(trip=trip, state=WANTED, values={}):
        if set(wanted.fields) <= set(values):
            AMENDMENT.fire(wanted, "confirm", by=by, at=at)


def _with_time(refusal: StepRefused, amendment: Amendment) -> StepRefused:
    if refusal.code != "BG-285" or amendment.lapses_at is None:
        return refusal
    told = refuse("BG-285", t=show_moment(amendment.lapses_at))
    return StepRefused(told, step=refusal.step, state=refusal.state, guard=refusal.guard)
