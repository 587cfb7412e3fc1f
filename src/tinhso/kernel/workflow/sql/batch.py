"""`<table>_fire_many`: one step of many records in one statement."""

from __future__ import annotations

import re
from collections.abc import Callable

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
from tinhso.kernel.workflow.table import Step


def fire_many_function(kind: Kind) -> str:
    """The set form of `fire`. With `p_all` one refusal undoes all; without, each row tells its own outcome."""
    flow = kind.flow
    moving = [name for name in flow.step_names() if any(step.source for step in flow.step_rows(name))]
    together = [name for name in moving if not any(step.locks for step in flow.step_rows(name))]
    cases = "\n".join(_case(kind, name) for name in together) or "    when '' then null;"
    return f"""
create or replace function {kind.function("fire_many")}(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) {HEAD}
#variable_conflict use_column
declare
    v_actor uuid := tinhso_actor();
begin
    case p_step
{cases}
    else
        return query select * from {kind.function("fire_each")}(p_ids, p_versions, p_step, p_at, p_facts, p_all);
    end case;
end $$;
{_fire_each(kind)}"""


def _fire_each(kind: Kind) -> str:
    return f"""
create or replace function {kind.function("fire_each")}(
    p_ids uuid[], p_versions integer[], p_step text, p_at timestamptz, p_facts jsonb[], p_all boolean
) returns table (id uuid, version integer, state text, refusal text, detail text) {HEAD}
#variable_conflict use_variable
declare
    w record;
    v_detail text;
begin
    for w in select u.id, u.version, u.f from unnest(p_ids, p_versions, p_facts) as u(id, version, f) order by u.id loop
        begin
            id := w.id; refusal := null; detail := null;
            select o.version, o.state into version, state
                from {kind.function("fire")}(w.id, p_step, p_at, w.version, w.f) o;
        exception when sqlstate 'FI403' or sqlstate 'FI404' or sqlstate 'FI409'
                or sqlstate 'FI422' or sqlstate 'FI423' then
            if p_all then raise; end if;
            get stacked diagnostics v_detail = pg_exception_detail;
            refusal := sqlstate; detail := v_detail; version := null; state := null;
        end;
        return next;
    end loop;
end $$;
"""


def _case(kind: Kind, name: str) -> str:
    rows = [step for step in kind.flow.step_rows(name) if step.source]
    flow_name = quoted(kind.flow.name)
    columns = kind.flow.set_columns(name)
    return f"""    when {quoted(name)} then
        return query
        with wanted as (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), {_parents(kind)}locked as materialized (
            select r.*, w.want, w.f{_parent_columns(kind)}
            from {kind.table} r join wanted w on w.id = r.id{_join_parents(kind)}
            order by r.id for no key update of r
        ), chosen as (
            select r.*, {_row_number(rows)} as step_row from locked r
        ), judged as materialized (
            select r.*, {_verdict(kind, name, rows)} as verdict,
                {_by_row(rows, lambda step: quoted(step.target))} as v_to,
                {_by_row(rows, lambda step: quoted(step.event))} as v_event{_new_values(rows, columns)}
            from chosen r
        ), stopped as (
            select kernel_workflow_stop(coalesce(j.verdict, 'FI404'), j.state)
            from wanted w left join judged j on j.id = w.id
            where p_all and coalesce(j.verdict, 'FI404') <> '' limit 1
        ), changed as (
            update {kind.table} t set state = j.v_to, state_since = p_at, version = t.version + 1{_assign(columns)}
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select {flow_name}, r.id, c.version, p_step, r.state, r.v_to, p_at, v_actor, {place_of(kind.flow)}, r.f
            from changed c join judged r on r.id = c.id
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, {flow_name}, r.id, c.version, r.f::text
            from changed c join judged r on r.id = c.id
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select {flow_name}, r.id, c.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed c join judged r on r.id = c.id where r.v_event <> ''
        ){_parent_update(kind)}
        select w.id, c.version, case when c.id is not null then j.v_to end,
            case when j.id is null then 'FI404' when j.verdict <> '' then split_part(j.verdict, ' ', 1) end,
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from wanted w left join judged j on j.id = w.id left join changed c on c.id = w.id;"""


