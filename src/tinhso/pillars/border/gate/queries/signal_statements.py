"""The statements behind the weekly signals. Each gives point, first party, second party, records counted, the first
records as [trip, plate, moment, text], then the figures of the signal."""

from __future__ import annotations

from tinhso.pillars.border.gate.flows.slots import HOLDING
from tinhso.pillars.border.gate.rules.signals import CALLS, CLAIMS, FAST, HOARDING, SWAPS

_WEEK = "h.at >= %(since)s::timestamptz and h.at < %(until)s::timestamptz"
_RECORDS = (
    "jsonb_agg(jsonb_build_array(trip_id, plate, at, said) order by at) filter (where place <= %(shown)s::integer)"
)

# Figures: calls of the pair, all calls out of the order at the point.
_CALLS = f"""
with called as (
    select h.place_id as point_id, h.actor, t.agency_id as firm_id, t.id as trip_id, t.tractor_plate as plate, h.at,
        coalesce(h.facts->>'document_no', '') as said,
        row_number() over (partition by h.place_id, h.actor, t.agency_id order by h.at) as place
    from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
    where h.flow = 'border_gate.trip' and h.step = 'call' and {_WEEK} and h.facts->>'out_of_order' = 'true'
), paired as (
    select point_id, actor, firm_id, count(*) as n, {_RECORDS} as records,
        sum(count(*)) over (partition by point_id) as at_point
    from called group by point_id, actor, firm_id
)
select point_id, actor, firm_id, n::integer as counted, records, n, at_point from paired
where n >= %(calls_least)s::integer order by n desc, point_id, actor, firm_id limit %(most)s::integer
"""  # noqa: S608 – the parts are ours

# A check begins when it was opened last, but not before its vehicle is here; it is fast beside the median of its kind
# at its point. The others are the officers of the same force at the point; who works there alone is set beside his
# own checks for other firms. Figures: fast checks, all checks of the pair, their share, fast and all of the others,
# their share.
_FAST = f"""
with passed as (
    select k.point_id, k.force_id, k.kind, h.actor, t.agency_id as firm_id, t.id as trip_id, t.tractor_plate as plate,
        h.at, extract(epoch from h.at - greatest(coalesce(o.at, k.created_at),
            least(coalesce(t.yard_in_at, t.arrived_at, k.created_at), h.at))) as took
    from kernel_workflow_history h
    join border_gate_clearancetask k on k.id = h.record_id join border_gate_trip t on t.id = k.trip_id
    left join lateral (select max(p.at) as at from kernel_workflow_history p
        where p.record_id = h.record_id and p.version < h.version and p.target = 'open'
            and p.step not in ('repeat', 'not_fresh')
    ) o on true
    where h.flow = 'border_gate.task' and h.step = 'pass' and {_WEEK}
), usual as (
    select point_id, kind, percentile_cont(0.5) within group (order by took) as median from passed group by 1, 2
), timed as (
    select p.*, p.took < u.median and p.took * 100 <= u.median * %(fast_percent)s::integer as is_fast
    from passed p join usual u using (point_id, kind)
), ranked as (
    select *, row_number() over (partition by point_id, force_id, actor, firm_id, is_fast order by at) as place,
        kind || ' · ' || round(took / 60) as said
    from timed
), pairs as (
    select point_id, force_id, actor, firm_id, count(*) as n, count(*) filter (where is_fast) as fast,
        jsonb_agg(jsonb_build_array(trip_id, plate, at, said) order by at)
            filter (where is_fast and place <= %(shown)s::integer) as records
    from ranked group by point_id, force_id, actor, firm_id
), summed as (
    select *, sum(n) over p as point_n, sum(fast) over p as point_fast, sum(n) over o as own_n,
        sum(fast) over o as own_fast
    from pairs window p as (partition by point_id, force_id), o as (partition by point_id, force_id, actor)
), compared as (
    select *, case when point_n > own_n then point_n - own_n else own_n - n end as others_n,
        case when point_n > own_n then point_fast - own_fast else own_fast - fast end as others_fast
    from summed
)
select point_id, actor, firm_id, fast::integer as counted, records, fast, n, 100 * fast / n, others_fast, others_n,
    100 * others_fast / others_n
from compared
where firm_id is not null and others_n > 0 and fast >= %(fast_least)s::integer
    and fast * 100.0 / n >= others_fast * 100.0 / others_n + %(fast_points)s::integer
order by fast desc, point_id, actor, firm_id limit %(most)s::integer
"""  # noqa: S608 – the parts are ours

# Hours that a closure or a notice took, and those that the board's own steps freed, are nobody's doing.
_OF_THE_FIRM = """
b.agency_id is not null and b.confirmed_at is not null
    and not exists (select 1 from border_gate_displacement d where d.trip_id = b.trip_id and d.slot_id = b.slot_id)
    and not exists (select 1 from kernel_workflow_history h where h.record_id = b.trip_id and h.at = b.ended_at
        and h.step in ('divert', 'turn_back', 'choose_point'))
"""
_HOURS = """
hours as (
    select s.id, s.point_id, s.begins_at from border_gate_slotwindow s
    where s.begins_at >= %(since)s::timestamptz and s.begins_at < %(until)s::timestamptz
)
"""

