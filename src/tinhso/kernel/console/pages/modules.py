"""The map of the house for everybody: which systems run, whose they are, what they show, and which still wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.money import grouped
from tinhso.kernel.console.overview import Room, overview, systems_without_a_room
from tinhso.kernel.metrics.queries import Figure, live_many, names_for
from tinhso.kernel.modules.declare import METRICS
from tinhso.kernel.modules.systems import System, systems
from tinhso.kernel.web.doors import held_of
from tinhso.kernel.web.request import Request

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
class Entry:
    """A room's first page and the right that its door asks for; empty for a page that is everybody's."""

    address: str
    permission: str
    everywhere: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One room as the page shows it."""

    room: Room
    systems: tuple[str, ...]
    figures: tuple[tuple[Any, str, bool], ...]
    """Title, value in words, whether it is stale."""
    address: str
    """Where its pages begin; empty when nothing stands there, or nothing that opens to the reader."""
    is_closed: bool
    """Whether pages stand there that do not open to the reader."""


@require_safe
def modules(request: Request) -> HttpResponse:
    """All rooms floor by floor, with the figures that the reader may see."""
    figures = live_many(names_for(request.actor), by=request.actor)
    rooms = sorted(shown_rooms(figures, by=request.actor, at=request.moment), key=_place)
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


def shown_rooms(figures: list[Figure], *, by: Actor, at: datetime) -> Iterator[Shown]:
    """Every room, with those figures, and its address if its first page opens to the reader; two queries at most."""
    rooms = list(overview())
    entries = {room.label: entry for room in rooms if (entry := _entry(room))}
    opened = {
        whole: held_of(
            {one.permission for one in entries.values() if one.everywhere is whole}, by=by, at=at, everywhere=whole
        )
        for whole in (False, True)
    }
    for room in rooms:
        entry = entries.get(room.label)
        opens = entry is not None and (not entry.permission or entry.permission in opened[entry.everywhere])
        yield Shown(
            room=room,
            systems=tuple(_title(systems()[one]) for one in room.systems if one in systems()),
            figures=tuple(
                (figure.title, _value(figure), figure.stale)
                for figure in figures
                if METRICS.get(figure.name).room == room.label
            ),
            address=entry.address if entry and opens else "",
            is_closed=entry is not None and not opens,
        )


def _entry(room: Room) -> Entry | None:
    """The room's first page; nothing when none stands at its address."""
    address = f"/{room.slug}/"
    if not room.has_pages or not room.slug:
        return None
    try:
        view = resolve(address).func
    except Resolver404:
        return None
    return Entry(address, getattr(view, "permission", ""), getattr(view, "everywhere", False))


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
