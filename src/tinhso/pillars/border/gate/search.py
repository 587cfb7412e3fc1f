"""The gate in the one box over all modules."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.may import may
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.modules.declare import Hit, searchable
from tinhso.pillars.border.gate.actions.searches import note_search
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import VIEW_BOARD
from tinhso.pillars.border.gate.queries.masks import sight_of
from tinhso.pillars.border.gate.queries.trips import found_by, visible_trips
from tinhso.pillars.border.gate.rules import plates, tripcodes


@searchable("border_gate.trip", title=_("Trips"))
def find_trips(words: str, *, by: Actor, at: datetime, limit: int) -> list[Hit]:
    """Trips that the asker may see, by plate, trip code or container; the newest first.

    A plate that is at a point of others is kept as searched. A trip code that is not his to see leads to what its
    code alone tells to everybody.
    """
    rows = found_by(visible_trips(by=by, at=at), words).select_related("point").order_by("-created_at")
    note_search(words, by=by, at=at)
    page = "border_gate:trip" if may(by, VIEW_BOARD, at=at) else "border_gate:firm_trip"
    sight = sight_of(by=by, at=at)
    found = [hit(trip, page, with_goods=sight.sees_goods(trip)) for trip in rows[:limit]]
    return found or ([_by_code(words)] if tripcodes.is_right(words) else [])


def _by_code(words: str) -> Hit:
    code = tripcodes.read(words).text
    return Hit(
        title=tripcodes.show(code), url=f"{reverse('border_gate:find')}?ma={code}", text=str(_("where the trip is"))
    )


def hit(trip: Trip, page: str, *, with_goods: bool) -> Hit:
    said: list[str] = [tripcodes.show(trip.code), str(trip.get_state_title()), trip.point.gate_short]
    said += [trip.goods_title] if with_goods else []
    return Hit(
        title=plates.show(trip.tractor_plate),
        url=reverse(page, args=[trip.pk]),
        text=" · ".join(word for word in said if word),
        at=trip.created_at,
    )
