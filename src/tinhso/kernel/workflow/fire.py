"""`fire`: the only way a state changes.

One call of one generated function does permission, guards, row lock, state, history, audit and the step's
event, in one transaction. Called alone it runs in autocommit: do not wrap a single `fire` in a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from psycopg.types.json import Jsonb

from tinhso.kernel.access import refusals
from tinhso.kernel.access.may import may
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.binding import bind
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal, Stale
from tinhso.kernel.base.rows import on_driver
from tinhso.kernel.events.wake import wake
from tinhso.kernel.workflow.rows import as_json, computed_columns
from tinhso.kernel.workflow.sql.parts import applies
from tinhso.kernel.workflow.table import FlowTable, PythonGuard

if TYPE_CHECKING:
    from tinhso.kernel.workflow.models import FlowModel

TRIES = 3
CHUNK = 1_000

Record = TypeVar("Record", bound="FlowModel")


class StepRefused(Refusal):
    """A step that was not done; `code` names the guard's refusal, `state` where the record stands."""

    def __init__(self, refusal: Refusal, *, step: str, state: str = "", guard: str = "") -> None:
        super().__init__(
            refusal.message, code=refusal.code, status=refusal.status, field=refusal.field, **refusal.facts
        )
        self.step, self.state, self.guard = step, state, guard


@dataclass
class Outcome:
    """What a batch did: versions of the records done, refusals of the others, by id."""

    done: dict[UUID, int] = field(default_factory=dict)
    refused: dict[UUID, StepRefused] = field(default_factory=dict)


def fire(
    flow: FlowTable, record: Record, step: str, *, by: Actor, at: datetime, expected: int | None = None, **facts: Any
) -> Record:
    """Do one step of one record and bring the record up to date.

    `expected`: the version that the caller saw; another one is Stale. Columns that the step sets are read
    again when they are next looked at. Raises StepRefused (a guard, the table or a right says no).
    """
    if expected is None:
        expected, record.seen_version = record.seen_version, None
    guarded = any(row.python_guards for row in flow.step_rows(step))
    for attempt in range(TRIES):
        if guarded and _passes_unread(flow, record, step, at, facts):
            guarded = False
        want = _ask_python(flow, record, step, by, at, facts) if guarded else expected
        if guarded and expected is not None and want != expected:
            raise Stale
        try:
            version, state = _call(flow, record.pk, step, by, at, want, facts)
        except psycopg.Error as error:
            if error.sqlstate == "FI409" and expected is None and attempt < TRIES - 1 and _outermost():
                continue
            raise refusal_of(flow, error, step=step, by=by, record_id=record.pk, at=at) from error
        _refresh(flow, record, step, version, state, at)
        return record
    raise Stale


def fire_many(
    flow: FlowTable,
    records: Iterable[Any],
    step: str,
    *,
    by: Actor,
    at: datetime,
    together: bool = True,
    facts: Mapping[UUID, Mapping[str, Any]] | None = None,
    **shared: Any,
) -> Outcome:
    """Do one step of many records (or ids), set-based, in chunks of 1,000.

    `together`: one refusal undoes all and is raised; otherwise each refusal is told in the outcome.
    `facts` by id are laid over the shared ones.
    """
    records = list(records)
    ids = sorted({getattr(record, "pk", record) for record in records})
    seen = {record.pk: version for record in records if (version := getattr(record, "seen_version", None)) is not None}
    outcome = Outcome()
    if not ids:
        return outcome
    # One chunk is one statement and needs no transaction around it.
    with transaction.atomic() if len(ids) > CHUNK else nullcontext():
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            passed = [{**shared, **(facts or {}).get(record_id, {})} for record_id in chunk]
            _fire_chunk(flow, chunk, step, by, at, together, passed, outcome, seen)
    return outcome


def create_many(
    flow: FlowTable, records: Sequence[Record], *, by: Actor, at: datetime, step: str = "create", **facts: Any
) -> list[Record]:
    """Make records in one statement; returns them as they stand. Raises StepRefused when any may not be made."""
    if not records:
        return []
    rows = Jsonb([as_json(record) for record in records])
    try:
        made = _execute(
            f"select id, version, state from {flow.table}_create(%s::jsonb, %s::text, %s::timestamptz, %s::jsonb)",
            (rows, step, at, Jsonb(facts)),
            by,
        )
    except psycopg.Error as error:
        raise refusal_of(flow, error, step=step, by=by, record_id=records[0].pk, at=at) from error
    states = {record_id: (version, state) for record_id, version, state in made}
    for record in records:
        record.version, record.state = states[record.pk]
        record.state_since = record.created_at = at
        record.created_by = by.id
        record._state.adding, record._state.db = False, DEFAULT_DB_ALIAS
        _forget(record, flow.set_columns(step))
    return list(records)


