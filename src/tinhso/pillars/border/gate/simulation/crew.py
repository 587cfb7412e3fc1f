"""Who acts in the live border: the demo's own people, so that history shows a name for every step.

One officer of each force, one yard and one holding-area operator at each point; a broker and a driver for all.
The demo (demo.people) makes them; here stands who they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.identity.models import Person
from tinhso.pillars.border.gate.permissions import FORCES

_PEOPLE = uuid5(NAMESPACE_URL, "tinhso:border-gate-people")

# Points by the end of their people's user names.
POINTS = {"HN-1119": "huunghi", "TT-1088": "tanthanh", "CM-01": "chima", "CN-1104": "cocnam"}
AT_A_POINT = (*FORCES, "YARD", "BUFFER")
EVERYWHERE = ("BROKER", "DRIVER")
STEMS = {"BQLKKT": "bql", "YARD": "bai", "BUFFER": "bandem", "BROKER": "daily", "DRIVER": "laixe"}


@dataclass(frozen=True, slots=True)
class Member:
    """One who acts: role, and the point where; an empty point means at all."""

    role: str
    point: str = ""

    @property
    def username(self) -> str:
        stem = STEMS.get(self.role, self.role.lower())
        return f"{stem}.{POINTS[self.point]}" if self.point else stem

    @property
    def person_id(self) -> UUID:
        return person_id(self.username)


def person_id(username: str) -> UUID:
    """The id of a demo person, the same in every installation."""
    return uuid5(_PEOPLE, username)


def members() -> list[Member]:
    """All who act in the live border."""
    there = [Member(role, point) for point in POINTS for role in AT_A_POINT]
    return [*there, *(Member(role) for role in EVERYWHERE)]


class Crew:
    """The stored people by role and point. Raises NotFound when the demo's people are not loaded."""

    def __init__(self) -> None:
        names = dict(Person.objects.filter(id__in=[one.person_id for one in members()]).values_list("id", "full_name"))
        if len(names) < len(members()):
            raise NotFound(kind="demo people")
        self._actors = {
            (one.role, one.point): Actor(one.person_id, "person", names[one.person_id]) for one in members()
        }

    def who(self, role: str, point: str) -> Actor:
        """Who plays that role at that point."""
        if role == "SYSTEM":
            return SYSTEM
        return self._actors.get((role, point)) or self._actors[(role, "")]
