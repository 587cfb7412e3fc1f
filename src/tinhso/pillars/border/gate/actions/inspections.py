"""Another force asks customs to inspect the goods: the inspection opens as the check rules say, and customs make it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.customs import INSPECTION
from tinhso.pillars.border.gate.actions.registration import checked_reason
from tinhso.pillars.border.gate.actions.tasks import checks_of, open_missing, start_clocks
from tinhso.pillars.border.gate.flows.states import BEFORE_RELEASE
from tinhso.pillars.border.gate.models import Force, InspectionAsk, Trip
from tinhso.pillars.border.gate.permissions import WORK_TASK
from tinhso.pillars.border.gate.queries.customs import HERE
from tinhso.pillars.border.gate.rules.codes import refuse


@transaction.atomic
def ask_inspection(*, trip: Trip, force: Force, reason: str, by: Actor, at: datetime) -> InspectionAsk:
    """Have the goods inspected. Said twice by one force it is one request.

    Refusals: BG-038 for a reason that says nothing, BG-546 before acceptance, after release, without goods, or where
    the rules of the day open no inspection when a force asks.
    """
    said = checked_reason(reason)
    trip = Trip.objects.select_for_update(of=("self",)).get(pk=trip.pk)
    asked = InspectionAsk(trip=trip, point_id=trip.point_id, force=force, reason=said, asked_at=at, asked_by=by.id)
    require(by, WORK_TASK, asked, at)
    before = InspectionAsk.objects.filter(trip=trip, force=force).first()
    if before is not None:
        return before
    if not trip.tasks_opened or trip.state not in BEFORE_RELEASE:
        raise refuse("BG-546")
    asked.save(force_insert=True)
    if not any(check.kind == INSPECTION for check in checks_of(trip, at=at)):
        raise refuse("BG-546")
    open_missing(trips=[trip], kinds={INSPECTION}, at=at)
    if trip.state in HERE:
        start_clocks(trip_id=trip.pk, at=at)
    facts = {"force": force.code, "reason": said}
    record("border_gate.ask_inspection", by=by, at=at, kind="border_gate.trip", record_id=trip.pk, **facts)
    publish(events.INSPECTION_ASKED, kind="border_gate.trip", record_id=trip.pk, by=by, at=at, force=force.code)
    return asked
