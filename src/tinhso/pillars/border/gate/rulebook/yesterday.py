"""The dry run of the gate's rules: the trips of yesterday once more, by the rules before and after a change.

Only pure rules over stored facts: nothing is written, and of each trip only what the rules ask is read. Where a trip
met an officer's judgement (a random inspection), the stored fact stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.modules.rule_tables import RehearsalRun, dry_run
from tinhso.pillars.border.gate.actions.tasks import NOT_TASKS, facts_of
from tinhso.pillars.border.gate.models import GoodsLine, SlotWindow, Trip
from tinhso.pillars.border.gate.queries.law import Law, law_of
from tinhso.pillars.border.gate.queries.problems import filled_of
from tinhso.pillars.border.gate.rules import asked, checks, containers, fees, hours
from tinhso.pillars.border.gate.rules.codes import GateRefusal, catalogue

MOST = 2_000
EACH = 100
Pair = dict[str, Any]


@dataclass
class Played:
    """What the rules made of all trips: tasks by kind and force, fees by regime, refusals by code."""

    tasks: Counter[tuple[str, str]] = field(default_factory=Counter)
    fees: Counter[str] = field(default_factory=Counter)
    refused: Counter[Any] = field(default_factory=Counter)


@dry_run("border_gate.yesterday", title=gettext_lazy("the trips of yesterday, once more"))
def yesterday(run: RehearsalRun) -> Mapping[str, Any]:
    """Tasks, fees and refusals of yesterday's trips, and hours that would have been overbooked."""
    begins, ends = _yesterday(run.at)
    trips = _trips(begins, ends)
    lines = _lines(trips)
    facts = facts_of(trips, at=run.at)
    laws = law_of(run.before), law_of(run.after)
    played = first, then = Played(), Played()
    for number, trip in enumerate(trips, start=1):
        for law, found in zip(laws, played, strict=True):
            _play(trip, lines.get(trip.declaration_id, []), facts[trip.pk], law, run.on, found)
        if number % EACH == 0 or number == len(trips):
            run.told(number, len(trips))
    windows = list(SlotWindow.objects.filter(begins_at__gte=begins, begins_at__lt=ends, booked__gt=0))
    return {
        "about": _both(lambda: _about(len(trips), begins.date())),
        "sections": [
            _section(_checks_title, "", _task_rows(first.tasks, then.tasks, _titles(run))),
            _section(_fees_title, "đ", _rows(first.fees, then.fees, _regime)),
            _section(_refusals_title, "", _rows(first.refused, then.refused, _code)),
            _section(_slots_title, "", _rows(_overbooked(windows, laws[0]), _overbooked(windows, laws[1]), _window)),
        ],
    }


def _play(trip: Trip, lines: list[GoodsLine], facts: checks.TripFacts, law: Law, on: date, found: Played) -> None:
    for check in checks.checks(facts, law.book):
        if check.kind not in NOT_TASKS:
            found.tasks[check.kind, check.force] += 1
    for name in asked.missing(trip.kind, filled_of(trip, lines), law.needs)[:1]:
        found.refused["BG-310", name] += 1
    if not _open(trip, law):
        found.refused["BG-015"] += 1
    try:
        found.fees[trip.declaration.regime] += _fee(trip, [line.group for line in lines], law, on)
    except GateRefusal as refusal:
        found.refused[refusal.code] += 1


def _fee(trip: Trip, groups: list[str], law: Law, on: date) -> int:
    container = containers.read_type(trip.container_type) if trip.container_no else ""
    rates = [rate for rate in law.rates if settings.PROFILE == "demo" or not rate.is_demo]
    return fees.assess(
        regime=trip.declaration.regime,
        groups=groups or ["EMPTY"],
        vehicle=fees.vehicle_class(load_kg=trip.gross_kg, container=container),
        route=law.route_of(trip.kind),
        on=on,
        rates=rates,
    ).amount


def _open(trip: Trip, law: Law) -> bool:
    """Whether its point would have worked when it came; the day of the week is that of its coming."""
    if trip.first_arrival_at is None:
        return True
    rows = law.calendar.get((trip.point_id, trip.direction), ())
    always = [replace(row, valid_from=date.min, valid_until=None) for row in rows]
    return hours.is_open(always, trip.first_arrival_at, accepted_at=trip.accepted_at)


