"""What the gate does by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.models import Grant
from tinhso.kernel.base import site
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.base.money import grouped
from tinhso.kernel.modules.declare import every
from tinhso.kernel.notices.actions import send
from tinhso.kernel.notices.kinds import notice
from tinhso.pillars.border.gate.actions import clock, foresight, forgetting, positions, windows
from tinhso.pillars.border.gate.actions.ahead import lapse_ahead
from tinhso.pillars.border.gate.actions.bookings import lapse_holds
from tinhso.pillars.border.gate.actions.figures import count_days, count_lately
from tinhso.pillars.border.gate.actions.guidance import reach_newcomers
from tinhso.pillars.border.gate.actions.mandates import follow_staff
from tinhso.pillars.border.gate.actions.platform_calls import call_everywhere
from tinhso.pillars.border.gate.actions.ramps import follow_all
from tinhso.pillars.border.gate.actions.report import freeze_report
from tinhso.pillars.border.gate.actions.sheets import forget_sheets
from tinhso.pillars.border.gate.actions.stoppages import watch_stoppages
from tinhso.pillars.border.gate.actions.tax_marks import follow_turning_marks
from tinhso.pillars.border.gate.actions.yard_alarm import watch_yards
from tinhso.pillars.border.gate.models import DailyReport
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import periods
from tinhso.pillars.border.gate.queries.report import CLOSES, day_of, of_row
from tinhso.pillars.border.gate.queries.section import firm_names
from tinhso.pillars.border.gate.simulation.what_if_runs import run_what_if

__all__ = ["run_what_if"]  # declared there: the worker has to know it

WORST = 5
"""So many firms are named in the mail; the report has the others."""

REPORTED = notice(
    "border_gate.reported",
    title=_("Daily report frozen"),
    texts={
        "vi": "Cửa khẩu ngày {day}: thông quan {cleared} xe (xuất {export}, nhập {imported}), còn tồn {remaining} xe. "
        "Bản PDF: {pdf}",
        "en": "Border gates, {day}: {cleared} cleared (export {export}, import {imported}), {remaining} remain. "
        "As PDF: {pdf}",
    },
    channels=("app", "email"),
)


PERIOD_REPORTED = notice(
    "border_gate.period_reported",
    title=_("Report of a week or month"),
    texts={
        "vi": "Cửa khẩu từ {first} đến {last}: thông quan {cleared} xe (xuất {export}, nhập {imported}), thu {fees} đ "
        "phí, {undeclared} xe chưa khai báo, nhiều nhất: {worst}. Bản PDF: {pdf}",
        "en": "Border gates, {first} to {last}: {cleared} cleared (export {export}, import {imported}), fees {fees} đ, "
        "undeclared {undeclared}, most of them of: {worst}. As PDF: {pdf}",
    },
    channels=("app", "email"),
)


@every(cron="20 2 * * *")
def forget_positions(at: datetime) -> None:
    """Each night: positions older than 90 days are deleted, and the months to come are made."""
    positions.forget_positions(at=at)


@every(cron="40 2 * * *")
def forget_old_papers(at: datetime) -> None:
    """Each night: paper numbers of drivers whose last trip ended long ago are deleted."""
    forgetting.forget_papers(at=at)


@every(cron="*/10 * * * *")
def count_the_running_day(at: datetime) -> None:
    """Every ten minutes: the reports of the week, month and year under way have today in them, as far as it went."""
    count_days(day_of(at), day_of(at))


@every(cron="0 20 * * *")
def freeze_daily_report(at: datetime) -> None:
    """Freeze the report of the last day that is over, and keep its figures; done again it changes nothing."""
    local = at.astimezone(HANOI)
    day = local.date() if local.time() >= CLOSES else local.date() - timedelta(days=1)
    row = freeze_report(day=day, at=at, reason="counted again by the platform")
    count_lately(day)
    _tell_leaders(row, at)


@every(cron="30 7 * * 1")
def mail_weekly_report(at: datetime) -> None:
    """Monday's morning: the figures of the week that is over; done again it tells nobody twice."""
    _tell_period(periods.WEEK, at)


@every(cron="30 7 1 * *")
def mail_monthly_report(at: datetime) -> None:
    """On the first of a month: the figures of the month that is over; done again it tells nobody twice."""
    _tell_period(periods.MONTH, at)


