"""A flow: its table with the verbs that move records through it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.workflow import fire
from tinhso.kernel.workflow.models import FlowModel
from tinhso.kernel.workflow.outcome import Outcome, StepRefused
from tinhso.kernel.workflow.table import (
    FLOWS,
    Counter,
    FlowTable,
    LockingGuard,
    Overlay,
    PythonGuard,
    SqlGuard,
    Step,
    Timer,
)

__all__ = [
    "FLOWS",
    "Counter",
    "Flow",
    "LockingGuard",
    "Outcome",
    "Overlay",
    "PythonGuard",
    "SqlGuard",
    "Step",
    "StepRefused",
    "Timer",
]

Record = TypeVar("Record", bound=FlowModel)


@dataclass(frozen=True, eq=False)
class Flow(FlowTable):
    """The state machine of one record kind, with its four verbs."""

    def fire(self, record: Record, step: str, *, by: Actor, at: datetime, **facts: Any) -> Record:
        """Do one step; see `fire.fire`."""
        return fire.fire(self, record, step, by=by, at=at, **facts)

    def find_for(
        self,
        records: QuerySet[Record],
        record_id: UUID,
        step: str,
        *,
        by: Actor,
        at: datetime,
        expected: int | None = None,
    ) -> Record:
        """The record for an action that is to do the step; see `fire.find_for`."""
        return fire.find_for(self, records, record_id, step, by=by, at=at, expected=expected)

    def fire_many(self, records: Any, step: str, *, by: Actor, at: datetime, **rest: Any) -> Outcome:
        """Do one step with many records at once; see `fire.fire_many`."""
        return fire.fire_many(self, records, step, by=by, at=at, **rest)

    def create(self, record: Record, *, by: Actor, at: datetime, step: str = "create", **facts: Any) -> Record:
        """Make one record; see `fire.create_many`."""
        return fire.create_many(self, [record], by=by, at=at, step=step, **facts)[0]

    def create_many(
        self, records: list[Record], *, by: Actor, at: datetime, step: str = "create", **facts: Any
    ) -> list[Record]:
        """Make many records in one statement; see `fire.create_many`."""
        return fire.create_many(self, records, by=by, at=at, step=step, **facts)
