"""`<table>_fire_many`: one step of many records in one statement."""

from __future__ import annotations

import re
from collections.abc import Callable

from tinhso.kernel.workflow.sql.parts import (
    HEAD,
    Kind,
    applies,
    counted,
    held,
    listed,
    passes,
    permissions_of,
    place_of,
    quoted,
    reaches,
)
from tinhso.kernel.workflow.table import Step

ANSWER = """select r.id, r.version, r.v_to, null::text, null::text from changed r
        union all
        select j.id, null, null, split_part(j.verdict, ' ', 1),
            case when j.verdict like '% %' then split_part(j.verdict, ' ', 2)
                 when j.verdict = 'FI423' then j.state end
        from judged j where j.verdict <> ''
        union all
        select m.id, null, null, 'FI404', null from missing m;"""
PARENT = "p__"
ALWAYS = frozenset({"id", "version", "state", "want", "f", "step_row", "v_to", "v_event"})


def fire_many_function(kind: Kind) -> str:
    """The set form of `fire`. With `p_all` one refusal undoes all; without, each row tells its own outcome."""
    flow = kind.flow
    moving = [name for name in flow.step_names() if any(step.source for step in flow.step_rows(name))]
    together = [name for name in moving if not all(step.alone == "true" for step in flow.step_rows(name))]
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
    """Each row is found by its key and carried along; no two sets are joined, whose sizes the planner cannot know."""
    rows = [step for step in kind.flow.step_rows(name) if step.source]
    return f"""    when {quoted(name)} then{_turn_aside(kind, rows)}
        return query
        with {_judging(kind, name, rows)}{_writing(kind, name)}
        {ANSWER}"""


def _turn_aside(kind: Kind, rows: list[Step]) -> str:
    """Where some records go by themselves: the batch goes record by record if it holds one.

    Locked before it is asked, in a statement of its own: the question sees what the lock waited for.
    """
    alone = " or ".join(f"({applies(step)} and ({step.alone}))" for step in rows if step.alone)
    if not alone:
        return ""
    wanted = "unnest(p_ids, p_facts) as w(id, f)"
    parent = f" join {kind.parent_table} p on p.id = r.{kind.parent_key}" if kind.parent_table else ""
    return f"""
        perform 1 from {kind.table} r join {wanted} on w.id = r.id{_join_parent(kind)};
        if exists (select from {kind.table} r join {wanted} on w.id = r.id{parent} where {_facts_of("w", alone)}) then
            return query select * from {kind.function("fire_each")}(p_ids, p_versions, p_step, p_at, p_facts, p_all);
            return;
        end if;"""


def _facts_of(alias: str, sql: str) -> str:
    """In the set form each record has facts of its own."""
    return re.sub(r"\bf(?=->)", f"{alias}.f", sql)


def _judging(kind: Kind, name: str, rows: list[Step]) -> str:
    """The records locked, each with its row of the table, a verdict and what it would become."""
    verdict, new = _verdict(kind, name, rows), _new_values(rows, kind.flow.set_columns(name))
    told = _told(kind)
    read = _columns_in(verdict, _row_number(rows), *new.values(), *told)
    return f"""rights as materialized (
            select g.permission, g.agency_id, g.unit_id, g.place_id, g.record_id
            from kernel_access_right g where {held(permissions_of(kind.flow, name))}
        ), wanted as materialized (
            select * from unnest(p_ids, p_versions, p_facts) as u(id, want, f)
        ), locked as materialized (
            select r.id, r.version, r.state, w.want, w.f{_selected(read)}
            from {kind.table} r join wanted w on w.id = r.id{_join_parent(kind)}
        ), judged as materialized (
            select r.id, r.state, r.f{_each("r", told)}, {verdict} as verdict,
                {_by_row(rows, lambda step: quoted(step.target))} as v_to,
                {_by_row(rows, lambda step: quoted(step.event))} as v_event{_named(new)}
            from (select l.*, {_row_number(rows, "l")} as step_row from locked l) r
        ), missing as materialized (
            select w.id from wanted w except select j.id from judged j
        ), stopped as (
            select kernel_workflow_stop(x.verdict, x.state) from (
                select j.verdict, j.state from judged j where j.verdict <> ''
                union all select 'FI404', null from missing
            ) x where p_all limit 1
        ), """


