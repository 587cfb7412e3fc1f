"""Fire at a steady pace while relay and sealer work, and see how late each of them is."""

from __future__ import annotations

import multiprocessing
import time
from typing import Any
from uuid import UUID

from django.db import connection, connections

from tinhso.cli.bench.inside.firing import Record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.event import Event
from tinhso.kernel.jobs.loops import LOOPS, Background
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.workflow.flow import FLOWS, Flow

FIRING = 2  # processes that fire, as many as serve the web
SLEEP = 0.002
LAST = 3.0  # seconds that what is under way gets to arrive
AGES = """
select extract(epoch from s.sealed_at - e.written_at)::float8
from kernel_audit_seal s cross join lateral unnest(s.ids) as sealed(id)
join kernel_audit_entry e on e.id = sealed.id where e.action = 'amend'
"""


def run(actor: str, pace: float, seconds: float) -> dict[str, Any]:
    """Seconds from a step's commit to its handler, and from its audit entry to the seal."""
    heard: dict[tuple[UUID, int], float] = {}

    @subscribe("border_gate.trip_amended", name="bench.listen")
    def listen(event: Event) -> None:
        heard[event.record_id, event.version or 0] = time.monotonic()

    by = Actor(UUID(actor), "machine", "bench")
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(FIRING) as pool:
        background = Background([LOOPS.get("relay"), LOOPS.get("seal")])
        background.start()
        time.sleep(1)
        parts = [(number, by, pace / FIRING, seconds) for number in range(FIRING)]
        begun = time.monotonic()
        ends = {key: end for part in pool.map(_fire, parts, chunksize=1) for key, end in part}
        taken = time.monotonic() - begun
        time.sleep(LAST)
        background.end()
    with connection.cursor() as cursor:
        cursor.execute(AGES)
        ages = [row[0] for row in cursor.fetchall()]
    late = [heard[key] - end for key, end in ends.items() if key in heard]
    return {"rate": len(ends) / taken, "late": late, "missing": len(ends) - len(late), "ages": ages}


def _fire(part: tuple[int, Actor, float, float]) -> list[tuple[tuple[UUID, int], float]]:
    """Fire at this process's part of the pace; gives when each step was committed, by record and version."""
    number, by, pace, seconds = part
    flow = FLOWS.get("border_gate.trip")
    assert isinstance(flow, Flow)
    with connection.cursor() as cursor:
        cursor.execute("select id from border_gate_trip where state = 'accepted' order by id limit 2000")
        rows = [row[0] for row in cursor.fetchall()][number::FIRING]
    ends: list[tuple[tuple[UUID, int], float]] = []
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < seconds:
        if len(ends) > passed * pace:
            time.sleep(SLEEP)
            continue
        record: Any = Record(rows[len(ends) % len(rows)])
        flow.fire(record, "amend", by=by, at=clock.real())
        ends.append(((record.pk, record.version), time.monotonic()))
    return ends
