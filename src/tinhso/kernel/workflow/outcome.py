"""What comes of a step: done, or refused with the flow's own code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import psycopg

from tinhso.kernel.access import refusals
from tinhso.kernel.access.may import may
from tinhso.kernel.access.reach import Reach, reaches
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.base.rows import rows
from tinhso.kernel.geo.models import Place
from tinhso.kernel.workflow.table import ELSEWHERE, FlowTable


class StepRefused(Refusal):
    """A step that was not done; `code` names the guard's refusal, `state` where the record stands."""

    def __init__(self, refusal: Refusal, *, step: str, state: str = "", guard: str = "") -> None:
        super().__init__(
            refusal.message, code=refusal.code, status=refusal.status, field=refusal.field, **refusal.facts
        )
        self.step, self.state, self.guard = step, state, guard


class StepForbidden(StepRefused):
    """The right to do the step is missing, here and at every other place."""


@dataclass
class Outcome:
    """What a batch did: versions of the records done, refusals of the others, by id."""

    done: dict[UUID, int] = field(default_factory=dict)
    refused: dict[UUID, StepRefused] = field(default_factory=dict)


def refusal_of(
    flow: FlowTable, error: psycopg.Error, *, step: str, by: Actor, record_id: UUID, at: datetime
) -> StepRefused | psycopg.Error:
    """The refusal that a database error stands for, or the error itself when it stands for none."""
    state, detail, hint = error.sqlstate, error.diag.message_detail or "", error.diag.message_hint or ""
    if state == "FI403":
        return forbidden(flow, detail, step, by=by, record_id=record_id, at=at)
    constraint = error.diag.constraint_name or ""
    if state == "23505" and constraint in flow.constraints:
        return StepRefused(flow.refuse(flow.constraints[constraint]), step=step)
    if not state or not state.startswith("FI"):
        return error
    return refused(flow, state, detail, step, hint)


def forbidden(flow: FlowTable, permission: str, step: str, *, by: Actor, record_id: UUID, at: datetime) -> StepRefused:
    """The refusal of who lacks the right, of which a trace stays in the audit.

    A flow that names the code ELSEWHERE tells with it those who hold the right at another place: `a` is where they
    work now, `b` where the record belongs.
    """
    refusals.record(by, permission, on=Where(record=record_id), at=at)
    places = _places(flow, permission, by, record_id, at) if ELSEWHERE in flow.codes else None
    if places is None:
        return refused(flow, "FI403", permission, step)
    here, there = places
    return StepRefused(flow.refuse(flow.codes[ELSEWHERE], step=step, a=here, b=there), step=step)


@contextmanager
def named_by_id(flow: FlowTable, record_id: UUID, step: str, *, read: str, by: Actor, at: datetime) -> Iterator[None]:
    """Around a step of a record that the caller named by its id, `read` being the right to see it.

    Who may neither do the step nor see the record is told the same as of an id that nobody has, so that no id can be
    guessed; the trace in the audit stands by then. Who holds the right at another place is told so (ELSEWHERE).
    """
    try:
        yield
    except StepForbidden:
        if may(by, read, _where(flow, record_id), at):
            raise
        raise refused(flow, "FI404", "", step) from None


def _where(flow: FlowTable, record_id: UUID) -> Where:
    """Where the record belongs; nowhere when it is not there."""
    columns = ", ".join({"pk": "id"}.get(path, path) if path else "null" for path in flow.scope.paths().values())
    found = rows(f"select {columns} from {flow.table} where id = %s::uuid", record_id)
    return Where(*found[0]) if found else Where()


def _places(flow: FlowTable, permission: str, by: Actor, record_id: UUID, at: datetime) -> tuple[str, str] | None:
    """Where `by` holds the right that he lacks here, and where the record is; None if he lacks it for another cause."""
    scopes = [scope for scope in reaches(by, [permission], at)[permission].scopes if scope.place]
    there = _where(flow, record_id) if scopes else Where()
    for scope in scopes:
        if there.place and Reach([scope]).covers(replace(there, place=scope.place)):
            names = Place.objects.in_bulk([scope.place, there.place])
            return names[scope.place].called, names[there.place].called
    return None


def refused(flow: FlowTable, state: str, detail: str, step: str, guard: str = "") -> StepRefused:
    plain = {"FI401": "nobody", "FI403": "forbidden", "FI404": "not-found", "FI409": "stale", "FI423": "illegal-step"}
    code = detail if state == "FI422" else flow.codes.get(state, plain.get(state, state))
    stands = detail if state == "FI423" else ""
    title = next((row.title for row in flow.step_rows(step) if row.title), step)
    refusal = flow.refuse(code, step=step, event=title, state=flow.states.get(stands, stands), permission=detail)
    kind = StepForbidden if state == "FI403" else StepRefused
    return kind(refusal, step=step, state=stands, guard=guard)
