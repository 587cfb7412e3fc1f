"""Where vehicles come from: declared ahead, or found without a declaration; and the calls to the gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions import declare, move, undeclared
from tinhso.pillars.border.gate.models import SimulatedTrip, UndeclaredArrival
from tinhso.pillars.border.gate.simulation.again import again
from tinhso.pillars.border.gate.simulation.board import Board
from tinhso.pillars.border.gate.simulation.cast import Cast
from tinhso.pillars.border.gate.simulation.desk import Ask, Handler
from tinhso.pillars.border.gate.simulation.durations import Draw
from tinhso.pillars.border.gate.simulation.plan import Planned

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


class Scenes:
    """Steps that make trips, or choose one: what the desk cannot do by the record's id alone."""

    def __init__(self, cast: Cast, board: Board, seed: int) -> None:
        self.cast, self.board, self.seed = cast, board, seed

    def handlers(self) -> dict[str, Handler]:
        return {"declare": self.declare, "walk_up": self.walk_up, "late": self.late, "call": self.call}

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
        drafts = self.cast.drafts(planned, day, self.seed)
        if not drafts:
            return []
        with transaction.atomic():
            trips = declare.draft_trips(drafts=[draft for _one, draft in drafts], by=by, at=at)
            SimulatedTrip.objects.bulk_create(
                SimulatedTrip(day_id=day, number=one.number, trip=trip)
                for (one, _draft), trip in zip(drafts, trips, strict=True)
            )
        declare.submit_trips(trips=trips, by=by, at=at)
        return [planned_id(day, one.number) for one, _draft in drafts]

    def walk_up(self, asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
        """A truck at barrier 1 that nobody has declared."""
        for ask in asks:
            day, number = day_and_number(ask.move.target)
            if _with_trips(day, [number]):
                yield ask.move.target
                continue
            pair = self.cast.undeclared()
            if pair is None:
                continue
            draws = Draw(f"{day}{self.seed}", number)
            with transaction.atomic():
                found = undeclared.record_undeclared(
                    plate=pair.tractor.plate_typed,
                    point=self.cast.points[ask.point],
                    by=by,
                    at=at,
                    bay=UNDECLARED_BAY,
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

    def call(self, asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
        """Call whom the published order names, as often as was asked for at each point."""
        asked: dict[str, list[Ask]] = {}
        for ask in asks:
            asked.setdefault(ask.point, []).append(ask)
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
