"""Into a holding area: which one a vehicle goes into is written down with the step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.states import ACCEPTED, EN_ROUTE
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.queries.holding import areas_lately, areas_locked, areas_open
from tinhso.pillars.border.gate.rules import holding
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.holding import NEARLY_FULL, HoldingArea

ENTER = "enter_buffer"


def enter_area(*, trip: Trip, area: str = "", happened: bool = False, by: Actor, at: datetime, **seen: Any) -> Trip:
    """Into the holding area of that code; from here the place in the queue counts.

    Without a code it is the only one that is open to the actor, the one to which the vehicle was sent, or else the one
    with most room. `happened`: a device let it in without network; then room is not asked for, and an area that
    nobody named stays unknown unless it can be only one.

    Refusals: BG-650 for a code that is no holding area of the point, BG-651 for another operator's, BG-652 for a full
    one, BG-653 when all are full.
    """
    if trip.undeclared or trip.state not in (ACCEPTED, EN_ROUTE):
        return TRIP.fire(trip, ENTER, by=by, at=at, **seen)
    areas, mine = areas_lately(trip.point_id, by=by, at=at)
    found = _chosen(trip, areas, mine, area, happened) if areas or area else None
    if found is None or happened or found.free > NEARLY_FULL:
        return _into(found, trip, by, at, seen)
    return _one_by_one(trip, area, by, at, seen)


def _into(area: HoldingArea | None, trip: Trip, by: Actor, at: datetime, seen: dict[str, Any]) -> Trip:
    known = area.id if area else trip.buffer_id
    TRIP.fire(trip, ENTER, by=by, at=at, **({"buffer": str(area.id)} if area else {}), **seen)
    trip.buffer_id = known  # the step has set it: it need not be read again
    return trip


@transaction.atomic
def _one_by_one(trip: Trip, code: str, by: Actor, at: datetime, seen: dict[str, Any]) -> Trip:
    """Of two vehicles before the last place only one gets it: chosen anew by what is counted now."""
    areas = areas_locked(trip.point_id, by=by, at=at)
    found = _chosen(trip, areas, areas_open(areas, by=by, at=at), code, False)
    assert found is not None  # a moment ago there was one
    holding.must_have_room(found, areas, trip.point.gate_short)
    return _into(found, trip, by, at, seen)


@transaction.atomic
def send_to_area(*, trip: Trip, area: UUID, by: Actor, at: datetime) -> Trip:
    """Send a vehicle that waits, or comes, to another holding area of its point.

    Refusals: BG-250 for an area that is none of its point's others and for a vehicle that waits undeclared in its bay
    at the gate, BG-652 for a full one, BG-653 when all are full.
    """
    areas = areas_locked(trip.point_id, by=by, at=at)
    target = next((one for one in areas if one.id == area != trip.buffer_id), None)
    if target is None or trip.undeclared:
        raise refuse("BG-250", field="yard")
    holding.must_have_room(target, areas, trip.point.gate_short)
    return TRIP.fire(trip, "yard_redirect", by=by, at=at, yard=str(target.id))


def _chosen(
    trip: Trip, areas: Sequence[HoldingArea], mine: Sequence[HoldingArea], code: str, happened: bool
) -> HoldingArea | None:
    if code:
        return holding.named(areas, mine, code, trip.point.gate_short)
    if happened:
        return mine[0] if len(mine) == 1 else None
    found = holding.preselected(mine, trip.buffer_id)
    if found is None:
        raise refuse("BG-651", field="area", y=holding.told(areas), list="–")
    return found
