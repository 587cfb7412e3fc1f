"""One more vehicle for a declaration that was sent: it carries what nobody carries yet, or what another gives up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.amend import amend_trip, must_be_open
from tinhso.pillars.border.gate.actions.declared import Declared, declared
from tinhso.pillars.border.gate.actions.firm_convoy import Share, declare_convoy
from tinhso.pillars.border.gate.models import Enterprise, Trip
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.convoys import given_up
from tinhso.pillars.border.gate.rules.corrections import OPEN_STATES


@transaction.atomic
def add_vehicle(*, beside: Trip, firm: Enterprise, share: Share, reason: str, by: Actor, at: datetime) -> Trip:
    """Declare and send one more vehicle; what is more than nobody carries comes off the trip `beside`, with its fee.

    Refusals: BG-023 or BG-282 once the vehicle beside it is through barrier 1, BG-299, BG-491 when it would carry
    nothing, and all that a new declaration would meet; then everything stays as it was.
    """
    must_be_open(beside, ("share",))
    if beside.state not in OPEN_STATES:
        raise refuse("BG-282", field="share", state=beside.get_state_title())
    # A trip is locked before its declaration, as wherever both are written.
    stored = Trip.objects.select_for_update(of=("self",), no_key=True).select_related("back").get(pk=beside.pk)
    own = declared(stored, by=by, at=at)
    if fewer := _fewer(own, share):
        amend_trip(trip=beside, values={"share": fewer}, reason=reason, by=by, at=at)
    return declare_convoy(firm=firm, shares=[share], by=by, at=at, to=own.trip.declaration)[0]


def unclaimed(own: Declared) -> dict[int, int]:
    """Kg of each line, by its number, that no vehicle carries yet."""
    mine = {line.number: kg for line, kg, _packages in own.carried()}
    return {line.number: line.gross_kg - mine.get(line.number, 0) - own.elsewhere.get(line.pk, 0) for line in own.lines}


def _fewer(own: Declared, share: Share) -> dict[str, dict[str, Any]]:
    """What the vehicle beside still carries of the lines of which it gives up something."""
    free = unclaimed(own)
    mine = {line.number: (kg, packages) for line, kg, packages in own.carried()}
    counts = share.packages or (0,) * len(own.lines)
    found = {}
    for line, kg, packages in zip(own.lines, share.kg, counts, strict=True):
        carried, count = mine.get(line.number, (0, 0))
        gives = given_up(kg, free[line.number])
        if gives > carried:
            raise refuse("BG-299", field="kg", a=line.gross_kg + gives - carried, b=line.gross_kg)
        if gives:
            found[str(line.number)] = {"kg": carried - gives, "packages": max(count - packages, 0)}
    return found