def _parents(kind: Kind) -> str:
    if not kind.parent_table:
        return ""
    return f"""parents as materialized (
            select p.* from {kind.parent_table} p
            where p.id in (select t.{kind.parent_key} from {kind.table} t where t.id = any(p_ids))
            order by p.id for no key update
        ), """


def _parent_columns(kind: Kind) -> str:
    return ", p as parent_row" if kind.parent_table else ""


def _join_parents(kind: Kind) -> str:
    return f" join parents p on p.id = r.{kind.parent_key}" if kind.parent_table else ""


def _of_parent(sql: str) -> str:
    """In the set form the parent's row travels as one composite column."""
    return re.sub(r"\bp\.(?=[a-z])", "(r.parent_row).", sql)


def _row_number(rows: list[Step]) -> str:
    whens = " ".join(f"when {_of_parent(applies(step))} then {n}" for n, step in enumerate(rows))
    return f"case {whens} end"


def _by_row(rows: list[Step], value: Callable[[Step], str]) -> str:
    return "case r.step_row " + " ".join(f"when {n} then {value(step)}" for n, step in enumerate(rows)) + " end"


def _verdict(kind: Kind, name: str, rows: list[Step]) -> str:
    tests = ["when r.want is not null and r.version <> r.want then 'FI409'"]
    anyone = permitted_for_any(kind.flow, name)
    forbidden = quoted(f"FI403 {rows[0].permission}")
    tests.append(f"when r.step_row is null then case when {anyone} then 'FI423' else {forbidden} end")
    for n, step in enumerate(rows):
        mine = f"r.step_row = {n} and"
        tests.append(
            f"when {mine} not {permitted(kind.flow, step.permission)} then {quoted('FI403 ' + step.permission)}"
        )
        tests += [
            f"when {mine} not {_of_parent(passes(guard))} then {quoted('FI422 ' + guard.refuses)}"
            for guard in step.sql_guards
        ]
    return "case " + "\n                ".join(tests) + " else '' end"


def _value(step: Step, column: str) -> str:
    """What a step writes into a column; a bare null would be a text in the generated query, so it gets the type."""
    value = step.sets.get(column, f"r.{column}")
    return f"nullif(r.{column}, r.{column})" if value == "null" else _of_parent(value)


def _new_values(rows: list[Step], columns: tuple[str, ...]) -> str:
    parts = []
    for column in columns:
        values = _by_row(rows, lambda step, column=column: _value(step, column))  # type: ignore[misc]
        parts.append(f",\n                {values} as new_{column}")
    return "".join(parts)


def _assign(columns: tuple[str, ...]) -> str:
    return "".join(f", {column} = j.new_{column}" for column in columns)


def _parent_update(kind: Kind) -> str:
    overlay = kind.flow.overlay
    if not overlay:
        return ""
    sums = "".join(
        f", sum({counted(counter, 'r.v_to')} - {counted(counter, 'r.state')}) as d_{counter.column}"
        for counter in overlay.counters
    )
    last = "".join(
        f", (array_agg({_of_parent(value).replace('v_to', 'r.v_to')} order by r.id desc))[1] as m_{column}"
        for column, value in overlay.mirrors.items()
    )
    changes = "".join(f", {counter.column} = {counter.column} + d_{counter.column}" for counter in overlay.counters)
    changes += "".join(f", {column} = m_{column}" for column in overlay.mirrors)
    return f""", deltas as (
            select r.{kind.parent_key} as parent_id{sums}{last}
            from changed c join judged r on r.id = c.id group by r.{kind.parent_key}
        ), counted as (
            update {kind.parent_table} t set version = t.version + 1{changes} from deltas d where t.id = d.parent_id
        )"""
