"""Fire a few steps one after the other and tell when each was done."""

from __future__ import annotations

import time
from itertools import cycle
from typing import Any
from uuid import UUID

from django.db import connection

from tinhso.cli.bench.inside.pace import Record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.workflow.flow import FLOWS, Flow

ROWS = """
select id from border_gate_trip
where code like '%%B0%%' and state in ('accepted', 'at_buffer') and right(code, 7)::integer > %s::integer
order by effective_at desc nulls first, id limit %s::integer
"""
MOST = 1_000
"""Those who came last: others are called away from the queue meanwhile."""


def run(
    actor: str,
    count: int,
    gap: float,
    after: int = 0,
    burst_gap: float = 0.0,
    burst_lasts: float = 0.0,
    burst_every: float = 0.0,
) -> dict[str, Any]:
    """Trips that come or wait are amended in turn; ends are seconds of the machine's monotonic clock.

    `after`: the first so many copies are left alone, since a measure listens to what becomes of them. With `burst_…`
    the steps follow each other faster for a while, once in so many seconds, and are more than `count` by as many.
    """
    flow = FLOWS.get("border_gate.trip")
    assert isinstance(flow, Flow)
    by = Actor(UUID(actor), "machine", "bench")
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [after, min(count, MOST)])
        rows = [row[0] for row in cursor.fetchall()]
    ends: list[tuple[str, float]] = []
    begun, lasts = time.monotonic(), count * gap
    for pk in cycle(rows):
        past = time.monotonic() - begun
        if past >= lasts if burst_every else len(ends) == count:
            break
        time.sleep(burst_gap if burst_every and past % burst_every < burst_lasts else gap)
        record: Any = Record(pk)
        flow.fire(record, "amend", by=by, at=clock.real())
        ends.append((str(pk), time.monotonic()))
    return {"ends": ends}
