"""The simulation's own trips as they stand: read again after every slice, told apart by their version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Hold, SimulatedDay, SimulatedTrip
from tinhso.pillars.border.gate.simulation.plan import Planned, plan_day
from tinhso.pillars.border.gate.simulation.present import present
from tinhso.pillars.border.gate.simulation.seen import NOTHING, Around, Held, Seen, Task
from tinhso.pillars.border.gate.simulation.surroundings import Surroundings
from tinhso.pillars.border.gate.simulation.timeline import Timeline

GLANCE = ("trip_id", "trip__version", "trip__state", "trip__back_id")
COLUMNS = (
    "day_id", "number", "trip_id", "trip__version", "trip__state", "trip__state_since", "trip__point__code",
    "trip__direction", "trip__tractor_plate", "trip__undeclared", "trip__slot_id", "trip__miss_count",
    "trip__accepted_at", "trip__yard_in_at", "trip__unloaded_at", "trip__release_expires_at", "trip__gross_kg",
    "trip__balance_kg", "trip__holds", "trip__fee_state", "trip__kind", "trip__leg", "trip__load_state",
    "trip__two_way", "trip__back_id", "trip__loaded_kg", "trip__released_to", "trip__amend_count",
)  # fmt: skip
CHECKED = ("in_yard", "returned_in")


class Board:
    """`seen` by trip id, live trips only; `refresh` tells whose version has changed and who has gone."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.surroundings = Surroundings(timeline)
        self.seen: dict[UUID, Seen] = {}
        self._plans: dict[date, dict[int, Planned]] = {}
        self._seeds: dict[date, int] = {}

    def plan(self, day: date) -> dict[int, Planned]:
        """The plan of a day that was begun, by number."""
        if day not in self._plans:
            row = SimulatedDay.objects.get(pk=day)
            self._seeds[day] = row.seed
            self._plans[day] = {one.number: one for one in plan_day(day, seed=row.seed, share=row.share)}
        return self._plans[day]

    def refresh(self) -> list[UUID]:
        """Read what stands; returns the ids of trips that changed, came or went, in the order of their numbers."""
        ours = SimulatedTrip.objects.filter(trip__in=present()).order_by("day_id", "number")
        glances = list(ours.values_list(*GLANCE))
        around = self.surroundings.look([row[0] for row in glances if row[2] == "in_yard"])
        before, self.seen = self.seen, {}
        for trip_id, version, _state, back in glances:
            known = before.get(trip_id)
            told = (version, back is not None, around.get(trip_id, NOTHING))
            if known and (known.version, known.has_back, known.around) == told:
                self.seen[trip_id] = known
        changed = [row[0] for row in glances if row[0] not in self.seen]
        for row in SimulatedTrip.objects.filter(trip_id__in=changed).values_list(*COLUMNS):
            self.seen[row[2]] = self._read(row, around.get(row[2], NOTHING))
        self._lay_over([self.seen[one] for one in changed if self.seen[one].state in CHECKED])
        return [*changed, *(one for one in before if one not in self.seen)]

    def _read(self, row: tuple[Any, ...], around: Around) -> Seen:
        minute = self.timeline.minute
        planned = self.plan(row[0])[row[1]]
        return Seen(
            day=f"{row[0]}{self._seeds[row[0]]}",
            number=row[1],
            id=row[2],
            version=row[3],
            state=row[4],
            since=minute(row[5]),
            point=row[6],
            direction=row[7],
            plate=row[8],
            fate=planned.fate,
            books=planned.books,
            arrives=planned.arrives + self.timeline.offset(row[0]),
            undeclared=row[9],
            has_slot=row[10] is not None,
            misses=row[11],
            accepted=minute(row[12]),
            yard_in=minute(row[13]),
            unloaded=minute(row[14]),
            release_expires=minute(row[15]),
            load_kg=row[16],
            balance_kg=row[17],
            holds=row[18],
            fee_state=row[19],
            kind=row[20],
            leg=row[21],
            load_state=row[22],
            two_way=row[23],
            has_back=row[24] is not None,
            loaded_kg=row[25],
            released_to=row[26],
            amended=row[27] > 0,
            around=around,
        )

    def _lay_over(self, trips: Iterable[Seen]) -> None:
        """Tasks, fees and holds of those that changed where forces check them."""
        by_id = {one.id: one for one in trips}
        if not by_id:
            return
        minute = self.timeline.minute
        tasks: dict[UUID, list[Task]] = defaultdict(list)
        for trip_id, task_id, kind, stage, force, state, since, note in (
            ClearanceTask.objects.filter(trip_id__in=by_id)
            .order_by("kind", "stage")
            .values_list("trip_id", "id", "kind", "stage", "force__code", "state", "state_since", "note")
        ):
            tasks[trip_id].append(Task(task_id, kind, stage, force, state, minute(since), note))
        for trip_id, found in tasks.items():
            by_id[trip_id].tasks = found
        for trip_id, fee_id, since in (
            FeeAssessment.objects.filter(
                trip_id__in=by_id, state__in=("assessed", "paid", "waived", "deferred", "not_owed")
            )
            .order_by("leg")
            .values_list("trip_id", "id", "state_since")
        ):
            by_id[trip_id].fee = (fee_id, minute(since))
        for trip_id, hold_id, force, since, note in Hold.objects.filter(
            trip_id__in=[one.id for one in by_id.values() if one.holds], state="active"
        ).values_list("trip_id", "id", "force__code", "state_since", "note"):
            by_id[trip_id].held.append(Held(hold_id, force, minute(since), note))
