"""Which holding area a vehicle is let into, as the barrier's card asks: one choice, so that one tap stays one tap."""

from __future__ import annotations

from typing import Any

from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.passages import Passage
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.queries.holding import areas_at, areas_open
from tinhso.pillars.border.gate.rules.holding import HoldingArea, preselected

WRONG_AREA = ("BG-650", "BG-651", "BG-652")


def area_asked(request: Request, passage: Passage) -> dict[str, Any]:
    """The areas to choose from, and the one that is chosen unless somebody says otherwise.

    That is the one of the last vehicle at this desk, else the one to which the vehicle was sent, else the one with most
    room. After a refusal because of the area those are offered that have room.
    """
    trip = passage.trip
    if trip is None or passage.step != "enter_buffer" or trip.undeclared:
        return {}
    if not passage.open and (passage.refusal is None or passage.refusal.code not in WRONG_AREA):
        return {}
    areas = areas_at(trip.point_id, by=request.actor, at=request.moment)
    mine = areas_open(areas, by=request.actor, at=request.moment)
    if not passage.open:
        mine = [area for area in mine if area.free]
    return {"areas": mine, "area": _chosen(request, trip, mine)} if mine else {}


def area_taken(passage: Passage) -> dict[str, Any]:
    """Into which area the vehicle was let just now; nothing is left to choose."""
    if passage.trip is None or not passage.open or passage.step != "enter_buffer":
        return {}
    return {"areas": [], "area": passage.trip.buffer}


def remember_area(request: Request, passage: Passage) -> None:
    """The next vehicle at this desk goes into the same area, unless somebody says otherwise."""
    code = request.POST.get("bai_cho", "")
    if code and passage.open and passage.trip:
        request.session[_key(passage.trip)] = code


def _chosen(request: Request, trip: Trip, areas: list[HoldingArea]) -> HoldingArea | None:
    kept = request.session.get(_key(trip))
    before = next((area for area in areas if area.code == kept and area.free), None)
    return before or preselected(areas, trip.buffer_id)


def _key(trip: Trip) -> str:
    return f"border_gate.area.{trip.point_id}"
