"""The figures of report days as SQL over history: each gives day, point, name, key, how many and a sum.

A report's day runs from 20:00 (excluded) to 20:00 of Vietnam. `names` in NAMES tell what is counted.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.models import DayFigure
from tinhso.pillars.border.gate.queries.report import (
    CAME,
    CARRIED,
    LEFT,
    NOTED_BACK,
    WAY_BACK,
    WHOLE,
    Figures,
    Report,
    period,
    total,
)
from tinhso.pillars.border.gate.rules.goods import FARM_GROUPS

NEW = "NEW_VEHICLE"
LOOKED_BACK = timedelta(days=30)
"""A vehicle that stood longer than this before the first day counts as come anew when it moves."""


def day_of(column: str) -> str:
    """SQL: the report's day of a moment."""
    return f"({column} at time zone 'Asia/Ho_Chi_Minh' + interval '4 hours' - interval '1 microsecond')::date"


def hour_of(column: str) -> str:
    return f"lpad(extract(hour from {column} at time zone 'Asia/Ho_Chi_Minh')::int::text, 2, '0')"


_SPAN = "h.at > %(since)s::timestamptz and h.at <= %(until)s::timestamptz"
_CLEARED = "(x.step = 'cross_out' and x.direction = 'X' or x.step = 'cross_in' and x.direction = 'N')"
_FIRST = "(x.step in ('enter_buffer', 'arrive', 'cross_in') and x.at = x.first_arrival_at)"
_GONE = "(x.step in ('cross_out', 'leave_inland', 'turn_back') and x.at >= x.yard_in_at)"
_WALKED_UP = "x.step in ('walk_up', 'walk_up_line') and x.undeclared"
# What is counted of a step: its name, its key, what is summed, and of which steps.
_COUNTED = (
    ("'cleared.' || x.direction", f"case when x.kind = '{NEW}' then x.kind else x.goods_group end", "x.kg", _CLEARED),
    ("'hour.' || x.direction", hour_of("x.at"), "x.kg", _CLEARED),
    ("'firm'", "coalesce(x.enterprise_id::text, '')", "x.kg", _CLEARED),
    ("'way'", "x.kind", "x.kg", _CLEARED),
    ("'route'", "x.direction || '.' || x.kind", "x.kg", _CLEARED),
    ("'came'", "x.direction", "0", _FIRST),
    ("'came.firm'", "coalesce(x.enterprise_id::text, '')", "0", _FIRST),
    ("'early'", "x.direction", "0", f"{_FIRST} and x.first_arrival_at - x.accepted_at >= interval '2 hours'"),
    ("'undeclared'", "coalesce(x.enterprise_id::text, '')", "0", _WALKED_UP),
    ("'declared'", "x.direction", "0", "x.step in ('accept', 'auto_accept')"),
    ("'corrected'", "x.step", "0", "x.step in ('amend', 'request_fix')"),
    ("'ended'", "x.step", "0", "x.step in ('no_show', 'cancel', 'expire', 'turn_back', 'divert')"),
    ("'refused'", "coalesce(x.facts->>'reason_code', '')", "x.kg",
     "x.step = 'return_in' and x.facts->>'load_state' = 'REJECTED'"),
    ("'yard'", "coalesce(x.yard, '')", "extract(epoch from x.at - x.yard_in_at) / 60", _GONE),
)  # fmt: skip
_STEPS = (
    "accept", "auto_accept", "amend", "request_fix", "enter_buffer", "arrive", "cross_in", "cross_out", "return_in",
    "leave_inland", "turn_back", "walk_up", "walk_up_line", "no_show", "cancel", "expire", "divert",
)  # fmt: skip
# The steps are gathered once and gone over once a figure: a row made for each figure of each step takes far longer.
_GATHERED = f"""
with x as materialized (
    select {day_of("h.at")} as day, h.place_id, h.step, h.at, h.facts, t.direction, t.kind, t.goods_group,
        {CARRIED} as kg, t.enterprise_id, t.first_arrival_at, t.accepted_at, t.yard_in_at, t.undeclared, y.code as yard
    from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
    left join border_gate_yard y on y.place_id = t.yard_id
    where h.flow = 'border_gate.trip' and {_SPAN} and h.step = any (%(counted)s::text[])
)
"""  # noqa: S608 – the columns are ours


