"""Who asks for what is not his while a load is played, and what the audit keeps of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.identity.actions import make_key
from tinhso.kernel.organisations.models import Agency
from tinhso.pillars.border.gate.models import CrossingPoint, Trip
from tinhso.pillars.border.gate.permissions import role_code

REFUSED = "select count(*), count(distinct actor) from kernel_audit_entry where action = 'access.refused'"


def run(code: str = "") -> dict[str, Any]:
    """With the code of a trip: its id, and a key of each who has no business with it. Else what the audit keeps."""
    if not code:
        with connection.cursor() as cursor:
            cursor.execute(REFUSED)
            return dict(zip(("entries", "callers"), cursor.fetchone(), strict=True))
    points = {point.code: point.pk for point in CrossingPoint.objects.all()}
    firm = Agency.objects.create(code="BENCH-B", name="Công ty B", kind="firm", valid_from=date(2020, 1, 1))
    return {
        "trip": str(Trip.objects.get(code=code).pk),
        "yard": _key("YARD", place_id=points["HN-1119"]),
        "elsewhere": _key("BIENPHONG", place_id=points["CM-01"]),
        "stranger": _key("ENTERPRISE", agency_id=firm.pk),
    }


def _key(role: str, **scope: Any) -> str:
    now = clock.now()
    made, text = make_key(name=f"bench {role}", expires_at=None, by=SYSTEM, at=now)
    held = Role.objects.get(code=role_code(role))
    Grant.objects.create(holder_id=made.holder_id, role=held, valid_from=now, granted_by=SYSTEM.id, **scope)
    return text
