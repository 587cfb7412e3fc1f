"""The road of one trip as a list of places: inland, holding area, barrier 1, yard, line; with positions where known."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tinhso.kernel.geo.models import Place
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.queries.driver import waits_in, yard_name
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.rules import ways


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the road. `where`: for the telephone's own map, empty where nobody has surveyed it."""

    name: str
    hint: str
    state: str
    where: str = ""


def road_of(trip: Trip) -> list[Spot]:
    """The places in the order in which the vehicle comes to them."""
    way = way_of(trip)
    here = ways.standing_at(way, trip.state)
    told = _told(trip)
    return [Spot(*told[place][:2], _state(number, here), told[place][2]) for number, place in enumerate(way)]


def way_of(trip: Trip) -> tuple[str, ...]:
    """The places of its way; without the holding area that it drove past, and back to the line when it was refused."""
    way = ways.way_of(trip.kind, direction=trip.direction, leg=trip.leg, load_state=trip.load_state)
    if trip.leg == 1 and trip.crossed_out_at and way[-1] != ways.LINE:
        way = ways.sent_back(way)
    if trip.arrived_at and not trip.buffer_at:
        way = tuple(place for place in way if place != ways.BUFFER)
    return way


def _told(trip: Trip) -> dict[str, tuple[str, str, str]]:
    """Name, hint and position of each place."""
    found = Place.objects.in_bulk([one for one in (trip.point_id, trip.buffer_id, trip.yard_id) if one])
    at_point, at_area, at_yard = (_position(found.get(one)) for one in (trip.point_id, trip.buffer_id, trip.yard_id))
    line = _("Line, markers %(markers)s") % {"markers": trip.point.markers or "–"}
    return {
        ways.ROAD: (_("On the road"), _("Drive as the signs to the gate say"), ""),
        ways.BUFFER: (_capital(waits_in(trip)), _("Wait here for the call"), at_area),
        ways.BARRIER: (f"{_('Barrier 1')}, {title_of('point', trip.point.code)}", _("Show the code"), at_point),
        ways.YARD: (_capital(yard_name(trip.yard)), _bay(trip), at_yard),
        ways.LINE: (line, _("Show the code"), at_point),
        ways.INLAND: (_("Out through barrier 1, inland"), _("Show the code"), at_point),
    }


def _position(place: Place | None) -> str:
    """Latitude and longitude as a map's link takes them; empty for a place that nobody has surveyed."""
    return f"{place.point.y:.5f},{place.point.x:.5f}" if place and place.point else ""


def _bay(trip: Trip) -> str:
    return _("Bay %(bay)s") % {"bay": trip.bay} if trip.bay else _("The bay is told at the barrier")


def _state(number: int, here: int) -> str:
    if number == here:
        return "now"
    return "done" if number < here else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