def _figure(name: str, key: str, amount: str, steps: str) -> str:
    return f"""
    select x.day, x.place_id, {name}, {key}, count(*), coalesce(sum(({amount})::bigint), 0)::bigint
    from x where {steps} group by 1, 2, 3, 4"""  # noqa: S608 – the columns are ours


STEPS = _GATHERED + " union all ".join(_figure(*counted) for counted in _COUNTED)
# At the end of each day, who was noted on it or before and stands there undeclared still (queries.report).
STANDING = f"""
with noted as (
    select h.place_id, {day_of("h.at")} as day, (select {day_of("min(a.at)")} from kernel_workflow_history a
        where a.record_id = h.record_id and a.version > h.version) as until
    from border_gate_trip t join kernel_workflow_history h on h.record_id = t.id
    where t.undeclared and t.created_at > %(noted_back)s::timestamptz and t.created_at <= %(until)s::timestamptz
        and h.flow = 'border_gate.trip' and h.step in ('walk_up', 'walk_up_line')
)
select d.day, n.place_id, 'undeclared_still', '', count(*), 0
from (select generate_series(%(first)s::date, %(last)s::date, interval '1 day')::date as day) d
join noted n on n.day <= d.day and n.day >= d.day - {NOTED_BACK.days} and coalesce(n.until > d.day, true)
group by 1, 2
"""  # noqa: S608 – the columns are ours
# Why who was noted in the period had not declared, as far as he has said; counted with his arrival, whoever's trip
# has taken it over. What was noted by mistake counts nowhere.
WHY = f"""
select {day_of("h.at")}, h.place_id, 'undeclared.why', coalesce(u.reason_code, ''), count(*), 0
from border_gate_trip t join kernel_workflow_history h on h.record_id = t.id
left join lateral (select o.facts->>'trip' as trip from kernel_workflow_history o
    where o.record_id = h.record_id and o.step = 'take_over_undeclared' limit 1) o on true
left join border_gate_undeclaredarrival u on u.trip_id = coalesce(o.trip::uuid, h.record_id)
where t.undeclared and h.flow = 'border_gate.trip' and h.step in ('walk_up', 'walk_up_line') and {_SPAN}
group by 1, 2, 4
"""  # noqa: S608 – the columns are ours
# A vehicle on its way back has counted already: only its goods are told, beside those of their direction.
BACK = f"""
select {day_of("b.at")}, b.place_id, 'back.' || b.direction, b."group", count(distinct b.record_id),
    sum(b.kg)::bigint
from ({WAY_BACK}) b group by 1, 2, 3, 4
"""  # noqa: S608 – the columns are ours
# What a quarantine had destroyed never goes out.
_GONE_OF_LINE = """coalesce((select sum(d.kg) from border_gate_destruction d
    where d.trip_id = t.id and d.line_id = g.id and d.leg = 1 and t.direction = 'X'), 0)"""
