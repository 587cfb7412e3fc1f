"""Every declared figure that the reader may see, room by room, with the days behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.utils.formats import number_format

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.base.money import grouped, vnd
from tinhso.kernel.metrics.models import DayValue, ReferenceFigure
from tinhso.kernel.metrics.queries import Figure, live_many, names_for
from tinhso.kernel.modules.declare import METRICS, Number

DAYS = 14
# What the home page needs to say of a place in words; as numbers on a wall they tell nothing.
FOR_THE_HOME = (".crowding", ".open_minutes", ".silent_minutes")
FLOORS = ("border", "government", "party", "economy", "society", "shared", "roof", "kernel")


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure as a tile: `shown` in words with points between thousands, `parts` by dimension, largest first."""

    figure: Figure
    shown: str
    references: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    trend: list[float]


@dataclass(frozen=True, slots=True)
class Room:
    title: Any
    label: str
    tiles: tuple[Tile, ...]


def rooms(*, by: Actor, today: date) -> list[Room]:
    """The rooms that have a figure, in the order of the pillars; a few queries whatever their number."""
    names = [name for name in names_for(by) if not name.endswith(FOR_THE_HOME)]
    figures = live_many(names, by=by)
    trends = _trends([figure.name for figure in figures], today)
    by_room: dict[str, list[Tile]] = defaultdict(list)
    for figure in figures:
        by_room[METRICS.get(figure.name).room].append(tile(figure, trends.get(figure.name, [])))
    return [_room(label, found) for label, found in sorted(by_room.items(), key=lambda item: _place(item[0]))]


def tile(figure: Figure, trend: list[float]) -> Tile:
    """One figure ready to be shown."""
    named = [(_words(figure, key), number) for key, number in figure.values.items() if key]
    parts = sorted(named, key=lambda part: -part[1])
    return Tile(
        figure=figure,
        shown="–" if figure.value is None else number_words(figure.value, figure.unit),
        references=tuple(_published(one) for one in figure.references),
        parts=tuple((words, number_words(number, figure.unit)) for words, number in parts),
        trend=trend,
    )


def number_words(number: Number, unit: str) -> str:
    """1.158, 97,4 %, 1.802.500 đ. Other units stand in the figure's title."""
    if unit == "%":
        return f"{number_words(number, '')} %"
    if isinstance(number, float) and not number.is_integer():
        return str(number_format(number, decimal_pos=1))
    return vnd(int(number)) if unit == "đ" else grouped(int(number))


def _published(one: ReferenceFigure) -> str:
    """A published figure with its source and day: it stands beside the live one, never instead of it."""
    return f"{one.title}: {number_words(float(one.value), one.unit)} ({one.source}, {show_date(one.as_of)})"


def _words(figure: Figure, key: tuple[str, ...]) -> str:
    metric = METRICS.get(figure.name)
    if metric.title_of is None:
        return ", ".join(key)
    return ", ".join(str(metric.title_of(name, value)) for name, value in zip(metric.dimensions, key, strict=False))


def dimension_words(figure: Figure, dimension: str) -> str:
    """A kept dimension, `name=value|name=value`, in the words of the figure's parts; nothing for the whole."""
    values = tuple(part.partition("=")[2] for part in dimension.split("|")) if dimension else ()
    return _words(figure, values)


def _trends(names: Iterable[str], today: date) -> dict[str, list[float]]:
    """The last days of each figure: the whole where it is kept, else the sum of its parts. One query."""
    rows = DayValue.objects.filter(metric__in=list(names), day__gt=today - timedelta(days=DAYS), day__lte=today)
    days: dict[str, dict[date, list[tuple[bool, float]]]] = defaultdict(lambda: defaultdict(list))
    for name, day, area, dimension, value in rows.values_list("metric", "day", "area", "dimension", "value"):
        days[name][day].append((not area and not dimension, value))
    return {name: [_whole(parts) for _day, parts in sorted(found.items())] for name, found in days.items()}


def _whole(parts: list[tuple[bool, float]]) -> float:
    whole = [value for is_whole, value in parts if is_whole]
    return whole[0] if whole else sum(value for _is_whole, value in parts)


def _room(label: str, tiles: list[Tile]) -> Room:
    return Room(getattr(apps.get_app_config(label), "title", label), label, tuple(tiles))


def _place(label: str) -> tuple[int, str]:
    floor = getattr(apps.get_app_config(label), "floor", "")
    return (FLOORS.index(floor) if floor in FLOORS else len(FLOORS), label)


def today_of(moment: Any) -> date:
    """The day in Vietnam."""
    found: date = moment.astimezone(HANOI).date()
    return found
