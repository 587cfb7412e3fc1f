"""Who is to be told: people who hold a right over a payee's money."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from tinhso.kernel.access.models import Right
from tinhso.kernel.base.actor import SYSTEM

MOST = 200


def holders(permission: str, *, agency_id: UUID | None, at: datetime) -> list[UUID]:
    """Those who hold it for the whole agency, or everywhere; at most 200."""
    where = Q(agency_id=None) | Q(agency_id=agency_id) if agency_id else Q(agency_id=None)
    now = Q(valid_from__lte=at) & (Q(valid_until=None) | Q(valid_until__gt=at))
    held = Right.objects.filter(where, now, permission=permission, unit_id=None, place_id=None, record_id=None)
    return list(held.exclude(holder_id=SYSTEM.id).values_list("holder_id", flat=True).distinct()[:MOST])
