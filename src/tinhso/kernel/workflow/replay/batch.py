"""A batch: records and their steps are copied into tables of the session, checked as a whole, and written or refused.

It runs on a connection of the tables' owner, because the application may write none of these tables; who acts must
hold the right all the same, and the trail says what was put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.workflow.migrate import model_of
from tinhso.kernel.workflow.permissions import REPLAY
from tinhso.kernel.workflow.replay.checks import LOOK, allowed_rows, checks_of, staged
from tinhso.kernel.workflow.rows import written_fields
from tinhso.kernel.workflow.table import FlowTable

STEP_COLUMNS = (
    "flow", "record_id", "version", "root_id", "root_version", "step", "source", "target", "at", "actor",
    "place_id", "facts",
)  # fmt: skip
"""`root_id`: the record itself, or the parent of an overlay's record; `root_version`: which version that one got."""

STAGES = """
create temp table replay_step (
    flow text not null, record_id uuid not null, version integer not null, root_id uuid not null,
    root_version integer not null, step text not null, source text not null, target text not null,
    at timestamptz not null, actor uuid not null, place_id uuid, facts jsonb not null
) on commit delete rows;
create temp table replay_record (
    flow text not null, record_id uuid not null, steps integer not null, first_at timestamptz, last_at timestamptz,
    first_actor uuid, last_target text, last_version integer, broken boolean not null
) on commit delete rows;
create temp table replay_allowed (
    flow text not null, step text not null, source text not null, target text not null, permission text not null
);
"""
WRITE_HISTORY = """
insert into kernel_workflow_history (flow, record_id, version, step, source, target, at, actor, place_id, facts)
select flow, record_id, version, step, source, target, at, actor, place_id, facts from replay_step
"""
WRITE_AUDIT = """
insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
select at, actor, step, flow, record_id, version, facts::text from replay_step
"""
MAY = "select kernel_access_may(%s::uuid, %s::text, null, null, null, null, %s::timestamptz)"
TOLD = "select kernel_audit_record('kernel_workflow.records_replayed', %s::text, null, %s::timestamptz, %s::text)"


class ReplayRefused(Refusal):
    """The batch is not what these flows could have left; `findings` says what is wrong, record by record."""

    code = "replay"

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__(f"{len(findings)} findings, the first: {findings[0]}", code="replay", findings=list(findings))
        self.findings = list(findings)


@dataclass(frozen=True, slots=True)
class Written:
    """How much a batch has put in."""

    records: int
    steps: int


class Replay:
    """Takes batches of these flows' records on one connection, one transaction each.

    `flows`: the record kind that stands for itself first, then those that lie over it.
    """

    def __init__(self, connection: psycopg.Connection[Any], flows: Sequence[FlowTable]) -> None:
        self.connection = connection
        self.flows = tuple(flows)
        self._checks = checks_of(self.flows)
        self._columns = {flow.name: [field.column for field in written_fields(model_of(flow))] for flow in flows}
        connection.execute(STAGES)
        for flow in self.flows:
            columns = sql.SQL(", ").join(map(sql.Identifier, self._columns[flow.name]))
            connection.execute(
                sql.SQL("create temp table {} on commit delete rows as select {} from {} with no data").format(
                    sql.Identifier(staged(flow)), columns, sql.Identifier(flow.table)
                )
            )
        with connection.cursor() as cursor:
            cursor.executemany("insert into replay_allowed values (%s, %s, %s, %s, %s)", allowed_rows(self.flows))

    def columns(self, flow: FlowTable) -> list[str]:
        """The columns of a record's row, in the order in which they are copied."""
        return self._columns[flow.name]

    def records(self, flow: FlowTable, lines: Iterable[str]) -> None:
        """Records as lines of COPY's text form, without the line's end."""
        self._copy(staged(flow), self._columns[flow.name], lines)

    def steps(self, lines: Iterable[str]) -> None:
        """Steps as lines of COPY's text form, by STEP_COLUMNS."""
        self._copy("replay_step", STEP_COLUMNS, lines)

    def rows(self, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
        """Rows of an ordinary table that belong to the records, put in as they are."""
        self._copy(table, columns, lines)

    def finish(self, *, by: Actor, at: datetime, note: str = "") -> Written:
        """Check what was copied and write it, within the caller's transaction.

        Raises Forbidden without the right, ReplayRefused with all that is wrong: nothing is kept then.
        """
        connection = self.connection
        connection.execute("select set_config('tinhso.actor', %s::text, true)", [str(by.id)])
        allowed = connection.execute(MAY, [by.id, REPLAY, at]).fetchone()
        if not allowed or not allowed[0]:
            raise Forbidden(permission=REPLAY)
        self._analyse()
        findings = self.findings()
        if findings:
            raise ReplayRefused(findings)
        return self._write(by, at, note)

    def findings(self) -> list[str]:
        """All that is wrong with what was copied, some of each kind."""
        self.connection.execute(LOOK)
        found: list[str] = []
        for check in self._checks:
            rows = self.connection.execute(check.sql).fetchall()
            found += [f"{check.says}: {' '.join(str(value) for value in row)}" for row in rows]
        return found

    def _write(self, by: Actor, at: datetime, note: str) -> Written:
        records = 0
        for flow in self.flows:
            columns = sql.SQL(", ").join(map(sql.Identifier, self._columns[flow.name]))
            done = self.connection.execute(
                sql.SQL("insert into {0} ({1}) select {1} from {2}").format(
                    sql.Identifier(flow.table), columns, sql.Identifier(staged(flow))
                )
            )
            records += done.rowcount
        steps = self.connection.execute(WRITE_HISTORY).rowcount
        self.connection.execute(WRITE_AUDIT)
        payload = {"records": records, "steps": steps, "note": note}
        self.connection.execute(TOLD, [self.flows[0].name, at, canonical(payload)])
        return Written(records, steps)

    def _analyse(self) -> None:
        """The planner must know how much was copied, roughly: nobody else looks after a session's own tables."""
        self.connection.execute("set local default_statistics_target = 5")
        for name in ("replay_step", *(staged(flow) for flow in self.flows)):
            self.connection.execute(sql.SQL("analyze {}").format(sql.Identifier(name)))

    def _copy(self, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
        statement = sql.SQL("copy {} ({}) from stdin").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        text = "\n".join(lines)
        if not text:
            return
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(text + "\n")
