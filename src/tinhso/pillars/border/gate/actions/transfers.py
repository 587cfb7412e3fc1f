"""Goods change vehicles: the yard writes down and signs, the customs sign; then balances, checks and goods follow.

One chain for vehicle → vehicles and vehicle → warehouse. A wrong line is corrected before the customs' signature.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from tinhso.kernel.audit.binding import acting_as
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions.fee_changes import renew_fee
from tinhso.pillars.border.gate.actions.orders import reason_of
from tinhso.pillars.border.gate.actions.takeover import take_over
from tinhso.pillars.border.gate.actions.two_way import must_go_together
from tinhso.pillars.border.gate.flows import TRANSFER, TRIP
from tinhso.pillars.border.gate.models import GoodsLine, Transfer, TransferLine, Trip, Yard
from tinhso.pillars.border.gate.queries.parties import must_fit
from tinhso.pillars.border.gate.queries.transfers import goods_of, told_lines
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.kinds import COMES_EMPTY
from tinhso.pillars.border.gate.rules.transfers import WAREHOUSE, is_off, may_take, spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """So many kg from one vehicle onto another, or into the warehouse without `taker`.

    Without `line` the weight is told apart over the vehicle's goods as they were declared.
    """

    giver: Trip
    taker: Trip | None = None
    kg: int
    line: GoodsLine | None = None
    packages: int = 0
    seal_old: str = ""
    seal_new: str = ""


@transaction.atomic
def begin_transfer(
    *, yard: Yard, loads: Sequence[Load], by: Actor, at: datetime, bay: str = "", partial: bool = False
) -> Transfer:
    """The yard writes down what goes from where to where. `partial`: the giving vehicles are not empty afterwards.

    Refusals: BG-297 for trips that do not hand goods to each other, BG-009 for a weight no vehicle may carry,
    BG-017 and BG-695 for what a two-way vehicle may not carry together.
    """
    lines = _lines(loads)
    tolerance = min((load.giver.tolerance_percent for load in loads), default=0)
    transfer = Transfer(
        yard=yard, point_id=yard.point_id, bay=bay, partial=partial, tolerance_percent=tolerance, started_at=at
    )
    TRANSFER.create(transfer, by=by, at=at)
    _write(transfer, lines)
    return transfer


@transaction.atomic
def correct_transfer(
    *, transfer: Transfer, loads: Sequence[Load], by: Actor, at: datetime, bay: str = "", partial: bool = False
) -> Transfer:
    """Write the lines anew, before the customs have signed; the yard signs again. Refusals as when it began."""
    lines = _lines(loads)
    TRANSFER.fire(transfer, "correct", by=by, at=at)
    transfer.bay, transfer.partial = bay, partial
    transfer.save(update_fields=["bay", "partial"])
    transfer.lines.all().delete()
    transfer.__dict__.pop("written", None)
    _write(transfer, lines)
    return transfer


def sign_transfer(*, transfer: Transfer, by: Actor, at: datetime) -> Transfer:
    """The yard signs. Refusals: BG-290 unless all stand in this yard, BG-026 held, BG-291 goods stopped by a check,
    BG-292 without the seals, BG-031 when weights lie beyond the tolerance.
    """
    try:
        return TRANSFER.fire(transfer, "sign", by=by, at=at)
    except StepRefused as refusal:
        raise _told(refusal, transfer) from refusal


@transaction.atomic
def write_and_sign(*, write: Callable[[], Transfer], by: Actor, at: datetime) -> Transfer:
    """Write down or correct, and sign, all or nothing: what is refused leaves no half-written transfer behind."""
    return sign_transfer(transfer=write(), by=by, at=at)


def confirm_transfer(*, transfer: Transfer, by: Actor, at: datetime) -> Transfer:
    """The customs sign: from now on the goods are where they went, with their checks. Refusals as for the yard."""
    try:
        confirm_transfers(transfers=[transfer], by=by, at=at)
    except StepRefused as refusal:
        raise _told(refusal, transfer) from refusal
    return transfer


def confirm_transfers(*, transfers: Sequence[Transfer], by: Actor, at: datetime) -> list[Transfer]:
    """Several of them, set-wise; all or none."""
    with transaction.atomic():
        done = TRANSFER.fire_many(transfers, "confirm", by=by, at=at).done
        for transfer in transfers:
            transfer.state, transfer.version = "confirmed", done[transfer.pk]
        take_over(transfers=transfers, at=at)
        for yard, facts in _facts_by_yard(transfers).items():
            # The yard's own step: it signed, and waited for nothing but the customs.
            with acting_as(Actor(yard, "person", "")) as operator:
                TRIP.fire_many(sorted(facts), "transfer_done", by=operator, at=at, facts=facts)
        _renew_fees(transfers, at)
    return list(transfers)


def _renew_fees(transfers: Sequence[Transfer], at: datetime) -> None:
    """Who takes goods inland owes the fee for what it took (fee_grounds.py); a second load makes it anew."""
    takers = {line.to_trip_id for transfer in transfers for line in told_lines(transfer) if line.to_trip_id}
    rows = Trip.objects.filter(pk__in=takers, kind__in=COMES_EMPTY).select_related("declaration").order_by("pk")
    for trip in rows.select_for_update(of=("self",), no_key=True):
        renew_fee(trip=trip, amendment=None, at=at)


def send_back_transfer(*, transfer: Transfer, reason: str, reason_code: str, by: Actor, at: datetime) -> Transfer:
    """The customs do not sign: the yard corrects. Refusals: BG-251, BG-038."""
    reason_of(reason_code, "HOLD")
    return TRANSFER.fire(transfer, "send_back", by=by, at=at, reason=reason, reason_code=reason_code)


def drop_transfer(*, transfer: Transfer, by: Actor, at: datetime) -> Transfer:
    """Give up what was being written down."""
    return TRANSFER.fire(transfer, "drop", by=by, at=at)


@transaction.atomic
def unload(*, trip: Trip, kg: int, by: Actor, at: datetime, seal_old: str = "") -> Transfer:
    """One vehicle into the warehouse, written down and signed in one; an earlier one like it is corrected.

    Refusals: BG-290 outside a yard, BG-397 when its goods are written down for another vehicle, or beside another's.
    """
    if trip.yard is None:
        raise refuse("BG-290")
    loads = [Load(giver=trip, kg=kg, seal_old=seal_old or trip.seal_no)]
    rows = Transfer.objects.filter(lines__from_trip=trip, state__in=("open", "signed"))
    found = rows.distinct().order_by("-started_at").first()
    if found is None:
        found = begin_transfer(yard=trip.yard, loads=loads, bay=trip.bay, by=by, at=at)
    else:
        _must_be_its_own(found, trip)
        correct_transfer(transfer=found, loads=loads, bay=trip.bay, by=by, at=at)
    return sign_transfer(transfer=found, by=by, at=at)


def unload_many(*, kg_of: Mapping[Trip, int], by: Actor, at: datetime) -> list[Transfer]:
    """Many vehicles into the warehouse, each a transfer of its own, written down and signed at once."""
    loads = [Load(giver=trip, kg=kg, seal_old=trip.seal_no) for trip, kg in kg_of.items()]
    return hand_over_many(loads=loads, by=by, at=at)


@transaction.atomic
def hand_over_many(*, loads: Sequence[Load], by: Actor, at: datetime) -> list[Transfer]:
    """Many vehicles, each a transfer of its own, written down and signed at once; what a guard refuses is given up.

    Refusals: BG-297 for trips that do not hand goods to each other, BG-009 for a weight no vehicle may carry.
    """
    _must_be_possible(loads)
    goods = goods_of([load.giver for load in loads])
    made = [
        Transfer(
            yard_id=load.giver.yard_id, point_id=load.giver.point_id, bay=load.giver.bay,
            tolerance_percent=load.giver.tolerance_percent, started_at=at,
        )
        for load in loads
    ]  # fmt: skip
    TRANSFER.create_many(made, by=by, at=at)
    _keep(
        [
            _bound(line, transfer)
            for transfer, load in zip(made, loads, strict=True)
            for line in _parts(load, goods[load.giver.pk])
        ]
    )
    signed = TRANSFER.fire_many(made, "sign", by=by, at=at, together=False)
    TRANSFER.fire_many(list(signed.refused), "drop", by=by, at=at)
    return [transfer for transfer in made if transfer.pk in signed.done]


def _must_be_its_own(transfer: Transfer, trip: Trip) -> None:
    """One tap writes anew only what one tap could have written: this vehicle alone, into the warehouse."""
    if transfer.lines.exclude(from_trip=trip, to_trip=None).exists():
        raise refuse("BG-397", v=plates.show(trip.tractor_plate))


def _lines(loads: Sequence[Load]) -> list[TransferLine]:
    """Lines as they are stored, once it is known that such vehicles may do that."""
    _must_be_possible(loads)
    goods = goods_of({load.giver.pk: load.giver for load in loads}.values())
    return [line for load in loads for line in _parts(load, goods[load.giver.pk])]


def _must_be_possible(loads: Sequence[Load]) -> None:
    """Refusals: BG-297, BG-009."""
    coming: Counter[UUID] = Counter()
    for load in loads:
        taker = load.taker
        if not may_take(load.giver.kind, taker.kind if taker else WAREHOUSE, two_way=bool(taker and taker.two_way)):
            raise refuse("BG-297", field="taker")
        if load.kg <= 0:
            raise refuse("BG-009", field="kg", v=load.kg, max=load.giver.gross_kg)
        if taker is not None:
            coming[taker.pk] += load.kg
    for taker in {load.taker.pk: load.taker for load in loads if load.taker}.values():
        if (carrier := taker.trailer or taker.tractor) is not None:
            must_fit(carrier, gross_kg=taker.loaded_kg + coming[taker.pk])


def _parts(load: Load, goods: Sequence[tuple[GoodsLine, int]]) -> list[TransferLine]:
    chosen = [(load.line, 1)] if load.line is not None else list(goods)
    weights = [weight for _line, weight in chosen]
    shares = zip(chosen, spread(load.kg, weights), spread(load.packages, weights), strict=True)
    return [
        TransferLine(
            from_trip=load.giver, to_trip=load.taker, line=line, kg=kg, packages=packages, seal_old=load.seal_old,
            seal_new=load.seal_new,
        )
        for (line, _weight), kg, packages in shares
        if kg
    ]  # fmt: skip


def _write(transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    _keep([_bound(line, transfer) for line in lines])


def _keep(lines: Sequence[TransferLine]) -> None:
    """Refusals: BG-017, BG-695."""
    must_go_together(lines)
    TransferLine.objects.bulk_create(lines)


def _bound(line: TransferLine, transfer: Transfer) -> TransferLine:
    line.transfer = transfer
    return line


def _facts_by_yard(transfers: Sequence[Transfer]) -> dict[UUID, dict[UUID, dict[str, Any]]]:
    """By who signed for the yard: each trip with its transfer and kg, as its history keeps them."""
    rows = Transfer.objects.filter(pk__in=[one.pk for one in transfers], yard_by__isnull=False)
    signed: dict[UUID, UUID] = dict(rows.values_list("id", "yard_by"))  # type: ignore[arg-type]
    found: dict[UUID, dict[UUID, dict[str, Any]]] = {}
    for transfer in transfers:
        moved: Counter[UUID] = Counter()
        for line in told_lines(transfer):
            moved[line.from_trip_id] += line.kg
            if line.to_trip_id:
                moved[line.to_trip_id] += line.kg
        yard = found.setdefault(signed[transfer.pk], {})
        yard |= {trip: {"transfer": str(transfer.pk), "kg": kg} for trip, kg in moved.items()}
    return found


def _told(refusal: StepRefused, transfer: Transfer) -> StepRefused:
    """BG-031 with the vehicle's weights; any other refusal as it is."""
    if refusal.code != "BG-031":
        return refusal
    rows = transfer.lines.values("from_trip", "from_trip__gross_kg", "from_trip__unloaded_kg").annotate(now=Sum("kg"))
    for row in rows:
        given, declared = row["now"] + (row["from_trip__unloaded_kg"] or 0), row["from_trip__gross_kg"]
        if is_off(given, declared, transfer.tolerance_percent, partial=transfer.partial):
            told = refuse("BG-031", field="kg", a=given, b=abs(given - declared), tol=transfer.tolerance_percent)
            return StepRefused(told, step=refusal.step, state=refusal.state, guard=refusal.guard)
    return refusal
