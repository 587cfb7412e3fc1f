"""The daily situation report: on screen, on one sheet of A4, as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import django_tables2
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.dates import show_date, show_moment
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.base.money import grouped
from tinhso.kernel.metrics.models import ReferenceFigure
from tinhso.kernel.web import paper
from tinhso.kernel.web.export import KINDS, as_file
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions.report import freeze_report
from tinhso.pillars.border.gate.models import ReplayedDay
from tinhso.pillars.border.gate.models.places import SHORT_NAMES
from tinhso.pillars.border.gate.pages.offers import LONGEST_KEPT
from tinhso.pillars.border.gate.queries import report
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.report import WHOLE, Figures, Report
from tinhso.pillars.border.gate.queries.sections import way_back_counts
from tinhso.pillars.border.gate.rules.codes import GateRefusal

SAMPLE = "border_gate.report_sample."
SHOWN_DAYS = 14
KEPT = "border_gate.report_reason"
"""Session key of a reason that was refused."""

# The lines of the sheet: title, figure, whether it stands under the line above it.
LINES: tuple[tuple[Any, str, bool], ...] = (
    (gettext_lazy("Vehicles cleared"), "cleared", False),
    (gettext_lazy("Export"), "exported", False),
    (gettext_lazy("of these fruit"), "export_fruit", True),
    (gettext_lazy("of these other goods"), "export_other", True),
    (gettext_lazy("Import"), "imported", False),
    (gettext_lazy("of these cargo"), "import_cargo", True),
    (gettext_lazy("of these new vehicles"), "import_new", True),
    (gettext_lazy("Remaining at 20:00"), "remaining", False),
    (gettext_lazy("of these fruit"), "remaining_fruit", True),
    (gettext_lazy("of these other goods"), "remaining_other", True),
    (gettext_lazy("Change from the day before"), "change", True),
    (gettext_lazy("Came in the period"), "arrived", False),
    (gettext_lazy("Left in the period"), "left", False),
    (gettext_lazy("Turned back"), "turned_back", True),
    (gettext_lazy("Diverted to another point"), "diverted", True),
    (gettext_lazy("Came without a declaration"), "undeclared", False),
    (gettext_lazy("still not declared at 20:00"), "undeclared_still", True),
    (gettext_lazy("Farm goods, tonnes"), "farm", False),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet: the figure of the whole, then of each point."""

    title: Any
    values: tuple[int, ...]
    part: bool
    signed: bool = False


class SheetTable(django_tables2.Table):
    """The sheet as a file; the points' columns come with the data."""

    title = django_tables2.Column(verbose_name=gettext_lazy("Figure"))


@require_safe
@needs(p.VIEW_REPORT)
def latest(request: Request) -> HttpResponse:
    """To the report of the running period."""
    return redirect("border_gate:report", report.day_of(request.moment))


@require_safe
@needs(p.VIEW_REPORT)
def daily(request: Request, day: date) -> HttpResponseBase:
    """The report of a day: frozen when it is over, else as counted until now. `?bang=` pdf, xlsx, csv: a file."""
    since, until = report.period(day)
    if since > request.moment:
        raise NotFound
    versions = report.versions(day)
    chosen = _chosen(request, versions)
    shown = report.of_row(chosen) if chosen else report.count(day, now=request.moment)
    kind = request.GET.get("bang", "")
    if kind in (*KINDS, "pdf"):
        return _file(shown, chosen, kind, at=request.moment)
    return render(request, "border_gate/report.html", {
        "legend": way_back_counts(),
        "day": day, "since": since, "until": until, "over": until <= request.moment, "versions": versions,
        "chosen": chosen, "lines": lines_of(shown), "points": _points(shown), "whole": shown.whole,
        "adds_up": all(block.adds_up for block in shown.blocks.values()), "sample": _sample(),
        "differences": _differences(request, day, versions, until), "before": _version_before(chosen, versions),
        "changes": _changes(chosen, versions), "days": _days(request),
        "typed": request.session.pop(KEPT, ""), "may_freeze": may(request.actor, p.FREEZE_REPORT, at=request.moment),
    })  # fmt: skip


@require_POST
@needs(p.FREEZE_REPORT)
def freeze(request: Request, day: date) -> HttpResponse:
    """Freeze the day, or its correction; a reason that was refused stands in its box again."""
    reason = request.POST.get("reason", "")
    try:
        freeze_report(day=day, by=request.actor, at=request.moment, reason=reason)
    except GateRefusal as refusal:
        messages.warning(request, refusal.for_people())
        request.session[KEPT] = reason[:LONGEST_KEPT]
    return redirect("border_gate:report", day)


