"""Put one entry into the trail, for what no step of a flow records by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from tinhso.kernel.audit.binding import bind
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.plain import canonical

RECORD = "select kernel_audit_record(%s::text, %s::text, %s::uuid, %s::timestamptz, %s::text)"


def record(
    action: str, *, by: Actor, at: datetime, kind: str = "", record_id: UUID | None = None, **payload: Any
) -> int:
    """Record that `by` did `action` at `at`, in the caller's transaction; returns the entry's id.

    `action` reads `<label>.<verb>_<object>`, `kind` is the record's kind. The payload holds ids and
    plain values, no secrets and no more personal data than the deed itself needs.
    """
    bind(by)
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [action, kind, record_id, at, canonical(payload)])
        return int(cursor.fetchone()[0])
