"""The table of a flow: what can happen to a record, who may do it, what must be true.

A flow is data. From it come the SQL functions that alone may change a state (`sql`), the one way to
call them (`fire`), the API's step routes, the buttons, the timers and the diagram.

Expressions in SQL see `r` (the record's row before the step), `f` (the facts passed in, jsonb), `p_at`
(the moment) and, in an overlay, `p` (the parent's row).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.modules.registry import Registry


@dataclass(frozen=True)
class SqlGuard:
    """A condition over the record's own row, the facts and the moment; compiled into the function."""

    name: str
    refuses: str
    sql: str


@dataclass(frozen=True)
class LockingGuard:
    """A condition on shared room (a yard, a slot): `lock` takes its row, then `sql` is asked.

    A step that carries one is fired record by record, in a batch too.
    """

    name: str
    refuses: str
    lock: str
    sql: str


@dataclass(frozen=True)
class PythonGuard:
    """A small function over the narrow row and the facts: `check(row, facts, at)`.

    It returns True to pass, False to refuse with the guard's code, or raises a Refusal that says more.
    `columns`: what it reads of the row besides `id`; one that names none may be asked without reading the record.
    The version read with `columns` is the version that the function then demands.
    """

    name: str
    refuses: str
    check: Callable[[Mapping[str, Any], Mapping[str, Any], datetime], bool]
    columns: tuple[str, ...] = ()


Guard = SqlGuard | LockingGuard | PythonGuard


@dataclass(frozen=True)
class Step:
    """One row of the table: from `source` by `name` to `target`, if `permission` and all guards allow.

    `source` empty: the step makes the record, and has guards in SQL only. `when`: SQL over `r` that chooses among
    rows of one name. `sets`: columns that the step writes besides the state, as SQL expressions. `also`: statements
    that go with the step once all guards have passed (shared room that is given back), only where `also_when` (SQL
    over `r` and the facts `f`) is true if it is given; like a locking guard they make a batch go record by record.
    """

    name: str
    source: tuple[str, ...]
    target: str
    permission: str
    when: str = ""
    guards: tuple[Guard, ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)
    event: str = ""
    title: Any = ""
    also: str = ""
    also_when: str = ""

    @cached_property
    def sql_guards(self) -> tuple[SqlGuard | LockingGuard, ...]:
        return tuple(guard for guard in self.guards if not isinstance(guard, PythonGuard))

    @cached_property
    def python_guards(self) -> tuple[PythonGuard, ...]:
        return tuple(guard for guard in self.guards if isinstance(guard, PythonGuard))

    @property
    def alone(self) -> str:
        """When (SQL over `r` and `f`) a record that takes this row moves by itself in a batch; empty is never."""
        if any(isinstance(guard, LockingGuard) for guard in self.guards):
            return "true"
        return (self.also_when or "true") if self.also else ""


@dataclass(frozen=True)
class Counter:
    """A column of the parent that counts the overlay's records in `states` (and, in SQL over `r`, `when`)."""

    column: str
    states: tuple[str, ...]
    when: str = ""


@dataclass(frozen=True)
class Overlay:
    """What makes a record kind an overlay of another: its parent is locked first and counts it."""

    parent: str
    column: str
    counters: tuple[Counter, ...] = ()
    mirrors: Mapping[str, str] = field(default_factory=dict)
    """Columns of the parent set on every step; SQL over `r` (before), `v_to` (the new state), `f`, `p_at`."""


@dataclass(frozen=True)
class Timer:
    """A step that the platform fires by itself once `due` (SQL over `r`, a moment) has passed.

    `within`: SQL over `r` that is true of all that can be due and that an index knows, where most records have ended.
    """

    step: str
    states: tuple[str, ...]
    due: str
    within: str = "true"


ELSEWHERE = "elsewhere"
"""Key in `FlowTable.codes` of the refusal for who holds the right at another place (kernel.workflow.outcome)."""


def refuse_plainly(code: str, **facts: Any) -> Refusal:
    """The refusal of a flow that brings no texts of its own."""
    return Refusal(code=code, **facts)


@dataclass(frozen=True, eq=False)
class FlowTable:
    """The state machine of one record kind. `name` is `<label>.<kind>`, `table` the model's table."""

    name: str
    table: str
    states: Mapping[str, Any]
    steps: tuple[Step, ...]
    scope: Scope = field(default_factory=Scope)
    overlay: Overlay | None = None
    timers: tuple[Timer, ...] = ()
    ends: tuple[str, ...] = ()
    refuse: Callable[..., Refusal] = refuse_plainly
    codes: Mapping[str, str] = field(default_factory=dict)
    """Codes for what the kernel itself refuses: forbidden, missing, stale, illegal."""
    constraints: Mapping[str, str] = field(default_factory=dict)
    """Constraint name → refusal code, for what a unique index catches last."""
    _rows: dict[str, tuple[Step, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        known = set(self.states)
        for step in self.steps:
            unknown = {*step.source, step.target} - known
            if unknown:
                raise ValueError(f"{self.name}: step {step.name} names unknown states {sorted(unknown)}")
            if not step.source and (step.when or step.alone or step.python_guards):
                raise ValueError(f"{self.name}: step {step.name} makes records: only guards in SQL are asked there")
            self._rows[step.name] = (*self._rows.get(step.name, ()), step)
        FLOWS.add(self.name, self)

    @property
    def label(self) -> str:
        return self.name.split(".")[0]

    def step_rows(self, name: str) -> tuple[Step, ...]:
        """All rows of the table with that name, in order."""
        return self._rows.get(name, ())

    def step_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.name for step in self.steps))

    def set_columns(self, name: str) -> tuple[str, ...]:
        """The columns that a step of that name may write besides the state."""
        return tuple(dict.fromkeys(column for step in self.step_rows(name) for column in step.sets))

    def steps_from(self, state: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if state in step.source)


FLOWS: Registry[FlowTable] = Registry("flow")
