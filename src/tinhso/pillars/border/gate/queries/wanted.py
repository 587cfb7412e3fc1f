"""Vehicles that a force wants to see: all forces see which and by whom, why only the force itself (brief 13)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import Force, Vehicle
from tinhso.pillars.border.gate.queries.tasks import forces_of

SHOWN = 200
CARRIED = 500
"""Plates that a device without network carries: some 12 KB."""


def wanted(*, by: Actor, at: datetime) -> list[tuple[Vehicle, bool]]:
    """Those vehicles, and whether the actor's own force wants it: only then its reason is shown."""
    own = {force.pk for force in forces_of(by=by, at=at)}
    rows: QuerySet[Vehicle] = Vehicle.objects.exclude(wanted_by=None).select_related("wanted_by")
    return [(one, one.wanted_by_id in own) for one in rows.order_by("wanted_by__number", "plate")[:SHOWN]]


def wanting(*plates: str) -> str:
    """By which force one of these vehicles is wanted, as a barrier's card names it; empty for none. One query."""
    return next((force.short for _vehicle, force in wanted_of(*plates)), "")


def wanted_of(*plates: str) -> list[tuple[Vehicle, Force]]:
    """Those of these vehicles that are wanted, and by which force; one query."""
    named = [plate for plate in plates if plate]
    rows = Vehicle.objects.filter(plate__in=named).exclude(wanted_by=None).select_related("wanted_by")
    return [(one, one.wanted_by) for one in rows.order_by("kind", "plate") if one.wanted_by]


def wanted_plates() -> dict[str, str]:
    """By plate the force that wants to see the vehicle, as every barrier's card names it; never why. One query.

    Declared or not, so that a vehicle without a trip is told as well. Beyond CARRIED the last ones known are left out.
    """
    rows = Vehicle.objects.exclude(wanted_by=None).exclude(plate="").select_related("wanted_by")
    newest = rows.only("plate", "wanted_by").order_by("-id")[:CARRIED]
    return {one.plate: one.wanted_by.short for one in newest if one.wanted_by}
