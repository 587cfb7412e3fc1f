"""How full the points are: set-based counts that home page, boards, metrics and other systems share."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.contracts import GateLoad

# Who has crossed today leaves the live set, so that part is counted from the history of the day. A vehicle counts
# once: export when it crosses out, import when it crosses in (the way back is the same vehicle).
_COUNTS = """
with yards as (
    select y.point_id, sum(y.capacity) as capacity from border_gate_yard y where y.level = 'border' group by y.point_id
), live as (
    select t.point_id,
        count(*) filter (where t.state in ('at_buffer', 'called')) as waiting,
        count(*) filter (where t.state = 'arrived') as at_barrier,
        count(*) filter (where t.is_in_yard) as in_yard
    from border_gate_trip t where t.is_live group by t.point_id
), crossed as (
    select h.place_id as point_id, count(*) as today, count(*) filter (where h.step = 'call') as calls,
        count(*) filter (where h.step = 'cross_in' and t.direction = 'N'
            or h.step = 'cross_out' and t.direction = 'X') as crossed
    from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
    where h.at >= %(midnight)s::timestamptz and h.at <= %(now)s::timestamptz and h.flow = 'border_gate.trip'
        and h.step in ('cross_in', 'cross_out', 'call')
    group by h.place_id
)
select p.place_id, p.code, p.name, p.slots_export,
    coalesce(l.waiting, 0), coalesce(l.at_barrier, 0), coalesce(l.in_yard, 0),
    greatest(coalesce(y.capacity, 0) - coalesce(l.in_yard, 0), 0), coalesce(c.crossed, 0)
from border_gate_crossingpoint p
left join live l on l.point_id = p.place_id
left join yards y on y.point_id = p.place_id
left join crossed c on c.point_id = p.place_id
where p.goods_open
order by p."order", p.code
"""


def loads(*, at: datetime) -> list[GateLoad]:
    """The load of every point that handles goods trucks, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS,
            {"midnight": _midnight(at), "now": at},
        )
        return [_load(row) for row in cursor.fetchall()]


def _load(row: tuple[UUID, str, str, int, int, int, int, int, int]) -> GateLoad:
    _id, code, name, per_hour, waiting, at_barrier, in_yard, room, crossed = row
    minutes = round(waiting * 60 / per_hour) if per_hour else 0
    return GateLoad(code, name, waiting, at_barrier, in_yard, room, minutes, crossed)


def _midnight(at: datetime) -> datetime:
    local = at.astimezone(HANOI)
    return local - timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
