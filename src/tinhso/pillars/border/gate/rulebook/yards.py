"""The room of yards and what standing there costs: previews, sentences, and what yesterday would have been by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tinhso.kernel.base.money import grouped, vnd
from tinhso.kernel.modules.rule_tables import Words
from tinhso.kernel.rulebook.showing import Pair, row, section
from tinhso.pillars.border.gate.models import Bay, Trip, Yard, YardRoom, YardTariff
from tinhso.pillars.border.gate.queries.yard import price_of
from tinhso.pillars.border.gate.rulebook.showing import Yesterday
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.yard_charges import charge, cost

MOST = 10_000
Span = tuple[datetime, datetime]
WORKED = (timedelta(hours=6), timedelta(days=1), timedelta(days=3))
"""Stays of which a preview says what they cost."""


def yards_on(on: date) -> Mapping[str, Any]:
    """The yards at the border by code, and the word for any of them."""
    rows = Yard.objects.filter(level="border").order_by("point__order", "code")
    return {YardTariff.ANY: gettext_lazy("any yard"), **{yard.code: yard.name for yard in rows}}


YARDS = Words(named=yards_on)


def check_tariff(row: YardTariff, on: date) -> None:
    """A yard at the border, or any. Refusal: BG-313."""
    known = yards_on(on)
    if row.yard_code not in known:
        raise refuse("BG-313", field="yard_code", v=row.yard_code, list=", ".join(known))


def room_means(row: YardRoom, said: Any) -> str:
    return _("%(yard)s has room for %(count)s vehicles.") % {"yard": said("yard"), "count": said("capacity")}


def tariff_means(row: YardTariff, said: Any) -> str:
    """What standing there costs, or that it costs nothing."""
    if row.price().is_free:
        return _("%(yard)s: standing there is free of charge.") % {"yard": said("yard_code")}
    return _("%(yard)s: %(hours)s hours free, then %(first)s for the first day, %(next)s for each further day.") % {
        "yard": said("yard_code"),
        "hours": said("free_hours"),
        "first": vnd(row.first_day),
        "next": vnd(row.next_day),
    }


def room_preview(old: YardRoom | None, new: YardRoom | None) -> list[str]:
    """Room before and after, who stands there now, and bays that do not suffice."""
    yard = Yard.objects.get(pk=(new or old).yard_id)  # type: ignore[union-attr]
    told = [f"{yard}: " + " → ".join(grouped(one.capacity) if one else "–" for one in (old, new))]
    if new is None:
        return [*told, _("The yard keeps the room that it has; no row says it any longer.")]
    if yard.level != "border":
        return told
    standing = Trip.objects.filter(yard=yard, is_in_yard=True).count()
    told.append(
        ngettext("%(count)s vehicle stands there now.", "%(count)s vehicles stand there now.", standing)
        % {"count": grouped(standing)}
    )
    if standing >= new.capacity:
        told.append(_("Nobody is let in until there is room again."))
    bays = Bay.objects.filter(yard=yard, closed=False).count()
    if bays < new.capacity:
        told.append(_("Only %(count)s bays are open: nobody stands beyond them.") % {"count": grouped(bays)})
    return told


def tariff_preview(old: YardTariff | None, new: YardTariff | None) -> list[str]:
    """What usual stays cost before and after; a row that ends gives way to that of any yard."""
    return [
        f"{_span(stay)}: " + " → ".join(vnd(cost(stay, one.price())) if one else "–" for one in (old, new))
        for stay in WORKED
    ]


def _span(stay: timedelta) -> str:
    if stay.days:
        return ngettext("%(count)s day", "%(count)s days", stay.days) % {"count": stay.days}
    hours = stay.seconds // 3600
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


def stood(day: Yesterday) -> dict[UUID, list[Span]]:
    """Who stood in each yard at the border that day: since when, until when, within the day."""
    found: dict[UUID, list[Span]] = {}
    rows = Trip.objects.filter(yard_in_at__lt=day.ends, yard__isnull=False).filter(
        Q(ended_at=None) | Q(ended_at__gte=day.begins), Q(crossed_out_at=None) | Q(crossed_out_at__gte=day.begins)
    )
    for yard, came, out, ended in rows.values_list("yard_id", "yard_in_at", "crossed_out_at", "ended_at")[:MOST]:
        found.setdefault(yard, []).append(_within(day, came, out, ended))
    return found


def waited(day: Yesterday) -> dict[UUID, list[Span]]:
    """Who waited in the holding areas of each point that day; in which of them is not kept."""
    found: dict[UUID, list[Span]] = {}
    rows = Trip.objects.filter(buffer_at__lt=day.ends).filter(
        Q(ended_at=None) | Q(ended_at__gte=day.begins), Q(called_at=None) | Q(called_at__gte=day.begins)
    )
    for point, came, called, ended in rows.values_list("point_id", "buffer_at", "called_at", "ended_at")[:MOST]:
        found.setdefault(point, []).append(_within(day, came, called, ended))
    return found


def _within(day: Yesterday, came: Any, *ends: datetime | None) -> Span:
    """From when it came until the first of the moments that ended it, both within the day."""
    since = max(came, day.begins)
    return since, min([day.ends, *(one for one in ends if one and one >= since)])


@dataclass(frozen=True, slots=True)
class Fullness:
    """How full a place was: most at once, minutes without room, who came while there was none."""

    most: int
    minutes: int
    turned: int


def fullness(spans: Iterable[Span], room: int) -> Fullness:
    """By the room asked of: who came when it was full counts as standing there all the same, as it was."""
    spans = list(spans)
    if not spans:
        return Fullness(0, 0, 0)
    steps = sorted([(since, 1) for since, _left in spans] + [(left, -1) for _since, left in spans])
    most = now = turned = 0
    full, before = timedelta(), steps[0][0]
    for at, step in steps:
        if now >= room:
            full += at - before
        turned += step > 0 and now >= room
        now, before = now + step, at
        most = max(most, now)
    return Fullness(most, int(full.total_seconds() // 60), turned)


def rooms_told(day: Yesterday) -> Pair:
    """How often the yards that the change touches would have been full yesterday."""
    touched = {(new or old).yard_id for old, new in day.rows("yard_room")}
    before, after = (_rooms(side("border_gate.yard_room")) for side in (day.run.before, day.run.after))
    rows: list[Pair] = []
    fullest: list[str] = []
    for name, (group, spans) in _places(day, touched).items():
        was, now = (fullness(spans, sum(rooms[one] for one in group)) for rooms in (before, after))
        fullest.append(f"{name} {grouped(was.most)}")
        rows += [
            row(lambda name=name: _("%(yard)s: minutes without room") % {"yard": name}, was.minutes, now.minutes),
            row(lambda name=name: _("%(yard)s: vehicles that came when full") % {"yard": name}, was.turned, now.turned),
        ]
    return section(
        lambda: _("Room of yards"),
        rows,
        note=lambda: _("Most vehicles at once yesterday: %(list)s.") % {"list": "; ".join(fullest)},
    )


def _places(day: Yesterday, touched: Iterable[UUID]) -> dict[str, tuple[list[UUID], list[Span]]]:
    """By name: the yards that fill together, and who was there. The holding areas of a point are one place."""
    found: dict[str, tuple[list[UUID], list[Span]]] = {}
    standing, waiting = stood(day), waited(day)
    for yard in Yard.objects.filter(pk__in=touched).order_by("level", "code"):
        if yard.level == "border":
            found[str(yard)] = ([yard.pk], standing.get(yard.pk, []))
        else:
            areas = list(Yard.objects.filter(point=yard.point_id, level=yard.level).order_by("code"))
            found[" + ".join(map(str, areas))] = ([one.pk for one in areas], waiting.get(yard.point_id, []))
    return found


def _rooms(rows: Sequence[YardRoom]) -> dict[UUID, int]:
    """The room of each yard by these rows; one of which no row holds keeps what it has."""
    return {**dict(Yard.objects.values_list("pk", "capacity")), **{one.yard_id: one.capacity for one in rows}}


def tariffs_told(day: Yesterday) -> Pair:
    """What the vehicles that left the yards yesterday would have paid there."""
    names = dict(Yard.objects.values_list("pk", "name"))
    codes = dict(Yard.objects.values_list("pk", "code"))
    stays = _ended(day)
    sides = [side("border_gate.yard_tariff") for side in (day.run.before, day.run.after)]
    rows = [
        row(names[yard], *(_paid(spans, price_of(codes[yard], side)) for side in sides))
        for yard, spans in sorted(stays.items(), key=lambda one: codes[one[0]])
    ]
    count = sum(len(spans) for spans in stays.values())
    return section(
        lambda: _("What standing in the yards would have cost"),
        rows,
        unit="đ",
        summed=len(rows) > 1,
        note=lambda: (
            ngettext(
                "Of %(count)s vehicle that left yesterday; who stands there still is not counted.",
                "Of %(count)s vehicles that left yesterday; who stands there still is not counted.",
                count,
            )
            % {"count": grouped(count)}
        ),
    )


def _ended(day: Yesterday) -> dict[UUID, list[Span]]:
    """Whole stays of those who left on that day, by yard."""
    found: dict[UUID, list[Span]] = {}
    out = Q(**day.within("crossed_out_at")) | Q(crossed_out_at=None, **day.within("ended_at"))
    rows = Trip.objects.filter(out, yard_in_at__isnull=False, yard__isnull=False)
    stays: Any = rows.annotate(left=Coalesce("crossed_out_at", "ended_at")).values_list("yard_id", "yard_in_at", "left")
    for yard, came, left in stays[:MOST]:
        found.setdefault(yard, []).append((came, left))
    return found


def _paid(spans: Iterable[Span], tariff: YardTariff | None) -> int:
    return sum(charge(since, left, tariff.price()) for since, left in spans) if tariff else 0
