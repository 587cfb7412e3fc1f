"""What a room's table of powers says who may do, to be laid beside what the roles grant in truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tinhso.kernel.access.models import RolePermission
from tinhso.kernel.access.permissions import PERMISSIONS
from tinhso.kernel.modules.registry import Registry


@dataclass(frozen=True, slots=True)
class Who:
    """One column of the matrix: who is meant, where his rights reach, and the roles that he holds together."""

    code: str
    title: Any
    where: Any
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """One row: a right by its full name, the codes of those who hold it, and where the table has it from.

    `through`: what it opens (steps, pages, operations), by their names.
    """

    right: str
    who: frozenset[str]
    source: str
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Powers:
    """A room's table."""

    room: str
    title: Any
    who: tuple[Who, ...]
    rows: tuple[Power, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What the table says of one right and one column, and what the roles grant."""

    said: bool
    granted: bool

    @property
    def agrees(self) -> bool:
        return self.said == self.granted


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the comparison. Without `power` the table does not know the right."""

    right: str
    title: Any
    power: Power | None
    cells: tuple[Cell, ...]

    @property
    def agrees(self) -> bool:
        return self.power is not None and all(cell.agrees for cell in self.cells)


POWERS: Registry[Callable[[], Powers]] = Registry("table of powers")


def compared(table: Powers) -> list[Line]:
    """Every right of the room or of its table beside what the stored roles grant; one query."""
    held = _granted(table.who)
    rows = {power.right: power for power in table.rows}
    named = [right.code for right in PERMISSIONS if right.room == table.room]
    return [_line(right, rows.get(right), table.who, held) for right in dict.fromkeys((*rows, *named))]


def _line(right: str, power: Power | None, who: Iterable[Who], held: dict[str, set[str]]) -> Line:
    said = power.who if power else frozenset()
    cells = tuple(Cell(one.code in said, right in held[one.code]) for one in who)
    return Line(right, PERMISSIONS.get(right).title if right in PERMISSIONS else right, power, cells)


def _granted(who: Iterable[Who]) -> dict[str, set[str]]:
    """The rights of each column, from the roles as they are stored."""
    columns = tuple(who)
    codes = {role for one in columns for role in one.roles}
    pairs = RolePermission.objects.filter(role__code__in=codes).values_list("role__code", "permission")
    by_role: dict[str, set[str]] = {code: set() for code in codes}
    for code, right in pairs:
        by_role[code].add(right)
    return {one.code: set().union(*(by_role[role] for role in one.roles)) for one in columns}