def _writing(kind: Kind, name: str) -> str:
    """The records' new state, and the same traces as the single form leaves."""
    flow_name = quoted(kind.flow.name)
    return f"""changed as (
            update {kind.table} t set state = j.v_to, state_since = p_at,
                version = t.version + 1{_assign(kind.flow.set_columns(name))}
            from judged j where t.id = j.id and j.verdict = '' and not exists (select 1 from stopped)
            returning t.id, t.version, j.state, j.f, j.v_to, j.v_event{_each("j", _told(kind))}
        ), told as (
            insert into kernel_workflow_history
                (flow, record_id, version, step, source, target, at, actor, place_id, facts)
            select {flow_name}, r.id, r.version, p_step, r.state, r.v_to, p_at, v_actor, {place_of(kind.flow)}, r.f
            from changed r
        ), recorded as (
            insert into kernel_audit_entry (at, actor, action, kind, record_id, version, payload)
            select p_at, v_actor, p_step, {flow_name}, r.id, r.version, r.f::text from changed r
        ), sent as (
            insert into kernel_events_outbox (record_kind, record_id, version, name, at, actor, payload)
            select {flow_name}, r.id, r.version, r.v_event, p_at, v_actor,
                r.f || jsonb_build_object('source', r.state, 'target', r.v_to)
            from changed r where r.v_event <> ''
        ){_parent_update(kind)}"""


def _each(alias: str, expressions: list[str]) -> str:
    return "".join(f", {alias}.{column}" for column in _columns_in(*expressions))


def _columns_in(*texts: str) -> tuple[str, ...]:
    """The record's and its parent's columns that these expressions read, beside those that are always there."""
    found = sorted({column for text in texts for column in re.findall(r"\br\.([a-z_0-9]+)", text)})
    return tuple(column for column in found if column not in ALWAYS)


def _selected(columns: tuple[str, ...]) -> str:
    return "".join(
        f", p.{column.removeprefix(PARENT)} as {column}" if column.startswith(PARENT) else f", r.{column}"
        for column in columns
    )


def _join_parent(kind: Kind) -> str:
    """The parent is locked before its record, as the single form does."""
    if not kind.parent_table:
        return "\n            order by r.id for no key update of r"
    return (
        f" join {kind.parent_table} p on p.id = r.{kind.parent_key}"
        "\n            order by p.id, r.id for no key update of p, r"
    )


def _of_parent(sql: str) -> str:
    """In the set form the parent's columns travel with the record."""
    return re.sub(r"\bp\.(?=[a-z])", f"r.{PARENT}", sql)


def _row_number(rows: list[Step], alias: str = "r") -> str:
    whens = " ".join(f"when {_of_parent(applies(step))} then {n}" for n, step in enumerate(rows))
    return re.sub(r"\br\.", f"{alias}.", f"case {whens} end")


def _by_row(rows: list[Step], value: Callable[[Step], str]) -> str:
    return "case r.step_row " + " ".join(f"when {n} then {value(step)}" for n, step in enumerate(rows)) + " end"


def _verdict(kind: Kind, name: str, rows: list[Step]) -> str:
    def may(*permissions: str) -> str:
        return f"exists (select 1 from rights g where g.permission in ({listed(permissions)}) and {reaches(kind.flow)})"

    forbidden = quoted(f"FI403 {rows[0].permission}")
    anyone = may(*permissions_of(kind.flow, name))
    tests = [
        "when r.want is not null and r.version <> r.want then 'FI409'",
        f"when r.step_row is null then case when {anyone} then 'FI423' else {forbidden} end",
    ]
    for n, step in enumerate(rows):
        mine = f"r.step_row = {n} and"
        tests.append(f"when {mine} not {may(step.permission)} then {quoted('FI403 ' + step.permission)}")
        tests += [
            f"when {mine} not {_of_parent(passes(guard))} then {quoted('FI422 ' + guard.refuses)}"
            for guard in step.sql_guards
        ]
    return "case " + "\n                ".join(tests) + " else '' end"


def _value(step: Step, column: str) -> str:
    """What a step writes into a column; a bare null would be a text in the generated query, so it gets the type."""
    value = step.sets.get(column, f"r.{column}")
    return f"nullif(r.{column}, r.{column})" if value == "null" else _of_parent(value)


def _new_values(rows: list[Step], columns: tuple[str, ...]) -> dict[str, str]:
    return {
        column: _by_row(rows, lambda step, column=column: _value(step, column))  # type: ignore[misc]
        for column in columns
    }


def _named(values: dict[str, str]) -> str:
    return "".join(f",\n                {value} as new_{column}" for column, value in values.items())


def _assign(columns: tuple[str, ...]) -> str:
    return "".join(f", {column} = j.new_{column}" for column in columns)


def _told(kind: Kind) -> list[str]:
    """What is read of a record once its step is done: its place, its parent, what is counted and mirrored there."""
    told = [place_of(kind.flow)]
    if overlay := kind.flow.overlay:
        told += [f"r.{kind.parent_key}", *(counter.when for counter in overlay.counters)]
        told += [_of_parent(value) for value in overlay.mirrors.values()]
    return told


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
            select r.{kind.parent_key} as parent_id{sums}{last} from changed r group by r.{kind.parent_key}
        ), counted as (
            update {kind.parent_table} t set version = t.version + 1{changes} from deltas d where t.id = d.parent_id
        )"""
