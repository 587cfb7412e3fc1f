# ruff: noqa: S608 – the columns are ours
"""The sums of a generated year, counted a second time from the raw rows and compared with what is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tinhso.pillars.border.gate.models import ReplayedDay
from tinhso.pillars.border.gate.queries.report import CARRIED, period
from tinhso.pillars.border.gate.queries.statistics import rows_of

if TYPE_CHECKING:
    from tinhso.pillars.border.gate.simulation.year.run import Wanted

_CONFIRMED = (
    "(select l.{side}_trip_id as id, sum(l.kg) as kg from border_gate_transferline l"
    " join border_gate_transfer x on x.id = l.transfer_id where x.state = 'confirmed' group by 1)"
)
_HANDED_OVER = "select 1 from border_gate_transferline l where l.from_trip_id = a.id and l.to_trip_id = b.id"
DAYS = "day >= %(first)s::date and day <= %(last)s::date"


def within(column: str) -> str:
    """SQL: the moment lies in the report days of the year."""
    return f"{column} > %(since)s::timestamptz and {column} <= %(until)s::timestamptz"


# What is told, what is kept of it, and the same from the rows themselves.
SUMS = (
    (
        "vehicles cleared",
        f"select sum(n) from border_gate_dayfigure where name in ('cleared.X', 'cleared.N') and {DAYS}",
        "select count(*) from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id"
        " where h.flow = 'border_gate.trip' and (h.step = 'cross_out' and t.direction = 'X'"
        f" or h.step = 'cross_in' and t.direction = 'N') and {within('h.at')}",
    ),
    (
        "kg cleared",
        f"select sum(amount) from border_gate_dayfigure where name in ('cleared.X', 'cleared.N') and {DAYS}",
        f"select sum({CARRIED}::bigint) from border_gate_trip t where"
        f" direction = 'X' and {within('crossed_out_at')} or direction = 'N' and {within('crossed_in_at')}",
    ),
    (
        "đồng collected",
        f"select sum(amount) from border_gate_dayfigure where name = 'fee.pay' and {DAYS}",
        f"select sum(amount) from border_gate_feeassessment where {within('paid_at')}",
    ),
    (
        "đồng kept and to the budget",
        f"select sum(amount) from border_gate_dayfigure where name in ('fee.pay.kept', 'fee.pay.budget') and {DAYS}",
        f"select sum(kept + budget) from border_gate_feeassessment where {within('paid_at')}",
    ),
    (
        "vehicles undeclared",
        f"select sum(n) from border_gate_dayfigure where name = 'undeclared' and {DAYS}",
        f"select count(*) from border_gate_undeclaredarrival where withdrawn_at is null and {within('seen_at')}",
    ),
    (
        "vehicles that stand undeclared at the end",
        "select sum(n) from border_gate_dayfigure where name = 'undeclared_still' and day = %(last)s::date",
        "select count(*) from border_gate_undeclaredarrival a join border_gate_trip t on t.id = a.trip_id"
        " where a.seen_at <= %(until)s::timestamptz and coalesce(t.submitted_at > %(until)s::timestamptz, true)"
        " and coalesce(t.ended_at > %(until)s::timestamptz, true)",
    ),
    (
        "vehicles that stayed too long",
        f"select sum(n) from border_gate_dayfigure where name = 'overstay' and {DAYS}",
        f"select count(*) from border_gate_incident where level >= 100 and {within('over_at')}",
    ),
    (
        "checks timed",
        "select sum(n) from border_gate_monthtime where part = 'group' and what not like 'T_'"
        " and month >= %(first)s::date and month <= %(last)s::date",
        "select count(*) from border_gate_clearancetask where state in ('passed', 'failed')"
        " and (finished_at at time zone 'Asia/Ho_Chi_Minh')::date between %(first)s::date and %(last)s::date",
    ),
    (
        "vehicles that stand at the end",
        "select sum(n) from border_gate_dayfigure where name = 'remaining' and day = %(last)s::date",
        "select count(*) from border_gate_trip where direction = 'X' and first_arrival_at <= %(until)s::timestamptz"
        " and (crossed_in_at is null or crossed_in_at > first_arrival_at)"  # who comes empty from abroad stands nowhere
        " and not coalesce(crossed_out_at <= %(until)s::timestamptz, false)"
        " and not coalesce(ended_at <= %(until)s::timestamptz, false)",
    ),
    (
        "vehicles whose goods are not those that came off",
        "select 0",
        f"select count(*) from border_gate_trip t left join {_CONFIRMED.format(side='from')} g on g.id = t.id"
        " where t.unloaded_kg is distinct from g.kg",
    ),
    (
        "vehicles that took over other goods than were handed to them",
        "select 0",
        f"select count(*) from border_gate_trip t left join {_CONFIRMED.format(side='to')} g on g.id = t.id"
        " where t.loaded_kg <> coalesce(g.kg, 0)",
    ),
    (
        "pairs of which only one half came, or without goods between them",
        "select 0",
        "select count(*) from border_gate_pairing p join border_gate_trip a on a.id = p.giver_id"
        " join border_gate_trip b on b.id = p.taker_id"
        " where a.planned_on in (select day from border_gate_replayedday where day between %(first)s and %(last)s)"
        " and ((a.state = 'completed') <> (b.state = 'completed')"
        f" or a.state = 'completed' and not exists ({_HANDED_OVER}))",
    ),
    (
        "steps without their entry in the trail",
        "select 0",
        "select (select count(*) from kernel_workflow_history) - (select count(*) from kernel_audit_entry"
        " where version is not null)",
    ),
)


def differences(wanted: Wanted, *, tell: Callable[[str], None]) -> list[str]:
    """The sums that differ, in words; each is told with its figure."""
    wrong = []
    plans = wanted.days()
    first, last = date(wanted.year, 1, 1), _end_of_month(plans[-1].day)
    facts = {"first": first, "last": last, "since": period(first)[0], "until": period(last)[1]}
    for title, kept, raw in SUMS:
        (ours,), (theirs,) = rows_of(kept, facts)[0], rows_of(raw, facts)[0]
        tell(f"{title}: {ours or 0:,}")
        if (ours or 0) != (theirs or 0):
            wrong.append(f"{title}: kept {ours}, counted {theirs}")
    put_in = sum(ReplayedDay.objects.filter(day__in=[plan.day for plan in plans]).values_list("trips", flat=True))
    expected = sum(plan.vehicles for plan in plans)
    if put_in != expected:
        wrong.append(f"trips: asked {expected}, put in {put_in}")
    return wrong


def _end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
