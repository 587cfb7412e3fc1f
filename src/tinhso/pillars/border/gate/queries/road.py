"""The road of one trip as a list of places: inland, holding area, barrier 1, yard, line; with positions where known."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tinhso.pillars.border.gate.models import Trip, Yard
from tinhso.pillars.border.gate.queries.driver import yard_name
from tinhso.pillars.border.gate.queries.figures import title_of

HERE = {
    "accepted": 0, "en_route": 0, "at_buffer": 1, "called": 1, "arrived": 2, "crossed_in": 2, "in_yard": 3,
    "released": 3, "crossed_out": 4, "returned_in": 4, "completed": 4,
}  # fmt: skip
"""Which place of the way out a state stands at; the way in is walked from its end."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the road. `where`: for the telephone's own map, empty where nobody has surveyed it."""

    name: str
    hint: str
    state: str
    where: str = ""


def road_of(trip: Trip) -> list[Spot]:
    """The places in the order in which the vehicle comes to them; two queries."""
    buffer = Yard.objects.filter(point_id=trip.point_id, level="buffer").order_by("-capacity").first()
    place = trip.point.place
    where = f"{place.point.y:.5f},{place.point.x:.5f}" if place.point else ""
    gate = str(title_of("point", trip.point.code))
    rows = [
        (_("On the road"), _("Drive as the signs to the gate say"), ""),
        (_capital(yard_name(buffer)) if buffer else _("Holding area"), _("Wait here for the call"), ""),
        (f"{_('Barrier 1')}, {gate}", _("Show the code"), where),
        (_capital(yard_name(trip.yard)), _bay(trip), ""),
        (_("Line, markers %(markers)s") % {"markers": trip.point.markers or "–"}, _("Show the code"), where),
    ]
    here = HERE.get(trip.state, -1)
    if trip.direction == "N":
        rows = [rows[4], rows[3], rows[4]]
        here = {"accepted": 0, "crossed_in": 0, "in_yard": 1, "released": 1, "crossed_out": 2}.get(trip.state, -1)
    return [Spot(name, hint, _state(number, here), spot) for number, (name, hint, spot) in enumerate(rows)]


def _bay(trip: Trip) -> str:
    return _("Bay %(bay)s") % {"bay": trip.bay} if trip.bay else _("The bay is told at the barrier")


def _state(number: int, here: int) -> str:
    if number == here:
        return "now"
    return "done" if number < here else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