def _overbooked(windows: Sequence[SlotWindow], law: Law) -> Counter[str]:
    found: Counter[str] = Counter()
    for window in windows:
        room = law.capacities.get((window.point_id, window.direction, window.goods_group))
        if room is not None and window.booked > room:
            found["hours"] += 1
            found["vehicles"] += window.booked - room
    return found


def _yesterday(at: datetime) -> tuple[datetime, datetime]:
    today = datetime.combine(at.astimezone(HANOI).date(), datetime.min.time(), HANOI)
    return today - timedelta(days=1), today


def _trips(begins: datetime, ends: datetime) -> list[Trip]:
    came = Q(first_arrival_at__gte=begins, first_arrival_at__lt=ends)
    declared = Q(first_arrival_at=None, accepted_at__gte=begins, accepted_at__lt=ends)
    found = Trip.objects.filter(came | declared).select_related("declaration", "point", "tractor", "enterprise")
    return list(found.order_by("id")[:MOST])


def _lines(trips: Sequence[Trip]) -> dict[Any, list[GoodsLine]]:
    found: dict[Any, list[GoodsLine]] = {}
    for line in GoodsLine.objects.filter(declaration_id__in=[trip.declaration_id for trip in trips]):
        found.setdefault(line.declaration_id, []).append(line)
    return found


def _about(count: int, day: date) -> str:
    return _("%(count)s trips of %(day)s, at most 2,000") % {"count": count, "day": show_date(day)}


def _checks_title() -> str:
    return _("Checks opened, by kind and force")


def _fees_title() -> str:
    return _("Fees by regime")


def _refusals_title() -> str:
    return _("Trips that are refused, by reason")


def _slots_title() -> str:
    return _("Hours booked beyond their room")


def _titles(run: RehearsalRun) -> dict[str, Bilingual]:
    """Names of the checks, also of those that the change brings."""
    rows = [*run.before("border_gate.check_rule"), *run.after("border_gate.check_rule")]
    return {row.task: Bilingual(row.title_vi or row.task, row.title_en or row.task) for row in rows}


def _task_rows(
    before: Counter[tuple[str, str]], after: Counter[tuple[str, str]], titles: Mapping[str, Bilingual]
) -> list[Pair]:
    return _rows(before, after, lambda key: f"{titles.get(key[0], key[0])} · {key[1]}")


def _regime(code: str) -> str:
    titles = {
        "EXPORT": _("ordinary export"),
        "IMPORT": _("ordinary import"),
        "TEMP_IMP_REEXP": _("temporary import for re-export"),
        "TEMP_EXP_REIMP": _("temporary export for re-import"),
        "TRANSIT": _("transit"),
        "BORDER_TRANSFER": _("border transfer"),
        "BONDED": _("bonded goods"),
    }
    return str(titles.get(code, code))


def _code(code: Any) -> str:
    name, which = code if isinstance(code, tuple) else (code, "")
    said = str(catalogue()[name]["key"]).replace("_", " ").lower()
    return f"{name} {which or said}"


def _window(which: str) -> str:
    return _("hours overbooked") if which == "hours" else _("vehicles too many")


def _rows(before: Counter[Any], after: Counter[Any], label: Any) -> list[Pair]:
    """A row for each thing that was counted by either rules, the largest difference first."""
    keys = sorted({*before, *after}, key=lambda key: (-abs(after[key] - before[key]), str(key)))
    return [{"label": _both(lambda key=key: label(key)), "before": before[key], "after": after[key]} for key in keys]


def _section(title: Any, unit: str, rows: Iterable[Pair]) -> Pair:
    return {"title": _both(title), "unit": unit, "rows": list(rows)}


def _both(say: Any) -> dict[str, str]:
    """A sentence in Vietnamese and in English, as it is kept with the change."""
    said = {}
    for language in ("vi", "en"):
        with translation.override(language):
            said[language] = str(say())
    return said
