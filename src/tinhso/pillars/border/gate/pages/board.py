"""The wall board of the gate: each title says the finding, each tile its age."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base import clock
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_time
from tinhso.kernel.base.money import grouped
from tinhso.kernel.metrics.queries import references
from tinhso.kernel.web.charts import DayChart
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.models.tasks import task_title
from tinhso.pillars.border.gate.pages import flow_map
from tinhso.pillars.border.gate.queries import statistics
from tinhso.pillars.border.gate.queries.queue import GROUP_TITLES
from tinhso.pillars.border.gate.queries.statistics import Group, Hours, Pace, PointNow

SIMULATED_FROM = timedelta(minutes=2)
FORCES_SHOWN = 5
REFERENCE = "border_gate.daily_average"


@require_safe
@needs(p.VIEW_BOARD)
def board(request: Request) -> HttpResponse:
    """The whole page, or its living part when the page asks for it anew."""
    template = "border_gate/_board.html" if request.headers.get("X-Live") else "border_gate/board.html"
    return render(request, template, shown(request))


def shown(request: Request) -> dict[str, Any]:
    """What the board shows at the request's moment."""
    at = request.moment
    points = statistics.ordered(statistics.points(at=at))
    hours, groups, paces = statistics.by_hour(at=at), statistics.groups(at=at), statistics.paces(at=at)
    return {
        "at": at,
        "simulated": abs(at - clock.real()) > SIMULATED_FROM,
        "points": points,
        "map": flow_map.draw(points),
        "map_title": yard_finding(points),
        "groups": [(GROUP_TITLES[group.priority], group) for group in groups],
        "most": max([1, *(group.waiting for group in groups)]),
        "groups_title": waiting_finding(groups),
        "day": _chart(hours, at),
        "day_title": day_finding(hours),
        "reference": next(iter(references(REFERENCE)), None),
        "paces": [(task_title(pace.kind), pace) for pace in paces[:FORCES_SHOWN]],
        "slowest": max([1, *(max(pace.median, pace.limit) for pace in paces)]) * 1.15,
        "paces_title": pace_finding(paces),
    }


def yard_finding(points: list[PointNow]) -> str:
    """Which yard is the fullest, and what room it has."""
    known = [point for point in points if point.yard_capacity and not point.silent_since]
    if not known:
        return _("From the holding area to the line")
    fullest = max(known, key=lambda point: point.in_yard / point.yard_capacity)
    facts = {"yard": fullest.yard_name, "point": fullest.name, "count": grouped(fullest.room)}
    if not fullest.room:
        return _("%(yard)s (%(point)s) is full") % facts
    return _("%(yard)s (%(point)s) has %(count)s bays free") % facts


def waiting_finding(groups: list[Group]) -> str:
    """How many wait."""
    count = sum(group.waiting for group in groups)
    return _("%(count)s vehicles wait, by group") % {"count": grouped(count)} if count else _("No vehicle waits")


def day_finding(hours: Hours) -> str:
    """How many crossed, and whether that is more than yesterday by this hour."""
    facts = {"count": grouped(hours.total), "more": grouped(abs(hours.total - hours.yesterday_by_now))}
    if not hours.yesterday:
        return _("%(count)s vehicles crossed today") % facts
    if hours.total >= hours.yesterday_by_now:
        return _("%(count)s vehicles crossed today, %(more)s more than yesterday by now") % facts
    return _("%(count)s vehicles crossed today, %(more)s fewer than yesterday by now") % facts


def pace_finding(paces: list[Pace]) -> str:
    """Which check takes longer than it should."""
    late = [pace for pace in paces if pace.over > 0]
    if not paces:
        return _("No check was finished in the last 2 h")
    if not late:
        return _("All checks keep their time")
    worst = max(late, key=lambda pace: pace.over)
    title = str(task_title(worst.kind))
    return _("%(check)s: %(count)d minutes over") % {"check": title[:1].upper() + title[1:], "count": worst.over}


def _chart(hours: Hours, at: Any) -> DayChart:
    local = at.astimezone(HANOI)
    return DayChart(
        today=hours.today,
        yesterday=hours.yesterday,
        booked=hours.booked,
        now=local.hour + local.minute / 60,
        now_text=show_time(at),
        title=_("Vehicles cleared, by the hour"),
    )
