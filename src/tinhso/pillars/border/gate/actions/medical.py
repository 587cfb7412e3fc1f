"""Medical control of a crossing point, switched on and off by orders; checks follow at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.dates import show_moment
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.actions.tasks import open_missing
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.flows.overlays import OPEN
from tinhso.pillars.border.gate.flows.states import BEFORE_RELEASE
from tinhso.pillars.border.gate.models import ClearanceTask, CrossingPoint, MedicalOrder, Trip
from tinhso.pillars.border.gate.permissions import ORDER_MEDICAL
from tinhso.pillars.border.gate.queries.medical import medical_points
from tinhso.pillars.border.gate.rules.codes import refuse

MEDICAL = "MEDICAL"


def order_medical(
    *, point: CrossingPoint, is_on: bool, begins_at: datetime, document_no: str, by: Actor, at: datetime
) -> MedicalOrder:
    """Drivers are examined from that moment on, or no longer. Refusals: BG-216, BG-288 before the last order.

    Trips that are under way follow at once when the order holds already, else when they cross the line.
    """
    require(by, ORDER_MEDICAL, on=point, at=at)
    number = number_of(document_no, code="BG-216", field="document_no")
    last = MedicalOrder.objects.filter(point=point).first()
    if last is not None and begins_at <= last.begins_at:
        raise refuse("BG-288", field="begins_at", d=show_moment(last.begins_at))
    with transaction.atomic():
        order = MedicalOrder.objects.create(
            point=point, is_on=is_on, begins_at=begins_at, document_no=number, set_by=by.id, set_at=at
        )
        told = {"is_on": is_on, "begins_at": begins_at.isoformat(), "document_no": number}
        record("border_gate.medical_ordered", by=by, at=at, kind="border_gate.point", record_id=point.pk, **told)
        follow_order(trips=Trip.objects.filter(point=point, is_live=True, state__in=BEFORE_RELEASE), at=at)
    return order


def follow_order(*, trips: Iterable[Trip], at: datetime) -> None:
    """Open the health check where the order of the moment wants it, drop it where nobody has begun it."""
    rows = list(trips)
    on = medical_points({trip.point_id for trip in rows}, at=at)
    examined = [trip for trip in rows if trip.point_id in on]
    open_missing(trips=examined, kinds={MEDICAL}, at=at)
    free: list[UUID] = [trip.pk for trip in rows if trip.point_id not in on]
    idle = ClearanceTask.objects.filter(trip_id__in=free, kind=MEDICAL, state=OPEN)
    TASK.fire_many(list(idle), "unneed", by=SYSTEM, at=at)
