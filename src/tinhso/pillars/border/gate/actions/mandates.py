"""Mandates: a firm lets a customs broker act for it until a day, and takes it back at any time.

The rights are grants over the firm, given to each of the broker's people in the mandate's own transaction; they end
with the mandate at the latest. Who begins or ends to work for the broker is followed within a minute.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access import actions as access
from tinhso.kernel.access.may import may, require
from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.models import Enterprise, Mandate, MandateGrant, Standing
from tinhso.pillars.border.gate.permissions import GIVE_MANDATE, MANDATE_RIGHTS, role_code
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.mandates import overlapping, staff_of, standing_mandates
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.limits import MANDATE_HOLDS

KIND = "border_gate.mandate"
SHORTEST_REASON, LONGEST_REASON = 10, 240


@transaction.atomic
def give_mandate(
    *,
    principal: Enterprise,
    broker: Enterprise | None,
    scope: Collection[str],
    valid_from: date,
    valid_until: date,
    document_no: str = "",
    by: Actor,
    at: datetime,
) -> Mandate:
    """Let the broker act for the firm until the day `valid_until` (excluded). Declaring is always covered.

    Refusals: BG-348 for the days, BG-349 for the broker, BG-340 while the two have a mandate on such days.
    """
    require(by, GIVE_MANDATE, principal, at)
    if broker is None or broker == principal or broker.standing == Standing.SUSPENDED:
        raise refuse("BG-349", field="broker", v=broker or "…")
    today = at.astimezone(HANOI).date()
    longest = law_at(at).number(MANDATE_HOLDS).span
    if valid_from < today or not timedelta(0) < valid_until - valid_from <= longest:
        raise refuse("BG-348", field="valid_until", n=longest.days)
    Enterprise.objects.select_for_update(of=("self",)).get(pk=principal.pk)  # two mandates at once: one after the other
    if known := overlapping(principal, broker, since=valid_from, until=valid_until):
        raise refuse("BG-340", field="broker", t=show_date(known.valid_until - timedelta(days=1)))
    mandate = Mandate.objects.create(
        principal=principal,
        broker=broker,
        scope=[name for name in MANDATE_RIGHTS if name == Mandate.DECLARE or name in scope],
        valid_from=valid_from,
        valid_until=valid_until,
        document_no=document_no.strip()[:60],
        given_at=at,
        given_by=by.id,
    )
    _give(mandate, _workers(staff_of([broker.pk], at=at)), by=by, at=at)
    record("border_gate.mandate_given", by=by, at=at, kind=KIND, record_id=mandate.pk, broker=str(broker.pk),
           scope=mandate.scope, until=valid_until)  # fmt: skip
    publish(events.MANDATE_GIVEN, kind=KIND, record_id=mandate.pk, by=by, at=at, scope=mandate.scope)
    return mandate


@transaction.atomic
def revoke_mandate(*, mandate: Mandate, reason: str, by: Actor, at: datetime) -> Mandate:
    """Take the mandate back, or lay it down as the broker: every right of it ends now. Done twice changes nothing.

    Refusal: BG-038 without a reason of ten characters.
    """
    if not may(by, GIVE_MANDATE, Where(agency=mandate.broker_id), at):
        require(by, GIVE_MANDATE, mandate, at)
    said = reason.strip()[:LONGEST_REASON]
    if len(said) < SHORTEST_REASON:
        raise refuse("BG-038", field="reason")
    row = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    if row.has_ended(at):
        return row
    row.revoked_at, row.revoked_by, row.reason = at, by.id, said
    row.save(update_fields=["revoked_at", "revoked_by", "reason"])
    _end(Grant.objects.filter(pk__in=row.grants.values("grant_id")), by=by, at=at)
    record("border_gate.mandate_revoked", by=by, at=at, kind=KIND, record_id=row.pk, reason=said)
    publish(events.MANDATE_REVOKED, kind=KIND, record_id=row.pk, by=by, at=at)
    return row


def follow_staff(*, at: datetime) -> int:
    """Give newcomers of the brokers what their mandates give, and take it from who has left; returns how many."""
    changed = 0
    for mandate in standing_mandates(at=at):
        with transaction.atomic():
            changed += _follow(mandate, at)
    return changed


def _follow(mandate: Mandate, at: datetime) -> int:
    row = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    if row.has_ended(at):
        return 0
    staff = _workers(staff_of([row.broker_id], at=at))
    held = Grant.objects.filter(pk__in=row.grants.values("grant_id"), valid_until__gt=at)
    holding = {grant.holder_id for grant in held}
    gone = [grant for grant in held if grant.holder_id not in staff]
    come = {holder: worker for holder, worker in staff.items() if holder not in holding}
    _end(gone, by=SYSTEM, at=at)
    _give(row, come, by=SYSTEM, at=at)
    return len(gone) + len(come)


@dataclass(slots=True)
class Worker:
    """What one of the broker's own may do there, all grants together: which rights (None = all), until when."""

    only: set[str] | None
    until: datetime | None


def _workers(grants: Iterable[Grant]) -> dict[UUID, Worker]:
    found: dict[UUID, Worker] = {}
    for one in grants:
        known = found.setdefault(one.holder_id, Worker(set(), one.valid_until))
        known.only = None if known.only is None or one.only is None else known.only | set(one.only)
        known.until = None if known.until is None or one.valid_until is None else max(known.until, one.valid_until)
    return found


def _give(mandate: Mandate, staff: Mapping[UUID, Worker], *, by: Actor, at: datetime) -> None:
    """A grant over the firm to each of the broker's own, never more or longer than he has at the broker."""
    role = Role.objects.get(code=role_code("BROKER"))
    covered = {right for name in mandate.scope for right in MANDATE_RIGHTS[name]}
    for holder, worker in staff.items():
        until = min(mandate.ends_at, worker.until or mandate.ends_at)
        only = covered if worker.only is None else covered & worker.only
        if until <= max(at, mandate.begins_at) or not only:
            continue
        given = access.give(
            role=role,
            holder_id=holder,
            where=Where(agency=mandate.principal_id),
            since=max(mandate.begins_at, at),
            until=until,
            only=only,
            by=by,
            at=at,
        )
        MandateGrant.objects.create(grant=given, mandate=mandate)


def _end(grants: Iterable[Grant], *, by: Actor, at: datetime) -> None:
    for grant in grants:
        access.end(grant=grant, by=by, at=at)
