"""The kernel's own routes: figures here, other rooms of the kernel beside them as they come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router

from tinhso.kernel.api.answers import unless_known
from tinhso.kernel.api.auth import anybody
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.metrics import queries

figures = Router()
LONGEST = timedelta(days=3 * 366)


def routers() -> list[tuple[str, Any, str, Router]]:
    """Label, title, path under /api/v1/ and router of each."""
    return [("kernel_metrics", _("figures"), "kernel/metrics", figures)]


@figures.get("/figures", auth=anybody, summary="All figures that the caller may see")
def list_figures(request: HttpRequest) -> HttpResponse:
    found = queries.live_many(queries.names_for(request.actor), by=request.actor)
    return unless_known(request, {"items": [_figure(one) for one in found], "next": None})


@figures.get("/figures/{name}", auth=anybody, summary="One figure of now, beside what was published")
def read_figure(request: HttpRequest, name: str) -> HttpResponse:
    return unless_known(request, _figure(queries.live(name, by=request.actor)))


@figures.get("/figures/{name}/history", auth=anybody, summary="A figure's days from `since` to `until` (excluded)")
def read_figure_history(
    request: HttpRequest, name: str, since: date | None = None, until: date | None = None, area: str | None = None
) -> HttpResponse:
    last = until or clock.today() + timedelta(days=1)
    first = since or max(last, date(1900, 2, 1)) - timedelta(days=31)
    if not timedelta(0) <= last - first <= LONGEST:
        raise Invalid(_("ask for at most three years, since before until"), code="bad-period", field="since")
    days = queries.history(name, first, last, by=request.actor, area=area)
    return unless_known(request, {"items": days, "next": None})


def _figure(figure: queries.Figure) -> dict[str, Any]:
    """`age` is left out of what is compared: the moment says as much, and the ETag must hold still."""
    return {
        "name": figure.name,
        "title": figure.title,
        "unit": figure.unit,
        "public": figure.public,
        "dimensions": figure.dimensions,
        "value": figure.value,
        "parts": [{"of": key, "value": number} for key, number in figure.values.items() if key],
        "taken_at": figure.taken_at,
        "stale": figure.stale,
        "published": [
            {"value": row.value, "unit": row.unit, "as_of": row.as_of, "source": row.source, "note": row.note}
            for row in figure.references
        ],
    }
