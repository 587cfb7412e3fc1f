"""Keep positions of vehicles under way, batch by batch, as one telephone gateway does."""

from __future__ import annotations

import time
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.db import connection

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor

BATCH = 50
ROOM = "tinhso.pillars.border.gate.actions.positions"


def run(actor: str, seconds: float, count: int = 1_000) -> dict[str, Any]:
    """Positions kept a second by one process, in batches of 50 vehicles, each committed; `p95` of a batch in ms."""
    room: Any = import_module(ROOM)
    by, at = Actor(UUID(actor), "machine", "bench"), clock.now()
    with connection.cursor() as cursor:
        cursor.execute("select id from border_gate_trip where state = 'en_route' order by id limit %s", [count])
        trips = [row[0] for row in cursor.fetchall()]
    taken, number, took = 0, 0, []
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        seen_at = at - timedelta(seconds=number // len(trips))
        part = [trips[(number + one) % len(trips)] for one in range(BATCH)]
        start = time.perf_counter()
        pings = [room.Ping(trip, seen_at, 21.85, 106.76, 12) for trip in part]
        taken += room.keep_positions(pings=pings, by=by, at=at).taken
        took.append(time.perf_counter() - start)
        number += BATCH
    took.sort()
    rate = taken / (time.perf_counter() - begun)
    return {"rate": rate, "taken": taken, "p95": 1_000 * took[int(len(took) * 0.95)]}
