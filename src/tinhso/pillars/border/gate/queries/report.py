"""The daily situation report, counted from the history of steps alone (brief 9, terms as settled there).

Period: 20:00 to 20:00. Cleared: export at `cross_out`, import at `cross_in`. Remaining: trips of the export
direction that have come (holding area or barrier 1) and not gone. Gone: `cross_out`, `leave_inland`, `turn_back`,
`divert`, and `cancel`, `expire`, `seize` after the arrival; each at the point where it happened. What was seized
and is given back has come again. So remaining(d) = remaining(d-1) + arrived - left holds at every point.
A vehicle counts once, on its first half; what a two-way one carries on the second, the way back, adds its tonnes.
Undeclared: noted in the period. Still undeclared: of all noted until its end, who are neither declared nor gone then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import CrossingPoint, DailyReport
from tinhso.pillars.border.gate.queries.statistics import rows_of
from tinhso.pillars.border.gate.rules.goods import FARM_GROUPS

CLOSES = time(20)
WHOLE = "ALL"
CAME = ("enter_buffer", "arrive", "unseize")
LEFT = ("cross_out", "leave_inland", "turn_back", "divert", "cancel", "expire", "seize")


@dataclass(slots=True)
class Figures:
    """One point's block, or the whole province's. Vehicles, but `farm_kg` in kg, with those of ways back."""

    export_fruit: int = 0
    export_other: int = 0
    import_cargo: int = 0
    import_new: int = 0
    remaining_fruit: int = 0
    remaining_other: int = 0
    before_fruit: int = 0
    before_other: int = 0
    arrived: int = 0
    left: int = 0
    turned_back: int = 0
    diverted: int = 0
    undeclared: int = 0
    undeclared_still: int = 0
    farm_kg: int = 0

    @property
    def exported(self) -> int:
        return self.export_fruit + self.export_other

    @property
    def imported(self) -> int:
        return self.import_cargo + self.import_new

    @property
    def cleared(self) -> int:
        return self.exported + self.imported

    @property
    def remaining(self) -> int:
        return self.remaining_fruit + self.remaining_other

    @property
    def before(self) -> int:
        return self.before_fruit + self.before_other

    @property
    def change(self) -> int:
        return self.remaining - self.before

    @property
    def adds_up(self) -> bool:
        """The identity of the report."""
        return self.remaining == self.before + self.arrived - self.left


@dataclass(frozen=True, slots=True)
class Report:
    """All blocks of a day, by the code of the point; `ALL` is their sum."""

    day: date
    blocks: dict[str, Figures]

    @property
    def whole(self) -> Figures:
        return self.blocks[WHOLE]

    def stored(self) -> dict[str, dict[str, int]]:
        """As JSON for the frozen row."""
        return {code: asdict(block) for code, block in self.blocks.items()}


def of_row(row: DailyReport) -> Report:
    """A frozen report as it was."""
    return Report(row.day, {code: Figures(**block) for code, block in row.figures.items()})


def period(day: date) -> tuple[datetime, datetime]:
    """From when (excluded) to when (included) the day's report counts."""
    until = datetime.combine(day, CLOSES, HANOI)
    return until - timedelta(days=1), until


def day_of(at: datetime) -> date:
    """The day whose report counts what happens at that moment."""
    local = at.astimezone(HANOI)
    return local.date() if local.time() <= CLOSES else local.date() + timedelta(days=1)


DESTROYED = """coalesce((select sum(d.kg) from border_gate_destruction d
    where d.trip_id = t.id and d.leg = 1 and not d.taken_over and t.direction = 'X'), 0)"""
