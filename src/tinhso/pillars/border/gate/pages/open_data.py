"""Open data of the gate: days by point, direction and goods group as CSV and JSON, and what the columns mean."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tinhso.kernel.base import site
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.models import CrossingPoint, InflowNotice
from tinhso.pillars.border.gate.models.places import SHORT_NAMES
from tinhso.pillars.border.gate.queries.foresight import days_counted, published
from tinhso.pillars.border.gate.queries.inflow import as_rows
from tinhso.pillars.border.gate.rules.open_data import LEAST, Cell

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
COLUMNS: tuple[tuple[str, Any], ...] = (
    ("day", _("the day in Viet Nam, YYYY-MM-DD")),
    ("point", _("code of the crossing point")),
    ("point_name", _("what people call it")),
    ("direction", _("X export, N import, T transit")),
    ("goods_group", _("group of the goods, EMPTY for vehicles without goods")),
    ("arrived", _("vehicles that arrived for the first time that day")),
    ("cleared", _("vehicles cleared: export over the line, import let in")),
    ("tonnes", _("gross weight of the cleared vehicles, tonnes")),
    ("wait_median_min", _("minutes from the holding area to the call, median of those who arrived")),
    ("wait_p90_min", _("the same, nine of ten waited no longer")),
    ("release_median_min", _("minutes from the yard to the release, median of those cleared")),
    ("hidden", _("1: fewer than three vehicles, or needed to hide such a row; the figures are left out")),
)
YEAR = timedelta(days=366)
CACHED = "public, max-age=3600"
FRESH = "public, max-age=60"
MOST_NOTICES = 500


@require_safe
def about(request: Request) -> HttpResponse:
    """What is published, under which licence, at which addresses."""
    first, last = days_counted()
    context = {
        "columns": COLUMNS,
        "first": first,
        "last": last,
        "least": LEAST,
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "base": site.whole(request.path),
    }
    return render(request, "border_gate/open_data.html", context)


@require_safe
def as_csv(request: Request) -> HttpResponse:
    """`?tu=` and `?den=` choose the first and the last day; without them the last year."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([name for name, _title in COLUMNS])
    for row in _rows(request):
        writer.writerow(["" if value is None else value for value in row.values()])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="cua-khau-ngay.csv"'
    return as_published(response)


@require_safe
def as_json(request: Request) -> HttpResponse:
    """The same rows with licence and meaning of the columns."""
    data = {
        "title": "Số liệu cửa khẩu Lạng Sơn theo ngày",
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "columns": [name for name, _title in COLUMNS],
        "rows": list(_rows(request)),
    }
    return as_published(JsonResponse(data, json_dumps_params={"ensure_ascii": False}))


@require_safe
def inflow_as_json(request: Request) -> HttpResponse:
    """Notices on the inflow of goods of the last year, those ended early with the reason."""
    rows = InflowNotice.objects.filter(ends_at__gt=request.moment - YEAR).order_by("-begins_at", "id")[:MOST_NOTICES]
    data = {
        "title": "Thông báo điều tiết hàng hóa lên cửa khẩu tỉnh Lạng Sơn",
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "rows": as_rows(rows, dict(CrossingPoint.objects.values_list("pk", "code"))),
    }
    return as_published(JsonResponse(data, json_dumps_params={"ensure_ascii": False}), cached=FRESH)


def _rows(request: Request) -> Iterable[dict[str, Any]]:
    last = _day(request.GET.get("den", "")) or request.moment.astimezone(HANOI).date() - timedelta(days=1)
    first = max(_day(request.GET.get("tu", "")) or last - YEAR, last - YEAR)
    return [_row(cell) for cell in published(since=first, until=last + timedelta(days=1))]


def _row(cell: Cell) -> dict[str, Any]:
    told = asdict(cell)
    shown = (lambda name: None) if cell.hidden else told.get
    return {
        "day": cell.day.isoformat(),
        "point": cell.point,
        "point_name": SHORT_NAMES.get(cell.point, cell.point),
        "direction": cell.direction,
        "goods_group": cell.group,
        "arrived": shown("arrived"),
        "cleared": shown("cleared"),
        "tonnes": None if cell.hidden else round(cell.kg / 1000, 1),
        "wait_median_min": shown("wait_median"),
        "wait_p90_min": shown("wait_p90"),
        "release_median_min": shown("release_median"),
        "hidden": int(cell.hidden),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_published(response: HttpResponse, cached: str = CACHED) -> HttpResponse:
    """For everybody, from any page, kept so long by whoever stands between."""
    response.headers["Cache-Control"] = cached
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
