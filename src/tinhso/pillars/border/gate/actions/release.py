"""Release: the customs' last act, once every force has cleared the trip and the fee is settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions.orders import reason_of
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.states import IN_YARD
from tinhso.pillars.border.gate.flows.trip import UNLOADS
from tinhso.pillars.border.gate.models import Trip, Unloading
from tinhso.pillars.border.gate.permissions import CONFIRM_UNLOADING, STEPS, step_permission
from tinhso.pillars.border.gate.rules.codes import refuse

USUAL_TOLERANCE = 2
"""Per cent, where the trip says nothing else (guard G-XFER)."""
UNLOADS_TO_LEAVE = frozenset({"IMP_CN"})


def release_step(trip: Trip) -> str:
    """Which release is the trip's: over the line, empty back, or inland."""
    if trip.kind in UNLOADS_TO_LEAVE and not trip.two_way:
        return "release_empty_back"
    if trip.kind in {"EXP_XFER", "IMP_VN_PICKUP", "NEW_VEHICLE"} or trip.leg == 2:
        return "release_inland"
    return "release_out"


def release_trip(*, trip: Trip, by: Actor, at: datetime) -> Trip:
    """Let the vehicle go (guards of the step: tasks of the stage, fee, no hold, balance). Valid for 12 hours."""
    return TRIP.fire(trip, release_step(trip), by=by, at=at)


def revoke_release(*, trip: Trip, reason: str, reason_code: str, by: Actor, at: datetime) -> Trip:
    """Take the release back while the vehicle is still here. Refusals: BG-251, BG-038."""
    reason_of(reason_code, "HOLD")
    return TRIP.fire(trip, "revoke_release", by=by, at=at, reason=reason, reason_code=reason_code)


def turn_back(*, trip: Trip, reason: str, reason_code: str, by: Actor, at: datetime, customs_consent: str = "") -> Trip:
    """Send the vehicle back inland. Refusals: BG-251, BG-038, BG-211 when customs have to consent and have not."""
    reason_of(reason_code, "RETURN")
    return TRIP.fire(
        trip, "turn_back", by=by, at=at, reason=reason, reason_code=reason_code, customs_consent=customs_consent
    )


def record_unloadings(*, kg_of: Mapping[UUID, int], by: Actor, at: datetime) -> None:
    """The yard says at once how much came off many vehicles, in kg by trip; what stands already is kept."""
    Unloading.objects.bulk_create(
        [Unloading(trip_id=trip_id, kg=kg, yard_by=by.id, yard_at=at) for trip_id, kg in kg_of.items()],
        ignore_conflicts=True,
    )


def is_off(trip: Trip, kg: int) -> bool:
    """Whether that weight lies beyond the tolerance, so that the unloading could not be closed (guard G-XFER)."""
    return abs(kg - trip.balance_kg) * 100 > trip.balance_kg * tolerance_of(trip)


def tolerance_of(trip: Trip) -> Any:
    """Per cent by which the unloaded weight may differ from the declared one."""
    return USUAL_TOLERANCE if trip.tolerance_percent is None else trip.tolerance_percent


def record_unloading(*, trip: Trip, kg: int, by: Actor, at: datetime, to_plates: list[str] | None = None) -> Unloading:
    """The yard says how much came off the vehicle; the customs' word is still to come, anew when it was corrected.

    Refusals: BG-009 for no weight, BG-023 for a vehicle that does not stand in a yard to be unloaded.
    """
    require(by, step_permission("transfer_done"), on=trip, at=at)
    if trip.state != IN_YARD or trip.kind not in UNLOADS or not trip.balance_kg:
        raise refuse("BG-023", event=STEPS["transfer_done"][0], state=trip.get_state_title())
    if kg <= 0:
        raise refuse("BG-009", field="kg", v=kg, max=trip.balance_kg)
    unloading, _made = Unloading.objects.update_or_create(
        trip=trip,
        defaults={
            "kg": kg,
            "to_plates": to_plates or [],
            "yard_by": by.id,
            "yard_at": at,
            "customs_by": None,
            "customs_at": None,
        },
    )
    return unloading


def confirm_unloading(*, unloading: Unloading, by: Actor, at: datetime) -> Unloading:
    """The customs confirm what the yard recorded."""
    require(by, CONFIRM_UNLOADING, on=unloading.trip, at=at)
    unloading.customs_by, unloading.customs_at = by.id, at
    unloading.save(update_fields=["customs_by", "customs_at"])
    record("border_gate.unloading_confirmed", by=by, at=at, kind="border_gate.trip", record_id=unloading.trip_id)
    return unloading


def confirm_unloadings(*, unloadings: Sequence[Unloading], by: Actor, at: datetime) -> None:
    """Confirm what the yard recorded of several vehicles of one point."""
    for unloading in unloadings[:1]:
        require(by, CONFIRM_UNLOADING, on=Where(place=unloading.trip.point_id), at=at)
    with transaction.atomic():
        ids = [unloading.pk for unloading in unloadings]
        Unloading.objects.filter(pk__in=ids).update(customs_by=by.id, customs_at=at)
        for one in unloadings:
            record("border_gate.unloading_confirmed", by=by, at=at, kind="border_gate.trip", record_id=one.trip_id)


def finish_unloadings(*, unloadings: Sequence[Unloading], by: Actor, at: datetime) -> Any:
    """Close confirmed unloadings; each is told for itself."""
    facts = {one.trip_id: {"kg": one.kg, "customs_by": str(one.customs_by or "")} for one in unloadings}
    return TRIP.fire_many(list(facts), "transfer_done", by=by, at=at, together=False, facts=facts)


def finish_unloading(*, unloading: Unloading, by: Actor, at: datetime) -> Trip:
    """The yard closes the unloading; the cargo balance becomes 0 within the tolerance (else BG-031).

    Refusal: BG-217 while the customs have not confirmed.
    """
    if unloading.customs_by is None:
        raise refuse("BG-217")
    trip = unloading.trip
    facts = {"kg": unloading.kg, "customs_by": str(unloading.customs_by)}
    try:
        return TRIP.fire(trip, "transfer_done", by=by, at=at, **facts)
    except StepRefused as refusal:
        if refusal.code != "BG-031":
            raise
        off = abs(unloading.kg - trip.balance_kg)
        told = refuse("BG-031", a=unloading.kg, b=off, tol=tolerance_of(trip))
        raise StepRefused(told, step=refusal.step, state=refusal.state, guard=refusal.guard) from refusal
