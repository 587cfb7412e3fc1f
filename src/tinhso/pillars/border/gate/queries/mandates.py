"""Mandates as they are looked up: whom a firm has let act for it, for whom somebody acts, who acts for a broker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tinhso.kernel.access.models import Grant
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import Enterprise, Mandate, MandateGrant
from tinhso.pillars.border.gate.permissions import role_code

ACTING = (role_code("ENTERPRISE"), role_code("BROKER"))
"""Whoever holds one of these at a firm acts for it."""
SHOWN = 100


def brokers_of(*, by: Actor, firms: Iterable[UUID], at: datetime) -> dict[UUID, UUID]:
    """For which of these firms the actor acts by a mandate, and of which broker's; not for those that are his own."""
    wanted = set(firms)
    if by == SYSTEM or not wanted:
        return {}
    held = MandateGrant.objects.filter(_now("grant__", at), grant__holder_id=by.id, mandate__principal__in=wanted)
    found = dict(held.values_list("mandate__principal_id", "mandate__broker_id"))
    if found:
        own = staff_of(found, at=at).filter(holder_id=by.id).values_list("agency_id", flat=True)
        found = {firm: broker for firm, broker in found.items() if firm not in set(own)}
    return found


def staff_of(firms: Iterable[UUID], *, at: datetime) -> QuerySet[Grant]:
    """The grants by which people and machines act for these firms now, those by mandates left out."""
    by_mandate = MandateGrant.objects.filter(grant=OuterRef("pk"))
    rows = Grant.objects.filter(_now("", at), role__code__in=ACTING, agency__in=list(firms), record_id=None, place=None)
    return rows.filter(~Exists(by_mandate), delegated_from=None)


def given_by(firm: Enterprise) -> QuerySet[Mandate]:
    """The firm's mandates, newest first."""
    rows = Mandate.objects.filter(principal=firm).select_related("broker__agency")
    return rows.order_by("-valid_until", "-id")[:SHOWN]


def held_by(actor: Actor) -> list[Mandate]:
    """The mandates that gave the actor rights, newest first."""
    own = MandateGrant.objects.filter(mandate=OuterRef("pk"), grant__holder_id=actor.id)
    rows = Mandate.objects.filter(Exists(own)).select_related("principal__agency", "broker__agency")
    return list(rows.order_by("-valid_until", "-id")[:SHOWN])


def principals_of(actor: Actor, *, at: datetime) -> set[UUID]:
    """The firms for which the actor acts by a mandate now."""
    held = MandateGrant.objects.filter(_now("grant__", at), grant__holder_id=actor.id)
    return set(held.values_list("mandate__principal_id", flat=True))


def standing_mandates(*, at: datetime) -> QuerySet[Mandate]:
    """Those neither over nor revoked, begun or not."""
    return Mandate.objects.filter(revoked_at=None, valid_until__gt=at.astimezone(HANOI).date())


def overlapping(principal: Enterprise, broker: Enterprise, *, since: date, until: date) -> Mandate | None:
    """A mandate of the two that is not revoked and shares a day with these."""
    rows = Mandate.objects.filter(principal=principal, broker=broker, revoked_at=None)
    return rows.filter(valid_from__lt=until, valid_until__gt=since).first()


def _now(path: str, at: datetime) -> Q:
    begun = Q(**{f"{path}valid_from__lte": at})
    return begun & (Q(**{f"{path}valid_until": None}) | Q(**{f"{path}valid_until__gt": at}))
