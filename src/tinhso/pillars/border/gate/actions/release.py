"""Release: the customs' last act, once every force has cleared the trip and the fee is settled."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions.orders import open_reason_of
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.overlays import UNDONE
from tinhso.pillars.border.gate.models import ClearanceTask, Trip
from tinhso.pillars.border.gate.models.tasks import TASK_TITLES
from tinhso.pillars.border.gate.queries.tasks import release_step
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

__all__ = ["release_step", "release_trip", "revoke_release", "turn_back"]


def release_trip(*, trip: Trip, by: Actor, at: datetime) -> Trip:
    """Let the vehicle go (guards of the step: tasks of the stage, fee, no hold, balance). Valid for 12 hours.

    Refusals: BG-027 with all that is still open, the fee included, BG-028, BG-026, BG-031 with what is left on board.
    """
    try:
        return TRIP.fire(trip, release_step(trip), by=by, at=at)
    except StepRefused as refusal:
        told = _still_open(trip, refusal.code)
        if told is None:
            raise
        raise StepRefused(told, step=refusal.step, state=refusal.state, guard=refusal.guard) from refusal


def _still_open(trip: Trip, code: str) -> GateRefusal | None:
    """The refusal with what it speaks of."""
    if code == "BG-031":
        return refuse("BG-031", a=trip.unloaded_kg or 0, b=trip.balance_kg, tol=trip.tolerance_percent)
    if code != "BG-027":
        return None
    tasks = ClearanceTask.objects.filter(trip=trip, state__in=UNDONE).select_related("force").order_by("force__number")
    names = [f"{task.title} ({task.force.short})" for task in tasks]
    if trip.fee_state not in ("paid", "waived", "deferred", "not_owed"):
        names.append(str(TASK_TITLES["FEE"]))
    return refuse("BG-027", list=", ".join(names))


def revoke_release(*, trip: Trip, reason: str, reason_code: str, by: Actor, at: datetime) -> Trip:
    """Take the release back while the vehicle is still here. Refusals: BG-251, BG-038."""
    open_reason_of(reason_code, "HOLD")
    return TRIP.fire(trip, "revoke_release", by=by, at=at, reason=reason, reason_code=reason_code)


def turn_back(*, trip: Trip, reason: str, reason_code: str, by: Actor, at: datetime, customs_consent: str = "") -> Trip:
    """Send the vehicle back inland. Refusals: BG-251, BG-038, BG-211 when customs have to consent and have not."""
    open_reason_of(reason_code, "RETURN")
    return TRIP.fire(
        trip, "turn_back", by=by, at=at, reason=reason, reason_code=reason_code, customs_consent=customs_consent
    )
