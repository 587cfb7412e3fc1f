"""The board's hand on a firm: confirm, suspend and restore it, unlock its booking, mark it. Each with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.registration import checked_reason
from tinhso.pillars.border.gate.models import Enterprise, Standing
from tinhso.pillars.border.gate.permissions import KEEP_FIRMS
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.enterprise"


@dataclass(frozen=True, slots=True)
class Change:
    """What the board may do: from which standings, and which columns it sets."""

    source: tuple[str, ...]
    sets: dict[str, object]

    def fits(self, firm: Enterprise) -> bool:
        """Whether it would change something of a firm that stands so."""
        return firm.standing in self.source and any(getattr(firm, name) != value for name, value in self.sets.items())


ALL = tuple(Standing)
CHANGES: dict[str, Change] = {
    "confirm": Change((Standing.PENDING,), {"standing": Standing.ACTIVE}),
    "suspend": Change((Standing.PENDING, Standing.ACTIVE, Standing.BOOKING_LOCKED), {"standing": Standing.SUSPENDED}),
    "restore": Change((Standing.SUSPENDED,), {"standing": Standing.ACTIVE, "locked_until": None}),
    "unlock": Change((Standing.BOOKING_LOCKED,), {"standing": Standing.ACTIVE, "locked_until": None}),
    "prefer": Change(ALL, {"preferred": True}),
    "prefer_not": Change(ALL, {"preferred": False}),
}


@transaction.atomic
def change_firm(*, firm: Enterprise, change: str, reason: str, by: Actor, at: datetime) -> Enterprise:
    """Do one of CHANGES; the firm's trips that run already are not touched.

    Refusals: BG-038 without a reason of ten characters, BG-424 when it does not fit how the firm stands.
    """
    require(by, KEEP_FIRMS, at=at)
    said = checked_reason(reason)
    row = Enterprise.objects.select_for_update(of=("self",)).get(pk=firm.pk)
    wanted = CHANGES.get(change)
    if wanted is None or not wanted.fits(row):
        raise refuse("BG-424", state=row.get_standing_display())
    before = row.standing
    for name, value in wanted.sets.items():
        setattr(row, name, value)
    row.save(update_fields=list(wanted.sets))
    record(f"border_gate.firm_{change}", by=by, at=at, kind=KIND, record_id=row.pk, reason=said, before=before)
    publish(events.FIRM_CHANGED, kind=KIND, record_id=row.pk, by=by, at=at, change=change, reason=said)
    return row
