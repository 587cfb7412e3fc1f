"""Tell a fact that no step of a flow tells by itself; it is delivered when the caller's transaction commits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tinhso.kernel.audit.binding import bind
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.events.wake import wake

PUBLISH = "select kernel_events_publish(%s::text, %s::text, %s::uuid, %s::integer, %s::timestamptz, %s::text::jsonb)"
PUBLISH_MANY = """
select kernel_events_publish(%s::text, %s::text, record.id, null::integer, %s::timestamptz, %s::text::jsonb)
from unnest(%s::uuid[]) as record (id)
"""


def publish(
    name: str, *, kind: str, record_id: UUID, version: int | None = None, by: Actor, at: datetime, **payload: Any
) -> int:
    """Put the event into the outbox, in the caller's transaction; returns its id."""
    bind(by)
    with connection.cursor() as cursor:
        cursor.execute(PUBLISH, [name, kind, record_id, version, at, canonical(payload)])
        number = int(cursor.fetchone()[0])
    transaction.on_commit(wake)
    return number


def publish_many(name: str, *, kind: str, record_ids: Iterable[UUID], by: Actor, at: datetime, **payload: Any) -> None:
    """Put one such event for each of the records into the outbox, in one statement."""
    ids = list(record_ids)
    if not ids:
        return
    bind(by)
    with connection.cursor() as cursor:
        cursor.execute(PUBLISH_MANY, [name, kind, at, canonical(payload), ids])
    transaction.on_commit(wake)
