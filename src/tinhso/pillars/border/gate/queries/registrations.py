"""Firms that want to be registered: those that wait for the board, the one of a link."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tinhso.kernel.access.may import may, unseen, visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import Registration
from tinhso.pillars.border.gate.permissions import KEEP_FIRMS, MANAGE_FIRM


def waiting(*, by: Actor, at: datetime) -> QuerySet[Registration]:
    """Those sent and not decided, at the officer's points, longest waiting first."""
    rows = visible(Registration.objects.filter(state=Registration.SENT), by, KEEP_FIRMS, at)
    return rows.select_related("point").order_by("sent_at")


def registration_for(pk: UUID, *, by: Actor, at: datetime) -> Registration:
    """One that the officer may decide. Raises NotFound."""
    rows = visible(Registration.objects.exclude(state=Registration.TYPED), by, KEEP_FIRMS, at)
    found = rows.select_related("point", "enterprise__agency").filter(pk=pk).first()
    if found is None:
        raise unseen(Registration, pk, by, KEEP_FIRMS, at)
    return found


def find(pk: UUID) -> Registration | None:
    """The record to which the licence's file belongs."""
    return Registration.objects.select_related("point", "enterprise").filter(pk=pk).first()


def sees(wanted: Registration, by: Actor, at: datetime) -> bool:
    """Whether `by` reads its licence: the board, and the firm that it became."""
    if may(by, KEEP_FIRMS, wanted, at):
        return True
    return wanted.enterprise is not None and may(by, MANAGE_FIRM, wanted.enterprise, at)
