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
    Incident,
    Pairing,
    SlotWindow,
    UndeclaredArrival,
)
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.rules import fees, tripcodes
from tinhso.pillars.border.gate.rules.limits import stay_code
from tinhso.pillars.border.gate.simulation import durations
from tinhso.pillars.border.gate.simulation.plan import FATES, KINDS, OTHER_HALF, WAYS, way_is_open
from tinhso.pillars.border.gate.simulation.year import columns as c
from tinhso.pillars.border.gate.simulation.year.cast import EMPTY, REGIMES, Cast, Fee, Place, Truck
from tinhso.pillars.border.gate.simulation.year.lines import moment
from tinhso.pillars.border.gate.simulation.year.pairs import PairWalk
from tinhso.pillars.border.gate.simulation.year.plan import DayPlan, hours_of
from tinhso.pillars.border.gate.simulation.year.vehicle import HOUR, Draws, Due, Vehicle, Way

FLOWS = (TRIP, TASK, HOLD, FEE, TRANSFER)
FIRST_SERIAL = 500_001
"""Trip codes of replayed trips begin here: the book of the day counts from 1."""
YEAR_FATES = {
    "X": tuple(fate for fate in FATES["X"] if fate != "fault"),
    "N": (*(fate for fate in FATES["N"] if fate != "fault"), "overstay"),
}
"""Corrections are not replayed: they are records of their own."""
NEW = "NEW_VEHICLE"
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
insert into border_gate_transferline (transfer_id, from_trip_id, to_trip_id, line_id, kg, packages, seal_old, seal_new)
select m.transfer, t.id, m.onto, l.id, l.gross_kg, l.packages, '', ''
from unnest(%s::uuid[], %s::uuid[], %s::uuid[]) as m(transfer, trip, onto)
join border_gate_trip t on t.id = m.trip
join border_gate_goodsline l on l.declaration_id = t.declaration_id
"""
TAKEN = """
insert into border_gate_tripgoods (trip_id, line_id, kg, packages, taken_over)
select m.onto, l.id, l.gross_kg, l.packages, true
from unnest(%s::uuid[], %s::uuid[]) as m(trip, onto)
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
    moved: list[tuple[str, str, str | None]] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)
    incidents: list[str] = field(default_factory=list)
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
        replay.rows(Pairing._meta.db_table, c.PAIRED.names, batch.pairs)
        replay.rows(Incident._meta.db_table, c.OVER.names, batch.incidents)
        self._moved(batch)
        return written

    def _moved(self, batch: Batch) -> None:
        """The lines of the transfers, and what stands on those who took goods over."""
        self.connection.execute(LINES, [list(column) for column in zip(*batch.moved, strict=True)] or [[], [], []])
        taken = [(trip, onto) for _one, trip, onto in batch.moved if onto]
        if taken:
            self.connection.execute(TAKEN, [list(column) for column in zip(*taken, strict=True)])


