"""The forecast of seven days: what is expected, on what it rests, and how wrong it was said before."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.models import ForecastDay
from tinhso.pillars.border.gate.models.trips import DIRECTIONS
from tinhso.pillars.border.gate.pages.foresight_charts import days_chart
from tinhso.pillars.border.gate.permissions import VIEW_BOARD
from tinhso.pillars.border.gate.queries import foresight as queries
from tinhso.pillars.border.gate.queries.figures import title_of

DAYS_SHOWN = 14
BASES = {
    "own_days": _("own days"),
    "published": _("published average"),
    "closed": _("closed"),
}


@require_safe
@needs(VIEW_BOARD)
def forecast(request: Request) -> HttpResponse:
    """The newest forecast with the days before it; five queries."""
    today = request.moment.astimezone(HANOI).date()
    made_on = queries.last_said(on=today)
    came = sorted(queries.totals(queries.days_that_came(since=today - timedelta(days=DAYS_SHOWN), until=today)).items())
    rows = queries.said(made_on=made_on) if made_on else []
    days = queries.by_day(rows)
    context: dict[str, Any] = {
        "made_on": made_on,
        "chart": days_chart(came, sorted(days.items())),
        "came": came,
        "days": sorted(days.items()),
        "lines": _lines(rows),
        "errors": queries.errors(today=today),
        "whole": sum(one["expected"] for one in days.values()),
    }
    return render(request, "border_gate/forecast.html", context)


def _lines(rows: list[ForecastDay]) -> list[dict[str, Any]]:
    """One line a point and direction, with its days."""
    found: dict[tuple[str, str], dict[date, ForecastDay]] = defaultdict(dict)
    for row in rows:
        found[row.point.code, row.direction][row.day] = row
    return [
        {
            "point": title_of("point", code),
            "direction": DIRECTIONS[direction],
            "days": [days[day] for day in sorted(days)],
            "basis": BASES.get(next(iter(days.values())).basis, ""),
        }
        for (code, direction), days in found.items()
    ]
