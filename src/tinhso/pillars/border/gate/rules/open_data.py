"""What may be published of small numbers: who knows the day and the gate must not find a firm behind a single truck.

A cell with fewer than three vehicles is hidden; where one alone is hidden among the groups of a point, direction and
day, the next smallest is hidden with it, for the sum of the day is public and would give it away. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

LEAST = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of the open data; `hidden` rows are published without figures."""

    day: date
    point: str
    direction: str
    group: str
    arrived: int
    cleared: int
    kg: int
    wait_median: int | None = None
    wait_p90: int | None = None
    release_median: int | None = None
    hidden: bool = False


def is_small(cell: Cell) -> bool:
    return 0 < cell.arrived < LEAST or 0 < cell.cleared < LEAST


def suppressed(cells: Iterable[Cell]) -> list[Cell]:
    """The cells in their order, with those hidden that may not be told."""
    rows = list(cells)
    families: dict[tuple[date, str, str], list[int]] = defaultdict(list)
    for number, cell in enumerate(rows):
        families[cell.day, cell.point, cell.direction].append(number)
    hidden: set[int] = set()
    for family in families.values():
        small = [number for number in family if is_small(rows[number])]
        hidden.update(small)
        others = [number for number in family if number not in small]
        if len(small) == 1 and others:
            hidden.add(min(others, key=lambda number: (rows[number].arrived + rows[number].cleared, number)))
    return [_blank(cell) if number in hidden else cell for number, cell in enumerate(rows)]


def _blank(cell: Cell) -> Cell:
    return replace(cell, arrived=0, cleared=0, kg=0, wait_median=None, wait_p90=None, release_median=None, hidden=True)
