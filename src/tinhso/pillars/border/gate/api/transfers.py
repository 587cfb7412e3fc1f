"""Goods change vehicles, told by programs: the yard begins and corrects, the firm pairs, all follow their own.

Signing and confirming are steps of the transfer (`/transfers/{id}/steps/…`); sent with `sign`, both are done in one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from tinhso.kernel.access.may import require, unseen
from tinhso.kernel.api.answers import answer, unless_known
from tinhso.kernel.api.once import idempotent
from tinhso.kernel.base.errors import NotFound
from tinhso.pillars.border.gate.actions import transfers
from tinhso.pillars.border.gate.actions.firm import pair_own
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.models import GoodsLine, Transfer, TransferLine, Trip, Yard
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import transfers as queries
from tinhso.pillars.border.gate.queries.masks import Sight, sight_of
from tinhso.pillars.border.gate.queries.transfers import Balance
from tinhso.pillars.border.gate.queries.trips import trip_for, visible_trips
from tinhso.pillars.border.gate.queries.yard import yards_of
from tinhso.pillars.border.gate.rules import plates

router = Router()
MOST_LOADS = 60
Seal = Annotated[str, Field(max_length=24)]


class Strict(BaseModel):
    """A body without other names."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=wco.named)


class LoadIn(Strict):
    """So many kg from `giver` onto `taker`, or into the warehouse without one.

    `line`: the number of the giver's goods line; without it the weight is told apart over all its goods.
    """

    giver: UUID
    taker: UUID | None = None
    kg: int = Field(gt=0, le=200_000)
    line: int | None = Field(default=None, ge=1, le=999)
    packages: int = Field(default=0, ge=0, le=100_000)
    seal_old: Seal = ""
    seal_new: Seal = ""


class LinesIn(Strict):
    """What goes from where to where. `partial`: the giving vehicles are not empty afterwards; `sign`: for the yard."""

    loads: list[LoadIn] = Field(min_length=1, max_length=MOST_LOADS)
    bay: str = Field(default="", max_length=8)
    partial: bool = False
    sign: bool = False


class TransferIn(LinesIn):
    """`yard`: its code."""

    yard: str = Field(max_length=16)


class PairIn(Strict):
    """The other vehicle's trip."""

    other: UUID


class TransferLineOut(Strict):
    """So many kg and packages of one kind of goods from `giver` onto `taker`, or into the warehouse without one."""

    giver: UUID
    giver_plate: str
    taker: UUID | None
    taker_plate: str
    line: int
    goods: str = Field(description="empty for who may not see them")
    kg: int
    packages: int = Field(description="0 where they were not counted")
    package_kind: str = Field(description="UNECE Rec 21, as declared")
    seal_old: str
    seal_new: str


class BalanceOut(Strict):
    """Declared against what came off that vehicle so far. Packages tell, kg decide."""

    giver: UUID
    declared_kg: int
    given_kg: int
    declared_packages: int
    given_packages: int


class TransferOut(Strict):
    """A transfer with its two signatures."""

    id: UUID
    state: str
    state_title: str
    version: int
    yard: str
    bay: str
    partial: bool
    tolerance_percent: int = Field(description="by kg")
    started_at: datetime
    yard_signed_at: datetime | None
    customs_signed_at: datetime | None
    lines: list[TransferLineOut]
    balances: list[BalanceOut]


class TransfersOut(Strict):
    """The newest first."""

    items: list[TransferOut]


@router.post("/transfers", response={201: TransferOut}, summary="Begin a transfer of goods between vehicles in a yard")
@idempotent
def begin(request: HttpRequest, wanted: TransferIn) -> HttpResponse:
    """The yard writes down, and signs when `sign` is set, all or nothing. Refusals: BG-297, BG-009; signing also
    BG-290, BG-026, BG-291, BG-292, BG-031.
    """
    yard = _yard(request, wanted.yard)
    write = partial(transfers.begin_transfer, yard=yard, **_what(request, wanted))
    return _written(request, write, wanted, status=201)


@router.post(
    "/transfers/{uuid:transfer_id}/corrections", response=TransferOut, summary="Write the lines of a transfer anew"
)
@idempotent
def correct(request: HttpRequest, transfer_id: UUID, wanted: LinesIn) -> HttpResponse:
    """Before the customs have signed; the yard signs again. Refusals as when it was begun."""
    found = queries.transfer_for(transfer_id, by=request.actor, at=request.moment)
    if found is None:
        raise unseen(Transfer, transfer_id, request.actor, queries.YARD, request.moment)
    require(request.actor, queries.YARD, on=found, at=request.moment)
    write = partial(transfers.correct_transfer, transfer=found, **_what(request, wanted))
    return _written(request, write, wanted)


