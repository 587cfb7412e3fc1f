"""The ways of two vehicles of a generated year of which one takes the other's goods over in the yard.

Goods for export change trucks when both stand there, and their checks go with them; imports are checked first.
"""

from __future__ import annotations

from collections.abc import Sequence

from tinhso.pillars.border.gate.rules.checks import EXIT, GOODS_TASKS, INLAND_STAGE, Check
from tinhso.pillars.border.gate.simulation.year.vehicle import MINUTE, Vehicle, Way, Work, on_shift
from tinhso.pillars.border.gate.simulation.year.way import NONE, TASK, Walk


class PairWalk(Walk):
    """Walks both halves."""

    def walk_pair(self, giver: Vehicle, taker: Vehicle) -> tuple[Way, Way]:
        """The whole ways of both. A giver that does not come leaves the other one at home."""
        export = giver.kind == "EXP_XFER"
        begins = self._begins(giver)
        accepted = self._begin(giver, begins)
        here = self._from_inland(accepted) if export else self._cross_in(accepted)
        if here is None:
            return self._both_stay(taker, begins)
        yard = self._into_the_yard(here)
        ready = self._checked([] if export else [work for work in self.way.tasks if work.stage != EXIT], yard)
        one = self.way
        if export:
            taker.arrives = yard
        accepted = self._begin(taker, begins + MINUTE)
        there = self._into_the_yard(self._cross_in(accepted) if export else self._to_the_gate(accepted))
        self._hand_over(giver, one, max(ready, yard, there))
        moved = self._moved(one, self.way, export)
        self._turn_to(giver, one)
        self._finish([work for work in one.tasks if work.stage == EXIT], yard)
        one = self._end_of_way()
        self._turn_to(taker, moved)
        taker.fate = giver.fate if export else taker.fate
        self._finish([work for work in moved.tasks if work.state == "open"], there)
        return one, self._end_of_way()

    def _both_stay(self, taker: Vehicle, begins: int) -> tuple[Way, Way]:
        one = self._end_of_way()
        accepted = self._begin(taker, begins + MINUTE)
        ended = max(accepted, one.at["ended_at"])
        self._called_off(ended + self.draws.seconds("cancel"), "cancel", "cancelled", "BROKER")
        return one, self._end_of_way()

    def _turn_to(self, vehicle: Vehicle, way: Way) -> None:
        self.vehicle, self.way = vehicle, way

    def _checked(self, works: Sequence[Work], ready: int) -> int:
        """When the last of them is done; what they open is done as well."""
        known = len(self.way.tasks)
        done = [self._check(work, ready) for work in works]
        return max([ready, *done, *(work.since for work in self.way.tasks[known:])])

    def _hand_over(self, giver: Vehicle, one: Way, ready: int) -> None:
        """The yard of both signs, then the customs; each of the two trips is told."""
        recorded = on_shift(ready + self.draws.seconds("unload"))
        confirmed = on_shift(recorded + self.draws.seconds("unload.confirm"))
        one.unloading, one.transfer, one.onto = (recorded, confirmed), self.draws.id(recorded), self.way.id
        self.way.loaded = giver.kg
        self._transferred(confirmed, one.transfer, giver.kg)
        if self.vehicle.kind == "IMP_VN_PICKUP":
            self._due(confirmed)
        taker = self.vehicle, self.way
        self._turn_to(giver, one)
        self._transferred(confirmed, one.transfer, giver.kg)
        self._turn_to(*taker)

    def _moved(self, one: Way, other: Way, export: bool) -> Way:
        """The checks of the goods: open ones are open there, passed ones passed."""
        assert one.unloading is not None
        at, system = one.unloading[1], self.cast.system
        for work in [work for work in one.tasks if work.kind in GOODS_TASKS]:
            if export:
                self._open([Check(work.kind, work.force, EXIT)], at)
                one.steps.append((at, TASK, work.id, "hand_over", work.state, "not_needed", system, NONE))
                work.state, work.since, work.finished, work.result = "not_needed", at, at, "MOVED"
                work.versions += 1
                continue
            copy = Work(
                self.draws.id(at), work.kind, INLAND_STAGE, work.force, at, "passed", at, work.started, work.finished,
                work.result, work.note, work.officer,
            )  # fmt: skip
            other.steps.append((at, TASK, copy.id, "take_over", "", "passed", system, NONE))
            other.tasks.append(copy)
        return other

    def _finish(self, works: Sequence[Work], yard: int) -> None:
        """What is left of the checks, the fee, and the way out."""
        moved = self.way.at["unloaded_at"]
        entry = [work for work in works if work.stage not in (EXIT, INLAND_STAGE)]
        last = max(moved, self._checked(entry, yard), self._checked([one for one in works if one not in entry], moved))
        owed = self.way.dues[-1].made if self.way.dues else yard
        paid = on_shift(max(yard, owed) + self.draws.seconds("fee.pay"))
        self._pay(paid)
        self._leave(on_shift(max(last, paid) + self.draws.seconds("release")))
