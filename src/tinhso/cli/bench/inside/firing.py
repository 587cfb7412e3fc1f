"""Fire steps from several processes at once, as fast as they go."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.workflow.flow import FLOWS, Flow
from tinhso.pillars.border.gate.models import ClearanceTask, Trip

BATCH = 1_000
MODELS = {"border_gate.trip": Trip, "border_gate.task": ClearanceTask}
Work = Callable[[float], int]


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
    rows = list(
        MODELS[flow].objects.filter(state=state).order_by("id").values_list("pk", "tractor_plate")[: each * processes]
        if flow == "border_gate.trip"
        else MODELS[flow].objects.filter(state=state).order_by("id").values_list("pk", "kind")[: each * processes]
    )
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


_shared: dict[str, Any] = {}


def _begin(together: Any, job: Any) -> None:
    _shared.update(together=together, job=job)


def _work(rows: list[tuple[UUID, str]]) -> tuple[int, float, float]:
    flow_name, steps, by, at, seconds, batch = _shared["job"]
    flow = FLOWS.get(flow_name)
    assert isinstance(flow, Flow)
    records = [MODELS[flow_name](pk=pk) for pk, _word in rows]
    plates = dict(rows)
    _warm(records[0])
    _shared["together"].wait(60)
    begin = time.monotonic()
    do = _batches if batch else _singles
    done = do(flow, records, plates, steps, by, at, begin + seconds)
    return done, begin, time.monotonic()


def _warm(record: Any) -> None:
    """Connect before the time is taken."""
    type(record).objects.filter(pk=record.pk).exists()


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


def _facts(step: str, pk: UUID, plates: dict[UUID, str]) -> dict[str, Any]:
    if step == "enter_buffer":
        return {"plate": plates[pk], "control_point": "HN-1119-B0", "lane": 1}
    if step == "call":
        return {"first": str(pk), "reason": "cycle"}
    return {"note": "bench"} if step == "pass" else {}
