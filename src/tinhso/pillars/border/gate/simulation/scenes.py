"""Where vehicles come from: declared ahead, or found without a declaration; and the calls to the gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions import convoy, declare, move, undeclared
from tinhso.pillars.border.gate.actions.declare import Draft
from tinhso.pillars.border.gate.flows import ENDS
from tinhso.pillars.border.gate.models import CrossingPoint, SimulatedTrip, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.simulation.again import again
from tinhso.pillars.border.gate.simulation.board import Board
from tinhso.pillars.border.gate.simulation.cast import Cast, country_of
from tinhso.pillars.border.gate.simulation.desk import Ask, Handler
from tinhso.pillars.border.gate.simulation.durations import Draw
from tinhso.pillars.border.gate.simulation.plan import HALVES, Planned

UNDECLARED_BAY = "K01"


def planned_id(day: date, number: int) -> UUID:
    """What stands for a vehicle that has no trip yet."""
    return UUID(int=day.toordinal() * 1_000_000 + number)


def day_and_number(target: UUID) -> tuple[date, int]:
    ordinal, number = divmod(target.int, 1_000_000)
    return date.fromordinal(ordinal), number


def _with_trips(day: date, numbers: list[int]) -> set[int]:
    """Which of these planned vehicles have a trip already."""
    rows = SimulatedTrip.objects.filter(day_id=day, number__in=numbers)
    return set(rows.values_list("number", flat=True))


def _givers(day: date, planned: list[Planned]) -> dict[int, Trip]:
    """The trips whose goods these come for, by number."""
    rows = SimulatedTrip.objects.filter(day_id=day, number__in=[one.giver for one in planned if one.giver])
    return {row.number: row.trip for row in rows.select_related("trip__enterprise")}


class Scenes:
    """Steps that make trips, or choose one: what the desk cannot do by the record's id alone."""

    def __init__(self, cast: Cast, board: Board, seed: int) -> None:
        self.cast, self.board, self.seed = cast, board, seed

    def handlers(self) -> dict[str, Handler]:
        return {
            "declare": self.declare,
            "walk_up": self.walk_up,
            "late": self.late,
            "call": self.call,
            "back.declare": self.declare_back,
        }

    def declare(self, asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
        """Draft and send, all at once; a vehicle without a free truck waits, one that has a trip is done."""
        done: list[UUID] = []
        for day in sorted({day_and_number(ask.move.target)[0] for ask in asks}):
            planned = [self._planned(ask) for ask in asks if self._is_of(ask, day)]
            there = _with_trips(day, [one.number for one in planned])
            done += [planned_id(day, number) for number in sorted(there)]
            done += self._declare(day, [one for one in planned if one.number not in there], by, at)
        return done

    def _declare(self, day: date, planned: list[Planned], by: Actor, at: datetime) -> list[UUID]:
        """Who comes for another's goods is declared after that one, in its firm's name, and linked with it."""
        done = []
        for halves in ([one for one in planned if not one.giver], [one for one in planned if one.giver]):
            givers = _givers(day, halves)
            wanted = [one for one in halves if not one.giver or one.giver in givers]
            drafts = [
                (one, replace(draft, enterprise=givers[one.giver].enterprise) if one.giver else draft)
                for one, draft in self.cast.drafts(wanted, day, self.seed)
            ]
            if drafts:
                self._send(day, drafts, givers, by, at)
            done += [planned_id(day, one.number) for one, _draft in drafts]
        return done

    @staticmethod
    def _send(day: date, drafts: list[tuple[Planned, Draft]], givers: dict[int, Trip], by: Actor, at: datetime) -> None:
        with transaction.atomic():
            trips = declare.draft_trips(drafts=[draft for _one, draft in drafts], by=by, at=at)
            SimulatedTrip.objects.bulk_create(
                SimulatedTrip(day_id=day, number=one.number, trip=trip)
                for (one, _draft), trip in zip(drafts, trips, strict=True)
            )
            for (one, _draft), trip in zip(drafts, trips, strict=True):
                if one.giver and givers[one.giver].state not in ENDS:
                    convoy.pair_trips(giver=givers[one.giver], taker=trip, by=by, at=at)
        declare.submit_trips(trips=trips, by=by, at=at)

    def walk_up(self, asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
        """A truck that nobody has declared: Vietnamese ones at barrier 1, Chinese ones stay at the line."""
        for ask in asks:
            day, number = day_and_number(ask.move.target)
            if _with_trips(day, [number]):
                yield ask.move.target
                continue
            pair = self.cast.undeclared(country_of(self._planned(ask)))
            if pair is None:
                continue
            draws = Draw(f"{day}{self.seed}", number)
            with transaction.atomic():
                found = undeclared.record_undeclared(
                    plate=pair.tractor.plate_typed,
                    point=self.cast.points[ask.point],
                    by=by,
                    at=at,
                    bay=UNDECLARED_BAY if pair.tractor.country == "VN" else "",
                    phone=pair.driver.person.phone if draws.happens("phone") else "",
                )
                SimulatedTrip.objects.create(day_id=day, number=number, trip_id=found.trip_id)
            yield ask.move.target

    def late(self, asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
        """Such a truck is declared on the spot: mostly by its driver with the short link, else by a broker."""
        for ask in asks:
            seen = self.board.seen[ask.move.target]
            found = UndeclaredArrival.objects.select_related("trip__simulated").get(trip_id=seen.id)
            if found.trip.tractor_id is None:
                continue
            pair = self.cast.pair_of(found.trip.tractor_id)
            day = found.trip.simulated.day_id
            draft = self.cast.draft(self.board.plan(day)[seen.number], pair, day, self.seed)
            who = undeclared.declarer(found) if seen.draw.happens("link") else by
            undeclared.declare_on_the_spot(arrival=found, draft=draft, by=who, at=at)
            yield ask.move.target

    def declare_back(self, asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
        """What two-way vehicles bring back, for a firm of the country."""
        for ask in asks:
            seen = self.board.seen[ask.move.target]
            trip = Trip.objects.select_related("point", "tractor", "driver").get(pk=seen.id)
            convoy.declare_back(
                trip=trip,
                enterprise=self.cast.importer(seen.draw),
                lines=[self.cast.back_line(seen.number, Draw(seen.day, HALVES + seen.number), trip.planned_on)],
                customs_no=f"108{trip.planned_on:%y%m%d}{seen.number % 1000:03d}",
                channel=1,
                by=by,
                at=at,
            )
            yield seen.id

    def call(self, asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
        """Call whom the published order names, as often as was asked for; not where the platform calls by itself."""
        asked: dict[str, list[Ask]] = {}
        for ask in asks:
            asked.setdefault(ask.point, []).append(ask)
        for code in CrossingPoint.objects.filter(code__in=asked, platform_calls=True).values_list("code", flat=True):
            del asked[code]
        for code, some in asked.items():
            wanted = {"point": self.cast.points[code], "count": len(some), "at": at, "by": by}
            called = again(lambda wanted=wanted: move.call_many(**wanted)) or []  # type: ignore[misc]
            yield from (ask.move.target for ask in some[: len(called)])

    def _planned(self, ask: Ask) -> Planned:
        day, number = day_and_number(ask.move.target)
        return self.board.plan(day)[number]

    @staticmethod
    def _is_of(ask: Ask, day: date) -> bool:
        return day_and_number(ask.move.target)[0] == day
