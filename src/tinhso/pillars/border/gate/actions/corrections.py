"""The firm's correction: only the fields that an officer asked for are changed, then the declaration goes again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.declare import resubmit_trip
from tinhso.pillars.border.gate.actions.declared import declared
from tinhso.pillars.border.gate.actions.fields import FIELDS, write
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.rules.codes import refuse


@transaction.atomic
def correct_trip(*, trip: Trip, values: Mapping[str, Any], by: Actor, at: datetime) -> Trip:
    """Put the new values in and send again; all or nothing.

    Fields and values are those of actions.fields. Refusals: BG-204 for a field nobody asked for, and each problem
    that a new declaration would meet.
    """
    require(by, step_permission("resubmit"), trip, at)
    if not set(values) <= set(trip.fix_fields) or not set(values) <= set(FIELDS):
        raise refuse("BG-204")
    own = declared(trip, by=by, at=at)
    for field, value in values.items():
        write(own, field, value)
    own.store(values)
    return resubmit_trip(trip=trip, changed=list(values), by=by, at=at)
