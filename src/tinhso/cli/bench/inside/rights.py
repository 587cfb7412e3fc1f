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

REFUSED = "select count(*), count(distinct actor) from kernel_audit_entry where action = 'access.refused'"


def run(code: str = "") -> dict[str, Any]:
    """With the code of a trip: its id, and a key of each who has no business with it. Else what the audit keeps."""
    if not code:
        with connection.cursor() as cursor:
            cursor.execute(REFUSED)
            return dict(zip(("entries", "callers"), cursor.fetchone(), strict=True))
    with connection.cursor() as cursor:
        cursor.execute("select code, place_id from border_gate_crossingpoint")
        points = dict(cursor.fetchall())
        cursor.execute("select id from border_gate_trip where code = %s::text", [code])
        (trip,) = cursor.fetchone()
    firm = Agency.objects.create(code="BENCH-B", name="Công ty B", kind="firm", valid_from=date(2020, 1, 1))
    return {
        "trip": str(trip),
        "yard": _key("border_yard", place_id=points["HN-1119"]),
        "elsewhere": _key("border_bienphong", place_id=points["CM-01"]),
        "stranger": _key("border_enterprise", agency_id=firm.pk),
    }


def _key(role: str, **scope: Any) -> str:
    now = clock.now()
    made, text = make_key(name=f"bench {role}", expires_at=None, by=SYSTEM, at=now)
    held = Role.objects.get(code=role)
    Grant.objects.create(holder_id=made.holder_id, role=held, valid_from=now, granted_by=SYSTEM.id, **scope)
    return text
