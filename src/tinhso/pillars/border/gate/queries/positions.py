"""Last positions of vehicles under way, for the traffic police and the board alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import LastPosition
from tinhso.pillars.border.gate.permissions import VIEW_POSITIONS
from tinhso.pillars.border.gate.queries.guidance import TRACKED
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.positions import EAST, FRESH, NORTH, SOUTH, WEST, in_province

MOST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A vehicle's last position. `near`: in the province; else it is still on its way, wherever that is."""

    trip: UUID
    plate: str
    point: str
    state: str
    seen_at: datetime
    lat: float
    lon: float
    near: bool
    fresh: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """How many vehicles share where they are now, and how many of them are in the province already."""

    whole: int
    near: int


def followed(*, by: Actor, at: datetime) -> QuerySet[LastPosition]:
    """Last positions that the reader may see: of vehicles under way whose driver agrees now."""
    agreed = {"trip__tracking_consent__withdrawn_at": None, "trip__tracking_consent__given_at__lte": F("seen_at")}
    return visible(LastPosition.objects.filter(trip__state__in=TRACKED, **agreed), by, VIEW_POSITIONS, at)


def last_positions(*, by: Actor, at: datetime, point: str = "") -> list[Seen]:
    """Those that the reader may see, newest first; one query."""
    rows = followed(by=by, at=at)
    if point:
        rows = rows.filter(trip__point__code=point)
    rows = rows.select_related("trip__point").order_by("-seen_at")[:MOST_SHOWN]
    return [
        Seen(
            trip=row.trip_id,
            plate=plates.show(row.trip.tractor_plate),
            point=row.trip.point.code,
            state=str(row.trip.get_state_title()),
            seen_at=row.seen_at,
            lat=row.lat,
            lon=row.lon,
            near=in_province(row.lat, row.lon),
            fresh=at - row.seen_at <= FRESH,
        )
        for row in rows
    ]


def shared(rows: QuerySet[LastPosition], *, at: datetime) -> dict[str, Shared]:
    """By crossing point, of those `followed` by a reader: who shares a fresh position; one query."""
    near = Count("pk", filter=Q(lat__gte=SOUTH, lat__lte=NORTH, lon__gte=WEST, lon__lte=EAST))
    counts = rows.filter(seen_at__gte=at - FRESH).values("trip__point__code").annotate(whole=Count("pk"), near=near)
    return {one["trip__point__code"]: Shared(one["whole"], one["near"]) for one in counts}
