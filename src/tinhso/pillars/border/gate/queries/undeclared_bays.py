"""Who stands in a bay for vehicles that came undeclared: from there they are declared, wait and are called."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from tinhso.pillars.border.gate.flows.states import ACCEPTED, AT_BUFFER, CALLED, DRAFT, FIX_REQUESTED, SUBMITTED
from tinhso.pillars.border.gate.models import UndeclaredArrival
from tinhso.pillars.border.gate.queries.undeclared import counted_arrivals

BEFORE_BARRIER_1 = (DRAFT, SUBMITTED, FIX_REQUESTED, ACCEPTED, AT_BUFFER, CALLED)


def standing_in_bays(point_id: UUID) -> QuerySet[UndeclaredArrival]:
    """Those of a point, with their trips, until they drive in after their call or their trip ends."""
    rows = counted_arrivals().filter(point_id=point_id, trip__point_id=point_id).exclude(bay="")
    return rows.filter(trip__state__in=BEFORE_BARRIER_1).select_related("trip").order_by("seen_at")
