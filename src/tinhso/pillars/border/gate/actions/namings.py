"""A firm named for a vehicle by its driver or the help desk hears of it at once, and may disown it until the release.

The vehicle is not kept waiting for the firm: it stands at the gate, and the lane has to be free (border brief 6.7). Who
disowns it takes it off the firm, and the board's hold stops it until the help desk has named the true one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.actions import end
from tinhso.kernel.access.may import require
from tinhso.kernel.access.models import Grant
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import disowned_fees
from tinhso.pillars.border.gate.actions.declare import check_trips
from tinhso.pillars.border.gate.actions.for_others import named_or_registered, say_consent, speaks_for_himself
from tinhso.pillars.border.gate.actions.noted import count_arrival
from tinhso.pillars.border.gate.actions.registration import checked_reason
from tinhso.pillars.border.gate.actions.strikes import forgive_strike
from tinhso.pillars.border.gate.actions.tasks import lift_hold, place_hold
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.overlays import ACTIVE
from tinhso.pillars.border.gate.models import Declaration, Enterprise, FirmNaming, Force, Hold, Trip
from tinhso.pillars.border.gate.models.namings import DISOWNED
from tinhso.pillars.border.gate.permissions import CONSENT_AHEAD, DECLARE_FOR
from tinhso.pillars.border.gate.queries.namings import MAY_DISOWN
from tinhso.pillars.border.gate.queries.parties import must_not_be_suspended
from tinhso.pillars.border.gate.queries.undeclared import arrivals_of
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.naming"
HOLDER = "BQLKKT"
"""In whose name a disowned vehicle is held: the board's centre accepts declarations, and its desk mends this one."""


def note_naming(*, trip: Trip, firm: Enterprise, by: Actor, at: datetime) -> FirmNaming | None:
    """Write down that the firm was named by somebody who does not act for it; who does needs no word of the firm."""
    if speaks_for_himself(by, Where(agency=firm.pk), at):
        return None
    naming = FirmNaming.objects.create(trip=trip, firm=firm, point_id=trip.point_id, named_at=at, named_by=by.id)
    told: dict[str, Any] = {"firm": str(firm.pk), "naming": str(naming.pk)}
    record("border_gate.firm_named", by=by, at=at, kind=TRIP.name, record_id=trip.pk, **told)
    publish(events.FIRM_NAMED, kind=KIND, record_id=naming.pk, by=by, at=at)
    return naming


@transaction.atomic
def disown(*, naming: FirmNaming, reason: str, by: Actor, at: datetime) -> FirmNaming:
    """Không phải của chúng tôi: the trip has no firm from now on, counts for none, and is held until one is named.

    A fee that was paid for it goes back by itself (disowned_fees).

    Refusals: BG-038, BG-585 when it was said already, BG-586 once the vehicle is released or its trip has ended.
    """
    require(by, CONSENT_AHEAD, naming, at)
    row = FirmNaming.objects.select_for_update(of=("self",)).select_related("firm").get(pk=naming.pk)
    trip = Trip.objects.select_for_update(of=("self",), no_key=True).get(pk=row.trip_id)
    if row.disowned_at is not None:
        raise refuse("BG-585")
    if trip.state not in MAY_DISOWN or trip.enterprise_id != row.firm_id:
        raise refuse("BG-586", state=trip.get_state_title())
    row.reason, row.disowned_at, row.disowned_by = checked_reason(reason), at, by.id
    row.save(update_fields=["reason", "disowned_at", "disowned_by"])
    disowned_fees.let_go(trip=trip, firm=row.firm, at=at)
    _belongs_to(trip, None)
    force = Force.objects.get(code=HOLDER)
    place_hold(trip=trip, force=force, reason=row.reason, reason_code=DISOWNED, by=SYSTEM, at=at)
    forgive_strike(row.firm, "undeclared", times=arrivals_of, at=at)
    for grant in Grant.objects.filter(record_id=row.pk, valid_until=None):
        end(grant=grant, by=SYSTEM, at=at)
    told: dict[str, Any] = {"firm": str(row.firm_id), "naming": str(row.pk), "reason": row.reason}
    record("border_gate.firm_disowned", by=by, at=at, kind=TRIP.name, record_id=trip.pk, **told)
    publish(events.FIRM_DISOWNED, kind=TRIP.name, record_id=trip.pk, by=by, at=at, **told)
    return row


@transaction.atomic
def name_true_firm(
    *, trip: Trip, tax_code: str, consent: bool, by: Actor, at: datetime, firm_name: str = "", firm_phone: str = ""
) -> Enterprise:
    """The help desk names whose vehicle it is; that firm is told, asked for the fee, and may disown it as well.
    The hold is lifted.

    Refusals: BG-482 without the driver's consent, BG-587 for a trip that no firm has disowned, BG-588 for one that
    has, BG-270 for a firm not known here without a name, BG-420 for a suspended one.
    """
    require(by, DECLARE_FOR, trip, at)
    row = (
        Trip.objects.select_for_update(of=("self",), no_key=True).select_related("declaration", "point").get(pk=trip.pk)
    )
    if row.enterprise_id is not None or not row.is_live or not row.namings.exclude(disowned_at=None).exists():
        raise refuse("BG-587")
    say_consent(trip=row, consent=consent, by=by, at=at)
    firm = named_or_registered(
        tax_code=tax_code, name=firm_name, phone=firm_phone, point=row.point, by=by, at=at
    )  # fmt: skip
    if row.namings.filter(firm=firm).exists():
        raise refuse("BG-588", field="tax_code")
    must_not_be_suspended(firm)
    _belongs_to(row, firm)
    check_trips(trips=[row], at=at, times=False)
    disowned_fees.ask_true_firm(trip=row, at=at)
    note_naming(trip=row, firm=firm, by=by, at=at)
    if row.undeclared:
        count_arrival(row, firm, at)
    for hold in Hold.objects.filter(trip=row, reason_code=DISOWNED, state=ACTIVE):
        lift_hold(hold=hold, by=SYSTEM, at=at)
    return firm


def _belongs_to(trip: Trip, firm: Enterprise | None) -> None:
    """Whose trip it is, for rights, counts and reports alike; its declaration follows where it is of this one alone."""
    key = firm.pk if firm else None
    trip.enterprise, trip.agency_id = firm, key
    Trip.objects.filter(pk=trip.pk).update(enterprise=key, agency_id=key)
    if not Trip.objects.filter(declaration_id=trip.declaration_id).exclude(pk=trip.pk).exists():
        Declaration.objects.filter(pk=trip.declaration_id).update(enterprise=key)
