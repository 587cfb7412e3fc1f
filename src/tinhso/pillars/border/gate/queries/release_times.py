"""The time-release study: how long the spans of the border brief §11 took, and each force's checks.

T1 from the acceptance to barrier 1 or the line; T2 from when a vehicle counts as waiting to its call; T3 from barrier 1
into the yard; T4 (by force) from when a check can begin to its end, passed or not, without the time in which the firm
had to act: while the force's own hold stood whose reason on that day says so (the rulebook's table of reasons), and
from its asking the firm for a correction to what came of it; T5 from the yard to the release; T6 from barrier 1 or the
line over the line. Whole months are kept in whole minutes, cut off; what is read from the records is told to the
second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.queries.statistics import rows_of

SPANS = ("T1", "T2", "T3", "T5", "T6")
GROUP, HOUR = "group", "hour"
_LOCAL = "at time zone 'Asia/Ho_Chi_Minh'"

# Who arrived in a span of time was made before its end and is not over before its beginning: that is what the indexes
# know, so that a week is found among years.
# Both give month, point, what, part, key and the seconds; the trip's moments decide, as history keeps them.
_TRIPS = f"""
select date_trunc('month', t.arrived_at {_LOCAL})::date as month, t.point_id, s.what, p.part, p.key,
    greatest(floor(extract(epoch from s.span)), 0)::integer as seconds
from border_gate_trip t
cross join lateral (values
    ('T1', t.arrived_at - t.accepted_at), ('T2', t.called_at - greatest(t.buffer_at, t.effective_at)),
    ('T3', t.yard_in_at - t.arrived_at), ('T5', t.released_at - t.yard_in_at), ('T6', t.crossed_out_at - t.arrived_at)
) s (what, span)
cross join lateral (values
    ('{GROUP}', t.goods_group), ('{HOUR}', lpad(extract(hour from t.arrived_at {_LOCAL})::int::text, 2, '0'))
) p (part, key)
where t.arrived_at >= %(since)s::timestamptz and t.arrived_at < %(until)s::timestamptz and s.span is not null
    and t.created_at < %(until)s::timestamptz and (t.is_live or t.ended_at >= %(since)s::timestamptz)
"""  # noqa: S608 – the columns are ours
# Time in which a force waited for the firm, per trip and force, once for all checks of the span of time; what overlaps
# counts once.
_WAITED = """
select w.trip_id, w.force_id, range_agg(tstzrange(w.since, greatest(w.since, w.until))) as spans
from (
    select h.trip_id, h.force_id, h.created_at as since, coalesce(h.lifted_at, 'infinity') as until
    from border_gate_hold h
    where exists (
        select from border_gate_reasoncode r
        where r.kind = 'HOLD' and r.code = h.reason_code and r.waits_for_firm
            and r.valid_from <= (h.created_at at time zone 'Asia/Ho_Chi_Minh')::date
            and coalesce(r.valid_until, 'infinity') > (h.created_at at time zone 'Asia/Ho_Chi_Minh')::date
    )
    union all
    select m.trip_id, a.agency_id, m.created_at, coalesce(m.decided_at, 'infinity')
    from border_gate_amendment m join border_gate_force a on a.code = m.asked_force
) w
where w.until >= %(since)s::timestamptz and w.since < %(until)s::timestamptz
group by 1, 2
"""
_TASKS = f"""
select x.month, x.point_id, x.what, p.part, p.key, greatest(floor(extract(epoch from x.span)), 0)::integer as seconds
from (
    select date_trunc('month', k.finished_at {_LOCAL})::date as month, k.point_id, a.code as what, t.goods_group,
        extract(hour from begins.at {_LOCAL})::int::text as hour,
        k.finished_at - begins.at - case when waited.spans is null then interval '0' else (
            select coalesce(sum(upper(one) - lower(one)), interval '0')
            from unnest(waited.spans * tstzmultirange(tstzrange(least(begins.at, k.finished_at), k.finished_at))) one
        ) end as span
    from border_gate_force a join border_gate_clearancetask k on k.agency_id = a.agency_id
    join border_gate_trip t on t.id = k.trip_id
    cross join lateral (select greatest(k.created_at, least(coalesce(t.yard_in_at, t.arrived_at, k.created_at),
        k.finished_at)) as at) begins
    left join ({_WAITED}) waited on waited.trip_id = k.trip_id and waited.force_id = k.force_id
    where k.state in ('passed', 'failed') and k.finished_at >= %(since)s::timestamptz
        and k.finished_at < %(until)s::timestamptz
) x
cross join lateral (values ('{GROUP}', x.goods_group), ('{HOUR}', lpad(x.hour, 2, '0'))) p (part, key)
"""  # noqa: S608 – the columns are ours
_BY_MINUTES = (
    "select month, point_id, what, part, key, seconds / 60, count(*)::integer from ({}) s group by 1, 2, 3, 4, 5, 6"
)
COUNTS = (_BY_MINUTES.format(_TRIPS), _BY_MINUTES.format(_TASKS))
"""What is kept of a month: month, point, what, part, key, whole minutes, how many took so long."""
_TOLD = f"""
select part, what, coalesce(key, ''), count(*)::integer, percentile_disc(0.5) within group (order by seconds),
    percentile_disc(0.9) within group (order by seconds)
