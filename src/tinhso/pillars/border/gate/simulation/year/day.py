"""One day of a generated year: its vehicles drawn, their ways walked, everything written as one batch of the replay."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

import psycopg

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.workflow.replay import Replay, Written
from tinhso.pillars.border.gate.flows import FEE, HOLD, TASK, TRANSFER, TRIP
from tinhso.pillars.border.gate.models import (
    Declaration,
    GoodsLine,
    SlotWindow,
    UndeclaredArrival,
)
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.rules import fees, tripcodes
from tinhso.pillars.border.gate.simulation import durations
from tinhso.pillars.border.gate.simulation.plan import FATES
from tinhso.pillars.border.gate.simulation.year import columns as c
from tinhso.pillars.border.gate.simulation.year.cast import REGIMES, Cast, Place
from tinhso.pillars.border.gate.simulation.year.lines import moment
from tinhso.pillars.border.gate.simulation.year.plan import DayPlan, hours_of
from tinhso.pillars.border.gate.simulation.year.vehicle import HOUR, Draws, Vehicle, Way
from tinhso.pillars.border.gate.simulation.year.way import Walk

FLOWS = (TRIP, TASK, HOLD, FEE, TRANSFER)
FIRST_SERIAL = 500_001
"""Trip codes of replayed trips begin here: the book of the day counts from 1."""
YEAR_FATES = {"X": FATES["X"], "N": (*FATES["N"], "overstay")}
ALREADY = "select 1 from border_gate_replayedday where day = %s::date"
WINDOWS = (
    "select 1 from border_gate_slotwindow where begins_at >= %s::timestamptz and begins_at < %s::timestamptz limit 1"
)
DONE = """
insert into border_gate_replayedday (day, seed, trips, steps, replayed_at)
values (%s::date, %s::bigint, %s::integer, %s::integer, %s::timestamptz)
"""
TOLD = """
select kernel_events_publish('border_gate.day_replayed', 'border_gate.point', p.id::uuid, null, %s::timestamptz,
    jsonb_build_object('day', %s::text, 'trips', p.n::integer))
from unnest(%s::text[], %s::integer[]) as p(id, n)
"""

LINES = """
insert into border_gate_transferline (transfer_id, from_trip_id, line_id, kg, packages, seal_old, seal_new)
select m.transfer, t.id, l.id, l.gross_kg, l.packages, '', ''
from unnest(%s::uuid[], %s::uuid[]) as m(transfer, trip)
join border_gate_trip t on t.id = m.trip
join border_gate_goodsline l on l.declaration_id = t.declaration_id
"""


@dataclass(slots=True)
class Batch:
    """All lines of a day, by table; the order of the tables is that in which they point to each other."""

    windows: list[str] = field(default_factory=list)
    declarations: list[str] = field(default_factory=list)
    goods: list[str] = field(default_factory=list)
    trips: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    fees: list[str] = field(default_factory=list)
    arrivals: list[str] = field(default_factory=list)
    transfers: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    by_point: Counter[str] = field(default_factory=Counter)


class Days:
    """Puts in day after day on one connection of the tables' owner."""

    def __init__(self, connection: psycopg.Connection[Any], cast: Cast, seed: int) -> None:
        self.connection, self.cast, self.seed = connection, cast, seed
        self.replay = Replay(connection, FLOWS)

    def put_in(self, plan: DayPlan, *, by: Actor, at: datetime) -> Written | None:
        """The whole day in one transaction; None when it had been put in before."""
        with self.connection.transaction():
            if self.connection.execute(ALREADY, [plan.day]).fetchone():
                return None
            made = DayMaker(self.cast, plan, self.seed, books=not self._has_windows(plan)).make()
            return self._write(plan, made, by, at)

    def put_in_made(self, plan: DayPlan, batch: Batch, *, by: Actor, at: datetime) -> Written:
        """A day whose vehicles somebody else has made."""
        with self.connection.transaction():
            return self._write(plan, batch, by, at)

    def put_in_more(self, plan: DayPlan, batch: Batch, *, by: Actor, at: datetime) -> Written:
        """Vehicles that come after to a day that has been put in."""
        with self.connection.transaction():
            return self._records(plan, batch, by, at)

    def _has_windows(self, plan: DayPlan) -> bool:
        begins = datetime.combine(plan.day, time(), HANOI)
        span = [begins, begins.replace(hour=23)]
        return self.connection.execute(WINDOWS, span).fetchone() is not None

    def _write(self, plan: DayPlan, batch: Batch, by: Actor, at: datetime) -> Written:
        written = self._records(plan, batch, by, at)
        points = list(batch.by_point)
        self.connection.execute(TOLD, [at, str(plan.day), points, [batch.by_point[point] for point in points]])
        self.connection.execute(DONE, [plan.day, self.seed, plan.vehicles, written.steps, at])
        return written

    def _records(self, plan: DayPlan, batch: Batch, by: Actor, at: datetime) -> Written:
        replay = self.replay
        replay.rows(SlotWindow._meta.db_table, c.WINDOW.names, batch.windows)
        replay.rows(Declaration._meta.db_table, c.DECLARATION.names, batch.declarations)
        replay.rows(GoodsLine._meta.db_table, c.GOODS.names, batch.goods)
        for flow, lines in (
            (TRIP, batch.trips),
            (TASK, batch.tasks),
            (HOLD, batch.holds),
            (FEE, batch.fees),
            (TRANSFER, batch.transfers),
        ):
            replay.records(flow, lines)
        replay.steps(batch.steps)
        written = replay.finish(by=by, at=at, note=f"DEMO {plan.day}")
        replay.rows(UndeclaredArrival._meta.db_table, c.ARRIVAL.names, batch.arrivals)
        self.connection.execute(LINES, [[one for one, _trip in batch.moved], [trip for _one, trip in batch.moved]])
        return written


