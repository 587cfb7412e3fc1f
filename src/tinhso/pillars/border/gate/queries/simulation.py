"""Who plays which role of the live border at which point. Only where a simulation is loaded is there anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from tinhso.kernel.access.may import rights, visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.identity.models import Person
from tinhso.pillars.border.gate.models import CrossingPoint, SimulatedDay, SimulatedTrip, SimulationSwitch
from tinhso.pillars.border.gate.permissions import PLAYED, ROLES, RUN_SIMULATION, VIEW_BOARD, play_permission


@dataclass(frozen=True, slots=True)
class Part:
    """A role at a point. `since` and `by_name` tell of the last change, `own` whether the reader made it;
    `may_change` whether the reader may take it or give it back."""

    point: CrossingPoint
    role: str
    by_people: bool
    since: datetime | None
    by_name: str
    own: bool
    may_change: bool

    @property
    def title(self) -> Any:
        return ROLES[self.role][0]


@dataclass(frozen=True, slots=True)
class Playing:
    """How far the simulation has come: its day, the moment until which it has played, its vehicles under way."""

    day: Any
    until: datetime
    share: float
    vehicles: int


def is_loaded() -> bool:
    """Whether a simulation plays here: in the demo profile, and some day of it was begun."""
    return settings.PROFILE == "demo" and SimulatedDay.objects.exists()


def playing(*, live: Iterable[str]) -> Playing | None:
    """The day that is played last; `live` are the states of those under way."""
    row = SimulatedDay.objects.order_by("-day").first()
    if row is None:
        return None
    vehicles = SimulatedTrip.objects.filter(trip__is_live=True, trip__state__in=list(live)).count()
    return Playing(row.day, row.played_until, row.share, vehicles)


def parts(*, by: Actor, at: datetime) -> list[Part]:
    """All roles at the points that the actor sees, point by point; five queries."""
    points = visible(CrossingPoint.objects.filter(goods_open=True), by, VIEW_BOARD, at)
    return _parts([(point, role) for point in points for role in PLAYED], by, _own(by, at))


def own_parts(*, by: Actor, at: datetime) -> list[Part]:
    """The roles that the actor may take or give back; nothing where no simulation is loaded."""
    own = _own(by, at)
    if not own or not is_loaded():
        return []
    points = CrossingPoint.objects.filter(goods_open=True)
    return _parts([(point, role) for point in points for role in PLAYED if _allows(own, role, point)], by, own)


def _own(by: Actor, at: datetime) -> set[tuple[str, UUID | None]]:
    """Rights to play, with the point for which they hold; an empty one stands for all."""
    names = [RUN_SIMULATION, *map(play_permission, PLAYED)]
    rows = rights(by, at=at).filter(permission__in=names, agency_id=None, unit_id=None, record_id=None)
    return set(rows.values_list("permission", "place_id"))


def _allows(own: set[tuple[str, UUID | None]], role: str, point: CrossingPoint) -> bool:
    wanted = (RUN_SIMULATION, play_permission(role))
    return any((right, place) in own for right in wanted for place in (None, point.pk))


def _parts(wanted: list[tuple[CrossingPoint, str]], by: Actor, own: set[tuple[str, UUID | None]]) -> list[Part]:
    switches = {
        (row.point_id, row.role): row for row in SimulationSwitch.objects.filter(point__in={one for one, _ in wanted})
    }
    names = dict(
        Person.objects.filter(id__in={row.changed_by for row in switches.values()}).values_list("id", "full_name")
    )
    found = []
    for point, role in wanted:
        row = switches.get((point.pk, role))
        found.append(
            Part(
                point=point,
                role=role,
                by_people=bool(row and row.by_people),
                since=row.changed_at if row else None,
                by_name=names.get(row.changed_by, "") if row else "",
                own=bool(row and row.changed_by == by.id),
                may_change=_allows(own, role, point),
            )
        )
    return found
