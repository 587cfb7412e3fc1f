"""What belongs to a simulated trip and does not change its version: who hands goods over, signatures, corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from tinhso.pillars.border.gate.flows.amendment import UNDECIDED
from tinhso.pillars.border.gate.models import Amendment, Pairing, TransferLine
from tinhso.pillars.border.gate.simulation.checking import FAULTS
from tinhso.pillars.border.gate.simulation.present import PRESENT, present
from tinhso.pillars.border.gate.simulation.seen import Around, Fault, Other
from tinhso.pillars.border.gate.simulation.timeline import Timeline

SIDES = ("giver", "taker")
OF_A_SIDE = ("id", "state", "balance_kg", "loaded_kg", "yard_id", "yard_in_at")
PAIR = tuple(f"{side}__{name}" for side in SIDES for name in OF_A_SIDE)


class Surroundings:
    """Three questions whatever the traffic."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline

    def look(self, in_yards: Iterable[UUID]) -> dict[UUID, Around]:
        """By trip, for those that have anything around them. `in_yards`: the simulation's trips that stand there."""
        found: dict[UUID, dict[str, Any]] = defaultdict(dict)
        for trip, signed in self._unloadings(in_yards):
            found[trip]["unloading"] = signed
        for trip, fault in self._faults():
            found[trip]["fault"] = fault
        for trip, side, other in self._pairs():
            found[trip][side] = (*found[trip].get(side, ()), other)
        return {trip: Around(**told) for trip, told in found.items()}

    def _unloadings(self, ids: Iterable[UUID]) -> list[tuple[UUID, float]]:
        """When the yard signed what waits for the customs."""
        waiting = TransferLine.objects.filter(from_trip__in=list(ids), transfer__state="signed")
        rows = waiting.values_list("from_trip", "transfer__yard_at")
        return [(trip, self.timeline.minute(signed)) for trip, signed in rows]

    def _faults(self) -> list[tuple[UUID, Fault]]:
        """What the simulation's own officers want to be corrected, or are asked to consent to: the latter last."""
        wanted = Amendment.objects.filter(state__in=UNDECIDED, reason=FAULTS, trip__simulated__isnull=False)
        rows = wanted.order_by("consent_of").values_list("trip_id", "id", "state", "state_since", "consent_of")
        return [(trip, Fault(id, state, self.timeline.minute(since), of)) for trip, id, state, since, of in rows]

    def _pairs(self) -> list[tuple[UUID, str, Other]]:
        """Each half with the other one, in the order of their pairing."""
        ids = present().values("pk")
        found = []
        for row in Pairing.objects.filter(Q(giver__in=ids) | Q(taker__in=ids)).order_by("pk").values_list(*PAIR):
            giver, taker = row[: len(OF_A_SIDE)], row[len(OF_A_SIDE) :]
            beside = giver[1] == taker[1] == "in_yard" and giver[4] == taker[4]
            found.append((giver[0], "takers", self._other(taker, beside)))
            found.append((taker[0], "givers", self._other(giver, beside)))
        return found

    def _other(self, row: tuple[Any, ...], beside: bool) -> Other:
        id, state, balance, loaded, _yard, yard_in = row
        return Other(id, state, state in PRESENT, balance, loaded, beside, self.timeline.minute(yard_in))
