"""Bãi chờ: which holding area of a point a vehicle goes into, and what is said when it may not. Pure.

A point may have several (at Hữu Nghị two). Each may have an operator, who lets vehicles into his own and sees who
stands there, and nobody else's (border brief 2 row 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from uuid import UUID

from tinhso.pillars.border.gate.rules.codes import refuse

NEARLY_FULL = 32
"""So few free places left: more vehicles than that do not drive in at the very same moment."""


@dataclass(frozen=True, slots=True)
class HoldingArea:
    """A holding area now, in vehicles. `operated`: by somebody; `own`: by the agency of who asks."""

    id: UUID
    point: UUID
    code: str
    name: str
    capacity: int
    operated: bool
    own: bool
    standing: int = 0

    @property
    def free(self) -> int:
        return max(self.capacity - self.standing, 0)

    def __str__(self) -> str:
        return self.name


def open_to(areas: Sequence[HoldingArea], *, everywhere: bool) -> list[HoldingArea]:
    """Those into which one lets vehicles, and of which one sees who stands there.

    `everywhere`: a force, which works at all of them, or the driver of the vehicle itself.
    """
    if everywhere:
        return list(areas)
    own = [area for area in areas if area.own]
    return own or [area for area in areas if not area.operated]


def emptiest(areas: Sequence[HoldingArea]) -> HoldingArea | None:
    """The one with most room; None when none has any."""
    found = max(areas, key=lambda area: (area.free, area.code), default=None)
    return found if found and found.free else None


def preselected(areas: Sequence[HoldingArea], sent: UUID | None = None) -> HoldingArea | None:
    """Of those open to who asks: where the vehicle was sent, else where most room is, else any."""
    there = next((area for area in areas if area.id == sent and area.free), None)
    return there or emptiest(areas) or next(iter(areas), None)


def named(areas: Sequence[HoldingArea], mine: Sequence[HoldingArea], code: str, point: str) -> HoldingArea:
    """The area of that code. Refusals: BG-650 when the point has none such, BG-651 when it is not one's own."""
    found = next((area for area in areas if area.code == code), None)
    if found is None:
        raise refuse("BG-650", field="area", v=code, point=point, list=told(areas))
    if found not in mine:
        raise refuse("BG-651", field="area", y=found.name, list=told(mine) or "–")
    return found


def must_have_room(area: HoldingArea, areas: Sequence[HoldingArea], point: str) -> None:
    """Refusals: BG-652 when the area is full, with the one that has most room; BG-653 when all are."""
    if area.free:
        return
    other = emptiest(areas)
    if other is None:
        raise refuse("BG-653", field="area", point=point)
    raise refuse(
        "BG-652", field="area", y=area.name, n=area.standing, cap=area.capacity, other=other.name, room=other.free
    )


def spread(areas: Sequence[HoldingArea], parts: Sequence[float]) -> list[HoldingArea | None]:
    """An area for each of many vehicles by its part of the whole room, 0 to 1; another one where that one is full.

    None for whom no area has room.
    """
    free = {area.id: area.free for area in areas}
    found: list[HoldingArea | None] = []
    for part in parts:
        room = [area for area in areas if free[area.id]]
        chosen = at_part(areas, part) if room else None
        if chosen and not free[chosen.id]:
            chosen = max(room, key=lambda area: free[area.id])
        if chosen:
            free[chosen.id] -= 1
        found.append(chosen)
    return found


def at_part(areas: Sequence[HoldingArea], part: float) -> HoldingArea | None:
    """The area that lies at that part of the whole room."""
    wanted = part * sum(area.capacity for area in areas)
    sums = accumulate(area.capacity for area in areas)
    return next((area for area, upto in zip(areas, sums, strict=True) if wanted < upto), areas[-1] if areas else None)


def told(areas: Sequence[HoldingArea]) -> str:
    return ", ".join(f"{area.name} ({area.code})" for area in areas)
