"""Weekly, monthly, season and yearly reports: on screen, as a workbook, a list or sheets of paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.base.money import grouped
from tinhso.kernel.metrics.models import ReferenceFigure
from tinhso.kernel.web import paper
from tinhso.kernel.web.charts import Column
from tinhso.kernel.web.export import Grid, as_book, as_list
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.models import ReplayedDay
from tinhso.pillars.border.gate.queries import periods, report
from tinhso.pillars.border.gate.queries.periods import KINDS, NOTHING, Period, Span
from tinhso.pillars.border.gate.queries.quality_sections import overridden
from tinhso.pillars.border.gate.queries.section import Cell, Section
from tinhso.pillars.border.gate.queries.sections import sections

TITLES = {
    periods.WEEK: gettext_lazy("Week"),
    periods.MONTH: gettext_lazy("Month"),
    periods.SEASON: gettext_lazy("Season"),
    periods.YEAR: gettext_lazy("Year"),
}
SAMPLES = {periods.WEEK: "border_gate.week_sample."}
"""Published figures of a period of that kind, to stand beside the live ones."""
FILES = ("xlsx", "csv", "pdf")


@dataclass(frozen=True, slots=True)
class Shown:
    """A section for the page: figures grouped in threes, what is text and what is a figure."""

    code: str
    title: str
    head: list[tuple[str, bool]]
    rows: list[list[tuple[str, bool]]]
    note: str


@require_safe
@needs(p.VIEW_REPORT)
def latest(request: Request, kind: str) -> HttpResponse:
    """To the last period of that kind that is over."""
    if kind not in KINDS:
        raise NotFound
    today = report.day_of(request.moment)
    return redirect("border_gate:period", kind, periods.span_of(kind, today).before().first)


@require_safe
@needs(p.VIEW_REPORT)
def period(request: Request, kind: str, day: date) -> HttpResponseBase:
    """The report of the period of that kind in which the day lies; `?bang=xlsx`, `csv` and `pdf` give files."""
    if kind not in KINDS:
        raise NotFound
    span = periods.span_of(kind, day)
    if span.first > report.day_of(request.moment):
        raise NotFound
    found = periods.period(span)
    told = [*sections(found), *overridden(span, by=request.actor, at=request.moment)]
    wanted = request.GET.get("bang", "")
    if wanted in FILES:
        return _file(request, span, told, wanted)
    return render(request, "border_gate/period.html", {
        "kind": kind, "span": span, "title": title_of(span), "sections": [_shown(section) for section in told],
        "cleared": found.of("cleared.X", "cleared.N").n, "exported": found.of("cleared.X").n,
        "imported": found.of("cleared.N").n, "fees": found.of("fee.pay").amount, "columns": _columns(found),
        "kinds": [(one, TITLES[one], reverse("border_gate:period", args=[one, span.first])) for one in KINDS],
        "before": span.before().first, "after": _after(request, span), "is_demo": _is_demo(span),
        "is_running": span.last >= report.day_of(request.moment),
        "sample": ReferenceFigure.objects.filter(code__startswith=SAMPLES[kind]) if kind in SAMPLES else [],
    })  # fmt: skip


def title_of(span: Span) -> str:
    """What the period is called."""
    if span.kind == periods.YEAR:
        return _("Border gates in the year %(year)s") % {"year": span.first.year}
    if span.kind == periods.MONTH:
        return _("Border gates in the month %(month)s") % {"month": f"{span.first:%m/%Y}"}
    words = {"first": show_date(span.first), "last": show_date(span.last)}
    if span.kind == periods.SEASON:
        return _("Border gates in the season from %(first)s to %(last)s") % words
    return _("Border gates in the week from %(first)s to %(last)s") % words


def _after(request: Request, span: Span) -> date | None:
    following = span.after().first
    return following if following <= report.day_of(request.moment) else None


def _is_demo(span: Span) -> bool:
    """Whether generated days lie in it: the page says so."""
    return ReplayedDay.objects.filter(day__gte=span.first, day__lte=span.last + timedelta(days=1)).exists()


def _columns(found: Period) -> list[Column]:
    days = sorted({day for day, name in found.days if name in periods.CLEARED})
    form = "%m/%Y" if found.span.is_long else "%d/%m"
    return [
        Column(
            day.strftime(form),
            found.days.get((day, "cleared.N"), NOTHING).n,
            found.days.get((day, "cleared.X"), NOTHING).n,
        )
        for day in days
    ]


def _shown(section: Section) -> Shown:
    def cells(row: tuple[Cell, ...]) -> list[tuple[str, bool]]:
        return [(text_of(cell), place >= section.texts) for place, cell in enumerate(row)]

    return Shown(section.code, section.title, cells(section.head), [cells(row) for row in section.rows], section.note)


def text_of(cell: Cell) -> str:
    """A cell as people read it: 1.802.500 and 12,5."""
    if isinstance(cell, float):
        return f"{cell:.1f}".replace(".", ",") if get_language() != "en" else f"{cell:.1f}"
    return grouped(cell) if isinstance(cell, int) else str(cell)


def _file(request: Request, span: Span, told: list[Section], kind: str) -> HttpResponseBase:
    """The whole report as a file; that it was taken is kept."""
    name = f"bao-cao-{span.kind}-{span.first:%Y-%m-%d}"
    record(
        "border_gate.report_taken", by=request.actor, at=request.moment, kind="border_gate.report", period=span.kind,
        first=str(span.first), file=kind,
    )  # fmt: skip
    if kind == "pdf":
        return paper.as_paper(_sheet(span, told), name, at=request.moment)
    grids = [Grid(section.title, section.head, section.rows) for section in told]
    return as_book(grids, name) if kind == "xlsx" else as_list(grids, name)


def _sheet(span: Span, told: list[Section]) -> paper.Sheet:
    """The report on paper, under the management board's letterhead."""
    tables = [
        paper.Table(
            section.title, section.head, [[text_of(cell) for cell in row] for row in section.rows], section.texts,
            section.note,
        )
        for section in told
    ]  # fmt: skip
    foot = _("DEMO: generated figures") if _is_demo(span) else ""
    words: dict[str, Any] = {"first": show_date(span.first), "last": show_date(span.last)}
    return paper.Sheet(
        office=_("Management board of the border-gate economic zone"),
        title=title_of(span),
        subtitle=_("20:00 to 20:00, from %(first)s to %(last)s") % words,
        tables=tables,
        foot=foot,
        language=get_language() or "vi",
    )
