"""The weekly signals for auditors: what each counts, what it found this week, and the records behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_moment, show_span
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.models.bookings import Holding
from tinhso.pillars.border.gate.models.tasks import task_title
from tinhso.pillars.border.gate.queries.signals import Finding, Record, Week, monday_of, week_of
from tinhso.pillars.border.gate.rules.signals import CALLS, CLAIMS, FAST, HOARDING, SWAPS, Bounds


@dataclass(frozen=True, slots=True)
class Words:
    """What a signal is called, how it is counted, the heads of its columns (`parties` of them names)."""

    title: str
    counted: str
    parties: tuple[str, ...]
    figures: tuple[str, ...]
    of_record: Callable[[Record], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One finding for the page."""

    cells: tuple[str, ...]
    figures: tuple[str, ...]
    records: list[tuple[Record, str]]
    more: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One signal for the page."""

    code: str
    words: Words
    rows: list[Row]


class WeekForm(forms.Form):
    """Any day of the week that is wanted."""

    ngay = forms.DateField()


@require_safe
@needs(p.VIEW_SIGNALS, everywhere=True)
def latest(request: Request) -> HttpResponse:
    """To the week of `?ngay=`, else to the last one that is over."""
    form = WeekForm(request.GET)
    today = _today(request)
    day = form.cleaned_data["ngay"] if form.is_valid() else today - timedelta(days=7)
    return redirect("border_gate:signals_week", monday_of(min(day, today)))


@require_safe
@needs(p.VIEW_SIGNALS, everywhere=True)
def week(request: Request, day: date) -> HttpResponse:
    """The signals of the week in which the day lies, as counted now. Weeks to come are no pages."""
    this = monday_of(_today(request))
    if monday_of(day) > this:
        raise NotFound
    found = week_of(day)
    following = found.first + timedelta(days=7)
    context = {
        "week": found,
        "signals": [_shown(code, words, found) for code, words in _words(found.bounds).items()],
        "before": found.first - timedelta(days=7),
        "after": following if following <= this else None,
        "runs": found.first == this,
    }
    return render(request, "border_gate/signals.html", context)


def _today(request: Request) -> date:
    return request.moment.astimezone(HANOI).date()


def _shown(code: str, words: Words, found: Week) -> Shown:
    return Shown(code, words, [_row(words, finding) for finding in found.findings[code]])


def _row(words: Words, finding: Finding) -> Row:
    parts = [str(figure) for figure in finding.figures]
    figures = tuple(
        f"{part} %" if head.endswith("%") else part for head, part in zip(words.figures, parts, strict=True)
    )
    records = [(record, words.of_record(record)) for record in finding.records]
    return Row((finding.point, *finding.who), figures, records, finding.more)


def _words(by: Bounds) -> dict[str, Words]:
    """The definitions, with the numbers by which this week was counted."""
    return {CALLS: _calls(by), FAST: _fast(by), SWAPS: _swaps(by), HOARDING: _hoarding(by), CLAIMS: _claims()}


def _calls(by: Bounds) -> Words:
    return Words(
        _("Calls out of the order"),
        _(
            "Vehicles that were called by hand before their turn, with a document and a reason. Counted for each"
            " officer and firm; shown from %(least)s in the week on."
        )
        % {"least": by.calls_least},
        (_("Crossing point"), _("Officer"), _("Firm")),
        (_("Calls"), _("all calls out of the order at the point")),
        lambda record: (
            _("%(moment)s, document %(number)s") % {"moment": show_moment(record.at), "number": record.text or "–"}
        ),
    )


def _fast(by: Bounds) -> Words:
    return Words(
        _("Fast checks of one officer for one firm"),
        _(
            "A check is fast when it took at most %(percent)s %% of the median of its kind at the crossing point, from"
            " when the vehicle was there and the check open. Shown when an officer made at least %(least)s fast checks"
            " for one firm and their share is %(points)s points or more above that of the other officers of his force"
            " there (of his own other checks, where he works alone)."
        )
        % {"percent": by.fast_percent, "least": by.fast_least, "points": by.fast_points},
        (_("Crossing point"), _("Officer"), _("Firm")),
        (
            _("fast checks"), _("all checks of the two"), _("share, %"), _("fast checks of the others"),
            _("all checks of the others"), _("share of the others, %"),
        ),
        _check,
    )  # fmt: skip


def _check(record: Record) -> str:
    kind, _between, minutes = record.text.partition(" · ")
    return _("%(check)s, %(span)s") % {
        "check": task_title(kind),
        "span": show_span(timedelta(minutes=int(minutes))),
    }


def _swaps(by: Bounds) -> Words:
    return Words(
        _("Hours that went from one firm to another"),
        _(
            "A firm gave a booked hour back, and within %(span)s another firm was the first to take a place in it."
            " Shown for two firms between which that happened at least %(least)s times in the week, in either"
            " direction. Hours lost to a closure do not count."
        )
        % {"span": show_span(by.swap_within), "least": by.swap_least},
        (_("Crossing point"), _("One firm"), _("Other firm")),
        (_("Hours"), _("from the one to the other"), _("from the other to the one")),
        lambda record: (
            _("hour %(hour)s, taken at %(moment)s") % {"hour": record.text, "moment": show_moment(record.at)}
        ),
    )


def _hoarding(by: Bounds) -> Words:
    return Words(
        _("Hours booked and given back late or missed"),
        _(
            "Given back late is later than %(span)s before the hour, also when another one was booked instead. Shown"
            " when a firm gave back late or missed at least %(least)s hours of the week and these are %(percent)s %%"
            " or more of all that it had booked. Hours lost to a closure do not count."
        )
        % {"span": show_span(by.free), "least": by.hoard_least, "percent": by.hoard_percent},
        (_("Crossing point"), _("Firm")),
        (_("given back late"), _("missed"), _("all hours booked"), _("share, %"), _("share of other firms, %")),
        lambda record: _("hour %(hour)s, %(state)s") % {"hour": show_moment(record.at), "state": _holding(record.text)},
    )


def _claims() -> Words:
    return Words(
        _("Goods declared as fresh that quarantine found not to be"),
        _(
            "The vehicle stood in the class of fresh goods; a quarantine officer wrote down why the goods are none, and"
            " it was put with ordinary goods. Shown from the first of a firm in the week on."
        ),
        (_("Crossing point"), _("Firm")),
        (_("trips of the firm"), _("all such trips at the point")),
        lambda record: f"{show_moment(record.at)}, {record.text}",
    )


def _holding(state: str) -> Any:
    return Holding(state).label
