"""Beside a trip of the firm: with whom it hands goods over, and what it brings back."""

from __future__ import annotations

from typing import Any

from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.kind_fields import named
from tinhso.pillars.border.gate.flows.states import ENDS
from tinhso.pillars.border.gate.models import Enterprise, GoodsLine, Pairing, Trip
from tinhso.pillars.border.gate.queries import firms as queries
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.corrections import OPEN_STATES


def told(request: Request, firm: Enterprise, trip: Trip) -> dict[str, Any]:
    """Pairs and goods of the way back, as the trip's page shows them."""
    pairs = queries.pairs_of(trip)
    mine = {one.giver_id for one in pairs} | {one.taker_id for one in pairs}
    others = queries.partners(
        firm, kind=trip.kind, two_way=trip.two_way, point=trip.point.code, by=request.actor, at=request.moment
    )
    live = trip.state not in ENDS
    return {
        "pairs": [_pair(one, trip) for one in pairs],
        "others": [(one.pk, named(one)) for one in others.exclude(pk__in=mine)[:40]] if live else [],
        "back_lines": list(GoodsLine.objects.filter(declaration_id=trip.back_id)) if trip.back_id else [],
        "asks_back": asks_back(trip),
        "may_add": may_add(trip),
        "together": [(one, plates.show(one.tractor_plate)) for one in _together(request, firm, trip)],
    }


def asks_back(trip: Trip) -> bool:
    """Whether goods of the way back may be declared now."""
    here = trip.accepted_at is not None and trip.state not in ENDS
    return here and trip.kind == "EXP_VN" and trip.two_way and trip.leg == 1


def may_add(trip: Trip) -> bool:
    """Whether one more vehicle may carry goods of its declaration: while it is accepted and not at the gate yet."""
    return trip.state in OPEN_STATES and trip.gross_kg > 0


def _together(request: Request, firm: Enterprise, trip: Trip) -> list[Trip]:
    """The other vehicles of its declaration, when it is spread over several."""
    rows = queries.trips_of(firm, by=request.actor, at=request.moment).filter(declaration_id=trip.declaration_id)
    return list(rows.exclude(pk=trip.pk).order_by("tractor_plate")) if trip.declaration_id else []


def _pair(one: Pairing, trip: Trip) -> dict[str, Any]:
    gives = one.giver_id == trip.pk
    other = one.taker if gives else one.giver
    return {"id": one.pk, "gives": gives, "trip": other, "plate": plates.show(other.tractor_plate)}
