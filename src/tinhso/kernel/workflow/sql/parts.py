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
    return f"exists (select 1 from kernel_access_right g where {held((permission,))} and {reaches(flow)})"


def held(permissions: tuple[str, ...]) -> str:
    """Whether the right `g` is one of these permissions, the actor's, and valid now."""
    return (
        f"g.holder_id = v_actor and g.permission in ({listed(permissions)}) and g.valid_from <= p_at"
        " and (g.valid_until is null or p_at < g.valid_until)"
    )


def reaches(flow: FlowTable) -> str:
    """Whether the right `g` reaches this record."""
    tests = []
    for column, path in flow.scope.paths().items():
        own = "id" if path == "pk" else path
        tests.append(f"(g.{column} is null or g.{column} = r.{own})" if own else f"g.{column} is null")
    return " and ".join(tests)


def permissions_of(flow: FlowTable, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.permission for step in flow.step_rows(name)))


def permitted_for_any(flow: FlowTable, name: str) -> str:
    return " or ".join(permitted(flow, permission) for permission in permissions_of(flow, name))


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