# Of a declaration spread over many vehicles each counts what it brings itself (models.TripGoods).
GOODS = f"""
select g.day, g.place_id, v.name, v.key, count(distinct g.vehicle), sum(g.kg)::bigint
from (
select {day_of("h.at")} as day, h.place_id, h.record_id as vehicle, l.hs6, l.gross_kg - l.gone as kg
from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
join lateral (
    select g.hs6, coalesce(p.kg, g.gross_kg) as gross_kg, {_GONE_OF_LINE} as gone from border_gate_goodsline g
    left join border_gate_tripgoods p on p.trip_id = t.id and p.line_id = g.id and not p.taken_over
    where g.declaration_id = t.declaration_id and (p.id is not null or not exists (
        select 1 from border_gate_tripgoods o where o.trip_id = t.id and not o.taken_over))
    union all
    select g.hs6, p.kg, {_GONE_OF_LINE} from border_gate_tripgoods p join border_gate_goodsline g on g.id = p.line_id
    where t.kind = 'CN_EMPTY_IN' and p.trip_id = t.id and p.taken_over
) l on l.gross_kg > l.gone
where h.flow = 'border_gate.trip' and {_SPAN}
    and (h.step = 'cross_out' and t.direction = 'X' or h.step = 'cross_in' and t.direction = 'N')
union all
select {day_of("b.at")}, b.place_id, null, b.hs6, b.kg from ({WAY_BACK}) b
) g
cross join lateral (values ('hs4', left(g.hs6, 4)), ('hs2', left(g.hs6, 2))) v (name, key)
group by 1, 2, 3, 4
"""  # noqa: S608 – the columns are ours
# A fee's difference after a correction has a receipt or refund of its own; a refund of the whole takes all along.
# The regime is that of the goods charged: not always that of the trip's own papers.
FEES = f"""
select m.day, m.place_id, v.name, coalesce(m.regime, d.regime), count(*), sum(v.amount)::bigint
from (
    select {day_of("h.at")} as day, h.place_id, 'fee.' || h.step as name, f.trip_id, f.amount + coalesce(e.amount, 0),
        f.kept + coalesce(e.kept, 0), f.budget + coalesce(e.budget, 0), f.explanation->>'regime'
    from kernel_workflow_history h join border_gate_feeassessment f on f.id = h.record_id
    left join lateral (select sum(x.amount) as amount, sum(x.kept) as kept, sum(x.budget) as budget
        from border_gate_feedifference x
        where h.step = 'refund' and x.fee_id = f.id and x.settled_at <= h.at) e on true
    where h.flow = 'border_gate.fee' and h.step in ('pay', 'refund') and {_SPAN}
    union all
    select {day_of("x.settled_at")}, f.point_id, case when x.amount > 0 then 'fee.pay' else 'fee.refund' end,
        x.trip_id, abs(x.amount), abs(x.kept), abs(x.budget), f.explanation->>'regime'
    from border_gate_feedifference x join border_gate_feeassessment f on f.id = x.fee_id
    where x.amount <> 0 and x.settled_at > %(since)s::timestamptz and x.settled_at <= %(until)s::timestamptz
) m (day, place_id, name, trip_id, amount, kept, budget, regime)
join border_gate_trip t on t.id = m.trip_id join border_gate_declaration d on d.id = t.declaration_id
cross join lateral (values (m.name, m.amount), (m.name || '.kept', m.kept),
    (m.name || '.budget', m.budget)) v (name, amount)
group by 1, 2, 3, 4
"""  # noqa: S608 – the columns are ours
HOLDS = f"""
select {day_of("h.at")}, h.place_id, 'hold', o.code, count(*), 0
from kernel_workflow_history h join border_gate_hold k on k.id = h.record_id
join border_gate_force o on o.agency_id = k.force_id
where h.flow = 'border_gate.hold' and h.step = 'create' and {_SPAN}
group by 1, 2, 4
"""  # noqa: S608 – the columns are ours
# How long a hold lasted is known on the day on which it is lifted.
LIFTED = f"""
select {day_of("h.at")}, h.place_id, v.name, o.code, count(*),
    coalesce(sum(extract(epoch from h.at - k.created_at) / 60), 0)::bigint
from kernel_workflow_history h join border_gate_hold k on k.id = h.record_id
join border_gate_force o on o.agency_id = k.force_id
cross join lateral (values ('held'), (case when h.step = 'override' then 'override' end)) v (name)
where h.flow = 'border_gate.hold' and h.step in ('lift', 'override') and {_SPAN} and v.name is not null
group by 1, 2, 3, 4
"""  # noqa: S608 – the columns are ours
SLOTS = f"""
select {day_of("w.ends_at")}, w.point_id, 'slots', w.direction, sum(w.booked)::integer, sum(w.capacity)::bigint
from border_gate_slotwindow w where w.ends_at > %(since)s::timestamptz and w.ends_at <= %(until)s::timestamptz
group by 1, 2, 4
union all
select {day_of("w.ends_at")}, w.point_id, 'slots.' || b.state, w.direction, count(*)::integer, 0
from border_gate_slotwindow w join border_gate_booking b on b.slot_id = w.id
where b.state in ('used', 'missed') and w.ends_at > %(since)s::timestamptz and w.ends_at <= %(until)s::timestamptz
group by 1, 2, 3, 4
"""  # noqa: S608 – the columns are ours
# Who stays too long is counted when his time is over, be he a foreign vehicle in Viet Nam or one of ours abroad, and
# gone or not; for how many minutes is known on the day on which he leaves, whatever the way.
STAYS = """
select t.point_id,
    case when t.kind = 'EXP_VN' then t.crossed_out_at + make_interval(hours => t.dwell_limit_h) else t.dwell_deadline
        end as ends_at,
    coalesce(case when t.kind = 'EXP_VN' then t.returned_at else t.crossed_out_at end, t.ended_at) as left_at
from border_gate_trip t
where t.is_live or t.ended_at > %(since)s::timestamptz and t.created_at <= %(until)s::timestamptz
"""
OVERSTAYS = f"""
with s as materialized (select * from ({STAYS}) t where t.left_at > t.ends_at or t.left_at is null)
select {day_of("s.ends_at")}, s.point_id, 'overstay', '', count(*), 0
from s where s.ends_at > %(since)s::timestamptz and s.ends_at <= %(until)s::timestamptz group by 1, 2
union all
select {day_of("s.left_at")}, s.point_id, 'overstay.left', '', count(*),
    sum(extract(epoch from s.left_at - s.ends_at) / 60)::bigint
from s where s.left_at > %(since)s::timestamptz and s.left_at <= %(until)s::timestamptz group by 1, 2
"""  # noqa: S608 – the columns are ours
# The longest time for which a lane of barrier 1 stood still (brief 11), in seconds: the longest gap between two scans
# with a vehicle in sight, or the longest incident that was noted there, as far as it lies within the day. In sight:
# since the camera there read its plate, else since the scan before when it had been called by then; without a camera
# that is the most it can have been.
LANES = f"""
with scans as (
    select h.id, {day_of("h.at")} as day, h.place_id, h.at, t.called_at, t.tractor_plate as plate,
        h.facts->>'control_point' as barrier, coalesce(h.facts->>'lane', '0') as lane,
        lag(h.at) over (partition by {day_of("h.at")}, h.facts->>'control_point', h.facts->>'lane'
            order by h.at, h.id) as before
    from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
    where h.flow = 'border_gate.trip' and h.step = 'arrive' and h.facts->>'control_point' <> '' and {_SPAN}
), seen as (
    select s.id, min(c.read_at) as at from scans s join border_gate_platereading c on c.barrier_id = s.barrier
        and c.plate = s.plate and c.read_at > s.at - interval '2 hours' and c.read_at <= s.at
    group by s.id
), days as (
    select d.day::date, ((d.day::date - 1) + time '20:00') at time zone 'Asia/Ho_Chi_Minh' as begins
    from generate_series(%(first)s::date, %(last)s::date, interval '1 day') d (day)
), told (day, place_id, key, n, seconds) as (
    select s.day, s.place_id, s.barrier || '/' || s.lane, 1, case when s.before is not null
        and (seen.at is not null or s.called_at <= s.before) then extract(epoch from s.at
            - greatest(s.before, coalesce(seen.at, case when s.called_at <= s.before then s.before end))) end
    from scans s left join seen on seen.id = s.id
    union all
    select d.day, o.point_id, o.barrier_id || '/' || o.lane, 0, extract(epoch from
        least(o.ended_at, d.begins + interval '1 day', %(now)s::timestamptz) - greatest(o.begun_at, d.begins))
    from days d join border_gate_stoppage o on o.begun_at < least(d.begins + interval '1 day', %(now)s::timestamptz)
        and coalesce(o.ended_at > d.begins, true)
    join border_gate_controlpoint c on c.code = o.barrier_id and c.kind = 'entry'
)
select day, place_id, 'lane', key, sum(n)::integer, coalesce(max(seconds), 0)::bigint from told group by 1, 2, 4
"""  # noqa: S608 – the columns are ours
# Each vehicle of the export direction comes and goes; what stood before the first day is the caller's to know.
MOVED = f"""
select {day_of("at")} as day, place_id, fruit, count(*) filter (where came and not here),
    count(*) filter (where not came and here)
from (
    select h.at, h.place_id, t.goods_group = 'FRUIT' as fruit, h.step = any (%(came)s::text[]) as came,
        coalesce(lag(h.step) over own = any (%(came)s::text[]), false) as here
    from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id and t.direction = 'X'
    where h.flow = 'border_gate.trip' and h.at > %(back)s::timestamptz and h.at <= %(until)s::timestamptz
        and h.step = any (%(came)s::text[] || %(left)s::text[])
    window own as (partition by h.record_id order by h.version)
) told where at > %(since)s::timestamptz group by 1, 2, 3
"""  # noqa: S608 – the columns are ours
COUNTS = (STEPS, STANDING, WHY, GOODS, BACK, FEES, HOLDS, LIFTED, SLOTS, OVERSTAYS, LANES)


