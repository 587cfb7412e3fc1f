"""Words for the dimensions of figures, and single figures of the day, each of one query."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.pillars.border.gate.models.places import CHINESE_NAMES, SHORT_NAMES, SHORT_YARDS
from tinhso.pillars.border.gate.queries.queue import GROUP_TITLES
from tinhso.pillars.border.gate.queries.statistics import midnight, rows_of
from tinhso.pillars.border.gate.rules.tables import table

# A vehicle whose arrival another declaration took over came once: under the trip of that declaration. One that was
# noted by mistake did not come by that.
_UNDECLARED = """
select count(distinct h.record_id) filter (where h.step in ('walk_up', 'walk_up_line')),
    count(distinct coalesce(case when h.step in ('walk_up', 'walk_up_line') then (
        select o.facts->>'trip' from kernel_workflow_history o
        where o.record_id = h.record_id and o.step = 'take_over_undeclared') end, h.record_id::text))
from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
where h.flow = 'border_gate.trip' and h.step in ('enter_buffer', 'arrive', 'cross_in', 'walk_up', 'walk_up_line')
    and h.at >= %(midnight)s::timestamptz and h.at <= %(now)s::timestamptz
    and (t.undeclared or h.step not in ('walk_up', 'walk_up_line'))
"""
_RELEASE = """
select percentile_cont(0.5) within group (order by extract(epoch from t.released_at - t.yard_in_at) / 60)
from border_gate_trip t
where t.id in (
        select h.record_id from kernel_workflow_history h where h.flow = 'border_gate.trip' and h.target = 'released'
            and h.at >= %(midnight)s::timestamptz and h.at <= %(now)s::timestamptz)
    and t.released_at >= %(midnight)s::timestamptz and t.released_at <= %(now)s::timestamptz
    and t.yard_in_at <= t.released_at
"""
_FEES = """
select coalesce(sum(case when f.paid_at >= %(midnight)s::timestamptz and f.paid_at <= %(now)s::timestamptz
        then f.amount end), 0)::bigint
    - coalesce(sum(case when f.refunded_at >= %(midnight)s::timestamptz and f.refunded_at <= %(now)s::timestamptz
        then f.amount end), 0)::bigint
    + coalesce((select sum(d.amount) from border_gate_feedifference d
        where d.settled_at >= %(midnight)s::timestamptz and d.settled_at <= %(now)s::timestamptz), 0)::bigint
    - coalesce((select sum(d.amount) from border_gate_feedifference d
        join border_gate_feeassessment x on x.id = d.fee_id where d.settled_at is not null
        and x.refunded_at >= %(midnight)s::timestamptz and x.refunded_at <= %(now)s::timestamptz), 0)::bigint
from border_gate_feeassessment f
where f.paid_at >= %(midnight)s::timestamptz or f.refunded_at >= %(midnight)s::timestamptz
"""
# A check has a deadline only once the vehicle is here (actions.tasks.start_clocks).
_LATE = """
select f.code, count(*) from border_gate_clearancetask k
join border_gate_force f on f.agency_id = k.force_id join border_gate_trip t on t.id = k.trip_id
where k.state in ('open', 'in_progress') and t.state in ('arrived', 'crossed_in', 'in_yard', 'returned_in')
    and %(now)s::timestamptz > k.due_at
group by f.code
"""


def undeclared_share(*, at: datetime) -> float:
    """Percent of those who came today and had not declared before."""
    undeclared, came = _one(_UNDECLARED, at)
    return round(100 * undeclared / max(1, came), 1)


def release_minutes(*, at: datetime) -> int:
    """Median minutes from the yard to the release of those released today (T5)."""
    return round(float(_one(_RELEASE, at)[0] or 0))


def fees_today(*, at: datetime) -> int:
    """Đồng paid today, less what was given back today."""
    return int(_one(_FEES, at)[0])


def late_tasks(*, at: datetime) -> dict[str, int]:
    """Open tasks past their time, by force."""
    return {code: int(count) for code, count in rows_of(_LATE, {"now": at})}


def _short(name: str) -> str:
    """A force's name without what stands in brackets or after a stroke."""
    return name.partition(" (")[0].partition(" / ")[0].partition("（")[0]


@cache
def _forces() -> dict[str, Bilingual]:
    return {
        row["code"]: Bilingual(_short(row["name_vi"]), _short(row["name_en"]), _short(row["name_zh"]))
        for row in table("forces")
    }


@cache
def _areas() -> dict[str, Bilingual]:
    """Yards as drivers call them."""
    rows = {row["yard_code"]: row for row in table("yards")}
    names = {code: SHORT_YARDS.get(code, row["name_vi"]) for code, row in rows.items()}
    return {code: Bilingual(name, name, rows[code]["name_zh"] or name) for code, name in names.items()}


def title_of(dimension: str, value: str) -> Any:
    """What people call a point, a holding area, a direction or a force."""
    if dimension == "point":
        name = SHORT_NAMES.get(value, value)
        return Bilingual(name, name, CHINESE_NAMES.get(value, name))
    if dimension == "area":
        return _areas().get(value, value)
    if dimension == "direction":
        return {"export": _("export"), "import": _("import")}.get(value, value)
    if dimension == "group":
        return GROUP_TITLES.get(value, value)
    return _forces().get(value, value)


def _one(sql: str, at: datetime) -> tuple[Any, ...]:
    return rows_of(sql, {"now": at, "midnight": midnight(at)})[0]