from ({_TRIPS} union all {_TASKS}) s group by grouping sets ((part, what, key), (part, what))
"""  # noqa: S608 – the columns are ours


@dataclass(frozen=True, slots=True)
class Times:
    """Of one span: how many, the median and what nine of ten stay within, in seconds; `exact`: not of minutes only."""

    n: int
    median: int
    p90: int
    exact: bool = False


Study = dict[tuple[str, str], Times]
"""Times by span and key (a goods group, or an hour of the day); key `` is all together."""


def span(month: date) -> dict[str, Any]:
    """The parameters of COUNTS for a calendar month."""
    begins = datetime.combine(month, time(), HANOI)
    following = (month + timedelta(days=32)).replace(day=1)
    return {"since": begins, "until": datetime.combine(following, time(), HANOI)}


def studies(first: date, last: date) -> dict[str, Study]:
    """By goods group and by hour; both days are counted.

    Whole months are read as they are kept; any other span of days, and months not kept yet, from the records.
    """
    if not _whole_months(first, last):
        return _counted(first, last)
    minutes: dict[str, dict[tuple[str, str], dict[int, int]]]
    minutes = {part: defaultdict(lambda: defaultdict(int)) for part in (GROUP, HOUR)}
    for part, what, key, took, n in rows_of(_KEPT, {"first": first, "last": last}):
        minutes[part][what, key][took] += n
        minutes[part][what, ""][took] += n
    return {part: {which: times(took) for which, took in found.items()} for part, found in minutes.items()}


def times(minutes: dict[int, int]) -> Times:
    """Median and 90th percentile of how many took so many minutes (the smallest that so many stay within)."""
    whole = sum(minutes.values())
    return Times(whole, 60 * _within(minutes, whole, 0.5), 60 * _within(minutes, whole, 0.9))


def _within(minutes: dict[int, int], whole: int, part: float) -> int:
    seen = 0
    for took in sorted(minutes):
        seen += minutes[took]
        if seen >= whole * part:
            return took
    return 0


def _whole_months(first: date, last: date) -> bool:
    if first.day != 1 or (last + timedelta(days=1)).day != 1:
        return False
    ((missing,),) = rows_of(_NOT_KEPT, {"months": list(_months(first, last))})
    return not missing


def _months(first: date, last: date) -> Iterator[date]:
    month = first
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


_NOT_KEPT = """
select exists (select from unnest(%(months)s::date[]) m
    where not exists (select from border_gate_monthtime t where t.month = m))
"""
_KEPT = """
select part, what, key, minutes, sum(n)::integer from border_gate_monthtime
where month >= %(first)s::date and month <= %(last)s::date
group by 1, 2, 3, 4
"""


def _counted(first: date, last: date) -> dict[str, Study]:
    facts = {
        "since": datetime.combine(first, time(), HANOI),
        "until": datetime.combine(last + timedelta(days=1), time(), HANOI),
    }
    found: dict[str, Study] = {GROUP: {}, HOUR: {}}
    for part, what, key, n, median, p90 in rows_of(_TOLD, facts):
        found[part][what, key] = Times(n, median, p90, exact=True)
    return found
