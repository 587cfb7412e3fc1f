"""`<table>_fire`: one step of one record, in one round trip."""

from __future__ import annotations

from tinhso.kernel.workflow.sql.parts import (
    HEAD,
    Kind,
    applies,
    counted,
    passes,
    permitted,
    permitted_for_any,
    place_of,
    quoted,
)
from tinhso.kernel.workflow.table import LockingGuard, Step


def fire_function(kind: Kind) -> str:
    """Locks (parent first), finds the row of the table, asks permission and guards, writes all five traces."""
    cases = "\n".join(_case(kind, name) for name in kind.flow.step_names() if _moves(kind, name))
    return f"""
create or replace function {kind.function("fire")}(
    p_id uuid, p_step text, p_at timestamptz, p_version integer, f jsonb,
    out version integer, out state text
) {HEAD}
#variable_conflict use_column
declare
    r {kind.table}%rowtype;{_parent_variable(kind)}
    v_actor uuid := tinhso_actor();
    v_to text;
    v_event text := '';
begin
{_lock(kind)}
    if r.id is null then
        raise exception 'no such record' using errcode = 'FI404';
    end if;
    if p_version is not null and r.version <> p_version then
        raise exception 'stale' using errcode = 'FI409';
    end if;
    case p_step
{cases}
    else
        raise exception 'no such step' using errcode = 'FI423', detail = r.state;
    end case;
{_traces(kind)}
    version := r.version + 1;
    state := v_to;
end $$;
"""


def _moves(kind: Kind, name: str) -> bool:
    return any(step.source for step in kind.flow.step_rows(name))


def _parent_variable(kind: Kind) -> str:
    return f"\n    p {kind.parent_table}%rowtype;" if kind.parent_table else ""


def _lock(kind: Kind) -> str:
    own = f"    select * into r from {kind.table} where id = p_id for no key update;"
    if not kind.parent_table:
        return own
    parent = (
        f"    select * into p from {kind.parent_table}\n"
        f"        where id = (select {kind.parent_key} from {kind.table} where id = p_id) for no key update;"
    )
    return f"{parent}\n{own}"


def _case(kind: Kind, name: str) -> str:
    rows = [step for step in kind.flow.step_rows(name) if step.source]
    branches = "\n".join(
        f"        {'if' if n == 0 else 'elsif'} {applies(step)} then\n{_branch(kind, step)}"
        for n, step in enumerate(rows)
    )
    return f"""    when {quoted(name)} then
{branches}
        elsif {permitted_for_any(kind.flow, name)} then
            raise exception 'illegal step' using errcode = 'FI423', detail = r.state;
        else
            raise exception 'forbidden' using errcode = 'FI403', detail = {quoted(rows[0].permission)};
        end if;"""


def _branch(kind: Kind, step: Step) -> str:
    lines = [
        f"if not {permitted(kind.flow, step.permission)} then",
        f"    raise exception 'forbidden' using errcode = 'FI403', detail = {quoted(step.permission)};",
        "end if;",
    ]
    for guard in step.sql_guards:
        if isinstance(guard, LockingGuard):
            lines.append(f"{guard.lock};")
        lines += [
            f"if not {passes(guard)} then",
            f"    raise exception 'refused' using errcode = 'FI422', detail = {quoted(guard.refuses)},"
            f" hint = {quoted(guard.name)};",
            "end if;",
        ]
    if step.also:
        lines.append(f"if {step.also_when} then {step.also}; end if;" if step.also_when else f"{step.also};")
    lines.append(f"v_to := {quoted(step.target)};")
    if step.event:
        lines.append(f"v_event := {quoted(step.event)};")
    assignments = "".join(f", {column} = {value}" for column, value in step.sets.items())
    lines.append(
        f"update {kind.table} set state = v_to, state_since = p_at, version = r.version + 1{assignments}"
        " where id = p_id;"
    )
    return "\n".join(f"            {line}" for line in lines)


def _traces(kind: Kind) -> str:
    name = quoted(kind.flow.name)
    return f"""    insert into kernel_workflow_history
        (flow, record_id, version, step, source, target, at, actor, place_id, facts)
        values ({name}, p_id, r.version + 1, p_step, r.state, v_to, p_at, v_actor, {place_of(kind.flow)}, f);
    insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
        values (p_at, v_actor, p_step, {name}, p_id, r.version + 1, f::text);
    if v_event <> '' then
        insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            values ({name}, p_id, r.version + 1, v_event, p_at, v_actor,
                f || jsonb_build_object('source', r.state, 'target', v_to));
    end if;{_parent_update(kind)}"""


def _parent_update(kind: Kind) -> str:
    overlay = kind.flow.overlay
    if not overlay:
        return ""
    changes = [
        f"{counter.column} = {counter.column} + {counted(counter, 'v_to')} - {counted(counter, 'r.state')}"
        for counter in overlay.counters
    ]
    changes += [f"{column} = {value}" for column, value in overlay.mirrors.items()]
    changes.append("version = version + 1")
    return f"\n    update {kind.parent_table} set {', '.join(changes)} where id = p.id;"
