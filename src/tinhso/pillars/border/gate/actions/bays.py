"""Single bays are closed and opened again, each time with a reason: a closed one is given to nobody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import Bay, Yard
from tinhso.pillars.border.gate.permissions import CLOSE_BAY
from tinhso.pillars.border.gate.rules.codes import refuse

SHORTEST = 5
LONGEST = 160


@transaction.atomic
def set_bay(*, yard: Yard, code: str, closed: bool, reason: str, by: Actor, at: datetime) -> Bay:
    """Close a bay or open it again. Who stands there stays; once he has left, nobody comes after him.

    Refusals: BG-553 for no bay of that yard, BG-554 when it stands so already, BG-555 without a reason.
    """
    require(by, CLOSE_BAY, Where(place=yard.point_id), at)
    told = " ".join(reason.split())
    if not SHORTEST <= len(told) <= LONGEST:
        raise refuse("BG-555", field="reason", n=SHORTEST, max=LONGEST)
    bay = Bay.objects.select_for_update().filter(yard=yard, code=code.strip().upper()).first()
    if bay is None:
        raise refuse("BG-553", field="code", v=code.strip()[:8], y=yard)
    if bay.closed == closed:
        raise refuse("BG-554", field="code", v=bay.code)
    bay.closed, bay.closed_reason, bay.closed_at = closed, told if closed else "", at if closed else None
    bay.save(update_fields=["closed", "closed_reason", "closed_at"])
    action = "border_gate.bay_closed" if closed else "border_gate.bay_opened"
    record(action, by=by, at=at, kind="kernel_geo.place", record_id=yard.pk, bay=bay.code, reason=told)
    return bay
