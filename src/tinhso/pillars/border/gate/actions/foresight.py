"""Days counted for open data and forecast, forecasts kept as they were said, and questions to the simulator."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import ForecastDay, OpenDay, ReplayedDay, WhatIfRun
from tinhso.pillars.border.gate.permissions import RUN_WHAT_IF
from tinhso.pillars.border.gate.queries import foresight as queries
from tinhso.pillars.border.gate.rules import forecast as rules
from tinhso.pillars.border.gate.rules.codes import refuse

BACK_AT_MOST = 28
RUNNING_AT_MOST = 3

# A vehicle arrives once and is cleared once: export when it crosses out, import when it crosses in (settled for the
# daily report). Moments are told as days of Viet Nam. Who arrived more than 30 days before is not looked for.
COUNT = """
insert into border_gate_openday (day, point_id, direction, goods_group, arrived, cleared, kg, wait_median, wait_p90,
    release_median)
with seen as (
    select t.point_id, t.direction, t.goods_group, t.gross_kg,
        (case when t.direction = 'N' then t.crossed_in_at else coalesce(t.first_arrival_at, t.crossed_in_at) end
            at time zone 'Asia/Ho_Chi_Minh')::date as arrived_on,
        (case when t.direction = 'N' then t.crossed_in_at else t.crossed_out_at end
            at time zone 'Asia/Ho_Chi_Minh')::date as cleared_on,
        extract(epoch from t.called_at - greatest(t.buffer_at, t.effective_at)) / 60 as waited,
        extract(epoch from t.released_at - t.yard_in_at) / 60 as released
    from border_gate_trip t
    where coalesce(t.first_arrival_at, t.crossed_in_at) >= (%(since)s::date - 30)::timestamp
            at time zone 'Asia/Ho_Chi_Minh'
        and coalesce(t.first_arrival_at, t.crossed_in_at) < %(until)s::date::timestamp
            at time zone 'Asia/Ho_Chi_Minh'
)
select days.day, s.point_id, s.direction, s.goods_group,
    count(*) filter (where s.arrived_on = days.day), count(*) filter (where s.cleared_on = days.day),
    coalesce(sum(s.gross_kg) filter (where s.cleared_on = days.day), 0),
    percentile_cont(0.5) within group (order by greatest(s.waited, 0)) filter (where s.arrived_on = days.day),
    percentile_cont(0.9) within group (order by greatest(s.waited, 0)) filter (where s.arrived_on = days.day),
    percentile_cont(0.5) within group (order by s.released) filter (where s.cleared_on = days.day and s.released >= 0)
from seen s
cross join lateral (select distinct unnest(array[s.arrived_on, s.cleared_on]) as day) as days
where days.day >= %(since)s::date and days.day < %(until)s::date
group by days.day, s.point_id, s.direction, s.goods_group
"""


@transaction.atomic
def count_days(*, since: date, until: date) -> int:
    """Count the days from `since` to before `until` anew, in one statement; returns how many rows there are."""
    OpenDay.objects.filter(day__gte=since, day__lt=until).delete()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"since": since, "until": until})
        return int(cursor.rowcount)


def count_missing_days(*, today: date) -> int:
    """The days that are over since the last one counted, the last two again, and days that were put in later."""
    last = OpenDay.objects.filter(day__lt=today).aggregate(last=Max("day"))["last"]
    since = last - timedelta(days=1) if last else today - timedelta(days=rules.DAYS_BACK)
    counted = count_days(since=since, until=today) if since < today else 0
    known = OpenDay.objects.values("day")
    late = list(ReplayedDay.objects.exclude(day__in=known).values_list("day", flat=True).order_by("day"))
    if late:
        counted += count_days(since=late[0], until=min(late[-1] + timedelta(days=1), today))
    return counted


def keep_up(*, today: date) -> bool:
    """Count and forecast for the day, if that was not done yet; returns whether it was done now."""
    if ForecastDay.objects.filter(made_on=today, recomputed=False).exists():
        return False
    count_missing_days(today=today)
    forecast_back(today=today)
    forecast_week(made_on=today)
    return True


@transaction.atomic
def forecast_week(*, made_on: date, recomputed: bool = False) -> int:
    """Say what is expected of the seven days after `made_on`; what was said on that day before stays."""
    days = queries.ahead_of(made_on)
    bounds = {"since": days[0], "until": days[-1] + timedelta(days=1)}
    history = queries.history_window(made_on)
    booked = {} if recomputed else queries.booked_ahead(**bounds)
    closed = queries.closed_days(**bounds)
    rows = []
    for point in queries.handled_points():
        for direction in queries.DIRECTIONS:
            usual = point.daily_export if direction == "X" else point.daily_import
            for day in days:
                key = (point.pk, direction, day)
                told = rules.forecast(
                    history.get((point.pk, direction), {}),
                    day,
                    made_on=made_on,
                    booked=booked.get(key, 0),
                    usual=usual,
                    closed=key in closed,
                )
                rows.append(_row(made_on, point, direction, day, told, booked.get(key, 0), recomputed))
    return len(ForecastDay.objects.bulk_create(rows, ignore_conflicts=True))


def forecast_back(*, today: date) -> int:
    """Work out what would have been said on past days of which nothing was said; returns how many days."""
    first, _last = queries.days_counted()
    if first is None:
        return 0
    begins = max(first + timedelta(days=rules.ENOUGH), today - timedelta(days=BACK_AT_MOST))
    said = set(ForecastDay.objects.filter(made_on__gte=begins).values_list("made_on", flat=True))
    days = [begins + timedelta(days=number) for number in range((today - begins).days)]
    missing = [day for day in days if day not in said]
    for day in missing:
        forecast_week(made_on=day, recomputed=True)
    return len(missing)


def ask_what_if(*, title: str, case: dict[str, Any], by: Actor, at: datetime) -> WhatIfRun:
    """Note a question to the simulator; whoever asks puts its run off. Refusal: BG-359 while three are under way."""
    require(by, RUN_WHAT_IF, at=at)
    with transaction.atomic():
        waiting = WhatIfRun.objects.filter(state__in=(WhatIfRun.WAITING, WhatIfRun.RUNNING), asked_by=by.id)
        if waiting.count() >= RUNNING_AT_MOST:
            raise refuse("BG-359")
        run = WhatIfRun.objects.create(title=title[:160], case=case, asked_by=by.id, asked_at=at)
        record("border_gate.ask_what_if", by=by, at=at, kind="border_gate.what_if", record_id=run.pk, title=run.title)
    return run


def _row(
    made_on: date, point: Any, direction: str, day: date, told: rules.Expected, booked: int, recomputed: bool
) -> ForecastDay:
    return ForecastDay(
        made_on=made_on,
        day=day,
        point=point,
        direction=direction,
        expected=told.expected,
        low=told.low,
        high=told.high,
        booked=booked,
        basis=told.basis,
        recomputed=recomputed,
    )
