"""The board switches how the classes take turns at a point: at once, with a reason, published with its hour."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.models import CrossingPoint, CycleChange
from tinhso.pillars.border.gate.permissions import SET_CYCLE
from tinhso.pillars.border.gate.rules.codes import refuse

SHORTEST = 10


@transaction.atomic
def switch_cycle(*, point: CrossingPoint, in_season: bool, reason: str, by: Actor, at: datetime) -> CycleChange | None:
    """Season or off season; nothing when it holds already. The row of turns goes on where it stood. Refusal: BG-307."""
    require(by, SET_CYCLE, point, at)
    if len(reason.strip()) < SHORTEST:
        raise refuse("BG-307", field="reason")
    row = CrossingPoint.objects.select_for_update(no_key=True).get(pk=point.pk)
    if row.in_season == in_season:
        return None
    row.in_season = in_season
    row.save(update_fields=["in_season"])
    change = CycleChange.objects.create(point=row, in_season=in_season, reason=reason.strip()[:240], at=at, by=by.id)
    record("border_gate.cycle_switched", by=by, at=at, kind="border_gate.point", record_id=row.pk, in_season=in_season)
    publish(events.CYCLE_SWITCHED, kind="border_gate.point", record_id=row.pk, by=by, at=at, in_season=in_season)
    return change
