"""Steps that time itself brings: each flow says when, one job fires what is due."""

from __future__ import annotations

from datetime import datetime

import psycopg
from django.db import DatabaseError, connection

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.modules.declare import every
from tinhso.kernel.workflow.fire import fire_many
from tinhso.kernel.workflow.sql.parts import listed
from tinhso.kernel.workflow.table import FLOWS, FlowTable, Timer

AT_MOST = 1_000


@every(seconds=5, name="kernel_workflow.fire_due_steps")
def fire_due_steps(at: datetime) -> int:
    """Fire all steps that are due at `at`; returns how many records moved.

    A record that someone moved meanwhile, or whose guard says no, is left as it is. What fails does not keep the
    other timers from their turn; it is raised at the end.
    """
    moved, failures = 0, []
    for flow in FLOWS:
        for timer in flow.timers:
            try:
                due = due_records(flow, timer, at)
                moved += len(fire_many(flow, due, timer.step, by=SYSTEM, at=at, together=False).done) if due else 0
            except (DatabaseError, psycopg.Error) as failure:
                failures.append(failure)
    if failures:
        raise failures[0]
    return moved


def due_records(flow: FlowTable, timer: Timer, at: datetime) -> list[object]:
    """Ids of the records for which the timer has run out, longest due first, at most 1,000."""
    sql = (
        f"select r.id from {flow.table} r where {timer.within} and r.state in ({listed(timer.states)}) "
        f"and ({timer.due}) <= %s::timestamptz order by ({timer.due}) limit {AT_MOST}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [at])
        return [record_id for (record_id,) in cursor.fetchall()]
