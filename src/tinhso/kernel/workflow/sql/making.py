"""`<table>_create`: make records, with the same traces as any step."""

from __future__ import annotations

from django.db import models

from tinhso.kernel.workflow.rows import written_fields
from tinhso.kernel.workflow.sql.parts import HEAD, Kind, counted, passes, permitted, place_of, quoted
from tinhso.kernel.workflow.table import Step


def create_function(kind: Kind) -> str:
    """Takes rows as a jsonb array; state, version and maker are the function's, not the caller's."""
    cases = "\n".join(_case(kind, step) for step in kind.flow.steps if not step.source)
    return f"""
create or replace function {kind.function("create")}(
    p_rows jsonb, p_step text, p_at timestamptz, f jsonb
) returns table (id uuid, version integer, state text) {HEAD}
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
    r {kind.table}%rowtype;{f"{chr(10)}    p {kind.parent_table}%rowtype;" if kind.parent_table else ""}
    v_to text;
    v_event text := '';
    e jsonb;
begin
{_lock_parents(kind)}
    for e in select * from jsonb_array_elements(p_rows) loop
        r := jsonb_populate_record(null::{kind.table}, e);{_load_parent(kind)}
        case p_step
{cases}
        else
            raise exception 'no such step' using errcode = 'FI423', detail = '';
        end case;
        r.state := v_to; r.state_since := p_at; r.version := 1; r.created_at := p_at; r.created_by := v_actor;
        insert into {kind.table} ({_columns(kind.model)}) values ({_values(kind.model)});
{_traces(kind)}
        id := r.id; version := 1; state := v_to;
        return next;
    end loop;
end $$;
"""


def _columns(model: type[models.Model]) -> str:
    return ", ".join(field.column for field in written_fields(model))


def _values(model: type[models.Model]) -> str:
    return ", ".join(f"r.{field.column}" for field in written_fields(model))


def _lock_parents(kind: Kind) -> str:
    if not kind.parent_table:
        return ""
    return (
        f"    perform 1 from {kind.parent_table} t\n"
        f"        where t.id in (select (x->>{quoted(kind.parent_key)})::uuid from jsonb_array_elements(p_rows) x)\n"
        "        order by t.id for no key update;"
    )


def _load_parent(kind: Kind) -> str:
    if not kind.parent_table:
        return ""
    return f"\n        select * into p from {kind.parent_table} t where t.id = r.{kind.parent_key};"


def _case(kind: Kind, step: Step) -> str:
    lines = [
        f"when {quoted(step.name)} then",
        f"    if not {permitted(kind.flow, step.permission)} then",
        f"        raise exception 'forbidden' using errcode = 'FI403', detail = {quoted(step.permission)};",
        "    end if;",
    ]
    for guard in step.sql_guards:
        lines += [
            f"    if not {passes(guard)} then",
            f"        raise exception 'refused' using errcode = 'FI422', detail = {quoted(guard.refuses)},"
            f" hint = {quoted(guard.name)};",
            "    end if;",
        ]
    lines.append(f"    v_to := {quoted(step.target)}; v_event := {quoted(step.event)};")
    lines += [f"    r.{column} := {value};" for column, value in step.sets.items()]
    return "\n".join(f"        {line}" for line in lines)


def _traces(kind: Kind) -> str:
    name = quoted(kind.flow.name)
    return f"""        insert into kernel_workflow_history
            (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            values ({name}, r.id, 1, p_step, '', v_to, p_at, v_actor, {place_of(kind.flow)}, f);
        insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            values (p_at, v_actor, p_step, {name}, r.id, 1, f::text);
        if v_event <> '' then
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
                values ({name}, r.id, 1, v_event, p_at, v_actor,
                    f || jsonb_build_object('source', '', 'target', v_to));
        end if;{_parent_update(kind)}"""


def _parent_update(kind: Kind) -> str:
    overlay = kind.flow.overlay
    if not overlay:
        return ""
    changes = [f"{counter.column} = {counter.column} + {counted(counter, 'v_to')}" for counter in overlay.counters]
    changes += [f"{column} = {value}" for column, value in overlay.mirrors.items()]
    changes.append("version = version + 1")
    return f"\n        update {kind.parent_table} set {', '.join(changes)} where id = r.{kind.parent_key};"
