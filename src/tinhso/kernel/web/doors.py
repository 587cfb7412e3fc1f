"""The ways in that officials have: which of them somebody may go through, asked in one query."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tinhso.kernel.access.may import rights
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.modules.declare import DOORS, Door

GROUND = "kernel_"
SCOPE = ("agency_id", "unit_id", "place_id", "record_id")


@dataclass(frozen=True, slots=True)
class OfficialDoors:
    """Doors in their order: those to work, and those to the platform's own administration."""

    work: list[Door] = field(default_factory=list)
    ground: list[Door] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.work or self.ground)

    def of(self, room: str) -> list[Door]:
        """The doors that one room has."""
        return [door for door in (*self.work, *self.ground) if door.room == room]


def held_of(permissions: set[str], *, by: Actor, at: datetime, everywhere: bool = False) -> set[str]:
    """Those of the rights that the actor holds somewhere, or without any scope."""
    held = _held(permissions, by=by, at=at)
    return {name for name, is_whole in held.items() if is_whole or not everywhere}


def official_doors(*, by: Actor, at: datetime) -> OfficialDoors:
    """The officials' doors that the actor may go through; none for nobody."""
    doors = sorted((door for door in DOORS if door.audience == "official"), key=lambda door: (door.order, door.name))
    held = _held({door.permission for door in doors if door.permission}, by=by, at=at)
    is_official = bool(held)
    own = [door for door in doors if (_opens(door, held) if door.permission else is_official)]
    ground = [door for door in own if door.room.startswith(GROUND)]
    return OfficialDoors([door for door in own if door not in ground], ground)


def _held(permissions: set[str], *, by: Actor, at: datetime) -> dict[str, bool]:
    """Those of the rights that the actor holds, and whether without any scope; one query."""
    if by == NOBODY or not permissions:
        return {}
    found = rights(by, at=at).filter(permission__in=sorted(permissions))
    held: dict[str, bool] = {}
    for name, *scope in found.values_list("permission", *SCOPE).distinct():
        held[name] = held.get(name, False) or not any(scope)
    return held


def _opens(door: Door, held: dict[str, bool]) -> bool:
    """A door to the whole platform is opened by a right without scope only."""
    return held.get(door.permission, False) if door.everywhere else door.permission in held


def member_doors(*, by: Actor, at: datetime) -> list[Door]:
    """The doors of those who act for a firm or a body of their own, and have no desk; one query."""
    doors = sorted((door for door in DOORS if door.audience == "member"), key=lambda door: (door.order, door.name))
    held = held_of({door.permission for door in doors}, by=by, at=at)
    return [door for door in doors if door.permission in held]


def doors_of(request: Any) -> OfficialDoors:
    """As `official_doors`, asked once a request; none where nobody is known."""
    actor, moment = getattr(request, "actor", None), getattr(request, "moment", None)
    if actor is None or moment is None:
        return OfficialDoors()
    if not hasattr(request, "official_doors"):
        request.official_doors = official_doors(by=actor, at=moment)
    found: OfficialDoors = request.official_doors
    return found
