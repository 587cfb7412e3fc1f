"""Take over a role of the live border, or give it back."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import CrossingPoint, SimulationSwitch
from tinhso.pillars.border.gate.permissions import VIEW_BOARD


def play_by_people(*, point: CrossingPoint, role: str, by_people: bool, by: Actor, at: datetime) -> SimulationSwitch:
    """From now on people do the steps of `role` at `point`, or with `by_people=False` the simulation again."""
    require(by, VIEW_BOARD, on=point, at=at)
    switch, _made = SimulationSwitch.objects.update_or_create(
        point=point, role=role, defaults={"by_people": by_people, "changed_at": at, "changed_by": by.id}
    )
    record(
        "border_gate.role_taken" if by_people else "border_gate.role_given_back",
        by=by,
        at=at,
        kind="border_gate.crossing_point",
        record_id=point.pk,
        role=role,
    )
    return switch
