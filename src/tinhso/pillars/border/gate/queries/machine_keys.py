"""Keys of machines at the crossing points where one may set machines up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.models import Grant
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.identity.models import ApiKey
from tinhso.pillars.border.gate.models import ControlPoint
from tinhso.pillars.border.gate.permissions import ENROL_DEVICE, MACHINE_ROLE


@dataclass(frozen=True, slots=True)
class MachineKey:
    key: ApiKey
    point: Any


def barriers_for_machines(*, by: Actor, at: datetime) -> list[ControlPoint]:
    return list(visible(ControlPoint.objects.select_related("point"), by, ENROL_DEVICE, at))


def machine_keys(barriers: list[ControlPoint]) -> list[MachineKey]:
    """Keys in use at the points of these barriers, newest first; two queries."""
    points = {barrier.point_id: barrier.point for barrier in barriers}
    grants = Grant.objects.filter(role__code=MACHINE_ROLE, place_id__in=points, valid_until=None)
    place: dict[UUID, Any] = dict(grants.values_list("holder_id", "place_id"))
    keys = ApiKey.objects.filter(holder_id__in=place, revoked_at=None).order_by("-created_at")
    return [MachineKey(key, points[place[key.holder_id]]) for key in keys]