def _tell_period(kind: str, at: datetime) -> None:
    """The last period of that kind that is over, in the application and by e-mail: to each leader, and of a week to
    the board as well, with the firms whose vehicles came undeclared most often (border brief 6.7).
    """
    span = periods.span_of(kind, at.astimezone(HANOI).date()).before()
    found, url = periods.period(span), reverse("border_gate:period", args=[kind, span.first])
    send(
        PERIOD_REPORTED.name,
        to=_holders(at, "LEADER", *(["BQLKKT"] if kind == periods.WEEK else [])),
        event_key=f"border_gate.report:{kind}:{span.first}",
        by=SYSTEM,
        at=at,
        url=url,
        first=show_date(span.first),
        last=show_date(span.last),
        cleared=grouped(found.of(*periods.CLEARED).n),
        export=grouped(found.of("cleared.X").n),
        imported=grouped(found.of("cleared.N").n),
        fees=grouped(found.of("fee.pay").amount),
        undeclared=grouped(found.of("undeclared").n),
        worst=_worst_firms(found),
        pdf=site.whole(f"{url}?bang=pdf"),
    )


def _worst_firms(found: periods.Period) -> str:
    """The firms with most undeclared vehicles, each with its number; a dash when none is known."""
    counted = [(key, sums.n) for key, sums in found.by_key("undeclared").items() if key][:WORST]
    names = firm_names([key for key, _n in counted])
    return "; ".join(f"{names.get(key, '–')} ({grouped(n)})" for key, n in counted) or "–"


def _holders(at: datetime, *roles: str) -> list[UUID]:
    valid = Q(valid_until=None) | Q(valid_until__gt=at)
    codes = [role_code(role) for role in roles]
    held = Grant.objects.filter(valid, role__code__in=codes, valid_from__lte=at, record_id=None)
    return list(held.values_list("holder_id", flat=True).distinct())


def _tell_leaders(row: DailyReport, at: datetime) -> None:
    """The evening's figures to each leader, in the application and by e-mail; the same report is told once."""
    whole, url = of_row(row).whole, reverse("border_gate:report", args=[row.day])
    send(
        REPORTED.name,
        to=_holders(at, "LEADER"),
        event_key=f"border_gate.report:{row.day}:{row.version}",
        by=SYSTEM,
        at=at,
        url=url,
        day=show_date(row.day),
        cleared=grouped(whole.cleared),
        export=grouped(whole.exported),
        imported=grouped(whole.imported),
        remaining=grouped(whole.remaining),
        pdf=site.whole(f"{url}?bang=pdf&phien-ban={row.version}"),
    )


@every(seconds=60)
def tell_orders_to_newcomers(at: datetime) -> None:
    """Movement orders reach vehicles that have come under them meanwhile; done again it tells nobody twice."""
    reach_newcomers(at=at)


@every(seconds=1800)
def look_ahead(at: datetime) -> None:
    """Once a day: count the days that are over and say what the next seven bring; what was said once stays."""
    foresight.keep_up(today=at.astimezone(HANOI).date())


@every(seconds=1800)
def follow_tax_marks(at: datetime) -> None:
    """Once a tax mark has begun or ended, trips under way follow it, also after days on which the platform was down."""
    follow_turning_marks(at=at)


@every(seconds=30)
def give_back_held_places(at: datetime) -> None:
    """Places that were kept for forms nobody sent in time are free again."""
    lapse_holds(at=at)


@every(seconds=60)
def remind_drivers(at: datetime) -> None:
    """Booked hours that come near."""
    clock.remind_of_hours(at=at)


@every(seconds=30)
def repeat_calls(at: datetime) -> None:
    """Calls that no driver has answered."""
    clock.repeat_calls(at=at)


@every(seconds=60)
def watch_full_yards(at: datetime) -> None:
    """Points at which all yards are so full that nobody is called, and those that have room again."""
    watch_yards(at=at)


@every(seconds=900)
def foresee_congestion(at: datetime) -> None:
    """Points at which more remain than the next day can take."""
    clock.foresee_congestion(at=at)


@every(seconds=3600)
def keep_windows(at: datetime) -> None:
    """Windows as far ahead as can be booked; marks of long ago go."""
    windows.keep_windows(at=at)
    clock.forget_marks(at=at)


@every(seconds=3600)
def forget_declaration_sheets(at: datetime) -> None:
    """The rows of old spreadsheets, which hold numbers of papers, are let go."""
    forget_sheets(at=at)


@every(seconds=60)
def follow_brokers_staff(at: datetime) -> None:
    """Mandates reach who works for the broker now, and nobody who has left."""
    follow_staff(at=at)


@every(seconds=3600)
def lapse_declarations_ahead(at: datetime) -> None:
    """What drivers have declared ahead and no firm has answered by its day is let go."""
    lapse_ahead(at=at)


@every(seconds=60)
def follow_ramps(at: datetime) -> None:
    """Ramps that are free again, or held by vehicles that have left the yard."""
    follow_all(at=at)


@every(seconds=30)
def call_by_platform(at: datetime) -> None:
    """The next vehicle at points where the platform calls by itself, as often as published."""
    call_everywhere(at=at)


@every(seconds=60)
def tell_who_waits_behind(at: datetime) -> None:
    """Incidents that last: drivers behind them are told once."""
    watch_stoppages(at=at)
