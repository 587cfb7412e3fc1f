"""Holding areas now: how much room each has, whose it is, and which of them are open to who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from tinhso.kernel.access.may import rights
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.lately import Lately
from tinhso.kernel.base.rows import rows
from tinhso.pillars.border.gate.flows.states import AT_BUFFER, CALLED
from tinhso.pillars.border.gate.models import Trip, Yard
from tinhso.pillars.border.gate.models.places import YardLevel
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER, VIEW_PARTIES
from tinhso.pillars.border.gate.rules.holding import HoldingArea, open_to

ROWS = 200
AGENCIES = """
select p.agency_id from kernel_organisations_post p where p.person_id = %s::uuid
    and p.valid_from <= %s::date and (p.valid_until is null or p.valid_until > %s::date)
union all select m.agency_id from kernel_machines_apiclient m where m.id = %s::uuid
"""
AREAS = f"""
select y.place_id, y.point_id, y.code, y.name, y.capacity, y.operator_id is not null,
    y.operator_id is not null and y.operator_id in ({AGENCIES})
from border_gate_yard y where y.level = 'buffer'
"""  # noqa: S608 (columns and tables are ours)
# Past the ORM: each vehicle at a barrier asks this. One look at the point's vehicles counts for all its areas, and none
# is needed where there is no area. Who was noted as undeclared waits in his bay at the gate.
COUNTED = f"""
with area as materialized ({AREAS} and y.point_id = %s::uuid),
standing as (
    select t.buffer_id, count(*) as n from border_gate_trip t
    where t.is_live and t.point_id = %s::uuid and t.state = 'at_buffer' and not t.undeclared
        and exists (select from area)
    group by t.buffer_id
)
select a.*, coalesce(s.n, 0) from area a left join standing s on s.buffer_id = a.place_id order by a.code
"""  # noqa: S608 (columns and tables are ours)
LOCKED = """
select 1 from border_gate_yard where point_id = %s::uuid and level = 'buffer' order by place_id for no key update
"""


def areas_at(point: UUID, *, by: Actor, at: datetime) -> list[HoldingArea]:
    """The holding areas of the point; one query."""
    return [HoldingArea(*row) for row in rows(COUNTED, *_who(by, at), point, point)]


def areas_lately(point: UUID, *, by: Actor, at: datetime) -> tuple[list[HoldingArea], list[HoldingArea]]:
    """The areas of the point, and those open to the actor; maybe a second old.

    Vehicles drive in one after the other: for them it is read once. The right to let one in is asked by the step.
    """
    return _lately.get(point, by, at.replace(second=0, microsecond=0))


def _areas_and_open(point: UUID, by: Actor, at: datetime) -> tuple[list[HoldingArea], list[HoldingArea]]:
    areas = areas_at(point, by=by, at=at)
    return areas, areas_open(areas, by=by, at=at)


_lately = Lately(_areas_and_open)


def areas_locked(point: UUID, *, by: Actor, at: datetime) -> list[HoldingArea]:
    """Counted now, while nobody else is let into any of them; within the caller's transaction."""
    rows(LOCKED, point)
    return areas_at(point, by=by, at=at)


def areas_open(areas: Sequence[HoldingArea], *, by: Actor, at: datetime) -> list[HoldingArea]:
    """Those of them that are open to the actor; a query when an area has an operator.

    Who works at the barriers of a point and is no force (brief 13: a force sees whose a vehicle is, operators do not)
    works in his own area alone.
    """
    if not any(area.operated for area in areas):
        return list(areas)
    asked = rights(by, at=at).filter(
        permission__in=(DECIDE_BARRIER, VIEW_PARTIES), agency_id=None, unit_id=None, record_id=None
    )
    held = set(asked.values_list("permission", "place_id"))
    found: list[HoldingArea] = []
    for point in dict.fromkeys(area.point for area in areas):
        works, is_force = ({(right, point), (right, None)} & held for right in (DECIDE_BARRIER, VIEW_PARTIES))
        here = [area for area in areas if area.point == point]
        found += open_to(here, everywhere=bool(is_force or not works))
    return found


def areas_of(*, by: Actor, at: datetime) -> tuple[list[HoldingArea], list[HoldingArea]]:
    """The areas of all points that are open to the actor, and those that are another operator's; nobody is counted.

    Two queries.
    """
    areas = [HoldingArea(*row) for row in rows(f"{AREAS} order by y.code", *_who(by, at))]
    mine = areas_open(areas, by=by, at=at)
    return mine, [area for area in areas if area not in mine]


def but_others(trips: QuerySet[Trip], *, by: Actor, at: datetime) -> QuerySet[Trip]:
    """Without who stands in an area of another operator; two queries."""
    _mine, others = areas_of(by=by, at=at)
    if not others:
        return trips
    return trips.exclude(buffer__in=[area.id for area in others], state__in=(AT_BUFFER, CALLED))


@dataclass(frozen=True, slots=True)
class AreaNow:
    """Who stands in a holding area, the first who came first. `called` of them have to leave for the gate; `left_out`
    are not listed; of `unknown`, who wait at the point, nobody wrote down in which area.
    """

    area: HoldingArea
    trips: list[Trip]
    called: int
    left_out: int
    unknown: int


def area_now(area: HoldingArea) -> AreaNow:
    """Three queries."""
    waiting = Trip.objects.filter(is_live=True, point_id=area.point, undeclared=False)
    here = waiting.filter(buffer=area.id, state__in=(AT_BUFFER, CALLED))
    counts = dict(here.order_by().values_list("state").annotate(count=Count("pk")))
    return AreaNow(
        area=area,
        trips=list(here.order_by("buffer_at", "code")[:ROWS]),
        called=counts.get(CALLED, 0),
        left_out=max(sum(counts.values()) - ROWS, 0),
        unknown=waiting.filter(buffer=None, state=AT_BUFFER).count(),
    )


def area_code(trip: Trip) -> str:
    """The holding area in which the vehicle stands or stood; empty where none is known."""
    if not trip.buffer_id:
        return ""
    if Trip.buffer.is_cached(trip):
        return trip.buffer.code if trip.buffer else ""
    return _codes.get().get(trip.buffer_id, "")


_codes = Lately(lambda: dict(Yard.objects.filter(level=YardLevel.BUFFER).values_list("place_id", "code")))


def _who(by: Actor, at: datetime) -> tuple[object, ...]:
    day = at.astimezone(HANOI).date()
    return by.id, day, day, by.id
