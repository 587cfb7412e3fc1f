"""A plate searched by somebody of one crossing point while the vehicle is at another leaves a trace (brief 13).

He finds nothing, for he sees the trips of his own points only; that he asked is what auditors want to know.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from tinhso.kernel.access import watched
from tinhso.kernel.access.reach import reaches
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import CrossingPoint, Trip
from tinhso.pillars.border.gate.permissions import VIEW_TRIP
from tinhso.pillars.border.gate.queries.trips import latest_trip
from tinhso.pillars.border.gate.rules import plates

SHORTEST = 4
"""Letters and digits: a shorter part of a plate fits vehicles everywhere."""
MOST = 200


def note_search(words: str, *, by: Actor, at: datetime) -> None:
    """Keep the search if the vehicle is at none of the asker's points; firms, drivers and who sees all have none."""
    part = plates.normalise(words)
    if len(part) < SHORTEST:
        return
    own = _own_points(by, at)
    found = _elsewhere(part, own) if own else []
    if not found:
        return
    names = {point.pk: point.gate_short for point in CrossingPoint.objects.filter(pk__in={*own, *found})}
    watched.keep(
        watched.SEARCH,
        words=" ".join(words.split()),
        rows=len(found),
        where=_named(names, found),
        own=_named(names, own),
        by=by,
        at=at,
    )


def _own_points(by: Actor, at: datetime) -> set[UUID]:
    """The points to which his right to see trips is bound; none when it reaches further."""
    scopes = reaches(by, [VIEW_TRIP], at)[VIEW_TRIP].scopes
    if any(not (scope.place or scope.agency or scope.record) for scope in scopes):
        return set()
    return {scope.place for scope in scopes if scope.place and not (scope.agency or scope.record)}


def _elsewhere(part: str, own: Collection[UUID]) -> list[UUID]:
    """The point of each vehicle that fits and is elsewhere: live ones, else the newest trip of that very plate."""
    fits = Q(tractor_plate__contains=part) | Q(trailer_plate__contains=part)
    live = list(Trip.objects.filter(fits, is_live=True).values_list("point_id", flat=True)[:MOST])
    if not live and (newest := latest_trip(part)):
        live = [newest.point_id]
    return [] if any(point in own for point in live) else live


def _named(names: dict[UUID, str], points: Collection[UUID]) -> str:
    return ", ".join(sorted({names[point] for point in points if point in names}))
