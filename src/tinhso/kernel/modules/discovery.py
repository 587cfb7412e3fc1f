"""Find the rooms of the house by looking at folders, never by importing them.

Settings need the list before the app registry is ready, so nothing here may import a room.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
FLOORS = ("kernel", "shared", "pillars", "roof")


def rooms(package: Path = PACKAGE) -> list[str]:
    """Dotted paths of every installed room, ground floor first.

    `TINHSO_MODULES` (comma-separated dotted paths or labels above the kernel) narrows the rooms
    above the kernel, so that another province can leave systems out.
    """
    wanted = {name for name in os.environ.get("TINHSO_MODULES", "").split(",") if name}
    found = [".".join(("tinhso", *folder.relative_to(package).parts)) for folder in _folders(package)]
    return [name for name in found if name.startswith("tinhso.kernel.") or not wanted or _is_wanted(name, wanted)]


def label_of(name: str) -> str:
    """The Django label of a room: the folder above it and its own, joined; fixed for ever (house.E003)."""
    parts = name.split(".")
    return f"{parts[-2]}_{parts[-1]}"


def room_of(module: str) -> str:
    """The room in which a Python module lies: `tinhso.pillars.border.gate` for its `metrics`, for instance."""
    parts = module.split(".")
    return ".".join(parts[: 4 if parts[1:2] == ["pillars"] else 3])


def _is_wanted(name: str, wanted: set[str]) -> bool:
    return name in wanted or label_of(name) in wanted


def _folders(package: Path) -> Iterator[Path]:
    for floor in FLOORS:
        depth = "*/*/apps.py" if floor == "pillars" else "*/apps.py"
        yield from sorted(path.parent for path in (package / floor).glob(depth))