"""SQL: kg of a trip `t` that were destroyed before it could take them out; what comes in has crossed already."""
CARRIED = f"(case when t.kind = 'CN_EMPTY_IN' then t.loaded_kg else t.gross_kg - {DESTROYED} end)"
"""SQL: kg on a trip `t` that crosses with goods; who came empty carries what it took over in the yard."""
WAY_BACK = """
select h.place_id, h.at, h.record_id, 'N' as direction, g.hs6, g."group", g.gross_kg as kg
from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
join border_gate_goodsline g on g.declaration_id = t.back_id
where h.flow = 'border_gate.trip' and h.at > %(since)s::timestamptz and h.at <= %(until)s::timestamptz
    and h.step = 'return_in' and h.facts->>'load_state' = 'LOADED'
union all
select h.place_id, h.at, h.record_id, 'X', g.hs6, g."group", p.kg - coalesce((select sum(d.kg)
    from border_gate_destruction d where d.trip_id = t.id and d.line_id = g.id and d.taken_over), 0)
from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
join border_gate_tripgoods p on p.trip_id = t.id and p.taken_over
join border_gate_goodsline g on g.id = p.line_id
where h.flow = 'border_gate.trip' and h.at > %(since)s::timestamptz and h.at <= %(until)s::timestamptz
    and h.step = 'cross_out' and t.direction = 'N'
"""
"""SQL: goods that cross on the second half of a two-way trip, in the direction in which they go; kg of each line.

A Vietnamese vehicle brings in what was declared for its way back, a foreign one takes out what it was given here.
"""
_CLEARED = f"""
select h.place_id,
    count(*) filter (where h.step = 'cross_out' and t.goods_group = 'FRUIT'),
    count(*) filter (where h.step = 'cross_out' and t.goods_group <> 'FRUIT'),
    count(*) filter (where h.step = 'cross_in' and t.kind <> 'NEW_VEHICLE'),
    count(*) filter (where h.step = 'cross_in' and t.kind = 'NEW_VEHICLE'),
    coalesce(sum({CARRIED}) filter (where t.goods_group = any (%(farm)s::text[])), 0)::bigint
from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
where h.flow = 'border_gate.trip' and h.at > %(since)s::timestamptz and h.at <= %(until)s::timestamptz
    and (h.step = 'cross_out' and t.direction = 'X' or h.step = 'cross_in' and t.direction = 'N')
group by h.place_id
"""  # noqa: S608 – the columns are ours
_BACK = f"""
select b.place_id, coalesce(sum(b.kg), 0)::bigint from ({WAY_BACK}) b
where b."group" = any (%(farm)s::text[]) group by 1
"""  # noqa: S608 – the columns are ours
# Trips that moved in the period or stood at its beginning (the columns only narrow down where to look).
_STANDING = """
with near as (
    select h.record_id as id from kernel_workflow_history h
    where h.flow = 'border_gate.trip' and h.at > %(since)s::timestamptz and h.at <= %(until)s::timestamptz
        and h.step = any (%(came)s::text[] || %(left)s::text[])
    union
    select t.id from border_gate_trip t
    where t.direction = 'X' and t.first_arrival_at <= %(since)s::timestamptz
        and (t.crossed_out_at is null or t.crossed_out_at > %(since)s::timestamptz)
        and (t.ended_at is null or t.ended_at > %(since)s::timestamptz)
), told as (
    select h.record_id, h.place_id, h.at, h.step, h.version, t.goods_group = 'FRUIT' as fruit,
        h.step = any (%(came)s::text[]) as came,
        coalesce(lag(h.step) over own = any (%(came)s::text[]), false) as here,
        lead(h.at) over own as next_at
    from near join border_gate_trip t on t.id = near.id and t.direction = 'X'
    join kernel_workflow_history h on h.record_id = near.id
    where h.flow = 'border_gate.trip' and h.at <= %(until)s::timestamptz
        and h.step = any (%(came)s::text[] || %(left)s::text[])
    window own as (partition by h.record_id order by h.version)
)
select place_id,
    count(*) filter (where came and next_at is null and fruit),
    count(*) filter (where came and next_at is null and not fruit),
    count(*) filter (where came and at <= %(since)s::timestamptz and fruit
        and (next_at is null or next_at > %(since)s::timestamptz)),
    count(*) filter (where came and at <= %(since)s::timestamptz and not fruit
        and (next_at is null or next_at > %(since)s::timestamptz)),
    count(*) filter (where came and not here and at > %(since)s::timestamptz),
    count(*) filter (where not came and here and at > %(since)s::timestamptz),
    count(*) filter (where not came and step = 'turn_back' and at > %(since)s::timestamptz),
    count(*) filter (where not came and step = 'divert' and at > %(since)s::timestamptz)
from told group by place_id
"""
# Undeclared is who was noted and whose draft nothing has happened to since: neither sent nor handed over nor left.
NOTED_BACK = timedelta(days=30)
"""Nobody stands there undeclared for longer: by then the clock has ended it (flows.noted)."""
_UNDECLARED = """
select h.place_id, count(*) filter (where h.at > %(since)s::timestamptz), count(*) filter (where not exists (
    select 1 from kernel_workflow_history a where a.record_id = h.record_id
        and a.version > h.version and a.at <= %(until)s::timestamptz))
from border_gate_trip t join kernel_workflow_history h on h.record_id = t.id
where t.undeclared and t.created_at > %(noted_back)s::timestamptz and t.created_at <= %(until)s::timestamptz
    and h.flow = 'border_gate.trip' and h.step in ('walk_up', 'walk_up_line')
group by h.place_id
"""
_PARTS = (
    (_CLEARED, ("export_fruit", "export_other", "import_cargo", "import_new", "farm_kg")),
    (_STANDING, ("remaining_fruit", "remaining_other", "before_fruit", "before_other", "arrived", "left",
                 "turned_back", "diverted")),
    (_UNDECLARED, ("undeclared", "undeclared_still")),
    (_BACK, ("farm_kg",)),
)  # fmt: skip


def count(day: date, *, now: datetime | None = None) -> Report:
    """The report of a day from the history; up to `now` when the day is not over. Five queries."""
    since, until = period(day)
    facts: dict[str, Any] = {
        "since": since,
        "noted_back": since - NOTED_BACK,
        "until": min(until, now) if now else until,
        "farm": sorted(FARM_GROUPS),
        "came": list(CAME),
        "left": list(LEFT),
    }
    codes = dict(CrossingPoint.objects.filter(goods_open=True).values_list("pk", "code"))
    blocks = {code: Figures() for code in codes.values()}
    for sql, names in _PARTS:
        for place, *values in rows_of(sql, facts):
            block = blocks.setdefault(codes.get(place) or _code_of(place), Figures())
            for name, value in zip(names, values, strict=True):
                setattr(block, name, getattr(block, name) + value)
    return Report(day, {WHOLE: total(blocks.values()), **blocks})


def _code_of(place: Any) -> str:
    """A point that handles no goods trucks any more is still reported under its own name."""
    found: str = CrossingPoint.objects.values_list("code", flat=True).get(pk=place)
    return found


def total(blocks: Iterable[Figures]) -> Figures:
    """The sum of the points."""
    known = list(blocks)
    return Figures(**{field.name: sum(getattr(block, field.name) for block in known) for field in fields(Figures)})


def versions(day: date) -> list[DailyReport]:
    """The frozen versions of a day, newest first."""
    return list(DailyReport.objects.filter(day=day))


def difference(before: Report, after: Report) -> list[tuple[str, str, int, int]]:
    """What a later version says differently: point, figure, before, after."""
    found = []
    for code, block in after.blocks.items():
        old = before.blocks.get(code, Figures())
        for field in fields(Figures):
            pair = (getattr(old, field.name), getattr(block, field.name))
            if pair[0] != pair[1]:
                found.append((code, field.name, *pair))
    return found
