"""Goods change vehicles in the simulation: yards write down and sign, customs confirm; set by set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions import transfers
from tinhso.pillars.border.gate.flows import TRANSFER
from tinhso.pillars.border.gate.flows.transfers import OPEN, SIGNED
from tinhso.pillars.border.gate.models import Transfer, TransferLine, Trip
from tinhso.pillars.border.gate.queries.transfers import LINES, told_lines
from tinhso.pillars.border.gate.simulation.seen import Move


def store(moves: Sequence[Move], by: Actor, at: datetime) -> Iterable[UUID]:
    """Into the warehouse."""
    trips = Trip.objects.in_bulk([move.target for move in moves])
    kg_of = {trips[move.target]: move.facts["kg"] for move in moves}
    _give_up_what_customs_sent_back(moves, by, at)
    return _givers(transfers.unload_many(kg_of=kg_of, by=by, at=at))


def hand_over(moves: Sequence[Move], by: Actor, at: datetime) -> Iterable[UUID]:
    """Each onto the vehicle that came for its goods."""
    ids = [one for move in moves for one in (move.target, move.facts["taker"])]
    trips = Trip.objects.select_related("tractor", "trailer").in_bulk(ids)
    loads = [
        transfers.Load(
            giver=trips[move.target],
            taker=trips[move.facts["taker"]],
            kg=move.facts["kg"],
            seal_old=trips[move.target].seal_no,
        )
        for move in moves
    ]
    _give_up_what_customs_sent_back(moves, by, at)
    return _givers(transfers.hand_over_many(loads=loads, by=by, at=at))


def confirm(moves: Sequence[Move], by: Actor, at: datetime) -> Iterable[UUID]:
    """The customs' signature on what the yard has signed."""
    wanted = [move.target for move in moves]
    rows = Transfer.objects.filter(lines__from_trip__in=wanted, state=SIGNED).distinct().prefetch_related(LINES)
    done = transfers.confirm_transfers(transfers=list(rows), by=by, at=at)
    return [line.from_trip_id for transfer in done for line in told_lines(transfer)]


def _give_up_what_customs_sent_back(moves: Sequence[Move], by: Actor, at: datetime) -> None:
    """It is written anew; what people are writing down is left to them."""
    sent_back = Transfer.objects.filter(lines__from_trip__in=[move.target for move in moves], state=OPEN)
    ids = list(sent_back.exclude(note="").distinct().values_list("pk", flat=True))
    TRANSFER.fire_many(ids, "drop", by=by, at=at)


def _givers(signed: Sequence[Transfer]) -> Iterable[UUID]:
    ids = [transfer.pk for transfer in signed]
    return TransferLine.objects.filter(transfer__in=ids).values_list("from_trip", flat=True)
