"""How crowded the places are now, for every room that declares figures by place (see README.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps

from tinhso.kernel.base.dates import show_time
from tinhso.kernel.base.money import grouped
from tinhso.kernel.metrics.queries import Figure, live_many
from tinhso.kernel.modules.declare import DOORS, METRICS, Door, Metric

WAITING = ".waiting"
PARTS = ("waiting", "wait_minutes", "crowding", "open_minutes", "silent_minutes")
LEVELS = ("clear", "normal", "busy")


@dataclass(frozen=True, slots=True)
class Place:
    """One place as shown. `level` is clear, normal, busy, closed or old; `since` says from when an old figure is."""

    code: str
    name: Any
    waiting: int
    minutes: int
    level: str
    since: str
    opens: str


@dataclass(frozen=True, slots=True)
class Status:
    """The places of one room, the time of the figures, and until when the first of them is open."""

    room: str
    title: Any
    head: Any
    places: tuple[Place, ...]
    taken: str
    closes: str
    stale: bool
    door: Door | None


def statuses() -> list[Status]:
    """The status tables of all rooms that have one; one query when the figures are fresh."""
    rooms = [metric for metric in METRICS if _is_status(metric)]
    names = [f"{metric.room}.{part}" for metric in rooms for part in PARTS]
    figures = {figure.name: figure for figure in live_many([name for name in names if _is_public(name)])}
    return [status for metric in rooms if (status := _status(metric, figures)) is not None]


def _is_status(metric: Metric) -> bool:
    return metric.name == metric.room + WAITING and metric.public and len(metric.dimensions) == 1


def _is_public(name: str) -> bool:
    return name in METRICS and METRICS.get(name).public


def _status(metric: Metric, figures: dict[str, Figure]) -> Status | None:
    waiting = figures[metric.name]
    codes = [key[0] for key in waiting.values if key]
    if not codes or waiting.taken_at is None:
        return None
    parts = {part: _values(figures.get(f"{metric.room}.{part}")) for part in PARTS}
    places = [_place(code, metric, parts, waiting) for code in codes]
    open_for = max(parts["open_minutes"].values(), default=0)
    return Status(
        room=metric.room,
        title=_title_of_room(metric.room),
        head=metric.title,
        places=tuple(sorted(places, key=lambda place: place.level == "old")),
        taken=show_time(waiting.taken_at),
        closes=_time(waiting.taken_at, open_for) if open_for > 0 else "",
        stale=waiting.stale,
        door=DOORS.get(f"{metric.room}.board") if f"{metric.room}.board" in DOORS else None,
    )


def _place(code: str, metric: Metric, parts: dict[str, dict[str, int]], waiting: Figure) -> Place:
    taken = waiting.taken_at
    assert taken is not None
    silent, open_for = parts["silent_minutes"].get(code, 0), parts["open_minutes"].get(code, 1)
    level = LEVELS[min(parts["crowding"].get(code, 0), 2)]
    if silent or waiting.stale:
        level = "old"
    elif open_for < 0:
        level = "closed"
    return Place(
        code=code,
        name=metric.title_of(metric.dimensions[0], code) if metric.title_of else code,
        waiting=parts["waiting"][code],
        minutes=parts["wait_minutes"].get(code, 0),
        level=level,
        since=_time(taken, -silent),
        opens=_time(taken, -open_for) if open_for < 0 else "",
    )


def _values(figure: Figure | None) -> dict[str, int]:
    return {key[0]: int(value) for key, value in figure.values.items() if key} if figure else {}


def _title_of_room(label: str) -> Any:
    return getattr(apps.get_app_config(label), "title", label)


def _time(moment: datetime, minutes: int) -> str:
    """The nearest minute: the figure was rounded to whole minutes."""
    return show_time(moment + timedelta(minutes=minutes, seconds=30))


def as_state(found: list[Status]) -> dict[str, Any]:
    """The same for viewers who listen: numbers and words that need no language, made once for all of them."""
    return {
        status.room: {
            "taken": status.taken,
            **{
                place.code: {
                    "waiting": grouped(place.waiting),
                    "minutes": place.minutes,
                    "level": place.level,
                    "since": place.since,
                    "opens": place.opens,
                }
                for place in status.places
            },
        }
        for status in found
    }
