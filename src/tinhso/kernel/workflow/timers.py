"""Steps that time itself brings: each flow says when, one job fires what is due.

A record whose step is refused waits, twice as long after each refusal, so that it never keeps others from their
turn; once anybody changes the record, it is due again at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.modules.declare import every
from tinhso.kernel.workflow.fire import fire_many
from tinhso.kernel.workflow.models import Postponed
from tinhso.kernel.workflow.sql.parts import listed
from tinhso.kernel.workflow.table import FLOWS, FlowTable, Timer

AT_MOST = 1_000
FIRST_WAIT, LONGEST_WAIT = 10.0, 600.0  # seconds of the clock that the timers go by

# The next batch may pass: the database was away, or two transactions were in each other's way.
PASSING = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)

POSTPONE = f"""
insert into {Postponed._meta.db_table} as old (flow, step, record_id, version, tries, until)
select %s::text, %s::text, one.id, one.version, 1, %s::timestamptz + make_interval(secs => {FIRST_WAIT})
  from unnest(%s::uuid[], %s::integer[]) as one (id, version)
on conflict (record_id, flow, step) do update
   set version = excluded.version,
       tries = case when old.version = excluded.version then least(old.tries + 1, 20) else 1 end,
       until = case when old.version = excluded.version
               then %s::timestamptz + make_interval(secs => least({FIRST_WAIT} * power(2, old.tries), {LONGEST_WAIT}))
               else excluded.until end
"""

log = structlog.get_logger("workflow")


@every(seconds=5, name="kernel_workflow.fire_due_steps")
def fire_due_steps(at: datetime) -> int:
    """Fire all steps that are due at `at`; returns how many records moved.

    A record that someone moved meanwhile is left as it is. What fails does not keep the other records and timers
    from their turn; it is raised at the end.
    """
    moved, failures = 0, list[Exception]()
    for flow in FLOWS:
        for timer in flow.timers:
            try:
                moved += _fire_due(flow, timer, at, failures)
            except (DatabaseError, psycopg.Error) as failure:
                failures.append(failure)
    if failures:
        raise failures[0]
    return moved


@every(seconds=3600, name="kernel_workflow.forget_postponed")
def forget_postponed(at: datetime) -> None:
    """Drop what has long been tried again, or waits in a future from which the clock was set back."""
    longest = timedelta(seconds=LONGEST_WAIT)
    Postponed.objects.exclude(until__range=(at - 6 * longest, at + longest)).delete()


def due_records(flow: FlowTable, timer: Timer, at: datetime) -> dict[UUID, int]:
    """Ids and versions of the records for which the timer has run out, longest due first, at most 1,000."""
    sql = (
        f"select r.id, r.version from {flow.table} r "
        f"where {timer.within} and r.state in ({listed(timer.states)}) and ({timer.due}) <= %s::timestamptz "
        f"and not exists (select 1 from {Postponed._meta.db_table} w where w.record_id = r.id and w.flow = %s::text "
        "and w.step = %s::text and w.version = r.version "
        f"and w.until > %s::timestamptz and w.until <= %s::timestamptz + make_interval(secs => {LONGEST_WAIT})) "
        f"order by ({timer.due}) limit {AT_MOST}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [at, flow.name, timer.step, at, at])
        return dict(cursor.fetchall())


def _fire_due(flow: FlowTable, timer: Timer, at: datetime, failures: list[Exception]) -> int:
    due = due_records(flow, timer, at)
    if not due:
        return 0
    try:
        outcome = fire_many(flow, due, timer.step, by=SYSTEM, at=at, together=False)
        moved, refused = len(outcome.done), set(outcome.refused)
    except PASSING:
        raise
    except Exception as failure:
        log.exception("a timer's batch failed", flow=flow.name, step=timer.step)
        failures.append(failure)
        moved, refused = _fire_each(flow, timer, due, at)
    _postpone(flow, timer, {record_id: due[record_id] for record_id in refused}, at)
    return moved


def _fire_each(flow: FlowTable, timer: Timer, ids: Iterable[UUID], at: datetime) -> tuple[int, set[UUID]]:
    """One by one, after one of them spoiled the batch: how many moved, and which did not."""
    moved, refused = 0, set[UUID]()
    for record_id in ids:
        try:
            done = fire_many(flow, [record_id], timer.step, by=SYSTEM, at=at, together=False).done
        except PASSING:
            raise
        except Exception:
            log.exception("a timer's step failed", flow=flow.name, step=timer.step, record=str(record_id))
            done = {}
        moved += len(done)
        refused |= {record_id} - set(done)
    return moved, refused


def _postpone(flow: FlowTable, timer: Timer, refused: Mapping[UUID, int], at: datetime) -> None:
    if not refused:
        return
    ids, versions = list(refused), list(refused.values())
    with connection.cursor() as cursor:
        cursor.execute(POSTPONE, [flow.name, timer.step, at, ids, versions, at])