def lines_of(shown: Report) -> list[Line]:
    """The sheet, line by line."""
    blocks = [shown.whole, *(shown.blocks[code] for code in _codes(shown))]
    return [
        Line(title, tuple(_value(block, name) for block in blocks), part, name == "change")
        for title, name, part in LINES
    ]


def _value(block: Figures, name: str) -> int:
    if name == "farm":
        return round(block.farm_kg / 1000)
    value: int = getattr(block, name)
    return value


def _codes(shown: Report) -> list[str]:
    """The best known points first, as people list them; a frozen row keeps no order."""
    known = list(SHORT_NAMES)
    codes = [code for code in shown.blocks if code != WHOLE]
    return sorted(codes, key=lambda code: (known.index(code) if code in known else len(known), code))


def _file(shown: Report, chosen: Any, kind: str, *, at: datetime) -> HttpResponseBase:
    name = f"bao-cao-{shown.day:%Y-%m-%d}"
    if kind == "pdf":
        return paper.as_paper(_sheet(shown, chosen), name, at=chosen.taken_at if chosen else at)
    return as_file(_table(shown), kind, name)


def _sheet(shown: Report, chosen: Any) -> paper.Sheet:
    """The sheet on paper; a frozen version is the same file whenever it is taken."""
    head = [_("Figure"), _("Whole province"), *(str(name) for name in _points(shown))]
    rows = [
        [f"– {line.title}" if line.part else str(line.title), *(_figure(line, value) for value in line.values)]
        for line in lines_of(shown)
    ]
    words = {
        "day": show_date(shown.day),
        "number": chosen.version if chosen else 0,
        "until": show_moment(report.period(shown.day)[1]),
    }
    return paper.Sheet(
        office=_("Management board of the border-gate economic zone"),
        title=_("Situation at the border gates, %(day)s") % words,
        subtitle=_("Frozen, version %(number)s") % words if chosen else _("Not frozen yet"),
        tables=[paper.Table(_("Daily report"), head, rows, 1, _note(words))],
        foot=_("DEMO: generated figures") if ReplayedDay.objects.filter(day=shown.day).exists() else "",
        language=get_language() or "vi",
    )


def _note(words: dict[str, Any]) -> str:
    ends = _("The day ends at %(until)s.") % words
    return f"{ends} {way_back_counts()}"


def _figure(line: Line, value: int) -> str:
    return f"+{grouped(value)}" if line.signed and value > 0 else grouped(value)


def _points(shown: Report) -> list[Any]:
    return [title_of("point", code) for code in _codes(shown)]


def _chosen(request: Request, versions: list[Any]) -> Any:
    wanted = request.GET.get("phien-ban", "")
    return next((row for row in versions if str(row.version) == wanted), versions[0] if versions else None)


def _differences(request: Request, day: date, versions: list[Any], until: Any) -> list[tuple[Any, str, int, int]]:
    """What a count of today would say differently from the newest frozen version."""
    if not versions or until > request.moment:
        return []
    return _in_words(report.of_row(versions[0]), report.count(day))


def _version_before(chosen: Any, versions: list[Any]) -> Any:
    return next((row for row in versions if chosen and row.version == chosen.version - 1), None)


def _changes(chosen: Any, versions: list[Any]) -> list[tuple[Any, str, int, int]]:
    """What the chosen version says differently from the one before it."""
    before = _version_before(chosen, versions)
    return _in_words(report.of_row(before), report.of_row(chosen)) if before else []


def _in_words(before: Report, after: Report) -> list[tuple[Any, str, int, int]]:
    """Every line of the sheet that differs, the whole province first."""
    codes = [WHOLE, *_codes(after)]
    found = []
    for code in codes:
        old, new = before.blocks.get(code, Figures()), after.blocks[code]
        place = _("Whole province") if code == WHOLE else title_of("point", code)
        for title, name, _part in LINES:
            pair = (_value(old, name), _value(new, name))
            if pair[0] != pair[1]:
                found.append((place, str(title), *pair))
    return found


def _sample() -> list[ReferenceFigure]:
    """What the press printed of one day, to compare the sheet with."""
    return list(ReferenceFigure.objects.filter(code__startswith=SAMPLE))


def _days(request: Request) -> list[date]:
    last = report.day_of(request.moment)
    return [last - timedelta(days=number) for number in range(SHOWN_DAYS)]


def _table(shown: Report) -> django_tables2.Table:
    """The sheet for a file."""
    names = [_("Whole province"), *(str(name) for name in _points(shown))]
    rows = [
        {"title": line.title, **{f"c{number}": value for number, value in enumerate(line.values)}}
        for line in lines_of(shown)
    ]
    columns = [(f"c{number}", django_tables2.Column(verbose_name=name)) for number, name in enumerate(names)]
    return SheetTable(rows, extra_columns=columns)