def span(first: date, last: date) -> dict[str, Any]:
    """The parameters of these queries for the days from `first` to `last`, both counted."""
    since: datetime = period(first)[0]
    back = since - LOOKED_BACK
    moves = {"back": back, "came": list(CAME), "left": list(LEFT)}
    days = {"first": first, "last": last, "noted_back": since - NOTED_BACK}
    return {"since": since, "until": period(last)[1], "now": clock.now(), "counted": list(_STEPS), **moves, **days}


def reports(first: date, last: date) -> list[Report]:
    """The daily reports of these days as the kept figures tell them; one query. Days without figures are left out."""
    found: dict[date, dict[str, Figures]] = defaultdict(dict)
    rows = DayFigure.objects.filter(day__gte=first - timedelta(days=1), day__lte=last, name__in=_SHEET)
    blocks: dict[tuple[date, str], Figures] = defaultdict(Figures)
    for day, code, name, key, n, amount in rows.values_list("day", "point__code", "name", "key", "n", "amount"):
        _add(blocks[day, code], name, key, n, amount)
        if name == "remaining":
            following = blocks[day + timedelta(days=1), code]
            setattr(following, f"before_{key}", n)
    for (day, code), block in blocks.items():
        if first <= day <= last:
            found[day][code] = block
    return [Report(day, {WHOLE: total(found[day].values()), **found[day]}) for day in sorted(found)]


_SHEET = (
    "cleared.X", "cleared.N", "remaining", "came.X", "left.X", "ended", "undeclared", "undeclared_still",
    "back.X", "back.N",
)  # fmt: skip
_ENDED = {"turn_back": "turned_back", "divert": "diverted"}


def _add(block: Figures, name: str, key: str, n: int, amount: int) -> None:
    """Put one kept figure where the sheet has it."""
    field = _field_of(name, key)
    if field:
        setattr(block, field, getattr(block, field) + n)
    if name.startswith(("cleared.", "back.")) and key in FARM_GROUPS:
        block.farm_kg += amount


def _field_of(name: str, key: str) -> str:
    if name == "cleared.X":
        return "export_fruit" if key == "FRUIT" else "export_other"
    if name == "cleared.N":
        return "import_new" if key == NEW else "import_cargo"
    if name == "ended":
        return _ENDED.get(key, "")
    return {
        "remaining": f"remaining_{key}", "came.X": "arrived", "left.X": "left", "undeclared": "undeclared",
        "undeclared_still": "undeclared_still",
    }.get(name, "")  # fmt: skip
