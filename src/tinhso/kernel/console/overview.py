"""The map of the house as it runs: each installed room with what it answers, offers and shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, resolve

from tinhso.kernel.api.rooms import room_apis
from tinhso.kernel.modules.declare import DATA_SERVICES, METRICS, Declaration
from tinhso.kernel.modules.descriptor import Module, installed
from tinhso.kernel.modules.systems import System, systems
from tinhso.kernel.workflow.table import FLOWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the map tells of one room; `flows` are names such as `border_gate.trip`."""

    label: str
    floor: str
    title: Any
    owner: str
    slug: str
    api_path: str
    """Where its API lies under /api/v1/; empty when it has none."""
    systems: tuple[str, ...]
    flows: tuple[str, ...]
    metrics: int
    data_services: int
    page: str
    """Its first page; empty when there is none at the slug itself."""


def overview() -> list[Room]:
    """Every installed room, ground floor first."""
    apis = {api.label: api.prefix for api in room_apis()}
    figures, offers = count_by_room(METRICS), count_by_room(DATA_SERVICES)
    return [
        Room(
            label=room.label,
            floor=room.floor,
            title=room.title,
            owner=room.owner,
            slug=room.slug,
            api_path=apis.get(room.label, ""),
            systems=room.systems,
            flows=tuple(flow.name for flow in FLOWS if flow.label == room.label),
            metrics=figures[room.label],
            data_services=offers[room.label],
            page=first_page(room),
        )
        for room in installed()
    ]


def systems_without_a_room() -> list[System]:
    """The province's systems that no installed room answers yet, in the order of the table."""
    answered = {system for room in installed() for system in room.systems}
    return [system for system in systems().values() if system.id not in answered]


def count_by_room(declared: Iterable[Declaration]) -> Counter[str]:
    return Counter(entry.room for entry in declared)


def first_page(room: Module) -> str:
    path = f"/{room.slug}/" if room.slug else "/"
    try:
        return path if resolve(path).namespace == room.label else ""
    except Resolver404:
        return ""
