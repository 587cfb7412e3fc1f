"""A driver calls off what he declared himself, when the hour that was booked for it is taken (border brief 6.7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.access.actions import end, give
from tinhso.kernel.access.may import require
from tinhso.kernel.access.models import Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.pillars.border.gate.actions.bookings import answer
from tinhso.pillars.border.gate.actions.fees import settle_called_off
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import Displacement, Trip
from tinhso.pillars.border.gate.permissions import role_code, step_permission
from tinhso.pillars.border.gate.queries.bookings import displacement_of
from tinhso.pillars.border.gate.queries.mending import is_drivers_word
from tinhso.pillars.border.gate.rules.codes import refuse

CANCEL = step_permission("cancel")


@transaction.atomic
def call_off(*, trip: Trip, by: Actor, at: datetime) -> Trip:
    """Cancel, free of charge, in the driver's own name; the firm for which it was declared is told.

    A driver's link gives no right to cancel: it is lent to him for this one step.
    Refusals: BG-762 for a trip that its firm declared, BG-305 while its hour holds, BG-023 once it has arrived.
    """
    require(by, step_permission("choose_point"), trip, at)
    if not is_drivers_word(trip):
        raise refuse("BG-762")
    displaced = displacement_of(trip)
    if displaced is None:
        raise refuse("BG-305")
    role = Role.objects.get(code=role_code("ENTERPRISE"))
    lent = give(role=role, holder_id=by.id, where=Where(record=trip.pk), only=[CANCEL], by=SYSTEM, at=at)
    TRIP.fire(trip, "cancel", by=by, at=at, by_driver=True)
    settle_called_off(trip_id=trip.pk, at=at)
    end(grant=lent, by=SYSTEM, at=at)
    answer(displaced, Displacement.Answer.CANCELLED, at)
    return trip
