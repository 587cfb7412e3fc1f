"""Take over a role of the live border, or give it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.access.may import may, require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import CrossingPoint, SimulationSwitch
from tinhso.pillars.border.gate.permissions import PLAYED, RUN_SIMULATION, play_permission
from tinhso.pillars.border.gate.queries.simulation import is_loaded
from tinhso.pillars.border.gate.rules.codes import refuse


def play_by_people(*, point: CrossingPoint, role: str, by_people: bool, by: Actor, at: datetime) -> SimulationSwitch:
    """From now on people do the steps of `role` at `point`, or with `by_people=False` the simulation again.

    The gate's centre may switch any role of its point, an officer his own. Refusal: BG-240 where no simulation
    is loaded, or for a role that it does not play.
    """
    if role not in PLAYED or not is_loaded():
        raise refuse("BG-240")
    right = RUN_SIMULATION if may(by, RUN_SIMULATION, point, at) else play_permission(role)
    require(by, right, on=point, at=at)
    with transaction.atomic():
        switch, made = SimulationSwitch.objects.get_or_create(
            point=point, role=role, defaults={"by_people": by_people, "changed_at": at, "changed_by": by.id}
        )
        if not made and switch.by_people == by_people:
            return switch
        switch.by_people, switch.changed_at, switch.changed_by = by_people, at, by.id
        switch.save()
        record(
            "border_gate.role_taken" if by_people else "border_gate.role_given_back",
            by=by,
            at=at,
            kind="border_gate.crossing_point",
            record_id=point.pk,
            role=role,
        )
    return switch
