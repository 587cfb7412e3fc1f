"""Firms that were named for vehicles without a word of their own, and vehicles whose firm has disowned them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tinhso.kernel.access.may import unseen, visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.flows.states import BEFORE_RELEASE, FIX_REQUESTED, SUBMITTED
from tinhso.pillars.border.gate.models import AheadDeclaration, Enterprise, FirmNaming, Trip
from tinhso.pillars.border.gate.permissions import CONSENT_AHEAD, DECLARE_FOR

MAY_DISOWN = (SUBMITTED, FIX_REQUESTED, *BEFORE_RELEASE)


def open_namings(*, by: Actor, at: datetime) -> QuerySet[FirmNaming]:
    """What the actor's firm may still disown, newest first."""
    rows = visible(FirmNaming.objects.filter(disowned_at=None, trip__state__in=MAY_DISOWN), by, CONSENT_AHEAD, at)
    return rows.select_related("trip", "point", "firm__agency").order_by("-named_at", "-pk")


def naming_for(naming_id: UUID, *, by: Actor, at: datetime) -> FirmNaming:
    """One that the actor may answer, whether it is still open or not. Raises NotFound."""
    found = visible(FirmNaming.objects.all(), by, CONSENT_AHEAD, at).filter(pk=naming_id).first()
    if found is None:
        raise unseen(FirmNaming, naming_id, by, CONSENT_AHEAD, at)
    return found


def asked_of(firm: Enterprise) -> tuple[int, int]:
    """What waits for the firm's word: vehicles named as its own that it may still disown, drivers who declared ahead.

    One query.
    """
    named = FirmNaming.objects.filter(firm=firm, disowned_at=None, trip__state__in=MAY_DISOWN)
    ahead = AheadDeclaration.objects.filter(firm=firm, state=AheadDeclaration.SENT)
    counts: tuple[int, int] = Enterprise.objects.filter(pk=firm.pk).values_list(_count(named), _count(ahead)).get()
    return counts


def _count(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("firm").annotate(n=Count("pk")).values("n")), 0)


def nameless_trips(*, by: Actor, at: datetime) -> QuerySet[Trip]:
    """Live trips whose firm has disowned them and that have none yet, of the actor's points, oldest first."""
    disowned = FirmNaming.objects.exclude(disowned_at=None).values("trip_id")
    rows = visible(Trip.objects.filter(is_live=True, enterprise=None, pk__in=disowned), by, DECLARE_FOR, at)
    return rows.select_related("point", "declaration").order_by("created_at", "pk")
