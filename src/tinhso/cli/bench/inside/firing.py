"""Fire steps from several processes at once, as fast as they go."""

from __future__ import annotations

import multiprocessing
import time
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, connections

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.workflow.flow import FLOWS, Flow

BATCH = 1_000
WORDS = {"border_gate.trip": "tractor_plate", "border_gate.task": "kind"}


class Record:
    """As much of a record as `fire` looks at; the ORM's reading of it is measured elsewhere."""

    seen_version: int | None = None

    def __init__(self, pk: UUID) -> None:
        self.pk = pk


def run(
    flow: str,
    steps: list[str],
    state: str,
    actor: str,
    at: str,
    processes: int = 8,
    seconds: float = 5.0,
    each: int = 0,
    batch: bool = False,
) -> dict[str, float]:
    """Steps or records a second of all processes together.

    `each`: how many records a process takes. One step is done once for each record, several are done in turn
    again and again until the time is over.
    """
    rows = _rows(flow, state, each * processes)
    if len(rows) < each * processes:
        raise ValueError(f"{each * processes} records wanted, {len(rows)} found")
    parts = [rows[number::processes] for number in range(processes)]
    connections.close_all()
    context = multiprocessing.get_context("fork")
    together = context.Barrier(processes)
    by = Actor(UUID(actor), "machine", "bench")
    moment = datetime.fromisoformat(at)
    job = (flow, steps, by, moment, seconds, batch)
    with context.Pool(processes, _begin, (together, job)) as pool:
        found = pool.map(_work, parts, chunksize=1)
    took = max(end for _done, _begin, end in found) - min(begin for _done, begin, _end in found)
    return {"rate": sum(done for done, _begin, _end in found) / took, "done": sum(one[0] for one in found)}


def _rows(flow: str, state: str, count: int) -> list[tuple[UUID, str]]:
    """Ids in that state, each with the word that a step's facts need."""
    with connection.cursor() as cursor:
        table = FLOWS.get(flow).table
        cursor.execute(
            f"select id, {WORDS[flow]} from {table} where state = %s::text order by id limit %s::integer",  # noqa: S608
            [state, count],
        )
        return list(cursor.fetchall())


_shared: dict[str, Any] = {}


def _begin(together: Any, job: Any) -> None:
    _shared.update(together=together, job=job)


def _work(rows: list[tuple[UUID, str]]) -> tuple[int, float, float]:
    """What one process does. Errors come back as plain words: the pool would wait for ever for one it cannot read."""
    try:
        return _measured(rows)
    except Exception as error:
        raise RuntimeError(repr(error)) from None


def _measured(rows: list[tuple[UUID, str]]) -> tuple[int, float, float]:
    flow_name, steps, by, at, seconds, batch = _shared["job"]
    flow = FLOWS.get(flow_name)
    assert isinstance(flow, Flow)
    records = [Record(pk) for pk, _word in rows]
    plates = dict(rows)
    connection.ensure_connection()
    _shared["together"].wait(60)
    begin = time.monotonic()
    do = _batches if batch else _singles
    done = do(flow, records, plates, steps, by, at, begin + seconds)
    return done, begin, time.monotonic()


def _singles(
    flow: Flow, records: list[Any], plates: dict[UUID, str], steps: list[str], by: Actor, at: datetime, until: float
) -> int:
    done = 0
    while True:
        for step in steps:
            for record in records:
                flow.fire(record, step, by=by, at=at, **_facts(step, record.pk, plates))
                done += 1
                if time.monotonic() >= until:
                    return done
        if len(steps) == 1 and step not in AGAIN:
            return done


def _batches(
    flow: Flow, records: list[Any], plates: dict[UUID, str], steps: list[str], by: Actor, at: datetime, until: float
) -> int:
    done = 0
    parts = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]
    while True:
        for step in steps:
            for part in parts:
                facts = {record.pk: _facts(step, record.pk, plates) for record in part}
                done += len(flow.fire_many(part, step, by=by, at=at, facts=facts).done)
                if time.monotonic() >= until:
                    return done
        if len(steps) == 1 and step not in AGAIN:
            return done


AGAIN = {"amend"}  # leads back to where it began
BARRIERS = {"enter_buffer": "HN-1119-B0", "arrive": "HN-1119-B1"}


def _facts(step: str, pk: UUID, plates: dict[UUID, str]) -> dict[str, Any]:
    if step in BARRIERS:
        return {"plate": plates[pk], "control_point": BARRIERS[step], "lane": 1}
    return {"note": "bench"} if step == "pass" else {}
