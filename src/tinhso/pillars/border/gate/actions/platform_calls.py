"""The platform calls the next vehicle by itself, at points where an order has switched that on (border brief 6.7, 7.3).

It calls as an officer's tap would, by the published order and never around it; who reads the history finds it as the
platform's, with the reason of the order.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.actions.move import call_lanes
from tinhso.pillars.border.gate.models import CrossingPoint, QueueState, Trip
from tinhso.pillars.border.gate.queries.platform_calls import gate_now
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.platform_calls import why_not


def call_everywhere(*, at: datetime) -> list[Trip]:
    """One beat of the order at each point where the platform calls and may; who was called."""
    points = CrossingPoint.objects.filter(platform_calls=True, goods_open=True).order_by("pk")
    return [trip for point in points for trip in call_at(point=point, at=at)]


@transaction.atomic
def call_at(*, point: CrossingPoint, at: datetime) -> list[Trip]:
    """One beat of the order at that point, or nobody: a second process that asks at once finds the call made.

    Whom the order names and the step refuses is called later: nobody is called in his place.
    """
    QueueState.objects.get_or_create(point=point)
    QueueState.objects.select_for_update().get(point=point)
    if why_not(gate_now(point, at=at), at):
        return []
    try:
        return call_lanes(point=point, count=1, at=at, by=SYSTEM).trips
    except GateRefusal:  # paused or full since it was asked
        return []
