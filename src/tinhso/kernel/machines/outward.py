"""Events of which machines of others may be told: declared by the rooms, noted for those who may see the record.

A room says where the record lies (`where`) and what is told of it to one reader (`tell`). The first is asked when the
event comes, to note it for those subscriptions only whose client may see it; the second at each try to deliver.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.kernel.access.models import Right
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.event import Event
from tinhso.kernel.machines.models import HookCall, Subscription
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.modules.registry import Registry

Place = Callable[[Event], Where | None]
Tell = Callable[[Event, Actor, datetime], dict[str, Any] | None]
REMEMBERED = 1.0  # seconds: a new subscription is heard that much later, an event costs nothing while nobody listens


@dataclass(frozen=True, slots=True)
class Outward:
    """One event of which others may be told; `permission` is the right to see its record."""

    name: str
    title: Any
    permission: str
    where: Place
    tell: Tell


OUTWARD: Registry[Outward] = Registry("event told outside")
_listening: tuple[float, list[Subscription]] = (0.0, [])


def outward(name: str, *, title: Any, permission: str, where: Place, tell: Tell) -> Outward:
    """Declare an event; `tell` gives what JSON can hold, None when that reader may not know.

    An event comes to `tell` without its payload: what is told is read from the records as they stand.
    """
    subscribe(name, name=f"kernel_machines.note {name}")(note)
    return OUTWARD.add(name, Outward(name, title, permission, where, tell))


def note(event: Event) -> None:
    """Write down whom to tell; no query at all while no subscription wants the event."""
    wanting = [one for one in listening() if one.wants(event.name)]
    if not wanting:
        return
    one = OUTWARD.get(event.name)
    where = one.where(event)
    if where is None:
        return
    allowed = _who_may(one.permission, where, {sub.client_id for sub in wanting})
    now = clock.real()
    HookCall.objects.bulk_create(
        [_call(sub, event, now) for sub in wanting if sub.client_id in allowed], ignore_conflicts=True
    )


def listening() -> list[Subscription]:
    """Subscriptions that are not stopped, looked up once a second."""
    global _listening
    until, found = _listening
    if time.monotonic() >= until:
        found = list(Subscription.objects.filter(stopped_at=None, client__closed_at=None))
        _listening = time.monotonic() + REMEMBERED, found
    return found


def forget() -> None:
    """Look the subscriptions up anew at the next event."""
    global _listening
    _listening = 0.0, []


def event_of(call: HookCall) -> Event:
    """The event as it is told: without payload and actor, which are kept nowhere."""
    number = call.event_id or 0
    return Event(call.name, call.record_kind, call.record_id, call.version, call.at, UUID(int=0), {}, number)


def _who_may(permission: str, where: Where, clients: Iterable[UUID]) -> set[UUID]:
    """Those who hold the right there now: the same answer as `may` for each, in one query."""
    moment = clock.now()
    held = Right.objects.filter(permission=permission, holder_id__in=list(clients), valid_from__lte=moment)
    held = held.exclude(valid_until__lte=moment)
    found = set()
    for holder, *scope in held.values_list("holder_id", "agency_id", "unit_id", "place_id", "record_id"):
        asked = (where.agency, where.unit, where.place, where.record)
        if all(own is None or own == there for own, there in zip(scope, asked, strict=True)):
            found.add(holder)
    return found


def _call(sub: Subscription, event: Event, now: datetime) -> HookCall:
    return HookCall(
        subscription=sub,
        event_id=event.id,
        name=event.name,
        record_kind=event.kind,
        record_id=event.record_id,
        version=event.version,
        at=event.at,
        due_at=now,
    )