class DayMaker:
    """Draws the vehicles of a day and writes down what becomes of them."""

    def __init__(self, cast: Cast, plan: DayPlan, seed: int, *, books: bool) -> None:
        self.cast, self.plan, self.books = cast, plan, books
        self.draws = Draws(f"{plan.day}{seed}")
        self.walk = Walk(cast, self.draws)
        self.midnight = int(datetime.combine(plan.day, time(), HANOI).timestamp())
        self.batch = Batch()
        self.windows: dict[tuple[str, int], list[Any]] = {}
        self.serials: Counter[str] = Counter()

    def make(self) -> Batch:
        number = 0
        for point, direction, hour, count in hours_of(self.plan.vehicles):
            place = self.cast.places[point]
            for _ in range(count):
                number += 1
                arrives = self.midnight + hour * HOUR + int(self.draws.part() * 3594)
                self._one(self._vehicle(number, place, direction, arrives), direction)
        for id, place, hour, booked in self.windows.values():
            begins = self.midnight + hour * HOUR
            self.batch.windows.append(
                c.WINDOW.line(
                    (id, place.id, "X", moment(begins), moment(begins + HOUR), str(place.room_export), str(booked))
                )
            )
        return self.batch

    def _vehicle(self, number: int, place: Place, direction: str, arrives: int) -> Vehicle:
        """The next vehicle, as chance has it."""
        draws = self.draws
        fate = self._fate(direction)
        new = direction == "N" and fate == "plain" and draws.part() < durations.share("new_vehicle")
        group = "NEW_VEHICLE" if new else self.cast.group(direction, draws.part())
        vehicle = self._described(number, place, direction, arrives, group, fate)
        if direction == "X" and (fate == "no_show" or (fate == "plain" and draws.part() < durations.share("books"))):
            self._book(vehicle)
        return vehicle

    def _described(
        self, number: int, place: Place, direction: str, arrives: int, group: str, fate: str = "plain"
    ) -> Vehicle:
        draws, cast = self.draws, self.cast
        kind = "EXP_VN" if direction == "X" else "NEW_VEHICLE" if group == "NEW_VEHICLE" else "IMP_CN"
        trucks = cast.trucks["VN" if direction == "X" else "CN"]
        truck = trucks[(self.plan.before + number) % len(trucks)]
        importers = cast.trucks["VN"]
        owner = truck if direction == "X" else importers[int(draws.part() * len(importers))]
        foreign, medical = direction == "N", place.medical
        return Vehicle(
            number=number, kind=kind, place=place, truck=truck, owner=owner.firm, group=group,
            kg=8_000 + draws.bits(4) * 1_000, arrives=arrives, fate=fate,
            priority=cast.priority(group, direction, owner.preferred),
            checks=cast.checks(kind, group, foreign=foreign, medical=medical, tax=owner.tax_flag),
            back=cast.checks(kind, group, foreign=foreign, medical=medical, tax=False, returns="REJECTED")
            if fate == "refused" else (),
            receipt=f"DEMO-BL-{self.plan.day:%y%m%d}-{number:05d}",
        )  # fmt: skip

    def _fate(self, direction: str) -> str:
        left = self.draws.part()
        for fate in YEAR_FATES[direction]:
            left -= durations.share(fate)
            if left < 0:
                return fate
        return "plain"

    def _book(self, vehicle: Vehicle) -> None:
        """A place in the hour of the arrival, while there is one; who does not come has given his back."""
        hour = (vehicle.arrives - self.midnight) // HOUR
        if not self.books or not 7 <= hour < 19:
            vehicle.fate = "plain" if vehicle.fate == "no_show" else vehicle.fate
            return
        key = (vehicle.place.code, hour)
        window = self.windows.get(key)
        if window is None:
            window = self.windows[key] = [self.draws.id(self.midnight), vehicle.place, hour, 0]
        if window[3] >= vehicle.place.room_export:
            vehicle.fate = "plain" if vehicle.fate == "no_show" else vehicle.fate
            return
        window[3] += vehicle.fate != "no_show"
        vehicle.slot = window[0]
        vehicle.slot_ends = self.midnight + (hour + 1) * HOUR

    def _one(self, vehicle: Vehicle, direction: str) -> None:
        """Everything of one vehicle."""
        self._written(vehicle, self.walk.walk(vehicle), direction)

    def _written(self, vehicle: Vehicle, way: Way, direction: str) -> None:
        key = vehicle.place.code[:2] + direction
        code = tripcodes.make(
            point=key, direction=direction, day=self.plan.day, serial=FIRST_SERIAL + self.serials[key]
        )
        self.serials[key] += 1
        writing = c.Writing(self.cast, vehicle, way, code, direction, self.plan.day)
        self._declared(writing, direction)
        batch = self.batch
        batch.steps += writing.steps()
        batch.trips.append(writing.trip())
        batch.tasks += writing.tasks()
        batch.holds += writing.holds()
        if vehicle.fate == "undeclared":
            digest = hashlib.sha256(way.id.encode()).hexdigest()
            batch.arrivals.append(writing.arrival(self.draws.id(vehicle.arrives), digest))
        if way.unloading:
            batch.steps += writing.transfer_steps()
            batch.transfers.append(writing.transfer())
            batch.moved.append((way.transfer, way.id))
        batch.by_point[vehicle.place.id] += 1

    def _declared(self, writing: c.Writing, direction: str) -> None:
        vehicle, draws, cast = writing.vehicle, self.draws, self.cast
        regime = _chosen(REGIMES[direction], draws.part())
        usual = cast.goods(direction, vehicle.group, self.plan.day.month)
        goods = usual[int(draws.part() * len(usual))]
        weighed = fees.vehicle_class(load_kg=vehicle.kg)
        fee = cast.fee(regime, vehicle.group, weighed, law_on(self.plan.day).route_of(vehicle.kind), self.plan.day)
        writing.declared(draws.id(writing.way.steps[0][0]), regime, goods, 1 if draws.part() < 0.6 else 2)
        self.batch.declarations.append(writing.declaration())
        self.batch.goods.append(writing.goods())
        self.batch.fees.append(writing.fee(fee))


def _chosen(shares: Sequence[tuple[str, float]], part: float) -> str:
    for name, share in shares:
        part -= share
        if part < 0:
            return name
    return shares[-1][0]
