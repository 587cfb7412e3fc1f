"""Rows that hand goods over: to a trip of the firm that is under way, or to the vehicle of another row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.convoy import giver_first, pair_all
from tinhso.pillars.border.gate.actions.firm import Intent
from tinhso.pillars.border.gate.flows.states import ENDS
from tinhso.pillars.border.gate.models import Enterprise, Trip
from tinhso.pillars.border.gate.queries.firms import trips_of
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse
from tinhso.pillars.border.gate.rules.sheets import SheetRow
from tinhso.pillars.border.gate.rules.transfers import are_partners

Other = Trip | int
"""A trip that is under way, or the number of a row."""
Refused = dict[int, GateRefusal]


@dataclass(frozen=True, slots=True)
class Handovers:
    """Finds whom rows name. `places`: the number of each row by the plate that is typed in it, good or not."""

    firm: Enterprise
    places: Mapping[str, int]
    by: Actor
    at: datetime

    def found(self, good: Mapping[int, Intent]) -> tuple[dict[int, Other], Refused]:
        """The other vehicle of each row that names one, by row number.

        Refusals: BG-781 for none of the firm's, BG-782 while its row is wrong, BG-297 for one of the wrong kind.
        """
        named = {number: plates.normalise(intent.handover) for number, intent in good.items() if intent.handover}
        trips = self._trips(set(named.values())) if named else {}
        others: dict[int, Other] = {}
        refused: Refused = {}
        for number, key in named.items():
            try:
                others[number] = self._other(number, key, good, trips.get(key, ()))
            except GateRefusal as refusal:
                refused[number] = refusal
        return others, refused

    def _trips(self, keys: set[str]) -> dict[str, list[Trip]]:
        """The firm's live trips by plate and by code."""
        rows = trips_of(self.firm, by=self.by, at=self.at).exclude(state__in=ENDS)
        found: dict[str, list[Trip]] = {}
        for trip in rows.filter(Q(tractor_plate__in=keys) | Q(code__in=keys)).order_by("planned_on", "code"):
            for key in (trip.tractor_plate, trip.code):
                found.setdefault(key, []).append(trip)
        return found

    def _other(self, number: int, key: str, good: Mapping[int, Intent], trips: Sequence[Trip]) -> Other:
        own, place = good[number], self.places.get(key)
        for trip in trips:
            if trip.point_id == own.point.pk and _fit(own, trip):
                return trip
        row = good.get(place) if place is not None and place != number else None
        if place is not None and row is not None and row.point.pk == own.point.pk and _fit(own, row):
            return place
        if trips or row is not None or place == number:
            raise refuse("BG-297", field="handover")
        if place is not None:
            raise refuse("BG-782", field="handover", v=own.handover, n=place)
        raise refuse("BG-781", field="handover", v=own.handover)


def handovers_of(firm: Enterprise, rows: Iterable[SheetRow], *, by: Actor, at: datetime) -> Handovers:
    """Whom rows of that file can name."""
    places = {plates.normalise(typed): row.number for row in rows if (typed := row.values.get("tractor"))}
    return Handovers(firm, places, by, at)


def left_alone(others: Mapping[int, Other], good: Mapping[int, Intent], wrong: Iterable[int]) -> Refused:
    """Rows that are good themselves while the row that they name is not, and so on: BG-782."""
    bad, found = set(wrong), Refused()
    while more := {one for one, other in others.items() if isinstance(other, int) and other in bad and one not in bad}:
        for number in more:
            found[number] = refuse("BG-782", field="handover", v=good[number].handover, n=others[number])
        bad |= more
    return found


def pair_rows(
    firm: Enterprise, trips: Mapping[int, Trip], others: Mapping[int, Other], *, by: Actor, at: datetime
) -> None:
    """Pair what was declared with whom it names; two rows that name each other are one pair."""
    pairs: dict[tuple[UUID, UUID], tuple[Trip, Trip]] = {}
    for number, other in others.items():
        giver, taker = giver_first(trips[number], trips[other] if isinstance(other, int) else other)
        pairs[giver.pk, taker.pk] = (giver, taker)
    pair_all(firm=firm, pairs=list(pairs.values()), by=by, at=at)


def _fit(own: Intent, other: Intent | Trip) -> bool:
    return are_partners(own.kind, other.kind, two_way=own.two_way, other_two_way=other.two_way)
