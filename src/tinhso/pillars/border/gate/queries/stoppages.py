"""What stands in the way now, and which vehicles wait behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.dates import show_time
from tinhso.pillars.border.gate.flows.states import ARRIVED, CALLED, CROSSED_IN, EN_ROUTE, RELEASED, RETURNED_IN
from tinhso.pillars.border.gate.models import ControlPoint, Stoppage, Trip, Yard
from tinhso.pillars.border.gate.models.places import BarrierKind
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER

LATELY = timedelta(hours=12)
SHOWN = 20
# Where vehicles are that have to pass that kind of barrier next; those who drive into a yard, under no kind.
BEHIND: dict[str, Q] = {
    BarrierKind.BUFFER: Q(state=EN_ROUTE),
    BarrierKind.ENTRY: Q(state=CALLED) | Q(state=RELEASED, released_to="inland"),
    BarrierKind.YARD: Q(state__in=(ARRIVED, CROSSED_IN, RETURNED_IN)),
    BarrierKind.LINE: Q(state=RELEASED, released_to="line"),
}


def open_stoppages(points: Iterable[UUID] | None = None) -> QuerySet[Stoppage]:
    """Those that nobody has ended, the oldest first."""
    rows = Stoppage.objects.filter(ended_at=None).select_related("barrier", "yard").order_by("begun_at")
    return rows if points is None else rows.filter(point__in=list(points))


def place_for(code: str, *, by: Actor, at: datetime) -> ControlPoint | Yard | None:
    """The barrier or yard of that code, at a point where the actor works at barriers."""
    barrier = visible(ControlPoint.objects.filter(code=code), by, DECIDE_BARRIER, at).select_related("point").first()
    if barrier is not None:
        return barrier
    yard = Yard.objects.filter(code=code).select_related("point").first()
    here = visible(ControlPoint.objects.filter(point=yard.point), by, DECIDE_BARRIER, at) if yard else None
    return yard if here is not None and here.exists() else None


def stoppages_at(place: ControlPoint | Yard, *, at: datetime) -> tuple[list[Stoppage], list[Stoppage]]:
    """Those that stand there, and those that ended in the last twelve hours, newest first."""
    own = Stoppage.objects.filter(**of_place(place)).select_related("barrier", "yard")
    past = own.filter(ended_at__gt=at - LATELY).order_by("-begun_at")[:SHOWN]
    return list(own.filter(ended_at=None).order_by("begun_at")), list(past)


def of_place(place: ControlPoint | Yard) -> dict[str, ControlPoint | Yard]:
    """The place as a stoppage names it."""
    return {"barrier": place} if isinstance(place, ControlPoint) else {"yard": place}


def open_lanes(point_id: UUID) -> int | None:
    """Lanes of barrier 1 in which nothing stands; None for a point of which no such barrier is known. Two queries."""
    barriers = dict(ControlPoint.objects.filter(point=point_id, kind=BarrierKind.ENTRY).values_list("pk", "lanes"))
    if not barriers:
        return None
    blocked = Stoppage.objects.filter(barrier__in=barriers, ended_at=None, lane__lte=F("barrier__lanes"))
    return sum(barriers.values()) - len(blocked.values_list("barrier", "lane").distinct())


def behind(stoppage: Stoppage) -> QuerySet[Trip]:
    """The trips whose way leads past it next."""
    here = Trip.objects.filter(is_live=True, point=stoppage.point_id)
    if stoppage.barrier is None:
        return here.filter(BEHIND[BarrierKind.YARD], yard=stoppage.yard_id)
    return here.filter(BEHIND[stoppage.barrier.kind])


def kept_calls(trips: Iterable[Trip]) -> dict[UUID, str]:
    """Why a call does not lapse for now, or lapses later than when it was made: a sentence by trip. One query.

    Of those of the trips that are called and before which something stands or stood since then.
    """
    called = {trip.pk: trip for trip in trips if trip.state == CALLED and trip.called_at}
    if not called:
        return {}
    since = min(trip.called_at for trip in called.values() if trip.called_at)
    rows = Stoppage.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), barrier__kind=BarrierKind.ENTRY)
    rows = rows.filter(point__in={trip.point_id for trip in called.values()}).select_related("barrier")
    found = list(rows.order_by("begun_at"))
    return {key: said for key, trip in called.items() if (said := _kept(trip, found))}


def stood_before(trip: Trip) -> str:
    """What stood before barrier 1 since the trip was called, each with its hours. One query."""
    if trip.called_at is None:
        return ""
    rows = Stoppage.objects.filter(point=trip.point_id, barrier__kind=BarrierKind.ENTRY, ended_at__gt=trip.called_at)
    return _named(list(rows.select_related("barrier").order_by("begun_at")))


def _kept(trip: Trip, rows: list[Stoppage]) -> str:
    own = [row for row in rows if row.point_id == trip.point_id and row.ends_after(trip.called_at)]
    if standing := [row for row in own if row.ended_at is None]:
        return _("The call does not lapse while the way is blocked: %(what)s.") % {"what": _named(standing)}
    if not own:
        return ""
    told = {"time": show_time(trip.call_expires_at), "what": _named(own)}
    return _("The call holds until %(time)s because the way was blocked: %(what)s.") % told


def _named(rows: list[Stoppage]) -> str:
    return "; ".join(f"{row.where}, {row.get_kind_display()}, {_hours(row)}" for row in rows)


def _hours(row: Stoppage) -> str:
    begun = show_time(row.begun_at)
    return f"{begun}–{show_time(row.ended_at)}" if row.ended_at else _("since %(time)s") % {"time": begun}
