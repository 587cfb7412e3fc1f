"""The map of the house as it runs: each installed room with what it answers, offers and shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tinhso.kernel.modules.declare import DATA_SERVICES, METRICS, Declaration
from tinhso.kernel.modules.descriptor import Module, import_if_present, installed
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
    systems: tuple[str, ...]
    flows: tuple[str, ...]
    metrics: int
    data_services: int
    has_pages: bool
    has_api: bool


def overview() -> list[Room]:
    """Every installed room, ground floor first."""
    figures, offers = count_by_room(METRICS), count_by_room(DATA_SERVICES)
    return [
        Room(
            label=room.label,
            floor=room.floor,
            title=room.title,
            owner=room.owner,
            slug=room.slug,
            api_path=room.api_path,
            systems=room.systems,
            flows=tuple(flow.name for flow in FLOWS if flow.label == room.label),
            metrics=figures[room.label],
            data_services=offers[room.label],
            has_pages=has_file(room, "pages.urls"),
            has_api=has_file(room, "api.routes"),
        )
        for room in installed()
    ]


def systems_without_a_room() -> list[System]:
    """The province's systems that no installed room answers yet, in the order of the table."""
    answered = {system for room in installed() for system in room.systems}
    return [system for system in systems().values() if system.id not in answered]


def count_by_room(declared: Iterable[Declaration]) -> Counter[str]:
    return Counter(entry.room for entry in declared)


def has_file(room: Module, file: str) -> bool:
    return import_if_present(f"{room.name}.{file}") is not None
