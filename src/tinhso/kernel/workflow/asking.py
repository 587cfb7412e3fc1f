"""Guards in Python: small functions over a narrow read of the record, asked before the step's function.

The version that they read is the version that the function then demands.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from tinhso.kernel.access.may import may
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.workflow.calling import call
from tinhso.kernel.workflow.outcome import Outcome, StepRefused, forbidden, refused
from tinhso.kernel.workflow.sql.parts import applies
from tinhso.kernel.workflow.table import FlowTable, PythonGuard


def pass_unread(flow: FlowTable, record: Any, step: str, at: datetime, facts: Mapping[str, Any]) -> bool:
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


def ask(flow: FlowTable, record: Any, step: str, by: Actor, at: datetime, facts: Mapping[str, Any]) -> int:
    """Ask the step's Python guards on a narrow read; returns the version they saw."""
    # One id, not an array of one: PostgreSQL keeps the plan of this, and plans that anew each time.
    rows = _narrow(flow, step, "id = %s::uuid", record.pk)
    if not rows:
        raise refused(flow, "FI404", "", step)
    return _judge(flow, step, rows[0], facts, by, at)


def ask_of_many(
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
                raise refused(flow, "FI404", "", step)
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
            raise forbidden(flow, one.permission, step, by=by, record_id=row["id"], at=at)
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
    return [dict(zip(("step_row", *columns), row, strict=True)) for row in call(sql, (value,), None)]


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
