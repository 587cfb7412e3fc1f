"""Carry what is to be told: oldest first for each subscription, again with growing pauses, given up in the end.

A receiver is called outside of any transaction, at most one call at a time each: the row is claimed first, the outcome
written after. While one is down it costs a single try per pause, not one per event, and holds up nobody else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from tinhso.kernel.base import clock
from tinhso.kernel.base.outside.contract import Answer, NotReached, Poster
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.jobs.loops import surrounded
from tinhso.kernel.machines.adapters.choice import poster
from tinhso.kernel.machines.hooks import CLAIM, TEST
from tinhso.kernel.machines.models import HookCall, Subscription
from tinhso.kernel.machines.outward import OUTWARD, event_of
from tinhso.kernel.machines.signing import secret_of, signature

WAITS = tuple(timedelta(seconds=wait) for wait in (5, 30, 120, 600, 1800, 3600, 7200, 14400))
MOST_TRIES = len(WAITS) + 1
TOO_OLD = timedelta(days=3)
AT_ONCE, THREADS = 16, 8
PAUSE = 0.5  # seconds between two looks while nothing is due

log = logging.getLogger("tinhso.machines")


@dataclass(frozen=True, slots=True)
class Telling:
    """One call ready to be posted."""

    call: HookCall
    body: bytes
    headers: dict[str, str]


def run(stop: threading.Event) -> None:
    """Deliver until told to stop."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="hooks") as pool:
        while not stop.is_set():
            with surrounded():
                carried = carry_due(pool=pool)
            if not carried:
                stop.wait(PAUSE)


def carry_due(*, by: Poster | None = None, pool: ThreadPoolExecutor | None = None) -> int:
    """Post what is due, one call of each subscription; returns how many were taken up."""
    claimed = [call for call in _due(clock.real()) if _claim(call)]
    tellings = [telling for call in claimed if (telling := _telling(call)) is not None]
    way = by or poster()
    outcomes = (pool.map if pool else map)(lambda one: _posted(way, one), tellings)
    for telling, outcome in zip(tellings, outcomes, strict=True):
        _note(telling.call, outcome)
    return len(claimed)


def _due(now: datetime) -> Iterable[HookCall]:
    """The oldest waiting call of each subscription once it is due: a later one never goes before it. A test goes at
    once, for it tells nothing and asks whether the receiver is there.
    """
    waiting = HookCall.objects.filter(state=HookCall.WAITING)
    rested = Q(subscription__rest_until=None) | Q(subscription__rest_until__lte=now)
    first = waiting.filter(rested, subscription__stopped_at=None).exclude(name=TEST)
    first = first.order_by("subscription_id", "id").distinct("subscription_id")
    rows = waiting.filter(Q(pk__in=first.values("pk")) | Q(name=TEST), due_at__lte=now)
    return (
        rows.select_related("subscription__client")
        .order_by("subscription_id", "id")
        .distinct("subscription_id")[:AT_ONCE]
    )


def _claim(call: HookCall) -> bool:
    """Take the row for a minute; another process that looks meanwhile leaves it alone."""
    now = clock.real()
    mine = HookCall.objects.filter(pk=call.pk, state=HookCall.WAITING, due_at__lte=now)
    return bool(mine.update(due_at=now + CLAIM))


def _telling(call: HookCall) -> Telling | None:
    """What the client may be told at this moment; None when nothing any more, which ends the call."""
    facts = None if call.subscription.client.closed_at is not None else _facts(call)
    if facts is None:
        _end(call, HookCall.WITHHELD)
        return None
    if clock.real() - call.made_at > TOO_OLD and call.tries:
        _end(call, HookCall.DEAD)
        return None
    told = {
        "id": str(call.pk),
        "event": call.name,
        "at": call.at.isoformat(),
        "record": {"kind": call.record_kind, "id": str(call.record_id), "version": call.version},
        "facts": facts,
    }
    body = canonical(told).encode()
    timestamp = int(clock.real().timestamp())
    return Telling(call, body, _headers(call, timestamp, body))


def _facts(call: HookCall) -> dict[str, object] | None:
    if call.name == TEST:
        return {"test": True}
    if call.name not in OUTWARD:
        return None
    return OUTWARD.get(call.name).tell(event_of(call), call.subscription.client.actor(), clock.now())


def _headers(call: HookCall, timestamp: int, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "TinhSo-Hooks/1",
        "Tinhso-Event": call.name,
        "Tinhso-Delivery": str(call.pk),
        "Tinhso-Key-Id": call.subscription.key_id,
        "Tinhso-Timestamp": str(timestamp),
        "Tinhso-Signature": signature(secret_of(call.subscription), timestamp, body),
    }


def _posted(way: Poster, telling: Telling) -> Answer | str:
    try:
        return way.post(telling.call.subscription.url, telling.body, telling.headers)
    except NotReached as reason:
        return str(reason)
    except Exception as error:  # whatever one receiver provokes, the others are told
        log.exception("telling %s failed", telling.call.pk)
        return type(error).__name__


def _note(call: HookCall, outcome: Answer | str) -> None:
    now, tries = clock.real(), call.tries + 1
    status, ms, error = (outcome.status, outcome.ms, "") if isinstance(outcome, Answer) else (None, None, outcome)
    known = {"tries": tries, "status": status, "ms": ms, "error": error[:200]}
    row = HookCall.objects.filter(pk=call.pk, state=HookCall.WAITING)
    if isinstance(outcome, Answer) and outcome.taken:
        row.update(state=HookCall.SENT, ended_at=now, **known)
        Subscription.objects.filter(pk=call.subscription_id).update(rest_until=None)
        return
    wait = WAITS[min(tries, len(WAITS)) - 1]
    Subscription.objects.filter(pk=call.subscription_id).update(rest_until=now + wait)
    if tries >= MOST_TRIES:
        log.warning("telling %s is given up", call.pk)
        row.update(state=HookCall.DEAD, ended_at=now, **known)
    else:
        row.update(due_at=now + wait, **known)


def _end(call: HookCall, state: str) -> None:
    HookCall.objects.filter(pk=call.pk).update(state=state, ended_at=clock.real())
