"""Carry events from the outbox to their handlers: at least once, each record's events in order.

The relay locks some lanes, delivers inside that transaction, and commits: what a handler writes and the memory
that it has had the event stand or fall together. Should one handler raise, or what it wrote be refused at the
commit, all is taken back and the lanes are delivered anew with care, each handler in a savepoint of its own: then
only the failing one's work is undone and the event is held for it (kernel.events.held). A handler therefore leaves
what cannot be taken back (a letter, a call to another system) to a deferred job, which commits with its own writes.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.db import DatabaseError, connection, transaction

from tinhso.kernel.audit.binding import bind
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events import held, live
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Held
from tinhso.kernel.events.wake import CHANNEL
from tinhso.kernel.jobs.driver import connect
from tinhso.kernel.jobs.loops import surrounded
from tinhso.kernel.modules.declare import HANDLERS, Handler

BATCH = 500
SAVEPOINTS = 60  # in one transaction: beyond 64 PostgreSQL's snapshots grow slow
SECONDS = 0.3  # in one transaction: while it is open it holds up the sealing of the audit
NET = 0.2

TAKE = """
select id, name, record_kind, record_id, version, at, actor, payload, shard
from kernel_events_outbox where shard = any(%s::smallint[]) order by id limit %s::integer
"""
HAD = "select event_id, handler from kernel_events_delivery where event_id = any(%s::bigint[])"
REMEMBER = """
insert into kernel_events_delivery (event_id, handler, delivered_at)
select *, clock_timestamp() from unnest(%s::bigint[], %s::text[])
"""
FINISH = "select kernel_events_finish(%s::smallint[], %s::bigint[])"

log = structlog.get_logger("events.relay")


@dataclass(slots=True)
class Delivery:
    """What is done with the claimed lanes in one transaction."""

    lanes: list[int]
    handlers: dict[str, list[Handler]]
    careful: bool
    blocked: set[tuple[str, UUID]] = field(default_factory=set)
    had: set[tuple[int, str]] = field(default_factory=set)
    delivered: list[tuple[int, str]] = field(default_factory=list)
    holding: list[Held] = field(default_factory=list)
    lane_of: dict[int, int] = field(default_factory=dict)
    savepoints: int = 0
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    @property
    def spent(self) -> bool:
        return self.savepoints >= SAVEPOINTS or time.monotonic() >= self.until

    def deliver(self, event: Event) -> None:
        """Give the event to each of its handlers that has not had it and is not waiting on this record."""
        for handler in self.handlers.get(event.name, ()):
            if (event.id, handler.name) in self.had:
                continue
            if (handler.name, event.record_id) in self.blocked:
                self.holding.append(held.behind(event, handler.name, self.lane_of[event.id]))
            elif (error := self.call(handler, event, careful=self.careful)) is None:
                self.delivered.append((event.id, handler.name))
            else:
                self.blocked.add((handler.name, event.record_id))
                self.holding.append(held.failed(event, handler.name, self.lane_of[event.id], error))

    def call(self, handler: Handler, event: Event, *, careful: bool) -> Exception | None:
        """None when the handler was content, else what it raised, its writes undone.

        Raises NeedsCare where there is no savepoint to go back to.
        """
        if not careful:
            try:
                handler.handle(event)
            except Exception as error:
                raise NeedsCare from error
            return None
        self.savepoints += 1
        try:
            with transaction.atomic():
                handler.handle(event)
                connection.check_constraints()  # a key to nowhere is this handler's fault, not the whole commit's
        except Exception as error:
            if connection.connection is None or connection.connection.closed:
                raise
            log.warning("handler failed", handler=handler.name, name=event.name, id=event.id, error=repr(error))
            return error
        return None


class NeedsCare(Exception):
    """A handler raised: take all back and deliver anew, each handler in a savepoint."""


def deliver_once() -> list[Event] | None:
    """Deliver what some lanes hold, up to the limits; None when no lane has anything to do."""
    bind(SYSTEM)
    try:
        return _deliver(careful=False)
    except (NeedsCare, DatabaseError) as need:
        if connection.connection is None or connection.connection.closed:
            raise need.__cause__ or need from None
        return _deliver(careful=True)


def _deliver(*, careful: bool) -> list[Event] | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select kernel_events_claim()")
        lanes = cursor.fetchone()[0]
        if not lanes:
            return None
        delivery = Delivery(lanes, _handlers(), careful)
        _again(delivery)
        gone = _fresh(delivery, cursor)
        if given := delivery.delivered:
            cursor.execute(REMEMBER, [[event for event, _ in given], [name for _, name in given]])
        Held.objects.bulk_create(
            delivery.holding, ignore_conflicts=True
        )  # after a restore an event may be held already
        cursor.execute(FINISH, [lanes, [event.id for event in gone]])
    return gone


def run(stop: threading.Event) -> None:
    """Deliver until told to stop: drain, then wait for a wake-up, with a look every 200 ms as the net."""
    with connect("tinhso relay") as line:
        line.execute(f"listen {CHANNEL}")
        while not stop.is_set():
            with surrounded():
                _drain(stop, line)
            for _ in line.notifies(timeout=NET, stop_after=1):
                pass


def _drain(stop: threading.Event, line: psycopg.Connection[Any]) -> None:
    while not stop.is_set() and (events := deliver_once()) is not None:
        for payload in live.payloads(events):
            line.execute("select pg_notify(%s, %s)", [live.CHANNEL, payload])


def _handlers() -> dict[str, list[Handler]]:
    found: dict[str, list[Handler]] = {}
    for handler in HANDLERS:
        found.setdefault(handler.event, []).append(handler)
    return found


def _fresh(delivery: Delivery, cursor: Any) -> list[Event]:
    """Deliver new events in order; returns those that may leave the outbox."""
    cursor.execute(TAKE, [delivery.lanes, BATCH])
    rows = cursor.fetchall()
    events = [_event(row[:-1], delivery.handlers) for row in rows]
    delivery.lane_of = {row[0]: row[-1] for row in rows}
    heard = [event for event in events if event.name in delivery.handlers]
    if heard:
        cursor.execute(HAD, [[event.id for event in heard]])
        delivery.had = set(cursor.fetchall())
        delivery.blocked = held.waiting({event.record_id for event in heard})
    gone: list[Event] = []
    for event in events:
        if gone and delivery.spent:
            break
        delivery.deliver(event)
        gone.append(event)
    return gone


def _event(row: tuple[Any, ...], handlers: dict[str, list[Handler]]) -> Event:
    number, name, kind, record_id, version, at, actor, payload = row
    # Django leaves jsonb as text; what nobody listens to is not worth reading.
    plain = json.loads(payload) if name in handlers else {}
    return Event(name, kind, record_id, version, at, actor, plain, number)


def _again(delivery: Delivery) -> None:
    """Try once more what handlers could not take before."""
    for row in held.due(delivery.lanes, limit=20):
        if delivery.spent:
            return
        event = held.event_of(row)
        handler = HANDLERS.get(row.handler) if row.handler in HANDLERS else None
        error = held.NoHandler(row.handler) if handler is None else delivery.call(handler, event, careful=True)
        if error is None:
            delivery.delivered.append((event.id, row.handler))
            held.release(row)
        else:
            held.failed_again(row, error)
