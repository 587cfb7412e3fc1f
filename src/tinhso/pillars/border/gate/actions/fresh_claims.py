"""Goods declared as fresh that are none: the trip falls to ordinary goods and counts against its firm (brief 7.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.strikes import count_strike
from tinhso.pillars.border.gate.flows import TASK, TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, FalseClaim, Trip
from tinhso.pillars.border.gate.permissions import WORK_TASK
from tinhso.pillars.border.gate.queries.fresh_claims import claims_fresh, false_claims_of
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.goods import FRESH_GROUPS
from tinhso.pillars.border.gate.rules.priority import FALSE_CLAIM
from tinhso.pillars.border.gate.rules.queue import ORDINARY

LONGEST_FINDING = 400


@transaction.atomic
def disprove_fresh(*, task: ClearanceTask, reason: str, by: Actor, at: datetime) -> ClearanceTask:
    """Write down that the goods are not fresh; the trip is called with ordinary goods. Done twice changes nothing.

    Refusals: BG-024 for who does not work the check, BG-023 for a check of another kind, BG-038 without a reason,
    BG-500 for goods that are not claimed as fresh or are another quarantine's, BG-501 after the release.
    """
    require(by, WORK_TASK, task, at)
    if FalseClaim.objects.filter(trip_id=task.trip_id).exists():
        return task
    if task.kind in FRESH_GROUPS and not claims_fresh(task):
        raise refuse("BG-500")
    said = reason.strip()[:LONGEST_FINDING]
    TASK.fire(task, "not_fresh", by=by, at=at, reason=said)
    trip = Trip.objects.select_related("enterprise").get(pk=task.trip_id)  # the step has locked it
    trip.priority, trip.priority_basis = ORDINARY, FALSE_CLAIM
    trip.save(update_fields=["priority", "priority_basis"])
    FalseClaim.objects.create(trip=trip, firm=trip.enterprise, point_id=trip.point_id, reason=said, at=at, by=by.id)
    record("border_gate.fresh_claim_disproved", by=by, at=at, kind=TRIP.name, record_id=trip.pk, reason=said)
    told = count_strike(trip.enterprise, "false_claim", times=false_claims_of, at=at) if trip.enterprise else {}
    publish(events.CLAIM_DISPROVED, kind=TRIP.name, record_id=trip.pk, by=by, at=at, reason=said, **told)
    return task
