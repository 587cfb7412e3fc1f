"""Imports under `if TYPE_CHECKING`: they never run, so they make no circle, but they stay behind the walls."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tinhso.kernel.modules.checks import HEIGHT_OF_FLOOR, HEIGHT_OF_KERNEL_ROOM
from tinhso.kernel.modules.discovery import room_of
from tools.sources import Source

DOORS = {"facade", "contracts"}
TOP = 1000


def type_imports_through_walls(sources: list[Source]) -> Iterator[str]:
    """Imports for types that look up, sideways, or past a door."""
    for source in sources:
        if source.module.startswith("tinhso."):
            for line, name in guarded_imports(source.tree):
                if not may_see(source.module, name):
                    yield f"{source.path}:{line}: {name} is out of sight from here, for types too"


def guarded_imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for inner in ast.walk(node):
                if isinstance(inner, ast.ImportFrom) and (inner.module or "").startswith("tinhso."):
                    yield from ((inner.lineno, f"{inner.module}.{alias.name}") for alias in inner.names)
                elif isinstance(inner, ast.Import):
                    yield from ((inner.lineno, each.name) for each in inner.names if each.name.startswith("tinhso."))


def may_see(importer: str, imported: str) -> bool:
    """Same room; or a lower one, by its door when it has one."""
    here, there = room_of(importer), room_of(imported)
    if here == there:
        return True
    if there.startswith("tinhso.kernel."):
        return height(there) < height(here)
    door = imported.removeprefix(f"{there}.").partition(".")[0]
    neighbours = here.rpartition(".")[0] == there.rpartition(".")[0]
    return door in DOORS and (neighbours or height(there) < height(here))


def height(room: str) -> int:
    floor, own = room.split(".")[1], room.rpartition(".")[2]
    if floor == "kernel":
        return HEIGHT_OF_KERNEL_ROOM.get(own, 0)
    return HEIGHT_OF_FLOOR.get(floor, TOP if floor in {"config", "cli"} else TOP - 1)
