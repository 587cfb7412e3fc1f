"""The command centre's board, and one figure with its parts and days."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.base.errors import Forbidden, NotFound
from tinhso.kernel.metrics.queries import history, live
from tinhso.kernel.web.request import Request
from tinhso.roof.ioc.queries.board import dimension_words, number_words, rooms, tile, today_of

HISTORY_DAYS = 60


@require_safe
def board(request: Request) -> HttpResponse:
    """All figures that the reader may see; the whole page, or its living part."""
    found = rooms(by=request.actor, today=today_of(request.moment))
    template = "roof_ioc/_board.html" if request.headers.get("X-Live") else "roof_ioc/board.html"
    return render(request, template, {"rooms": found, "known": request.actor != NOBODY})


@require_safe
def figure(request: Request, name: str) -> HttpResponse:
    """One figure: now by its parts, and its last days. Not there for those who may not see it."""
    today = today_of(request.moment)
    try:
        found = live(name, by=request.actor)
        days = history(name, today - timedelta(days=HISTORY_DAYS), today + timedelta(days=1), by=request.actor)
    except Forbidden as refusal:
        raise NotFound from refusal
    rows = [
        (day.day, dimension_words(found, day.dimension), number_words(day.value, found.unit), day.closed)
        for day in reversed(days)
    ]
    return render(
        request, "roof_ioc/figure.html", {"tile": tile(found, []), "rows": rows, "known": request.actor != NOBODY}
    )
