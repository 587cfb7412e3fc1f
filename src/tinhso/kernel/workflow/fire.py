"""`fire`: the only way a state changes.

One call of one generated function does permission, guards, row lock, state, history, audit and the step's
event, in one transaction. Called alone it runs in autocommit: do not wrap a single `fire` in a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, models, transaction
from psycopg.types.json import Jsonb

from tinhso.kernel.access.may import may
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Stale
from tinhso.kernel.workflow import asking
from tinhso.kernel.workflow.calling import call, outermost
from tinhso.kernel.workflow.outcome import Outcome, forbidden, refusal_of, refused
from tinhso.kernel.workflow.rows import as_json, computed_columns
from tinhso.kernel.workflow.table import FlowTable

if TYPE_CHECKING:
    from tinhso.kernel.workflow.models import FlowModel

TRIES = 3
CHUNK = 1_000

Record = TypeVar("Record", bound="FlowModel")


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
        if guarded and asking.pass_unread(flow, record, step, at, facts):
            guarded = False
        want = asking.ask(flow, record, step, by, at, facts) if guarded else expected
        if guarded and expected is not None and want != expected:
            raise Stale
        try:
            version, state = _fire_one(flow, record.pk, step, by, at, want, facts)
        except psycopg.Error as error:
            if error.sqlstate == "FI409" and expected is None and attempt < TRIES - 1 and outermost():
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
        made = call(
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
        raise refused(flow, "FI404", "", step)
    permissions = sorted({row.permission for row in flow.step_rows(step)})
    if not any(may(by, permission, record, at) for permission in permissions):
        raise forbidden(flow, permissions[0], step, by=by, record_id=record_id, at=at)
    if expected not in (None, record.version):
        raise refused(flow, "FI409", "", step)
    record.seen_version = expected
    return record


def _fire_one(
    flow: FlowTable, record_id: UUID, step: str, by: Actor, at: datetime, want: int | None, facts: Mapping[str, Any]
) -> tuple[int, str]:
    sql = f"select version, state from {flow.table}_fire(%s::uuid, %s::text, %s::timestamptz, %s::integer, %s::jsonb)"
    return call(sql, (record_id, step, at, want, Jsonb(facts)), by)[0]


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
        ids, versions, passed = asking.ask_of_many(flow, ids, step, by, at, passed, together, outcome)
        # Version 0 is nobody's: where the guards saw another version than who asks, the record is stale.
        versions = [found if seen.get(one, found) == found else 0 for one, found in zip(ids, versions, strict=True)]
    sql = (
        f"select id, version, refusal, detail from {flow.table}_fire_many"
        "(%s::uuid[], %s::integer[], %s::text, %s::timestamptz, %s::jsonb[], %s::boolean)"
    )
    try:
        rows = call(sql, (ids, versions, step, at, [Jsonb(one) for one in passed], together), by)
    except psycopg.Error as error:
        raise refusal_of(flow, error, step=step, by=by, record_id=ids[0], at=at) from error
    for record_id, version, refusal, detail in rows:
        if not refusal:
            outcome.done[record_id] = version
            continue
        outcome.refused[record_id] = (
            forbidden(flow, detail, step, by=by, record_id=record_id, at=at)
            if refusal == "FI403"
            else refused(flow, refusal, detail or "", step)
        )
        if together:  # none of the records was there: nothing was done
            raise outcome.refused[record_id]


def _refresh(flow: FlowTable, record: Record, step: str, version: int, state: str, at: datetime) -> None:
    record.version, record.state, record.state_since = version, state, at
    _forget(record, (*flow.set_columns(step), *computed_columns(type(record))))


def _forget(record: Record, columns: Iterable[str]) -> None:
    """Let columns that the database has set be read again when they are next looked at."""
    for column in columns:
        record.__dict__.pop(column, None)
