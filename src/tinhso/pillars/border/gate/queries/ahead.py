"""Declarations ahead of arrival: what is known to whom, how many wait, what a firm is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from tinhso.kernel.access.may import unseen, visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import AheadDeclaration, Enterprise, Trip
from tinhso.pillars.border.gate.permissions import CONSENT_AHEAD
from tinhso.pillars.border.gate.queries.undeclared import trip_before

A_DAY, A_MONTH = timedelta(days=1), timedelta(days=30)
OPEN = (AheadDeclaration.TYPED, AheadDeclaration.SENT)


def ahead_of(holder: UUID) -> AheadDeclaration | None:
    """The one of that link's holder."""
    return AheadDeclaration.objects.select_related("point", "firm__agency", "trip").filter(holder_id=holder).first()


def trip_known_to(row: AheadDeclaration) -> Trip | None:
    """The vehicle's last trip, if its driver has this telephone: a plate alone tells nobody firm and name."""
    before = trip_before(row)
    driver = before.driver if before else None
    return before if driver is not None and driver.person.phone == row.phone else None


def open_of_phone(phone: str, *, at: datetime) -> int:
    """How many that telephone has begun within a day and nobody has decided."""
    return AheadDeclaration.objects.filter(phone=phone, made_at__gt=at - A_DAY, state__in=OPEN).count()


def waiting_for(firm: Enterprise) -> int:
    """How many wait for the firm."""
    return AheadDeclaration.objects.filter(firm=firm, state=AheadDeclaration.SENT).count()


def declined_lately(firm: Enterprise, phone: str, *, at: datetime) -> int:
    """How often the firm has said no to that telephone within a month."""
    rows = AheadDeclaration.objects.filter(firm=firm, phone=phone, state=AheadDeclaration.DECLINED)
    return rows.filter(decided_at__gt=at - A_MONTH).count()


def asked_of(*, by: Actor, at: datetime) -> QuerySet[AheadDeclaration]:
    """What waits for the actor's consent, oldest first."""
    rows = visible(AheadDeclaration.objects.filter(state=AheadDeclaration.SENT), by, CONSENT_AHEAD, at)
    return rows.select_related("point", "firm__agency").order_by("sent_at")


def asked_one(ahead_id: UUID, *, by: Actor, at: datetime) -> AheadDeclaration:
    """One of them. Raises NotFound."""
    found = asked_of(by=by, at=at).filter(pk=ahead_id).first()
    if found is None:
        raise unseen(AheadDeclaration, ahead_id, by, CONSENT_AHEAD, at)
    return found