def find_for(
    flow: FlowTable,
    records: models.QuerySet[Record],
    record_id: UUID,
    step: str,
    *,
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Record:
    """The record, for a room's action that is to do `step`, once it is known that `by` may.

    `expected`: the version that the caller saw; the action's first step of the record asks for it again.
    Raises StepRefused as `fire` would: no such record, no right, another version.
    """
    record = records.filter(pk=record_id).first()
    if record is None:
        raise _refused(flow, "FI404", "", step)
    permissions = sorted({row.permission for row in flow.step_rows(step)})
    if not any(may(by, permission, record, at) for permission in permissions):
        refusals.record(by, permissions[0], on=Where(record=record_id), at=at)
        raise _refused(flow, "FI403", permissions[0], step)
    if expected not in (None, record.version):
        raise _refused(flow, "FI409", "", step)
    record.seen_version = expected
    return record


def refusal_of(
    flow: FlowTable, error: psycopg.Error, *, step: str, by: Actor, record_id: UUID, at: datetime
) -> StepRefused | psycopg.Error:
    """The refusal that a database error stands for, or the error itself when it stands for none."""
    state, detail, hint = error.sqlstate, error.diag.message_detail or "", error.diag.message_hint or ""
    if state == "FI403":
        refusals.record(by, detail, on=Where(record=record_id), at=at)
    constraint = error.diag.constraint_name or ""
    if state == "23505" and constraint in flow.constraints:
        return StepRefused(flow.refuse(flow.constraints[constraint]), step=step)
    if not state or not state.startswith("FI"):
        return error
    return _refused(flow, state, detail, step, hint)


def _refused(flow: FlowTable, state: str, detail: str, step: str, guard: str = "") -> StepRefused:
    plain = {"FI401": "nobody", "FI403": "forbidden", "FI404": "not-found", "FI409": "stale", "FI423": "illegal-step"}
    code = detail if state == "FI422" else flow.codes.get(state, plain.get(state, state))
    stands = detail if state == "FI423" else ""
    title = next((row.title for row in flow.step_rows(step) if row.title), step)
    refusal = flow.refuse(code, step=step, event=title, state=flow.states.get(stands, stands), permission=detail)
    return StepRefused(refusal, step=step, state=stands, guard=guard)


def _call(
    flow: FlowTable, record_id: UUID, step: str, by: Actor, at: datetime, want: int | None, facts: Mapping[str, Any]
) -> tuple[int, str]:
    sql = f"select version, state from {flow.table}_fire(%s::uuid, %s::text, %s::timestamptz, %s::integer, %s::jsonb)"
    return _execute(sql, (record_id, step, at, want, Jsonb(facts)), by)[0]


def _fire_chunk(
    flow: FlowTable,
    ids: list[UUID],
    step: str,
    by: Actor,
    at: datetime,
    together: bool,
    passed: list[dict[str, Any]],
    outcome: Outcome,
    seen: Mapping[UUID, int],
) -> None:
    versions: list[int | None] = [seen.get(record_id) for record_id in ids]
    if any(row.python_guards for row in flow.step_rows(step)):
        ids, versions, passed = _ask_python_of_many(flow, ids, step, by, at, passed, together, outcome)
        # Version 0 is nobody's: where the guards saw another version than who asks, the record is stale.
        versions = [found if seen.get(one, found) == found else 0 for one, found in zip(ids, versions, strict=True)]
    sql = (
        f"select id, version, refusal, detail from {flow.table}_fire_many"
        "(%s::uuid[], %s::integer[], %s::text, %s::timestamptz, %s::jsonb[], %s::boolean)"
    )
    try:
        rows = _execute(sql, (ids, versions, step, at, [Jsonb(one) for one in passed], together), by)
    except psycopg.Error as error:
        raise refusal_of(flow, error, step=step, by=by, record_id=ids[0], at=at) from error
    for record_id, version, refusal, detail in rows:
        if not refusal:
            outcome.done[record_id] = version
            continue
        if refusal == "FI403":
            refusals.record(by, detail, on=Where(record=record_id), at=at)
        outcome.refused[record_id] = _refused(flow, refusal, detail or "", step)
        if together:  # none of the records was there: nothing was done
            raise outcome.refused[record_id]


def _passes_unread(flow: FlowTable, record: Any, step: str, at: datetime, facts: Mapping[str, Any]) -> bool:
    """Whether guards that look at no column let the step pass: then the record need not be read for them.

    A refusal is told by the way that reads it, which knows whether the step is in the table at all.
    """
    guards = _unreading_guards(flow, step)
    try:
        return bool(guards) and all(guard.check({"id": record.pk}, facts, at) for guard in guards)
    except Refusal:
        return False


@cache
def _unreading_guards(flow: FlowTable, step: str) -> tuple[PythonGuard, ...]:
    """The Python guards of a step when all its rows have the same and none of them reads; else none."""
    kinds = {row.python_guards for row in flow.step_rows(step)}
    guards = kinds.pop() if len(kinds) == 1 else ()
    return () if any(guard.columns for guard in guards) else guards


def _ask_python(flow: FlowTable, record: Any, step: str, by: Actor, at: datetime, facts: Mapping[str, Any]) -> int:
    """Ask the step's Python guards on a narrow read; returns the version they saw."""
    # One id, not an array of one: PostgreSQL keeps the plan of this, and plans that anew each time.
    rows = _narrow(flow, step, "id = %s::uuid", record.pk)
    if not rows:
        raise _refused(flow, "FI404", "", step)
    return _judge(flow, step, rows[0], facts, by, at)


def _ask_python_of_many(
    flow: FlowTable,
    ids: list[UUID],
    step: str,
    by: Actor,
    at: datetime,
    passed: list[dict[str, Any]],
    together: bool,
    outcome: Outcome,
) -> tuple[list[UUID], list[int | None], list[dict[str, Any]]]:
    rows = {row["id"]: row for row in _narrow(flow, step, "id = any(%s::uuid[])", ids)}
    good: list[tuple[UUID, int | None, dict[str, Any]]] = []
    for record_id, facts in zip(ids, passed, strict=True):
        try:
            if record_id not in rows:
                raise _refused(flow, "FI404", "", step)
            good.append((record_id, _judge(flow, step, rows[record_id], facts, by, at), facts))
        except StepRefused as refusal:
            if together:
                raise
            outcome.refused[record_id] = refusal
    return [one[0] for one in good], [one[1] for one in good], [one[2] for one in good]


def _judge(
    flow: FlowTable, step: str, row: Mapping[str, Any], facts: Mapping[str, Any], by: Actor, at: datetime
) -> int:
    """The version on which every Python guard of the row of the table that applies was content.

    Raises StepRefused: the guard's, or that the right is missing, for a stranger learns nothing of the record.
    """
    applying = [] if row["step_row"] is None else [flow.step_rows(step)[row["step_row"]]]
    for one in applying:
        for guard in one.python_guards:
            refusal = _refusal_of_guard(flow, step, guard, row, facts, at)
            if refusal is None:
                continue
            if may(by, one.permission, _where(flow, row), at):
                raise refusal
            refusals.record(by, one.permission, on=Where(record=row["id"]), at=at)
            raise _refused(flow, "FI403", one.permission, step)
    return int(row["version"])


def _where(flow: FlowTable, row: Mapping[str, Any]) -> Where:
    scope = flow.scope.paths().values()
    return Where(*(row["id" if path == "pk" else path] if path else None for path in scope))


def _refusal_of_guard(
    flow: FlowTable, step: str, guard: PythonGuard, row: Mapping[str, Any], facts: Mapping[str, Any], at: datetime
) -> StepRefused | None:
    try:
        passed = guard.check(row, facts, at)
    except StepRefused as refusal:
        return refusal
    except Refusal as refusal:
        return StepRefused(refusal, step=step, state=row["state"], guard=guard.name)
    if passed:
        return None
    return StepRefused(flow.refuse(guard.refuses, **facts), step=step, state=row["state"], guard=guard.name)


def _narrow(flow: FlowTable, step: str, which: str, value: UUID | list[UUID]) -> list[dict[str, Any]]:
    columns = _guarded_columns(flow, step)
    sql = f"select {_row_number(flow, step)}, {', '.join(columns)} from {flow.table} r where {which}"
    return [dict(zip(("step_row", *columns), row, strict=True)) for row in _execute(sql, (value,), None)]


@cache
def _guarded_columns(flow: FlowTable, step: str) -> tuple[str, ...]:
    """What the step's Python guards look at, the version that they judge, and the record's scope."""
    guards = [guard for row in flow.step_rows(step) for guard in row.python_guards]
    scope = [path for path in flow.scope.paths().values() if path and path != "pk"]
    seen = (column for guard in guards for column in guard.columns)
    return tuple(dict.fromkeys(["id", "version", "state", *seen, *scope]))


@cache
def _row_number(flow: FlowTable, step: str) -> str:
    """Which row of the table applies to the record, as the functions choose it: by state and condition."""
    rows = enumerate(flow.step_rows(step))
    whens = " ".join(f"when {applies(row)} then {number}" for number, row in rows if row.source)
    return f"case {whens} end"


def _execute(sql: str, parameters: tuple[Any, ...], by: Actor | None) -> list[tuple[Any, ...]]:
    """Run one statement on Django's own connection, prepared, past the ORM.

    Inside a transaction a refusal may not spoil what came before it: a savepoint stands around the call.
    """
    here = connections[DEFAULT_DB_ALIAS]
    if by is not None:
        bind(by)
    else:
        here.ensure_connection()
    if not here.in_atomic_block:
        rows = on_driver(here.connection, sql, parameters)
        if by is not None:
            wake()
        return rows
    with transaction.atomic():
        rows = on_driver(here.connection, sql, parameters)
    if by is not None:
        transaction.on_commit(wake)
    return rows


def _outermost() -> bool:
    return not connections[DEFAULT_DB_ALIAS].in_atomic_block


def _refresh(flow: FlowTable, record: Record, step: str, version: int, state: str, at: datetime) -> None:
    record.version, record.state, record.state_since = version, state, at
    _forget(record, (*flow.set_columns(step), *computed_columns(type(record))))


def _forget(record: Record, columns: Iterable[str]) -> None:
    """Let columns that the database has set be read again when they are next looked at."""
    for column in columns:
        record.__dict__.pop(column, None)
