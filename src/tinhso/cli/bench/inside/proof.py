"""After the deaths: does every record stand where its history says, is the trail whole, has every event arrived?"""

from __future__ import annotations

import time
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from tinhso.kernel.audit.verify import Report, verify
from tinhso.kernel.modules.declare import HANDLERS
from tinhso.kernel.workflow.flow import FLOWS

LOST = """
select count(*) from unnest(%s::text[]) plate where not exists (
    select 1 from border_gate_trip t join kernel_workflow_history h on h.record_id = t.id
    where t.tractor_plate = plate and h.step = 'enter_buffer' and h.actor = %s::uuid)
"""
TWICE = """
select count(*) from (select record_id from kernel_workflow_history
    where step = 'enter_buffer' and actor = %s::uuid group by record_id having count(*) > 1) twofold
"""
# Records that were copied in for the measurement have no beginning in history; their later steps must be there.
UNTOLD = """
select count(*) from {table} r join lateral (
    select h.target from kernel_workflow_history h where h.record_id = r.id
    order by h.version desc limit 1) last on true
where last.target <> r.state
"""
GAPS = """
select count(*) from (select record_id from kernel_workflow_history where flow = %s::text
    group by record_id having max(version) - min(version) + 1 <> count(*)) holed
"""
WAITING = "select count(*) from kernel_events_outbox"
HELD = "select count(*) from kernel_events_held"
# What a handler writes and the memory that it had the event are one transaction, and the memory knows an event once.
GIVEN = "select count(*) from kernel_events_delivery where handler = any(%s::text[])"
STEPS = "select flow, step, source, target, count(*) from kernel_workflow_history group by 1, 2, 3, 4"


def run(actor: str, answered: list[str], patience: float) -> dict[str, Any]:
    """Counts of what must not be; events and seals get `patience` seconds to arrive while the worker runs."""
    waiting = _wait(patience)
    untold = gaps = 0
    parents = {flow.overlay.parent for flow in FLOWS if flow.overlay}  # their versions rise with their overlays' too
    for flow in FLOWS:
        untold += _count(UNTOLD.format(table=flow.table))
        if flow.name not in parents:
            gaps += _count(GAPS, flow.name)
    return {
        "lost": _count(LOST, answered, actor),
        "twice": _count(TWICE, actor),
        "without_history": untold,
        "gaps": gaps,
        "given otherwise than once": abs(_owed() - _count(GIVEN, _of_steps())),
        "findings": [str(finding) for finding in verified().findings][:5],
        "steps in history": _count("select count(*) from kernel_workflow_history"),
        **waiting,
    }


def _wait(patience: float) -> dict[str, int]:
    until = time.monotonic() + patience
    while True:
        found = {"waiting": _count(WAITING), "held": _count(HELD), "unsealed": verified().unsealed}
        if not any(found.values()) or time.monotonic() > until:
            return found
        time.sleep(2)


def _owed() -> int:
    """How many times an event of a step had to be given to a handler, by the steps in history."""
    with connection.cursor() as cursor:
        cursor.execute(STEPS)
        rows = cursor.fetchall()
    return sum(count * _handlers_of(*step) for *step, count in rows)


def _of_steps() -> list[str]:
    """The handlers of steps' events. Of the few events that an action publishes beside a step nothing else tells."""
    events = {row.event for flow in FLOWS for row in flow.steps}
    return [handler.name for handler in HANDLERS if handler.event in events]


def _handlers_of(flow: str, step: str, source: str, target: str) -> int:
    rows = FLOWS.get(flow).step_rows(step)
    event = next(row.event for row in rows if (source in row.source or not source) and row.target == target)
    return sum(handler.event == event for handler in HANDLERS)


def _count(sql: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def verified() -> Report:
    """The whole trail, read once."""
    database = settings.DATABASES["default"]
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    with psycopg.connect(make_conninfo(**{key: database[name] for key, name in names.items()})) as line:
        return verify(line)
