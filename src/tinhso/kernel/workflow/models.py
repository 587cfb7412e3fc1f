"""Records with a state, and the history that each step leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.workflow.rows import written_fields
from tinhso.kernel.workflow.table import FlowTable

GUARDED = ("state", "state_since", "version", "created_at", "created_by")


def among(states: Iterable[str]) -> models.GeneratedField:
    """A column that says whether the state is one of these, kept by the database.

    An index or constraint asks it in place of the state: a step that stays within the group then changes no
    indexed column, and PostgreSQL writes none of the indexes anew.
    """
    within = models.ExpressionWrapper(models.Q(state__in=tuple(states)), output_field=models.BooleanField())
    return models.GeneratedField(expression=within, output_field=models.BooleanField(), db_persist=True)


class FlowModel(models.Model):
    """A record whose state only its flow may change.

    It is made with `flow.create`, moved with `flow.fire`; `save` writes its ordinary columns only. The
    database holds to the same: the application's role has no right to write the guarded columns.
    """

    flow: ClassVar[FlowTable]
    seen_version: int | None = None
    """The version that who asks says he saw: the next step of this object is Stale on another one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=24, editable=False)
    state_since = models.DateTimeField(editable=False)
    version = models.IntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.UUIDField(editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write ordinary columns of a record that exists. Raises TypeError for a new record."""
        if self._state.adding:
            raise TypeError(f"{type(self).__name__} is made with flow.create, not with save")
        if kwargs.get("update_fields") is None:
            kwargs["update_fields"] = ordinary_fields(type(self))
        super().save(*args, **kwargs)

    def get_state_title(self) -> Any:
        """The state in people's words."""
        return self.flow.states[self.state]


def ordinary_fields(model: type[models.Model]) -> list[str]:
    """Names of the columns' fields that the application may write itself."""
    guarded = guarded_columns(model)
    return [field.name for field in written_fields(model) if field.column not in guarded]


def guarded_columns(model: type[models.Model]) -> set[str]:
    """Columns that only generated functions write: the state's own, and counters that overlays keep."""
    from tinhso.kernel.workflow.table import FLOWS

    flow: FlowTable = model.flow  # type: ignore[attr-defined]
    guarded = {"id", *GUARDED}
    for other in FLOWS:
        if other.overlay and other.overlay.parent == flow.name:
            guarded |= {counter.column for counter in other.overlay.counters} | set(other.overlay.mirrors)
    return guarded


class History(models.Model):
    """One step of one record. `facts` is what was passed in: for a gate, what the barrier saw."""

    flow = models.CharField(max_length=48)
    record_id = models.UUIDField()
    version = models.IntegerField()
    step = models.CharField(max_length=32)
    source = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=24)
    at = models.DateTimeField()
    actor = models.UUIDField()
    place_id = models.UUIDField(null=True)
    facts = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_id", "version"], name="kernel_workflow_one_step_per_version"),
        ]
        indexes = [BrinIndex(fields=["at"], name="kernel_workflow_history_at", pages_per_range=16)]

    def __str__(self) -> str:
        return f"{self.flow} {self.record_id} {self.version}: {self.step}"


class Postponed(models.Model):
    """A timer's step that was refused on this version of the record, and when it is tried again (workflow.timers)."""

    flow = models.CharField(max_length=48)
    step = models.CharField(max_length=32)
    record_id = models.UUIDField()
    version = models.IntegerField()
    tries = models.SmallIntegerField(default=1)
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_id", "flow", "step"], name="kernel_workflow_postponed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.flow} {self.record_id}: {self.step}"
