"""Trips as they are looked up, seen only by those who may."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tinhso.kernel.access.may import unseen, visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.flows import FEE, HOLD, TASK, TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Hold, SecondContainer, Trip
from tinhso.pillars.border.gate.permissions import VIEW_TRIP
from tinhso.pillars.border.gate.queries.holding import but_others
from tinhso.pillars.border.gate.queries.tax_marks import marks_today
from tinhso.pillars.border.gate.rules import plates

SOUGHT = ("code", "tractor_plate", "trailer_plate", "container_no")
SHORTEST = 3
MOST = 200
"""Second containers that a part of a number finds at most."""


def visible_trips(*, by: Actor, at: datetime) -> QuerySet[Trip]:
    """The trips that the actor may see: a firm its own, an officer those of his points, a driver his one.

    The operator of a holding area sees nobody who stands in another operator's.
    """
    return but_others(visible(Trip.objects.all(), by, VIEW_TRIP, at), by=by, at=at)


def trip_for(trip_id: UUID, *, by: Actor, at: datetime) -> Trip:
    """One trip with what its pages show. Raises NotFound, the same for what is not there and what is not yours."""
    rows = visible_trips(by=by, at=at).select_related(
        "point",
        "yard",
        "buffer",
        "declaration__broker__agency",
        "enterprise__agency",
        "tractor",
        "trailer",
        "driver__person",
        "second_container",
    )
    marks = marks_today(at).filter(firm=OuterRef("enterprise"))
    trip = rows.annotate(firm_is_marked=Exists(marks)).filter(pk=trip_id).first()
    if trip is None:
        raise unseen(Trip, trip_id, by, VIEW_TRIP, at)
    return trip


def live_trips(rows: QuerySet[Trip]) -> QuerySet[Trip]:
    """Those that are not drafts and have not ended."""
    return rows.filter(is_live=True)


def found_by(rows: QuerySet[Trip], words: str) -> QuerySet[Trip]:
    """Those whose plate, code or container holds what was typed, in any spelling of a plate.

    Less than three letters and digits are looked for in what is under way only: they fit too much of the past.
    """
    part = plates.normalise(words)
    if not part:
        return rows.none()
    fits = Q(*((f"{field}__contains", part) for field in SOUGHT), _connector=Q.OR) | Q(pk__in=_second_holds(part))
    here = Trip.objects.filter(fits, is_live=True).order_by().values("pk")
    if len(part) < SHORTEST:
        return rows.filter(pk__in=here)
    # Two questions, each with an index of its own; said as one with "or" the planner asks neither.
    past = Trip.objects.filter(fits, is_live=False).order_by().values("pk")
    return rows.filter(pk__in=here.union(past, all=True))


def _second_holds(part: str) -> list[UUID]:
    """The newest trips whose second container holds these signs; read first, so that the trips' indexes serve."""
    fits = SecondContainer.objects.filter(number__contains=part).order_by("-trip_id")
    return list(fits.values_list("trip_id", flat=True)[:MOST]) if len(part) >= SHORTEST else []


def latest_trip(plate: str) -> Trip | None:
    """The newest trip of a tractor, live or not."""
    return Trip.objects.filter(tractor_plate=plate).select_related("point", "buffer").order_by("-created_at").first()


def point_codes(kind: str, records: list[UUID]) -> dict[UUID, str]:
    """The code of the crossing point at which each trip, task, hold or fee lies."""
    ways: dict[str, tuple[QuerySet[Any], str]] = {
        TRIP.name: (Trip.objects.all(), "point__code"),
        TASK.name: (ClearanceTask.objects.all(), "trip__point__code"),
        HOLD.name: (Hold.objects.all(), "trip__point__code"),
        FEE.name: (FeeAssessment.objects.all(), "point__code"),
    }
    rows, code = ways[kind]
    return dict(rows.filter(pk__in=records).values_list("pk", code))
