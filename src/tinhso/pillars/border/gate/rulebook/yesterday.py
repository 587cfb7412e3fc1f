"""The dry run of the gate's rules: the trips of yesterday once more, by the rules before and after a change.

Only pure rules over stored facts: nothing is written, and of each trip only what the rules ask is read. Where a trip
met an officer's judgement (a random inspection), the stored fact stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.modules.rule_tables import RehearsalRun, dry_run
from tinhso.kernel.rulebook.showing import Pair, both, counted, section
from tinhso.pillars.border.gate.actions.declare import BY_ORDER, class_of
from tinhso.pillars.border.gate.actions.tasks import NOT_TASKS, facts_of
from tinhso.pillars.border.gate.models import GoodsLine, SlotWindow, Trip
from tinhso.pillars.border.gate.queries.containers import second_of, with_seconds
from tinhso.pillars.border.gate.queries.law import Law
from tinhso.pillars.border.gate.queries.problems import FIELD_TITLES, filled_of, rule_line
from tinhso.pillars.border.gate.queries.queue import GROUP_TITLES
from tinhso.pillars.border.gate.queries.words import REGIME_TITLES
from tinhso.pillars.border.gate.rulebook import barriers, counts, measures, naming, sentences, yards
from tinhso.pillars.border.gate.rulebook.showing import Yesterday, yesterday_of
from tinhso.pillars.border.gate.rules import asked, checks, containers, fees, goods, hours, limits, queue
from tinhso.pillars.border.gate.rules.codes import GateRefusal, catalogue
from tinhso.pillars.border.gate.rules.priority import FALSE_CLAIM

MOST = 2_000
EACH = 100


@dataclass
class Played:
    """What the rules made of all trips: tasks by kind and force, fees by regime, refusals by code, classes."""

    tasks: Counter[tuple[str, str]] = field(default_factory=Counter)
    fees: Counter[str] = field(default_factory=Counter)
    refused: Counter[Any] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)


PLAYED = ("fee_rule", "check_rule", "force", "field_rule", "trip_type", "hours", "risk_rule", "goods", "just_in_time")
"""Tables whose rows are asked of each trip."""
JUDGED = frozenset({BY_ORDER, FALSE_CLAIM})
"""Classes that an order or an officer's finding has given: no rule gives another."""


@dry_run("border_gate.yesterday", title=gettext_lazy("the trips of yesterday, once more"))
def yesterday(run: RehearsalRun) -> Mapping[str, Any]:
    """What the change would have made otherwise yesterday; of each table that it touches there is an answer."""
    day = yesterday_of(run)
    trips = _trips(day)
    played = _played(day, trips) if day.touches(*PLAYED) else []
    slots = [_slots(day)] if day.touches("hour_capacity") else []
    limits_told = [measures.section_of(day, old, new) for old, new in day.rows("limit")]
    told = [tell(day) for tables, tell in TOLD if _is_told(day, tables)]
    run.told(len(trips), len(trips))
    return {
        "about": both(lambda: _about(len(trips), day.day)),
        "sections": [*played, *slots, *limits_told, *told],
    }


TOLD: tuple[tuple[tuple[str, ...], Callable[[Yesterday], Pair]], ...] = (
    (("queue_cycle", "limit"), counts.cycle),
    (("booking_rule",), counts.bookings),
    (("correction",), counts.corrections),
    (("task_result",), counts.results),
    (("reason",), counts.reasons),
    (("refusal_text",), counts.refusal_texts),
    (("order_text",), counts.order_texts),
    (("fee_term",), counts.tariff_words),
    (("sample_rule",), counts.samples),
    (("barrier",), barriers.told_yesterday),
    (("yard_room",), yards.rooms_told),
    (("yard_tariff",), yards.tariffs_told),
)
WAITS = frozenset(queue.WAITS.values())


def _is_told(day: Yesterday, tables: tuple[str, ...]) -> bool:
    """Whether the change touches one of the tables; of the limits only those count by which vehicles are called."""
    return any(table != "limit" or (new or old).code in WAITS for table in tables for old, new in day.rows(table))