# The place goes to the first of another firm who takes one in that hour soon after; each place taken counts once.
# Figures: hours that went between the two, from the first to the second, from the second to the first.
_SWAPS = f"""
with {_HOURS}, given as (
    select h.point_id, h.begins_at, b.slot_id, b.agency_id, b.ended_at
    from hours h join border_gate_booking b on b.slot_id = h.id where b.state = 'released' and {_OF_THE_FIRM}
), handed as (
    select distinct on (n.id) g.point_id, g.begins_at, g.agency_id as giver, n.agency_id as taker, n.trip_id,
        n.made_at as at
    from given g cross join lateral (
        select n.id, n.agency_id, n.trip_id, n.made_at from border_gate_booking n
        where n.slot_id = g.slot_id and n.state in {HOLDING} and n.trip_id is not null
            and n.agency_id <> g.agency_id and n.made_at >= g.ended_at
            and n.made_at <= g.ended_at + %(swap_within)s::interval
        order by n.made_at, n.id limit 1
    ) n order by n.id, g.ended_at desc
), ranked as (
    select h.*, least(giver, taker) as one, greatest(giver, taker) as other, t.tractor_plate as plate,
        to_char(h.begins_at at time zone 'Asia/Ho_Chi_Minh', 'HH24:MI DD/MM') as said,
        row_number() over (partition by h.point_id, least(giver, taker), greatest(giver, taker) order by h.at) as place
    from handed h join border_gate_trip t on t.id = h.trip_id
), paired as (
    select point_id, one, other, count(*) as n, count(*) filter (where giver = one) as there, {_RECORDS} as records
    from ranked group by point_id, one, other
)
select point_id, one, other, n::integer as counted, records, n, there, n - there from paired
where n >= %(swap_least)s::integer order by n desc, point_id, one, other limit %(most)s::integer
"""  # noqa: S608 – the parts are ours

# Two halves, for each has an index of its own. Figures: given back late, missed, all hours booked, share, and the
# share of all other firms at the point.
_HOARDING = f"""
with {_HOURS}, booked as (
    select h.point_id, h.begins_at, b.agency_id as firm_id, b.trip_id, b.state, false as is_missed, false as is_late
    from hours h join border_gate_booking b on b.slot_id = h.id where b.state in {HOLDING} and {_OF_THE_FIRM}
    union all
    select h.point_id, h.begins_at, b.agency_id, b.trip_id, b.state, b.state = 'missed',
        b.state = 'released' and b.ended_at > h.begins_at - %(free)s::interval
    from hours h join border_gate_booking b on b.slot_id = h.id
    where b.state in ('released', 'missed') and {_OF_THE_FIRM}
), ranked as (
    select o.*, t.tractor_plate as plate, o.begins_at as at, o.state as said, is_missed or is_late as is_lost,
        row_number() over (partition by o.point_id, firm_id, is_missed or is_late order by o.begins_at) as place
    from booked o join border_gate_trip t on t.id = o.trip_id
), firms as (
    select point_id, firm_id, count(*) as n, count(*) filter (where is_late) as late,
        count(*) filter (where is_missed) as missed, count(*) filter (where is_lost) as lost,
        jsonb_agg(jsonb_build_array(trip_id, plate, at, said) order by at)
            filter (where is_lost and place <= %(shown)s::integer) as records
    from ranked group by point_id, firm_id
), compared as (
    select *, sum(n) over p - n as others_n, sum(lost) over p - lost as others_lost
    from firms window p as (partition by point_id)
)
select point_id, firm_id, null::uuid, lost::integer as counted, records, late, missed, n, 100 * lost / n,
    coalesce(100 * others_lost / nullif(others_n, 0), 0)
from compared
where lost >= %(hoard_least)s::integer and lost * 100 >= n * %(hoard_percent)s::integer
order by lost desc, point_id, firm_id limit %(most)s::integer
"""  # noqa: S608 – the parts are ours

# Figures: goods of the firm that a quarantine found not fresh, and all that were so found at the point.
_CLAIMS = f"""
with found as (
    select c.point_id, c.firm_id, c.trip_id, t.tractor_plate as plate, c.at, c.reason as said,
        row_number() over (partition by c.point_id, c.firm_id order by c.at) as place
    from border_gate_falseclaim c join border_gate_trip t on t.id = c.trip_id
    where c.at >= %(since)s::timestamptz and c.at < %(until)s::timestamptz and c.firm_id is not null
), firms as (
    select point_id, firm_id, count(*) as n, {_RECORDS} as records,
        sum(count(*)) over (partition by point_id) as at_point
    from found group by point_id, firm_id
)
select point_id, firm_id, null::uuid, n::integer as counted, records, n, at_point from firms
order by n desc, point_id, firm_id limit %(most)s::integer
"""  # noqa: S608 – the parts are ours

STATEMENTS = {CALLS: _CALLS, FAST: _FAST, SWAPS: _SWAPS, HOARDING: _HOARDING, CLAIMS: _CLAIMS}
