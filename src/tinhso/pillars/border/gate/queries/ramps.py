"""Bays with a ramp: who has one, who waits for one, which are free."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from tinhso.pillars.border.gate.models import Bay, BayKind, RampTurn, Trip, Yard


def turns_in(yard: Yard) -> QuerySet[RampTurn]:
    """Turns of the yard that are not over, the one that was asked for first before the others."""
    return RampTurn.objects.filter(yard=yard, ended_at=None).order_by("asked_at", "id")


def turn_of(trip: Trip) -> RampTurn | None:
    """The trip's last turn, over or not."""
    return RampTurn.objects.filter(trip=trip).select_related("yard").order_by("-asked_at").first()


def free_ramps(yard_id: UUID, *, taken: Collection[str]) -> list[str]:
    """Open bays with a ramp in which nobody stands, those that are `taken` by a turn left out."""
    stood_in = Trip.objects.filter(yard_id=yard_id, is_in_yard=True).values("bay")
    rows = Bay.objects.filter(yard_id=yard_id, kind=BayKind.RAMP, closed=False).exclude(code__in=stood_in)
    return [code for code in rows.order_by("number").values_list("code", flat=True) if code not in taken]
