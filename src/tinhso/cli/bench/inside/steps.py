"""Fire a few steps one after the other and tell when each was done."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.db import connection

from tinhso.cli.bench.inside.pace import Record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.workflow.flow import FLOWS, Flow


def run(actor: str, count: int, gap: float) -> dict[str, Any]:
    """Each trip that waits is amended once; ends are seconds of the machine's monotonic clock."""
    flow = FLOWS.get("border_gate.trip")
    assert isinstance(flow, Flow)
    by = Actor(UUID(actor), "machine", "bench")
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from border_gate_trip where code like '%%B0%%' order by id limit %s::integer", [count]
        )
        rows = [row[0] for row in cursor.fetchall()]
    ends = []
    for pk in rows:
        time.sleep(gap)
        record: Any = Record(pk)
        flow.fire(record, "amend", by=by, at=clock.real())
        ends.append((str(pk), time.monotonic()))
    return {"ends": ends}
