"""What a change of a limit would have touched yesterday: for each number, what it is held against and how often.

A number for which nothing that it could be held against is kept says so in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.rulebook.showing import Pair, row, section
from tinhso.pillars.border.gate.models import (
    FalseClaim,
    FeeAssessment,
    QrUse,
    Transfer,
    Trip,
    UndeclaredArrival,
    Yard,
)
from tinhso.pillars.border.gate.queries.undeclared import counted_arrivals
from tinhso.pillars.border.gate.rulebook import yards
from tinhso.pillars.border.gate.rulebook.showing import Yesterday
from tinhso.pillars.border.gate.rules import fees, limits

MOST = 5_000


@dataclass(frozen=True, slots=True)
class Measure:
    """`title`: what is counted; `values(day)`: what the number was held against, in its unit (times in hours …)."""

    title: Any
    values: Callable[[Yesterday], Sequence[float]]


def section_of(day: Yesterday, old: Any, new: Any) -> Pair:
    """A changed limit: how many would have been beyond it before and after."""
    one = new or old
    was, now = (day.before.number(one.code).value, day.after.number(one.code).value)
    unit = one.get_unit_display

    def title() -> str:
        return f"{one.title}: {was} → {now} {unit()}"

    if one.code in OWN:
        return OWN[one.code](day, title, was, now)
    if one.code not in MEASURES:
        return section(title, note=UNKNOWN)
    measure = MEASURES[one.code]
    found = [value / HELD_IN.get(one.unit, 1) for value in measure.values(day)]
    rows = [row(lambda: measure.title, *(sum(value > number for value in found) for number in (was, now)))]
    if not found:
        return section(title, rows, note=lambda: _("Yesterday there was nothing that this number is held against."))
    most = max(found)
    told = {"count": len(found), "most": f"{most:.1f}".replace(".0", "").replace(".", ",")}
    return section(
        title, rows, note=lambda: _("Of %(count)s; the largest was %(most)s %(unit)s.") % {**told, "unit": unit()}
    )


HELD_IN = {"minute": 60, "hour": 3_600, "day": 86_400}
"""Spans are measured in seconds."""


def _spans(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> list[float]:
    return [(end - begin).total_seconds() for begin, end in pairs if begin is not None and end is not None]


def _between(begin: str, end: str, **asked: Any) -> Callable[[Yesterday], list[float]]:
    """How long it was from one moment of a trip to another that lies on the day."""
    return lambda day: _spans(
        Trip.objects.filter(**day.within(end), **asked).exclude(**{begin: None}).values_list(begin, end)[:MOST]
    )


def _after_its_day(day: Yesterday) -> list[float]:
    """How long after its planned day began, or after its hour ended, a vehicle came."""
    came = Trip.objects.filter(**day.within("first_arrival_at")).values_list(
        "planned_on", "slot__ends_at", "first_arrival_at"
    )
    begun = [(ends or datetime.combine(planned, datetime.min.time(), HANOI), at) for planned, ends, at in came[:MOST]]
    return _spans(begun)


def _early(day: Yesterday) -> list[float]:
    return [-span for span in _between("slot__begins_at", "arrived_at")(day) if span < 0]


def _stays(**asked: Any) -> Callable[[Yesterday], list[float]]:
    """Stays that were going on yesterday: abroad of Vietnamese vehicles, here of those from abroad."""

    def found(day: Yesterday) -> list[float]:
        stays: list[float] = []
        for begin, end, which in (
            ("crossed_out_at", "returned_at", Q(kind="EXP_VN")),
            ("crossed_in_at", "crossed_out_at", ~Q(kind="EXP_VN")),
        ):
            on = Q(**{f"{begin}__lt": day.ends}) & (
                Q(**{f"{end}__gte": day.begins}) | Q(**{end: None, "is_live": True})
            )
            rows = Trip.objects.filter(on, which, **asked).exclude(kind="NEW_VEHICLE")
            stays += _spans(
                (since, min(until or day.ends, day.ends)) for since, until in rows.values_list(begin, end)[:MOST]
            )
        return stays

    return found


def _declared_by_link(day: Yesterday) -> list[float]:
    seen = UndeclaredArrival.objects.filter(**day.within("seen_at")).values_list("seen_at", "trip__accepted_at")
    return _spans(seen[:MOST])


def _differences(day: Yesterday) -> list[float]:
    """By how many per cent what came off differed from what was declared, vehicle by vehicle."""
    finished = Transfer.objects.filter(**day.within("finished_at"))
    rows = Trip.objects.filter(given__transfer__in=finished, gross_kg__gt=0).distinct()
    weights = rows.values_list("unloaded_kg", "gross_kg")[:MOST]
    return [abs(out - declared) * 100 / declared for out, declared in weights if out is not None]


def _fullest(day: Yesterday) -> list[float]:
    """How full each yard was in its fullest moment, in per cent of its bays."""
    rooms = dict(Yard.objects.filter(capacity__gt=0).values_list("pk", "capacity"))
    inside = yards.stood(day)
    return [
        yards.fullness(spans, rooms[yard]).most * 100 / rooms[yard] for yard, spans in inside.items() if yard in rooms
    ]


def _kept(day: Yesterday, title: Any, was: int, now: int) -> Pair:
    """What the centre would have kept of the fees that were assessed yesterday."""
    amounts = list(
        FeeAssessment.objects.filter(**day.within("created_at")).exclude(state="void").values_list("amount", flat=True)
    )
    shares = [[fees.split(amount, percent) for amount in amounts] for percent in (was, now)]
    sums = [[sum(share[part] for share in shared) for shared in shares] for part in (0, 1)]
    rows = [row(lambda: _("Kept by the centre"), *sums[0]), row(lambda: _("To the budget"), *sums[1])]
    return section(title, rows, unit="đ", note=lambda: _("Of %(count)s fees of yesterday.") % {"count": len(amounts)})


def _locked(
    name: str, rows: QuerySet[Any], firm: str, moment: str, day: Yesterday, title: Any, was: int, now: int
) -> Pair:
    """Firms that would be locked for such rows, by all three numbers `<name>_…` of each side."""
    counts = []
    for law in (day.before, day.after):
        since = day.ends - law.number(f"{name}_days").span
        found = rows.filter(**{f"{moment}__gte": since, f"{moment}__lt": day.ends, f"{firm}__isnull": False})
        many = found.values(firm).annotate(n=Count("pk")).filter(n__gte=law.number(f"{name}_most").value)
        counts.append(many.count())
    days = [law.number(f"{name}_lock_days").value for law in (day.before, day.after)]
    return section(
        title,
        [row(lambda: _("Firms whose booking would be locked"), *counts)],
        note=lambda: (
            _("Each for %(before)s days before, %(after)s days after.") % {"before": days[0], "after": days[1]}
        ),
    )


def _no_hour(day: Yesterday, title: Any, was: int, now: int) -> Pair:
    came = Trip.objects.filter(**day.within("buffer_at"), slot=None).count()
    return section(
        title,
        [row(lambda: _("Vehicles that came without an hour"), came, came)],
        note=lambda: (
            _("Each of them would count %(now)s minutes later than it came, in place of %(was)s.")
            % {"was": was, "now": now}
        ),
    )


def _codes(day: Yesterday, title: Any, was: int, now: int) -> Pair:
    used = QrUse.objects.filter(**day.within("used_at")).count()
    return section(
        title,
        [row(lambda: _("Codes that opened a barrier"), used, used)],
        note=lambda: _("When each code was shown last is not kept, so it cannot be told which would have died."),
    )


MEASURES: dict[str, Measure] = {
    "release_h": Measure(
        gettext_lazy("Vehicles that took longer from release to the line"), _between("released_at", "crossed_out_at")
    ),
    "call_min": Measure(gettext_lazy("Vehicles that came later after their call"), _between("called_at", "arrived_at")),
    "expiry_h": Measure(gettext_lazy("Vehicles that came after that time"), _after_its_day),
    "slot_early_min": Measure(gettext_lazy("Vehicles that came earlier than that before their hour"), _early),
    "slot_late_min": Measure(
        gettext_lazy("Vehicles that came later than that after their hour began"),
        _between("slot__begins_at", "arrived_at"),
    ),
    **{
        f"wait_{name.lower()}_min": Measure(
            gettext_lazy("Vehicles of the class that waited longer"),
            _between("effective_at", "called_at", priority=name),
        )
        for name in ("P1", "P2", "P3")
    },
    limits.DWELL: Measure(gettext_lazy("Vehicles that stayed longer"), _stays(two_way=False)),
    limits.DWELL_TWO_WAY: Measure(gettext_lazy("Vehicles that stayed longer"), _stays(two_way=True)),
    limits.TRANSIT: Measure(gettext_lazy("Vehicles that stayed longer"), _stays(kind="TRANSIT")),
    "quick_link_h": Measure(gettext_lazy("Quick declarations that came later"), _declared_by_link),
    limits.TOLERANCE: Measure(gettext_lazy("Vehicles whose weight differed by more"), _differences),
    limits.YARD_FULL: Measure(gettext_lazy("Yards that were fuller at some moment"), _fullest),
}
OWN: dict[str, Callable[[Yesterday, Any, int, int], Pair]] = {
    limits.KEPT: _kept,
    limits.QR_LIFE: _codes,
    "no_slot_min": _no_hour,
    **dict.fromkeys(
        ("undeclared_days", "undeclared_most", "undeclared_lock_days"),
        partial(_locked, "undeclared", counted_arrivals(), "trip__enterprise", "seen_at"),
    ),
    **dict.fromkeys(
        ("false_claim_days", "false_claim_most", "false_claim_lock_days"),
        partial(_locked, "false_claim", FalseClaim.objects.all(), "firm", "at"),
    ),
}
UNKNOWN = gettext_lazy(
    "What this number is held against is not kept day by day, so the trips of yesterday cannot say what it would "
    "change."
)