@router.get(
    "/trips/{uuid:trip_id}/transfers",
    response=TransfersOut,
    summary="List the transfers in which a trip gives or takes goods",
)
def of_trip(request: HttpRequest, trip_id: UUID) -> HttpResponse:
    """State, signatures and lines, the newest first: a firm follows here what the yard did with its vehicle."""
    trip = trip_for(trip_id, by=request.actor, at=request.moment)
    sight = sight_of(by=request.actor, at=request.moment)
    found = queries.transfers_of(trip)
    balances = queries.balances_of(found)
    return unless_known(request, {"items": [_shown(one, sight, balances[one.pk], of=trip) for one in found]})


@router.post("/trips/{uuid:trip_id}/pairs", summary="Pair a trip with the one that takes or gives its goods")
@idempotent
def pair(request: HttpRequest, trip_id: UUID, wanted: PairIn) -> HttpResponse:
    """Whichever of the two gives. Told twice it stands once. Refusals: BG-297, BG-215."""
    who: dict[str, Any] = {"by": request.actor, "at": request.moment}
    trip, other = (trip_for(one, **who) for one in (trip_id, wanted.other))
    for one in (trip, other):
        require(request.actor, step_permission("create"), on=one, at=request.moment)
    made = pair_own(trip=trip, other=other, **who)
    return answer(request, {"giver": made.giver_id, "taker": made.taker_id, "made_at": made.made_at})


def _what(request: HttpRequest, wanted: LinesIn) -> dict[str, Any]:
    return {
        "loads": _loads(request, wanted.loads), "bay": wanted.bay, "partial": wanted.partial, "by": request.actor,
        "at": request.moment,
    }  # fmt: skip


def _written(request: HttpRequest, write: Any, wanted: LinesIn, *, status: int = 200) -> HttpResponse:
    found = transfers.write_and_sign(write=write, by=request.actor, at=request.moment) if wanted.sign else write()
    stored = Transfer.objects.select_related("yard").prefetch_related(queries.LINES).get(pk=found.pk)
    balances = queries.balances_of([stored])[stored.pk]
    return answer(request, _shown(stored, sight_of(by=request.actor, at=request.moment), balances), status=status)


def _yard(request: HttpRequest, code: str) -> Yard:
    found = next((one for one in yards_of(by=request.actor, at=request.moment) if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def _loads(request: HttpRequest, told: Sequence[LoadIn]) -> list[Load]:
    """What was told, with the trips and goods it names. Raises NotFound for what the caller does not see."""
    wanted = {one for load in told for one in (load.giver, load.taker) if one is not None}
    rows = visible_trips(by=request.actor, at=request.moment).select_related("tractor", "trailer")
    trips = {trip.pk: trip for trip in rows.filter(pk__in=wanted)}
    if len(trips) < len(wanted):
        raise NotFound
    goods = queries.goods_of([trips[load.giver] for load in told])
    return [
        Load(
            giver=trips[load.giver], taker=trips[load.taker] if load.taker else None, kg=load.kg,
            line=_line(goods, load), packages=load.packages, seal_old=load.seal_old, seal_new=load.seal_new,
        )
        for load in told
    ]  # fmt: skip


def _line(goods: Mapping[UUID, Sequence[tuple[GoodsLine, int]]], load: LoadIn) -> GoodsLine | None:
    if load.line is None:
        return None
    found = next((line for line, _kg in goods[load.giver] if line.number == load.line), None)
    if found is None:
        raise NotFound
    return found


def _shown(transfer: Transfer, sight: Sight, balances: Sequence[Balance], *, of: Trip | None = None) -> dict[str, Any]:
    """A transfer as the API tells it; `of`: only the lines of that trip, and its own balance."""
    lines = queries.told_lines(transfer)
    own = [line for line in lines if of is None or of.pk in (line.from_trip_id, line.to_trip_id)]
    return {
        "id": transfer.pk,
        "state": transfer.state,
        "state_title": transfer.get_state_title(),
        "version": transfer.version,
        "yard": transfer.yard.code,
        "bay": transfer.bay,
        "partial": transfer.partial,
        "tolerance_percent": transfer.tolerance_percent,
        "started_at": transfer.started_at,
        "yard_signed_at": transfer.yard_at,
        "customs_signed_at": transfer.customs_at,
        "lines": [_line_shown(line, sight) for line in own],
        "balances": [_balance_shown(one) for one in balances if of is None or one.giver.pk == of.pk],
    }


def _balance_shown(balance: Balance) -> dict[str, Any]:
    """Declared against what came off so far. Packages tell, kg decide."""
    names = ("declared_kg", "given_kg", "declared_packages", "given_packages")
    return {"giver": balance.giver.pk, **{name: getattr(balance, name) for name in names}}


def _line_shown(line: TransferLine, sight: Sight) -> dict[str, Any]:
    return {
        "giver": line.from_trip_id,
        "giver_plate": plates.show(line.from_trip.tractor_plate),
        "taker": line.to_trip_id,
        "taker_plate": plates.show(line.to_trip.tractor_plate) if line.to_trip else "",
        "line": line.line.number,
        "goods": line.line.title if sight.sees_goods(line.from_trip) else "",
        "kg": line.kg,
        "packages": line.packages,
        "package_kind": line.line.package_kind,
        "seal_old": line.seal_old,
        "seal_new": line.seal_new,
    }
