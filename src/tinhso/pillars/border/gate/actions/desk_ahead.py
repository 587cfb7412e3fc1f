"""The help desk declares a vehicle before it comes, for a driver or firm that stands there or telephones."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.actions.ahead import Coming, draft_ahead, must_be_a_near_day
from tinhso.pillars.border.gate.actions.declare import draft_trip, submit_trip
from tinhso.pillars.border.gate.actions.for_others import named_or_registered, say_consent
from tinhso.pillars.border.gate.actions.namings import note_naming
from tinhso.pillars.border.gate.actions.undeclared import Answers
from tinhso.pillars.border.gate.models import AheadDeclaration, Trip
from tinhso.pillars.border.gate.permissions import DECLARE_FOR
from tinhso.pillars.border.gate.rules import plates

SOURCE = "DESK"


@transaction.atomic
def declare_at_desk(*, coming: Coming, answers: Answers, consent: bool, by: Actor, at: datetime) -> Trip:
    """Declare it at once, in the name of the one who types and with the consent of him for whom it is; the firm hears.

    The telephone is kept with the declaration: the driver's link goes there when it is accepted.
    Refusals: BG-482 without consent; BG-001, BG-002, BG-010, BG-011 for vehicle and day; BG-270 for a firm not known
    here without a name; and each problem that any declaration would meet.
    """
    require(by, DECLARE_FOR, Where(place=coming.point.pk), at)
    read = plates.read_tractor(coming.plate)
    must_be_a_near_day(coming.planned_on, at)
    firm = named_or_registered(
        tax_code=answers.tax_code, name=answers.firm_name, phone=answers.firm_phone, point=coming.point, by=by, at=at
    )
    row = AheadDeclaration(
        holder_id=uuid7(), phone=coming.phone, language=answers.language, plate=read.norm,
        plate_typed=coming.plate[:40], point=coming.point, planned_on=coming.planned_on, firm=firm, made_at=at,
    )  # fmt: skip
    trip = draft_trip(draft=draft_ahead(row, answers, by, at, source=SOURCE), by=by, at=at)
    say_consent(trip=trip, consent=consent, by=by, at=at)
    trip = submit_trip(trip=trip, by=by, at=at)
    row.state, row.trip, row.decided_at, row.decided_by = AheadDeclaration.DESK, trip, at, by.id
    row.save(force_insert=True)
    note_naming(trip=trip, firm=firm, by=by, at=at)
    return trip
