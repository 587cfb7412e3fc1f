"""The correction that an officer asked for: only those fields are changed, then the declaration goes again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tinhso.kernel.access.may import may, require
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.pillars.border.gate.actions.amend import taken
from tinhso.pillars.border.gate.actions.declare import resubmit_trip
from tinhso.pillars.border.gate.actions.declared import Declared, declared
from tinhso.pillars.border.gate.actions.fields import FIELDS, write
from tinhso.pillars.border.gate.actions.for_others import say_consent
from tinhso.pillars.border.gate.actions.links import shut_out_driver
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import DECLARE_FOR, step_permission
from tinhso.pillars.border.gate.queries.mending import is_mended_by_driver
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.corrections import NEW_LINK

RESUBMIT = step_permission("resubmit")


@transaction.atomic
def correct_trip(*, trip: Trip, values: Mapping[str, Any], by: Actor, at: datetime, consent: bool = False) -> Trip:
    """Put the new values in and send again; all or nothing. `consent`: whom the help desk helps agrees.

    Fields and values are those of actions.fields. A driver corrects only what he declared himself (Forbidden).
    Refusals: BG-204 for a field nobody asked for, BG-482 at the help desk without consent, and each problem that a
    new declaration would meet.
    """
    require(by, RESUBMIT, trip, at)
    _must_be_his(trip, by, at)
    if not set(values) <= set(trip.fix_fields) or not set(values) <= set(FIELDS):
        raise refuse("BG-204")
    say_consent(trip=trip, consent=consent, by=by, at=at)
    own = declared(trip, by=by, at=at)
    for field, value in values.items():
        write(own, field, value)
    _store(own, values, at)
    trip = resubmit_trip(trip=trip, changed=list(values), by=by, at=at)
    if NEW_LINK & set(values):  # once the trip is kept from others: no link is made in between
        shut_out_driver(trip=trip, by=SYSTEM, at=at)
    return trip


def _must_be_his(trip: Trip, by: Actor, at: datetime) -> None:
    """Firm, broker and help desk correct whatever is theirs to declare; a driver's right reaches his own words."""
    wider = any(may(by, right, trip, at) for right in (step_permission("cancel"), DECLARE_FOR))
    if not wider and not is_mended_by_driver(trip):
        raise Forbidden(permission=RESUBMIT)


def _store(own: Declared, values: Mapping[str, Any], at: datetime) -> None:
    try:
        with transaction.atomic():
            own.store(values)
    except IntegrityError as error:
        raise taken(own, error, at) from error
