"""Events that a handler could not take.

The rule: after a failure the event is tried again after 0.2 s, 1 s, 5 s, 15 s, 1, 5 and 15 minutes. After
the eighth failure it is dead until an operator replays or drops it. From the first failure on, later events
of the same record wait behind it for the same handler, so that the handler sees each record's events in
order; other handlers and other records go on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Held
from tinhso.kernel.events.wake import wake

WAITS = (0.2, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0)
TRIES = len(WAITS) + 1

log = structlog.get_logger("events.held")


class NoHandler(LookupError):
    """The handler of a held event is no longer declared."""


def failed(event: Event, handler: str, lane: int, error: Exception) -> Held:
    """A row for an event that the handler has just refused; not saved."""
    row = _row(event, handler, lane)
    _count_failure(row, error)
    return row


def behind(event: Event, handler: str, lane: int) -> Held:
    """A row for an event that waits behind another of its record; not saved."""
    return _row(event, handler, lane)


def waiting(records: Iterable[UUID]) -> set[tuple[str, UUID]]:
    """Which handlers wait on which of these records."""
    return set(Held.objects.filter(record_id__in=records).values_list("handler", "record_id").distinct())


def due(lanes: list[int], *, limit: int) -> list[Held]:
    """Rows of the lanes whose next try has come; the caller holds the lanes."""
    now = clock.real()
    return list(Held.objects.filter(shard__in=lanes, dead_at=None, due_at__lte=now).order_by("event_id")[:limit])


def failed_again(row: Held, error: Exception) -> None:
    _count_failure(row, error)
    row.save(update_fields=["tries", "error", "due_at", "dead_at"])


def release(row: Held) -> None:
    """Take the row away and let the next event of the record have its turn; the caller holds the lane."""
    row.delete()
    following = Held.objects.filter(handler=row.handler, record_id=row.record_id).order_by("event_id").first()
    if following is not None:
        Held.objects.filter(pk=following.pk).update(due_at=clock.real())


def event_of(row: Held) -> Event:
    return Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, row.event_id)


def dead_letters() -> QuerySet[Held]:
    """Events given up, newest first; `behind` tells how many more wait on each."""
    later = Held.objects.filter(
        handler=OuterRef("handler"), record_id=OuterRef("record_id"), event_id__gt=OuterRef("event_id")
    )
    count = later.order_by().values("handler").annotate(count=Count("pk")).values("count")
    behind = Coalesce(Subquery(count, output_field=IntegerField()), 0)
    return Held.objects.exclude(dead_at=None).annotate(behind=behind).order_by("-dead_at", "-id")


def replay(number: int, *, by: Actor, at: datetime) -> None:
    """Let a dead event be tried again from the first try. Raises NotFound."""
    with transaction.atomic():
        row = _dead(number)
        Held.objects.filter(pk=row.pk).update(dead_at=None, due_at=clock.real(), tries=0)
        _record("kernel_events.replay_dead_letter", row, by, at)
    transaction.on_commit(wake)


def drop(number: int, *, by: Actor, at: datetime) -> None:
    """Give a dead event up for this handler; the record's next event has its turn. Raises NotFound."""
    with transaction.atomic():
        row = _dead(number)
        release(row)
        _record("kernel_events.drop_dead_letter", row, by, at)
    transaction.on_commit(wake)


def _dead(number: int) -> Held:
    row = Held.objects.filter(pk=number).first()
    if row is None:
        raise NotFound
    with connection.cursor() as cursor:
        cursor.execute("select kernel_events_hold(%s::smallint)", [row.shard])
    still = dead_letters().filter(pk=number).first()
    if still is None:
        raise NotFound
    return still


def _record(action: str, row: Held, by: Actor, at: datetime) -> None:
    record(
        action,
        by=by,
        at=at,
        kind=row.record_kind,
        record_id=row.record_id,
        event=row.event_id,
        name=row.name,
        handler=row.handler,
        error=row.error,
    )


def _row(event: Event, handler: str, lane: int) -> Held:
    return Held(
        event_id=event.id,
        handler=handler,
        shard=lane,
        record_kind=event.kind,
        record_id=event.record_id,
        version=event.version,
        name=event.name,
        at=event.at,
        actor=event.actor,
        payload=event.payload,
        held_at=clock.real(),
    )


def _count_failure(row: Held, error: Exception) -> None:
    now = clock.real()
    row.tries += 1
    row.error = f"{type(error).__name__}: {error}"[:2000]
    if row.tries >= TRIES:
        row.dead_at, row.due_at = now, None
        log.error("event given up", handler=row.handler, name=row.name, id=row.event_id, error=row.error)
    else:
        row.due_at = now + timedelta(seconds=WAITS[row.tries - 1])
