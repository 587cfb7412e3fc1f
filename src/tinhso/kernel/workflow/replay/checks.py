"""What must be true of a batch, as queries that give what is not: each names the record and what is wrong with it.

A condition that chooses among rows of the table (`when`) is asked of the record as it ended: it may only look at
what a record keeps all its life.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tinhso.kernel.workflow.sql.parts import counted, listed, quoted
from tinhso.kernel.workflow.table import FlowTable, Step

MOST = 20
"""Findings of one kind that are told."""
NOW, FIRST = "p_at", "coalesce(r.{column}, p_at)"

# Every record's own chain, looked at once: the checks below read what is found here.
LOOK = """
insert into replay_record
select flow, record_id, count(*), min(at) filter (where n = 1), max(at) filter (where is_last),
    min(actor::text) filter (where n = 1)::uuid, max(target) filter (where is_last),
    max(version), coalesce(bool_or(source is distinct from coalesce(before, '') or at < at_before
        or version < n or (is_over and version <> n)), false)
from (
    select flow, record_id, version, source, target, at, actor, record_id <> root_id as is_over,
        row_number() over own as n, lag(target) over own as before, lag(at) over own as at_before,
        lead(version) over own is null as is_last
    from replay_step window own as (partition by record_id order by version)
) told
group by flow, record_id
"""
BROKEN = f"select flow, record_id from replay_record where broken limit {MOST}"
OUT_OF_ORDER = f"""
select root_id, root_version from (
    select root_id, root_version, at, row_number() over own as n, lag(at) over own as before
    from replay_step window own as (partition by root_id order by root_version)
) told where root_version <> n or at < before limit {MOST}
"""
ROOTS_OWN = (
    f"select record_id, version from replay_step where record_id = root_id and version <> root_version limit {MOST}"
)
NOT_IN_TABLE = f"""
select s.record_id, s.flow, s.step, s.source, s.target from replay_step s
left join replay_allowed a using (flow, step, source, target)
where a.flow is null limit {MOST}
"""


@dataclass(frozen=True, slots=True)
class Check:
    """A query that must give nothing, and what it means when it does."""

    says: str
    sql: str


def staged(flow: FlowTable) -> str:
    """The session's table in which records of this flow wait."""
    return f"replay_{flow.table}"


def allowed_rows(flows: Sequence[FlowTable]) -> list[tuple[str, str, str, str, str]]:
    """The tables of the flows, one row for each way from state to state."""
    return sorted({
        (flow.name, step.name, source, step.target, step.permission)
        for flow in flows for step in flow.steps for source in step.source or ("",)
    })  # fmt: skip


def checks_of(flows: Sequence[FlowTable]) -> list[Check]:
    """All checks of a batch of these flows; the first flow's records stand for themselves."""
    root = flows[0]
    found = [
        Check("the chain of steps is broken", BROKEN),
        Check("the record and what lies over it do not follow each other", OUT_OF_ORDER),
        Check("the record's own version is another", ROOTS_OWN),
        Check("no such row in the flow's table", NOT_IN_TABLE),
        Check("the record has not ended", _not_ended(root)),
    ]
    for flow in flows:
        found += [
            Check("the record is not as its last step left it", _other_end(flow, root)),
            *_conditions(flow),
            *_moments(flow),
            Check("the actor had no right to the step", _rights(flow)),
        ]
        if flow.overlay:
            found += _overlay(flow, root)
    return found


def _not_ended(root: FlowTable) -> str:
    ends = listed(root.ends) or "''"
    return f"select r.id, r.state from {staged(root)} r where r.state not in ({ends}) limit {MOST}"


def _other_end(flow: FlowTable, root: FlowTable) -> str:
    """Records without steps, steps without a record, and columns that the last or first step would have written."""
    version, count = "x.last_version", ""
    if flow is root:
        version = "v.n"
        count = "left join (select root_id, count(*) as n from replay_step group by 1) v on v.root_id = r.id"
    return f"""
select coalesce(r.id, x.record_id), r.state, r.version from {staged(flow)} r
full join (select * from replay_record where flow = {quoted(flow.name)}) x on x.record_id = r.id {count}
where r.id is null or x.record_id is null or r.state is distinct from x.last_target
    or r.state_since is distinct from x.last_at or r.version is distinct from {version}
    or r.created_at is distinct from x.first_at or r.created_by is distinct from x.first_actor
limit {MOST}
"""


