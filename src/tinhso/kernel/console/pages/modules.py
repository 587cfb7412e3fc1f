"""The map of the house for everybody: which systems run, whose they are, what they show, and which still wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tinhso.kernel.base.money import grouped
from tinhso.kernel.console.overview import Room, overview, systems_without_a_room
from tinhso.kernel.metrics.queries import Figure, live_many, names_for
from tinhso.kernel.modules.declare import METRICS
from tinhso.kernel.modules.systems import System, systems

FLOORS = {
    "kernel": _("Ground of every system"),
    "shared": _("Shared systems"),
    "party": _("Party agencies"),
    "government": _("Digital government"),
    "economy": _("Digital economy"),
    "society": _("Digital society"),
    "border": _("Digital border gate"),
    "roof": _("Over the whole province"),
}
# What people look for first stands first; the ground comes last.
ORDER = ("border", "government", "party", "economy", "society", "shared", "roof", "kernel")


@dataclass(frozen=True, slots=True)
class Shown:
    """One room as the page shows it."""

    room: Room
    systems: tuple[str, ...]
    figures: tuple[tuple[Any, str, bool], ...]
    """Title, value in words, whether it is stale."""
    address: str
    """Where its pages begin; empty when nothing stands there."""


@require_safe
def modules(request: HttpRequest) -> HttpResponse:
    """All rooms floor by floor, with the figures that the reader may see."""
    rooms = sorted(shown_rooms(live_many(names_for(request.actor), by=request.actor)), key=_place)
    missing = systems_without_a_room()
    return render(
        request,
        "kernel_console/modules.html",
        {
            "floors": [(FLOORS[floor], [*group]) for floor, group in groupby(rooms, key=lambda one: one.room.floor)],
            "missing": [
                (FLOORS[pillar], [_title(one) for one in group])
                for pillar, group in groupby(missing, key=lambda one: one.pillar)
            ],
            "answered": len(systems()) - len(missing),
            "all": len(systems()),
        },
    )


def shown_rooms(figures: list[Figure]) -> Iterator[Shown]:
    for room in overview():
        yield Shown(
            room=room,
            systems=tuple(_title(systems()[one]) for one in room.systems if one in systems()),
            figures=tuple(
                (figure.title, _value(figure), figure.stale)
                for figure in figures
                if METRICS.get(figure.name).room == room.label
            ),
            address=_address(room),
        )


def _address(room: Room) -> str:
    address = f"/{room.slug}/"
    return address if room.has_pages and room.slug and is_valid_path(address) else ""


def _value(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    if isinstance(figure.value, int):
        return grouped(figure.value)
    return number_format(figure.value, decimal_pos=1)


def _place(shown: Shown) -> int:
    return ORDER.index(shown.room.floor)


def _title(system: System) -> Any:
    return system.title(get_language() or "vi")
