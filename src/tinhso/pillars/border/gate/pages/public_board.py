"""The board for everybody: counts and minutes, no name, no plate. A phone's page, and a screen at the holding area.

It is made of public figures alone, so that any number of readers costs one computation every few seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tinhso.kernel.base import clock
from tinhso.kernel.base.dates import show_time
from tinhso.kernel.base.money import grouped
from tinhso.kernel.metrics.queries import Figure, live_many
from tinhso.kernel.web.remembered import remembered
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.models import Moratorium
from tinhso.pillars.border.gate.pages import inflow
from tinhso.pillars.border.gate.queries.called import called_now, mark_of
from tinhso.pillars.border.gate.queries.closures import closures, points_hours
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.inflow import notices_now
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.queue import GROUP_TITLES
from tinhso.pillars.border.gate.rules.crowding import tone_of_room
from tinhso.pillars.border.gate.rules.limits import YARD_FULL

ROOMS = ("in_yard", "yard_room", "in_buffer", "buffer_room", "in_area", "area_room")
PARTS = (
    "waiting", "wait_minutes", "average_wait", "crowding", "open_minutes", "silent_minutes", "waiting_groups", *ROOMS,
)  # fmt: skip
SECONDS = 10.0
"""How old the page may be (border brief 15); who keeps it open hears of changes at once."""
LEVELS = ("clear", "normal", "busy")


@dataclass(frozen=True, slots=True)
class Space:
    """Room in the yards or in the holding areas of a point: how many places are free, of how many."""

    free: int
    whole: int
    tone: str

    def __str__(self) -> str:
        return f"{grouped(self.free)}/{grouped(self.whole)}"


@dataclass(frozen=True, slots=True)
class Line:
    """One point as the public sees it; `average` is empty where nobody was called in the last two hours.

    `buffer` is empty where the point has no holding area; `areas` are told one by one where it has several.
    """

    code: str
    name: Any
    waiting: str
    minutes: int
    average: int | None
    level: str
    since: str
    opens: str
    closes: str
    groups: tuple[tuple[str, int], ...]
    yard: Space | None
    buffer: Space | None
    areas: tuple[tuple[str, Any, Space], ...] = ()


@require_safe
@remembered(SECONDS)
def public_board(request: Request) -> HttpResponse:
    """For a phone."""
    template = "border_gate/_public_board.html" if request.headers.get("X-Live") else "border_gate/public_board.html"
    more: dict[str, Any] = {"inflow": inflow.told(notices_now(at=request.moment))}
    more |= {"hours": points_hours(at=request.moment), "closures": closures(at=request.moment)}
    return render(request, template, {**shown(request.moment), **more})


def shown(at: datetime) -> dict[str, Any]:
    figures = dict(zip(PARTS, live_many([f"border_gate.{part}" for part in PARTS]), strict=True))
    taken = figures["waiting"].taken_at or at
    lines = [_line(key[0], figures, taken) for key in figures["waiting"].values if key]
    return {
        "lines": lines,
        "groups": GROUP_TITLES.items(),
        "taken": taken,
        "closes": next((line.closes for line in lines if line.closes), ""),
        "moratoria": [(row, _text(row)) for row in _moratoria(at)],
        "simulated": abs(at - clock.real()) > timedelta(minutes=2),
    }


def state() -> dict[str, Any]:
    """The same for those who listen, in numbers that need no language."""
    now = shown(clock.now())
    lines = {
        line.code: {
            "waiting": line.waiting,
            "minutes": line.minutes,
            "average": "–" if line.average is None else line.average,
            "level": line.level,
            "since": line.since,
            "opens": line.opens,
            "yard": str(line.yard or "–"),
            "buffer": str(line.buffer or "–"),
            **dict(line.groups),
            **{f"area_{area}": str(space) for area, _title, space in line.areas},
        }
        for line in now["lines"]
    }
    return {"points": lines, "taken": show_time(now["taken"]), "called": mark_of(called_now(at=clock.now()))}


def _line(code: str, figures: dict[str, Figure], taken: datetime) -> Line:
    def part(name: str, missing: Any = 0) -> Any:
        return figures[name].values.get((code,), missing)

    silent, open_for = part("silent_minutes"), part("open_minutes", 1)
    level = LEVELS[min(part("crowding"), 2)]
    if silent or figures["waiting"].stale:
        level = "old"
    elif open_for < 0:
        level = "closed"
    return Line(
        code=code,
        name=title_of("point", code),
        waiting=grouped(part("waiting")),
        minutes=part("wait_minutes"),
        average=part("average_wait", None),
        level=level,
        since=_time(taken, -silent),
        opens=_time(taken, -open_for) if open_for < 0 else "",
        closes=_time(taken, open_for) if open_for > 0 else "",
        yard=_space(part("in_yard"), part("yard_room"), taken),
        buffer=_space(part("in_buffer"), part("buffer_room"), taken),
        areas=_areas(code, figures, taken),
        groups=tuple((name, int(figures["waiting_groups"].values.get((code, name), 0))) for name in GROUP_TITLES),
    )


def _areas(code: str, figures: dict[str, Figure], at: datetime) -> tuple[tuple[str, Any, Space], ...]:
    standing, room = figures["in_area"].values, figures["area_room"].values
    found = [
        (key[1], title_of("area", key[1]), space)
        for key in standing
        if len(key) > 1 and key[0] == code and (space := _space(int(standing[key]), int(room.get(key, 0)), at))
    ]
    return tuple(found) if len(found) > 1 else ()


def _space(taken: int, free: int, at: datetime) -> Space | None:
    """None where there is no place at all."""
    whole = int(taken + free)
    return (
        Space(int(free), whole, tone_of_room(int(taken), whole, full=law_at(at).number(YARD_FULL).value))
        if whole
        else None
    )


def _moratoria(at: datetime) -> list[Moratorium]:
    """In force, or beginning within a week."""
    return list(Moratorium.objects.filter(ends_at__gt=at, begins_at__lt=at + timedelta(days=7)).order_by("begins_at"))


def _text(row: Moratorium) -> str:
    chinese = (get_language() or "vi").startswith("zh") and row.text_zh
    return row.text_zh if chinese else row.text_vi


def _time(moment: datetime, minutes: int) -> str:
    return show_time(moment + timedelta(minutes=minutes))
