"""Pieces of SQL that the single, the batch and the making function share."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from tinhso.kernel.workflow.table import FLOWS, Counter, FlowTable, Guard, Step


@dataclass(frozen=True)
class Kind:
    """A flow with what the database needs to know of its model and its parent's."""

    flow: FlowTable
    model: type[models.Model]
    parent_table: str = ""
    parent_key: str = ""

    @property
    def table(self) -> str:
        return self.flow.table

    def function(self, verb: str) -> str:
        return f"{self.table}_{verb}"


def kind_of(flow: FlowTable, model: type[models.Model]) -> Kind:
    """The kind of a flow. Raises LookupError when its overlay's parent is not declared."""
    if not flow.overlay:
        return Kind(flow, model)
    return Kind(flow, model, FLOWS.get(flow.overlay.parent).table, flow.overlay.column)


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: tuple[str, ...]) -> str:
    return ", ".join(quoted(text) for text in texts)


def applies(step: Step) -> str:
    """Whether this row of the table is the one, given the step's name."""
    source = f"r.state in ({listed(step.source)})" if step.source else "true"
    return f"{source} and ({step.when})" if step.when else source


def permitted(flow: FlowTable, permission: str) -> str:
    """Whether the actor holds the permission for this record now; the same view as access.may reads."""
    tests = [
        "g.holder_id = v_actor",
        f"g.permission = {quoted(permission)}",
        "g.valid_from <= p_at",
        "(g.valid_until is null or p_at < g.valid_until)",
    ]
    for column, path in flow.scope.paths().items():
        own = "id" if path == "pk" else path
        tests.append(f"(g.{column} is null or g.{column} = r.{own})" if own else f"g.{column} is null")
    return "exists (select 1 from kernel_access_right g where " + " and ".join(tests) + ")"


def permitted_for_any(flow: FlowTable, name: str) -> str:
    permissions = dict.fromkeys(step.permission for step in flow.step_rows(name))
    return " or ".join(permitted(flow, permission) for permission in permissions)


def passes(guard: Guard) -> str:
    """A guard's condition; what cannot be told (null) does not pass."""
    return f"coalesce(({guard.sql}), false)"  # type: ignore[union-attr]


def counted(counter: Counter, state: str) -> str:
    """1 when a record in that state counts, else 0."""
    inside = f"{state} in ({listed(counter.states)})"
    condition = f"{inside} and ({counter.when})" if counter.when else inside
    return f"(case when coalesce({condition}, false) then 1 else 0 end)"


def place_of(flow: FlowTable) -> str:
    return f"r.{flow.scope.place}" if flow.scope.place else "null::uuid"


# A generic plan from the first call: planning anew costs more than it saves (0.3–1 ms seen).
HEAD = (
    "language plpgsql security definer set search_path = pg_catalog, public, pg_temp"
    " set plan_cache_mode = force_generic_plan as $$"
)