def _conditions(flow: FlowTable) -> Iterator[Check]:
    """The conditions that choose among rows: of several rows for one way, one must hold."""
    ways: dict[str, list[str]] = defaultdict(list)
    for step in flow.steps:
        for source in step.source:
            ways[f"{step.name} {source} {step.target}"].append(step.when)
    narrow = {way: whens for way, whens in ways.items() if all(whens)}
    if not narrow:
        return
    cases = " ".join(f"when {quoted(way)} then ({' or '.join(f'({one})' for one in whens)})"
                     for way, whens in narrow.items())  # fmt: skip
    yield Check(
        "that row of the table is not for such a record",
        f"""
select s.record_id, s.step, s.source from replay_step s join {staged(flow)} r on r.id = s.record_id
where s.flow = {quoted(flow.name)}
    and not coalesce(case s.step || ' ' || s.source || ' ' || s.target {cases} else true end, false)
limit {MOST}
""",
    )


def _moments(flow: FlowTable) -> Iterator[Check]:
    """Columns in which a step keeps its moment must hold the moment of that step."""
    columns = dict(_kept_moments(flow.steps))
    if not columns:
        return
    kept = ", ".join(
        f"{pick}(at) filter (where step in ({listed(tuple(names))})) as {column}"
        for column, (pick, names) in columns.items()
    )
    differs = " or ".join(f"r.{column} is distinct from k.{column}" for column in columns)
    yield Check(
        "a moment on the record is not that of its step",
        f"""
select r.id from {staged(flow)} r
join (select record_id, {kept} from replay_step where flow = {quoted(flow.name)} group by record_id) k
    on k.record_id = r.id
where {differs} limit {MOST}
""",
    )


def _kept_moments(steps: Sequence[Step]) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    setters: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for step in steps:
        for column, value in step.sets.items():
            setters[column][value].add(step.name)
    for column, values in setters.items():
        if set(values) == {NOW}:
            yield column, ("max", sorted(values[NOW]))
        elif set(values) == {FIRST.format(column=column)}:
            yield column, ("min", sorted(values[FIRST.format(column=column)]))


def _rights(flow: FlowTable) -> str:
    """Each way of acting that occurs, asked once: did this actor hold the right there at its first occurrence?"""
    scope = {name: path for name, path in flow.scope.paths().items() if path and name != "record_id"}
    columns = "".join(f", r.{path} as {name}" for name, path in scope.items())
    names = "".join(f", {name}" for name in scope)
    reaches = " ".join(f"and (g.{name} is null or g.{name} = w.{name})" for name in scope)
    none = " ".join(f"and g.{name} is null" for name in ("agency_id", "unit_id", "place_id", "record_id")
                    if name not in scope)  # fmt: skip
    return f"""
select w.step, w.actor{"".join(f", w.{name}" for name in scope)} from (
    select step, source, target, actor{names}, min(at) as at from (
        select s.step, s.source, s.target, s.actor, s.at{columns}
        from replay_step s join {staged(flow)} r on r.id = s.record_id where s.flow = {quoted(flow.name)}
    ) told group by step, source, target, actor{names}
) w
where not exists (
    select 1 from replay_allowed a join kernel_access_right g on g.permission = a.permission
    where a.flow = {quoted(flow.name)} and a.step = w.step and a.source = w.source and a.target = w.target
        and g.holder_id = w.actor and g.valid_from <= w.at and (g.valid_until is null or w.at < g.valid_until)
        {reaches} {none}
) limit {MOST}
"""


def _overlay(flow: FlowTable, root: FlowTable) -> Iterator[Check]:
    """The parent's counters and mirrors, and that the steps name the right parent."""
    overlay = flow.overlay
    assert overlay is not None
    yield Check(
        "a step names another parent than its record",
        f"""
select s.record_id, s.root_id from replay_step s join {staged(flow)} r on r.id = s.record_id
where s.flow = {quoted(flow.name)} and s.root_id <> r.{overlay.column} limit {MOST}
""",
    )
    if overlay.counters:
        sums = ", ".join(f"sum({counted(one, 'r.state')}) as {one.column}" for one in overlay.counters)
        differs = " or ".join(f"p.{one.column} <> coalesce(c.{one.column}, 0)" for one in overlay.counters)
        yield Check(
            "a counter on the record is not what lies over it",
            f"""
select p.id from {staged(root)} p
left join (select r.{overlay.column} as id, {sums} from {staged(flow)} r group by 1) c on c.id = p.id
where {differs} limit {MOST}
""",
        )
    for column, value in overlay.mirrors.items():
        yield Check(
            f"{column} on the record is not what the last step over it left",
            f"""
select p.id, p.{column} from (
    select distinct on (root_id) root_id, record_id, target as v_to, facts as f, at as p_at
    from replay_step where flow = {quoted(flow.name)} order by root_id, root_version desc
) s join {staged(flow)} r on r.id = s.record_id join {staged(root)} p on p.id = s.root_id
where p.{column} is distinct from ({value}) limit {MOST}
""",
        )
