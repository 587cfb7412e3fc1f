"""Transfers of goods as yard and customs look at them, and what a vehicle has to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, Sum

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.flows.transfers import CONFIRMED, OPEN, SIGNED, YARD
from tinhso.pillars.border.gate.models import (
    Destruction,
    GoodsLine,
    Transfer,
    TransferLine,
    Trip,
    TripGoods,
    Yard,
)
from tinhso.pillars.border.gate.permissions import CONFIRM_UNLOADING
from tinhso.pillars.border.gate.rules.transfers import HANDS_OVER, TAKERS, may_take

ROWS = 60
Goods = Mapping[UUID, list[tuple[GoodsLine, int]]]
LINES = Prefetch(
    "lines", queryset=TransferLine.objects.select_related("from_trip", "to_trip", "line"), to_attr="written"
)


def goods_of(trips: Iterable[Trip]) -> dict[UUID, list[tuple[GoodsLine, int]]]:
    """The goods that each vehicle brings, with its kg of each; a line's packages are the vehicle's own.

    What a quarantine had destroyed is not among them. Three queries whatever their number.
    """
    wanted = list(trips)
    own: dict[UUID, list[tuple[GoodsLine, int]]] = {trip.pk: [] for trip in wanted}
    for part in TripGoods.objects.filter(trip__in=list(own)).select_related("line").order_by("line__number"):
        part.line.packages = part.packages
        own[part.trip_id].append((part.line, part.kg))
    whole = [trip for trip in wanted if not own[trip.pk]]
    lines: dict[UUID, list[GoodsLine]] = {}
    for line in GoodsLine.objects.filter(declaration__in=[trip.declaration_id for trip in whole]):
        lines.setdefault(line.declaration_id, []).append(line)
    for trip in whole:
        own[trip.pk] = [(line, line.gross_kg) for line in lines.get(trip.declaration_id, [])]
    return _not_destroyed(own)


def _not_destroyed(goods: dict[UUID, list[tuple[GoodsLine, int]]]) -> dict[UUID, list[tuple[GoodsLine, int]]]:
    rows = Destruction.objects.filter(trip__in=list(goods)).order_by().values_list("trip_id", "line_id")
    gone = {(trip, line): kg for trip, line, kg in rows.annotate(Sum("kg"))}
    left = {pk: [(line, kg - gone.get((pk, line.pk), 0)) for line, kg in lines] for pk, lines in goods.items()}
    return {pk: [(line, kg) for line, kg in lines if kg > 0] for pk, lines in left.items()}


@dataclass(frozen=True, slots=True)
class Balance:
    """What a giving vehicle declared and what came off it so far, this transfer included: kg and packages.

    Whether it fits is decided by kg. `counted`: whether packages were counted at all.
    """

    giver: Trip
    declared_kg: int
    given_kg: int
    declared_packages: int
    given_packages: int

    @property
    def counted(self) -> bool:
        return self.given_packages > 0

    @property
    def off_kg(self) -> int:
        """More (above 0) or less than declared."""
        return self.given_kg - self.declared_kg

    @property
    def off_packages(self) -> int:
        """More (above 0) or less than declared."""
        return self.given_packages - self.declared_packages


def balances_of(transfers: Sequence[Transfer]) -> dict[UUID, list[Balance]]:
    """The balances of each transfer, by vehicle; four queries whatever their number."""
    givers = {line.from_trip_id: line.from_trip for one in transfers for line in told_lines(one)}
    goods = goods_of(givers.values())
    done = TransferLine.objects.filter(from_trip__in=list(givers), transfer__state=CONFIRMED)
    given = {
        row["from_trip"]: (row["kg"], row["count"])
        for row in done.values("from_trip").annotate(kg=Sum("kg"), count=Sum("packages"))
    }
    return {one.pk: [_balance(giver, one, goods, given) for giver in _givers(one)] for one in transfers}


def _givers(transfer: Transfer) -> list[Trip]:
    return list({line.from_trip_id: line.from_trip for line in told_lines(transfer)}.values())


def _balance(giver: Trip, transfer: Transfer, goods: Goods, given: Mapping[UUID, tuple[int, int]]) -> Balance:
    """A transfer that is confirmed stands among what was given already; one that was given up never counts."""
    kg, packages = given.get(giver.pk, (0, 0))
    own = [line for line in told_lines(transfer) if line.from_trip_id == giver.pk]
    if transfer.state in (OPEN, SIGNED):
        kg, packages = kg + sum(line.kg for line in own), packages + sum(line.packages for line in own)
    brought = goods[giver.pk]
    return Balance(
        giver=giver,
        declared_kg=sum(declared for _line, declared in brought),
        given_kg=kg,
        declared_packages=sum(line.packages for line, _kg in brought),
        given_packages=packages,
    )


def open_transfers(yard: Yard) -> list[Transfer]:
    """Those of a yard that are not over, with their lines."""
    rows = Transfer.objects.filter(yard=yard, state__in=(OPEN, SIGNED)).prefetch_related(LINES)
    return list(rows.order_by("started_at")[:ROWS])


def to_confirm(*, by: Actor, at: datetime) -> QuerySet[Transfer]:
    """Those that wait for the customs' signature at the officer's points, the oldest first."""
    rows = Transfer.objects.filter(state=SIGNED).select_related("yard", "point").prefetch_related(LINES)
    return visible(rows, by, CONFIRM_UNLOADING, at).order_by("yard_at")


def transfer_for(transfer_id: UUID, *, by: Actor, at: datetime) -> Transfer | None:
    """One transfer for who works in its yard or confirms it; None when it is not there or not his."""
    rows = Transfer.objects.filter(pk=transfer_id).select_related("yard", "point").prefetch_related(LINES)
    return visible(rows, by, YARD, at).first() or visible(rows, by, CONFIRM_UNLOADING, at).first()


def transfers_of(trip: Trip) -> list[Transfer]:
    """Those in which the vehicle gives or takes, the newest first."""
    rows = Transfer.objects.filter(Q(lines__from_trip=trip) | Q(lines__to_trip=trip)).distinct()
    return list(rows.select_related("yard").prefetch_related(LINES).order_by("-started_at")[:ROWS])


def givers_in(yard: Yard) -> list[Trip]:
    """Vehicles in the yard that have goods to give."""
    standing = Trip.objects.filter(yard=yard, is_in_yard=True, state="in_yard", kind__in=TAKERS)
    return list(standing.filter(Q(balance_kg__gt=0) | ~Q(kind__in=HANDS_OVER)).order_by("bay"))


def takers_in(yard: Yard, givers: Sequence[Trip]) -> list[Trip]:
    """Vehicles in the yard onto which these may be unloaded."""
    standing = Trip.objects.filter(yard=yard, is_in_yard=True, state="in_yard").order_by("bay")
    giving = {trip.pk for trip in givers}
    return [
        one
        for one in standing
        if one.pk not in giving and all(may_take(giver.kind, one.kind, two_way=one.two_way) for giver in givers)
    ]


def given_to_the_warehouse(trip_id: UUID) -> bool:
    """Whether any of the vehicle's goods went into the warehouse."""
    return TransferLine.objects.filter(from_trip=trip_id, to_trip=None, transfer__state=CONFIRMED).exists()


def takers_of(trip: Trip) -> list[Trip]:
    """The vehicles onto which this one was unloaded, with their drivers."""
    ids = TransferLine.objects.filter(from_trip=trip, to_trip__isnull=False).values("to_trip")
    return list(Trip.objects.filter(pk__in=ids, is_live=True).select_related("driver__person"))


def told_lines(transfer: Any) -> list[TransferLine]:
    """The lines of a transfer, read once."""
    written: list[TransferLine] | None = getattr(transfer, "written", None)
    if written is None:
        written = list(transfer.lines.select_related("from_trip", "to_trip", "line"))
        transfer.written = written
    return written