class DayMaker:
    """Draws the vehicles of a day and writes down what becomes of them."""

    def __init__(self, cast: Cast, plan: DayPlan, seed: int, *, books: bool) -> None:
        self.cast, self.plan, self.books = cast, plan, books
        self.draws = Draws(f"{plan.day}{seed}")
        self.walk = PairWalk(cast, self.draws)
        self.midnight = int(datetime.combine(plan.day, time(), HANOI).timestamp())
        self.batch = Batch()
        self.windows: dict[tuple[str, int], list[Any]] = {}
        self.serials: Counter[str] = Counter()
        self._limits: dict[tuple[str, bool], int] = {}

    def make(self) -> Batch:
        number = 0
        for point, direction, hour, count in hours_of(self.plan.vehicles):
            place = self.cast.places[point]
            until = number + count
            while number < until:
                number += 1
                arrives = self.midnight + hour * HOUR + int(self.draws.part() * 3594)
                vehicle = self._vehicle(number, place, direction, arrives, alone=number == until)
                if vehicle.way in OTHER_HALF:
                    number += 1
                    self._pair(vehicle, self._taker(number, vehicle), direction)
                else:
                    self._one(vehicle, direction)
        for id, place, hour, booked in self.windows.values():
            begins = self.midnight + hour * HOUR
            self.batch.windows.append(
                c.WINDOW.line(
                    (id, place.id, "X", moment(begins), moment(begins + HOUR), str(place.room_export), str(booked))
                )
            )
        return self.batch

    def _vehicle(self, number: int, place: Place, direction: str, arrives: int, *, alone: bool) -> Vehicle:
        """The next vehicle, as chance has it. `alone`: nobody is left who could take its goods over."""
        draws = self.draws
        fate = self._fate(direction)
        way = self._way(place.code, direction, fate, alone)
        group = NEW if way == "new_vehicle" else self.cast.group(direction, draws.part())
        vehicle = self._described(number, place, direction, arrives, group, fate, way)
        if direction == "X" and (fate == "no_show" or (fate == "plain" and draws.part() < durations.share("books"))):
            self._book(vehicle)
        return vehicle

    def _way(self, point: str, direction: str, fate: str, alone: bool) -> str:
        left = self.draws.part()
        for way in WAYS[direction]:
            left -= durations.share(way)
            if left < 0:
                return way if way_is_open(way, point, fate) and not (alone and way in OTHER_HALF) else ""
        return ""

    def _described(
        self, number: int, place: Place, direction: str, arrives: int, group: str, fate: str = "plain", way: str = ""
    ) -> Vehicle:
        draws, cast = self.draws, self.cast
        way = way or ("new_vehicle" if group == NEW else "")
        kind = KINDS[direction, way]
        truck = self._truck("VN" if direction == "X" else "CN", number)
        importers = cast.trucks["VN"]
        owner = truck if direction == "X" else importers[int(draws.part() * len(importers))]
        foreign, inwards = direction == "N", kind == "TRANSIT" and direction == "N"
        returns = "REJECTED" if fate == "refused" else "LOADED" if way == "two_way" else ""
        back_group = cast.group("N", draws.part()) if way == "two_way" else group
        return Vehicle(
            number=number, kind=kind, place=place, truck=truck, owner=owner.firm, group=group,
            kg=8_000 + draws.bits(4) * 1_000, arrives=arrives, fate=fate,
            priority=cast.priority(group, direction, owner.preferred),
            checks=cast.checks(
                kind, group, foreign=foreign, medical=place.medical, tax=owner.tax_flag, inwards=inwards
            ),
            back=cast.checks(kind, back_group, foreign=foreign, medical=place.medical, tax=False, returns=returns)
            if returns else (),
            back_group=back_group,
            receipt=f"DEMO-BL-{self.plan.day:%y%m%d}-{number:05d}", way=way, inwards=inwards,
            limit_h=self._limit(kind, two_way=way == "two_way"),
        )  # fmt: skip

    def _taker(self, number: int, giver: Vehicle) -> Vehicle:
        """Who comes for the goods of that vehicle, under the plates of the other country."""
        kind, cast = OTHER_HALF[giver.way], self.cast
        country = "CN" if kind == "CN_EMPTY_IN" else "VN"
        return Vehicle(
            number=number, kind=kind, place=giver.place, truck=self._truck(country, number), owner=giver.owner,
            group=EMPTY, kg=0, arrives=giver.arrives + self.draws.seconds("after.giver"), fate="plain",
            priority=cast.priority(EMPTY, "X" if country == "CN" else "N", False),
            checks=cast.checks(kind, EMPTY, foreign=country == "CN", medical=giver.place.medical, tax=False),
            back=(), receipt=f"DEMO-BL-{self.plan.day:%y%m%d}-{number:05d}", limit_h=self._limit(kind, two_way=False),
        )  # fmt: skip

    def _truck(self, country: str, number: int) -> Truck:
        trucks = self.cast.trucks[country]
        return trucks[(self.plan.before + number) % len(trucks)]

    def _limit(self, kind: str, *, two_way: bool) -> int:
        """Hours that such a vehicle may stay on the other side."""
        key = (kind, two_way)
        if key not in self._limits:
            self._limits[key] = law_on(self.plan.day).number(stay_code(kind, two_way=two_way)).value
        return self._limits[key]

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

    def _pair(self, giver: Vehicle, taker: Vehicle, direction: str) -> None:
        one, other = self.walk.walk_pair(giver, taker)
        first = self._written(giver, one, direction)
        self.batch.pairs.append(first.paired(self._written(taker, other, direction, first)))

    def _written(self, vehicle: Vehicle, way: Way, direction: str, giver: c.Writing | None = None) -> c.Writing:
        writing = c.Writing(self.cast, vehicle, way, self._code(vehicle.place, direction), direction, self.plan.day)
        self._declared(writing, direction)
        batch = self.batch
        if giver is not None and way.loaded:
            writing.took(giver)
        for due in way.dues:
            batch.fees.append(writing.fee(due, self._owed(due, writing, giver)))
        if vehicle.two_way and way.leg == 2:
            self._brought_back(writing)
        batch.steps += writing.steps()
        batch.trips.append(writing.trip())
        batch.tasks += writing.tasks()
        batch.holds += writing.holds()
        if way.seen_by:
            digest = hashlib.sha256(way.id.encode()).hexdigest()
            batch.arrivals.append(writing.arrival(self.draws.id(vehicle.arrives), digest))
        if way.unloading:
            batch.steps += writing.transfer_steps()
            batch.transfers.append(writing.transfer())
            batch.moved.append((way.transfer, way.id, way.onto or None))
        if way.incident:
            batch.incidents.append(writing.incident(self.draws.id(way.incident[1])))
        batch.by_point[vehicle.place.id] += 1
        return writing

    def _code(self, place: Place, direction: str) -> str:
        key = place.code[:2] + direction
        serial = FIRST_SERIAL + self.serials[key]
        self.serials[key] += 1
        return tripcodes.make(point=key, direction=direction, day=self.plan.day, serial=serial)

    def _brought_back(self, writing: c.Writing) -> None:
        """What a two-way vehicle brings back: one item, one owner."""
        vehicle, way = writing.vehicle, writing.way
        crossed = way.at["crossed_out_at"]
        way.back = self.draws.id(crossed)
        usual = self.cast.goods("N", vehicle.back_group, self.plan.day.month)
        goods = usual[int(self.draws.part() * len(usual))]
        lines = writing.back(self._code(vehicle.place, "N"), goods, moment(crossed))
        self.batch.declarations.append(lines[0])
        self.batch.goods.append(lines[1])

    def _owed(self, due: Due, writing: c.Writing, giver: c.Writing | None) -> Fee:
        """For what it brings, took over or brought back, as actions/fee_grounds.py has it."""
        vehicle, day = writing.vehicle, self.plan.day
        if due.state == "not_owed":
            return self.cast.nothing_owed(day)
        route, regime, group, kg = law_on(day).route_of(vehicle.kind), writing.regime, vehicle.group, vehicle.kg
        told: dict[str, Any] = {}
        if due.leg == 2:
            route, regime, group, told = fees.INLAND, "IMPORT", vehicle.back_group, {"way_back": True}
        elif vehicle.group == EMPTY and giver is not None:
            regime, group, kg = giver.regime, giver.group, writing.way.loaded
            told = {"taken_over_kg": kg}
        return self.cast.fee(regime, group, fees.vehicle_class(load_kg=kg), route, day, told)

    def _declared(self, writing: c.Writing, direction: str) -> None:
        vehicle, draws, cast = writing.vehicle, self.draws, self.cast
        day = self.plan.day
        transit, empty = vehicle.kind == "TRANSIT", vehicle.group == EMPTY
        regime = (
            "TRANSIT" if transit else REGIMES[direction][0][0] if empty else _chosen(REGIMES[direction], draws.part())
        )
        goods = None
        if not empty:
            usual = cast.goods(direction, vehicle.group, day.month)
            goods = usual[int(draws.part() * len(usual))]
        writing.declared(draws.id(writing.way.steps[0][0]), regime, goods, 1 if draws.part() < 0.6 else 2)
        self.batch.declarations.append(writing.declaration())
        if goods:
            self.batch.goods.append(writing.goods())


def _chosen(shares: Sequence[tuple[str, float]], part: float) -> str:
    for name, share in shares:
        part -= share
        if part < 0:
            return name
    return shares[-1][0]