def _played(day: Yesterday, trips: list[Trip]) -> list[Pair]:
    """Tasks, fees, refusals and classes of yesterday's trips."""
    lines, laws = _lines(trips), (day.before, day.after)
    with_seconds(trips)
    facts = [facts_of(trips, at=day.run.at, law=law) for law in laws]
    found = first, then = Played(), Played()
    for number, trip in enumerate(trips, start=1):
        for law, facts_then, made in zip(laws, facts, found, strict=True):
            _play(trip, lines.get(trip.declaration_id, []), facts_then[trip.pk], law, day.run.on, made)
        if number % EACH == 0 or number == len(trips):
            day.run.told(number, len(trips))
    classes = section(_classes_title, counted(first.classes, then.classes, _class), summed=True)
    return [
        section(_checks_title, counted(first.tasks, then.tasks, _task_label(day.run)), summed=True),
        section(_fees_title, counted(first.fees, then.fees, _regime), unit="đ", summed=True),
        section(_refusals_title, counted(first.refused, then.refused, _code), summed=True),
        *([classes] if day.touches("goods", "just_in_time") else []),
    ]


def _slots(day: Yesterday) -> Pair:
    windows = list(SlotWindow.objects.filter(**day.within("begins_at"), booked__gt=0))
    before, after = (_overbooked(windows, law) for law in (day.before, day.after))
    told = {"count": len(windows)}
    return section(
        _slots_title, counted(before, after, _window), note=lambda: _("Of %(count)s booked hours of yesterday.") % told
    )


def _play(trip: Trip, lines: list[GoodsLine], facts: checks.TripFacts, law: Law, on: date, found: Played) -> None:
    for check in checks.checks(facts, law.book):
        if check.kind not in NOT_TASKS:
            found.tasks[check.kind, check.force] += 1
    for name in asked.missing(trip.kind, filled_of(trip, lines), law.needs)[:1]:
        found.refused["BG-310", name] += 1
    if not _open(trip, law):
        found.refused["BG-015"] += 1
    if trip.priority_basis not in JUDGED:
        found.classes[class_of(trip, lines, law).name] += 1
    try:
        goods.must_be_registered([rule_line(line, law.goods) for line in lines], direction=trip.direction)
        if checks.fee_is_owed(facts, law.book):
            found.fees[trip.declaration.regime] += _fee(trip, [line.group for line in lines], law, on)
    except GateRefusal as refusal:
        found.refused[refusal.code] += 1


def _fee(trip: Trip, groups: list[str], law: Law, on: date) -> int:
    container = containers.read_type(trip.container_type) if trip.container_no else ""
    rates = [rate for rate in law.rates if settings.PROFILE == "demo" or not rate.is_demo]
    return fees.assess(
        regime=trip.declaration.regime,
        groups=groups or ["EMPTY"],
        vehicle=fees.vehicle_class(load_kg=trip.gross_kg, container=container, second=second_of(trip) is not None),
        route=law.route_of(trip.kind),
        on=on,
        rates=rates,
        kept_percent=law.number(limits.KEPT).value,
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


def _trips(day: Yesterday) -> list[Trip]:
    came = Q(**day.within("first_arrival_at"))
    declared = Q(first_arrival_at=None, **day.within("accepted_at"))
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


def _classes_title() -> str:
    return _("Trips by class of the queue")


def _slots_title() -> str:
    return _("Hours booked beyond their room")


def _task_label(run: RehearsalRun) -> Callable[[tuple[str, str]], str]:
    """Check and force in words, also those that the change brings."""
    checks_named = {row.task: naming.check_name(row) for rows in _sides(run, "check_rule") for row in rows}
    forces = {
        row.code: Bilingual(naming.short_name(row.name_vi), naming.short_name(row.name_en))
        for rows in _sides(run, "force")
        for row in rows
    }
    return lambda key: f"{checks_named.get(key[0], key[0])} · {forces.get(key[1], key[1])}"


def _sides(run: RehearsalRun, table: str) -> tuple[Sequence[Any], Sequence[Any]]:
    return run.before(f"border_gate.{table}"), run.after(f"border_gate.{table}")


def _regime(code: str) -> str:
    return str(REGIME_TITLES.get(code, code))


def _class(name: str) -> str:
    return str(GROUP_TITLES[name])


def _code(code: Any) -> str:
    """Why a trip is refused, in words; the places of the sentence stay open."""
    name, which = code if isinstance(code, tuple) else (code, "")
    if which:
        return f"{_('must be filled in')}: {FIELD_TITLES[which]} ({name})"
    said = catalogue()[name]
    return f"{sentences.opened(str(Bilingual(said['message_vi'], said['message_en'])))} ({name})"


def _window(which: str) -> str:
    return _("hours overbooked") if which == "hours" else _("vehicles too many")
