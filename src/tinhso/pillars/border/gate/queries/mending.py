"""Declarations that an officer sent back: for the help desk, for the driver who declared himself, and why."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from tinhso.kernel.access.may import visible
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.flows.states import FIX_REQUESTED
from tinhso.pillars.border.gate.models import AheadDeclaration, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.permissions import DECLARE_FOR

OF_PEOPLE = frozenset({"driver", "second_driver", "phone"})
"""Who drives is chosen from the firm's own people, whom a link does not show."""
ON_THE_SPOT, CONSENTED = "WALK_UP", "border_gate.consent_said"


def to_mend(*, by: Actor, at: datetime) -> QuerySet[Trip]:
    """What the help desk may correct with whoever declared it, at its points, oldest first."""
    rows = visible(Trip.objects.filter(is_live=True, state=FIX_REQUESTED), by, DECLARE_FOR, at)
    return rows.select_related("point", "yard", "declaration", "enterprise__agency", "driver__person").order_by(
        "state_since", "pk"
    )


def why_asked(trip: Trip) -> str:
    """What the officer wrote when he asked for the correction last."""
    asked = History.objects.filter(record_id=trip.pk, step="request_fix").order_by("-version").first()
    return str(asked.facts.get("reason", "")) if asked else ""


def is_mended_by_driver(trip: Trip) -> bool:
    """Whether it waits for a correction that its driver can make: he declared it, and nothing of people is asked."""
    if trip.state != FIX_REQUESTED or OF_PEOPLE & set(trip.fix_fields):
        return False
    return is_drivers_word(trip)


def is_drivers_word(trip: Trip) -> bool:
    """Whether its driver declared it: by his link at the gate, at the help desk there, or ahead with the firm's yes.

    Four queries at most.
    """
    if is_put_in(trip, "driver"):
        return False
    if trip.source != ON_THE_SPOT:
        return AheadDeclaration.objects.filter(trip=trip, state=AheadDeclaration.CONSENTED).exists()
    link = UndeclaredArrival.objects.filter(trip=trip).values("pk")
    by_link = History.objects.filter(record_id=trip.pk, step="submit", actor__in=link)
    return by_link.exists() or Entry.objects.filter(record_id=trip.pk, version=None, action=CONSENTED).exists()


def is_put_in(trip: Trip, *fields: str) -> bool:
    """Whether one of these was corrected since the trip was sent first: another driver, his other telephone."""
    said = Q()
    for field in fields:
        said |= Q(step="resubmit", facts__changed__contains=field) | Q(step="amend", facts__fields__contains=field)
    return History.objects.filter(said, record_id=trip.pk).exists()
