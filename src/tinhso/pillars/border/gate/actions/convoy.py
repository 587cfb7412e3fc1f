"""One declaration spread over many vehicles, trips paired to hand goods over, and goods declared for the way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum

from tinhso.kernel.access.may import require, visible
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.actions.declare import (
    Draft,
    DraftLine,
    balance_of,
    codes_for,
    declarations_for,
    keep_second_containers,
    lines_of,
    trip_of,
)
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.states import ENDS
from tinhso.pillars.border.gate.models import (
    Declaration,
    Driver,
    Enterprise,
    GoodsLine,
    Pairing,
    Trip,
    TripGoods,
    Vehicle,
)
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.queries.problems import rule_line
from tinhso.pillars.border.gate.rules import goods
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.transfers import may_take

CREATE = step_permission("create")


TOLD_OF_LINE = (
    "hs6", "title", "group", "packages", "net_kg", "gross_kg", "origin", "growing_areas", "packing_houses",
    "certificate_no", "temperature_c", "dangerous_un_no", "quantity", "unit", "value", "currency", "package_kind",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One vehicle of a declaration with what it carries of each goods line, in kg and packages in the lines' order."""

    tractor: Vehicle
    driver: Driver | None = None
    trailer: Vehicle | None = None
    kg: tuple[int, ...]
    packages: tuple[int, ...] = ()
    container_no: str = ""
    container_type: str = ""
    second_container_no: str = ""
    second_container_type: str = ""
    second_seal_no: str = ""
    seal_no: str = ""
    supervisor: str = ""
    reefer_temp: Decimal | None = None
    tir_carnet_no: str = ""
    ecmr_ref: str = ""


@transaction.atomic
def draft_convoy(*, draft: Draft, carriers: Sequence[Carrier], by: Actor, at: datetime) -> list[Trip]:
    """One declaration and a trip for each vehicle. Refusal: BG-299 when they carry more than a goods line holds."""
    code = codes_for([draft], by, at)[0]
    (declaration,) = declarations_for([draft], [code], by, at)
    declaration.save(force_insert=True)
    lines = lines_of(draft, declaration)
    GoodsLine.objects.bulk_create(lines)
    codes = [code, *codes_for([draft] * (len(carriers) - 1), by, at)]
    return _trips(declaration, lines, draft, carriers, codes, by, at)


@transaction.atomic
def add_vehicles(
    *, declaration: Declaration, draft: Draft, carriers: Sequence[Carrier], by: Actor, at: datetime
) -> list[Trip]:
    """More vehicles for a declaration that is spread already. Refusal: BG-299."""
    require(by, CREATE, on=declaration.enterprise, at=at)
    Declaration.objects.select_for_update(no_key=True).get(pk=declaration.pk)
    lines = list(declaration.lines.all())
    whole = declaration.trips.exclude(state__in=ENDS).filter(goods=None)
    if whole.exists():
        raise refuse("BG-299", field="kg", a=sum(sum(one.kg) for one in carriers), b=0)
    codes = codes_for([draft] * len(carriers), by, at)
    return _trips(declaration, lines, draft, carriers, codes, by, at)


def pair_trips(*, giver: Trip, taker: Trip, by: Actor, at: datetime) -> Pairing:
    """Say that one is to hand its goods over to the other; declared together or linked later.

    Refusals: BG-297 for trips that do not hand goods to each other or of two points, BG-215 for one that has ended.
    """
    require(by, CREATE, on=giver, at=at)
    must_be_partners(giver, taker)
    with transaction.atomic():
        pairing, made = Pairing.objects.get_or_create(
            giver=giver, taker=taker, defaults={"made_at": at, "made_by": by.id}
        )
        if made:
            record("border_gate.trips_paired", by=by, at=at, kind=TRIP.name, record_id=giver.pk, taker=str(taker.pk))
    return pairing


def must_be_partners(giver: Trip, taker: Trip) -> None:
    """Refusals: BG-297 for trips that do not hand goods to each other or of two points, BG-215 for one that ended."""
    if giver.point_id != taker.point_id or not may_take(giver.kind, taker.kind, two_way=taker.two_way):
        raise refuse("BG-297", field="taker")
    if giver.state in ENDS or taker.state in ENDS:
        raise refuse("BG-215")


def giver_first(trip: Trip, other: Trip) -> tuple[Trip, Trip]:
    """Of two trips the one that gives, then the one that takes."""
    return (trip, other) if may_take(trip.kind, other.kind, two_way=other.two_way) else (other, trip)


@transaction.atomic
def pair_all(*, firm: Enterprise, pairs: Sequence[tuple[Trip, Trip]], by: Actor, at: datetime) -> None:
    """Pair many trips of a firm, each giver with its taker; the number of queries does not grow with them.

    Told twice a pair stands once. Raises Forbidden; refusals as for one pair.
    """
    if not pairs:
        return
    givers = {giver.pk: giver for giver, _taker in pairs}
    held = visible(Trip.objects.filter(pk__in=givers), by, CREATE, at).values_list("pk", flat=True)
    for strange in givers.keys() - set(held):
        require(by, CREATE, on=givers[strange], at=at)
    for giver, taker in pairs:
        must_be_partners(giver, taker)
    rows = [Pairing(giver=giver, taker=taker, made_at=at, made_by=by.id) for giver, taker in pairs]
    Pairing.objects.bulk_create(rows, ignore_conflicts=True)
    told = [[str(giver.pk), str(taker.pk)] for giver, taker in pairs]
    record("border_gate.trips_paired", by=by, at=at, kind="border_gate.enterprise", record_id=firm.pk, pairs=told)


@transaction.atomic
def unpair_trips(*, pairing: Pairing, by: Actor, at: datetime) -> None:
    """Undo a pairing; what was handed over stays."""
    require(by, CREATE, on=pairing.giver, at=at)
    record(
        "border_gate.trips_unpaired", by=by, at=at, kind=TRIP.name, record_id=pairing.giver_id,
        taker=str(pairing.taker_id),
    )  # fmt: skip
    pairing.delete()


def end_pairings(trip: Trip, *, by: Actor, at: datetime) -> None:
    """Undo those that its kind does not fit any more: what crosses the line itself hands nothing over here."""
    for pairing in Pairing.objects.filter(giver=trip).select_related("taker"):
        if not may_take(trip.kind, pairing.taker.kind, two_way=pairing.taker.two_way):
            taker = str(pairing.taker_id)
            record("border_gate.trips_unpaired", by=by, at=at, kind=TRIP.name, record_id=trip.pk, taker=taker)
            pairing.delete()


@transaction.atomic
def declare_back(
    *,
    trip: Trip,
    enterprise: Enterprise,
    lines: Sequence[DraftLine],
    by: Actor,
    at: datetime,
    customs_no: str = "",
    channel: int = 0,
) -> Declaration:
    """What a two-way vehicle brings back on leg 2: one owner, one farm item; before it comes back.

    The same lines sent twice are the declaration that stands; others take its place.

    Refusals: BG-294 for a vehicle not declared both ways, BG-023 once it is back, BG-017 for mixed farm goods.
    """
    require(by, step_permission("submit"), on=trip, at=at)
    trip = _locked(trip)
    if trip.kind != "EXP_VN" or not trip.two_way:
        raise refuse("BG-294")
    if trip.leg != 1 or trip.state in ENDS:
        raise refuse("BG-023", event="return_in", state=trip.get_state_title())
    draft = Draft(
        enterprise=enterprise, kind="IMP_CN", regime="IMPORT", point=trip.point,
        planned_on=at.astimezone(HANOI).date(), tractor=trip.tractor or Vehicle(), driver=trip.driver,
        lines=tuple(replace(line, origin="CN") for line in lines), customs_no=customs_no, channel=channel,
    )  # fmt: skip
    if trip.back is not None and _says_the_same(trip.back, draft):
        return trip.back
    (declaration,) = declarations_for([draft], codes_for([draft], by, at), by, at)
    declaration.save(force_insert=True)
    listed = law_on(draft.planned_on).goods
    goods.must_not_be_mixed([rule_line(line, listed) for line in lines_of(draft, declaration)], two_way=True)
    GoodsLine.objects.bulk_create(lines_of(draft, declaration))
    trip.back = declaration
    trip.save(update_fields=["back"])
    record("border_gate.back_declared", by=by, at=at, kind=TRIP.name, record_id=trip.pk, code=declaration.code)
    return declaration


def _locked(trip: Trip) -> Trip:
    """The trip as it stands, kept from others: a second tap waits and finds what the first has written."""
    rows = Trip.objects.select_related("back", "point", "tractor", "driver")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=trip.pk)


def _says_the_same(stands: Declaration, draft: Draft) -> bool:
    told = (draft.enterprise.pk if draft.enterprise else None, draft.customs_no, draft.channel)
    if told != (stands.enterprise_id, stands.customs_no, stands.channel):
        return False
    return _words(lines_of(draft, stands)) == _words(stands.lines.order_by("number"))


def _words(lines: Iterable[GoodsLine]) -> list[tuple[object, ...]]:
    return [tuple(getattr(line, name) for name in TOLD_OF_LINE) for line in lines]


def _trips(
    declaration: Declaration,
    lines: Sequence[GoodsLine],
    draft: Draft,
    carriers: Sequence[Carrier],
    codes: Sequence[str],
    by: Actor,
    at: datetime,
) -> list[Trip]:
    trips, drafts = [], []
    for carrier, code in zip(carriers, codes, strict=True):
        own = replace(
            draft, tractor=carrier.tractor, driver=carrier.driver, trailer=carrier.trailer,
            second_container_no=carrier.second_container_no, second_container_type=carrier.second_container_type,
            second_seal_no=carrier.second_seal_no, container_no=carrier.container_no,
            container_type=carrier.container_type, seal_no=carrier.seal_no,
            supervisor=carrier.supervisor or draft.supervisor, reefer_temp=carrier.reefer_temp,
            tir_carnet_no=carrier.tir_carnet_no, ecmr_ref=carrier.ecmr_ref,
        )  # fmt: skip
        carried = [line for line, kg in zip(lines, carrier.kg, strict=True) if kg]
        trip = trip_of(own, code, declaration, carried or lines)
        trip.gross_kg = sum(carrier.kg)
        trip.balance_kg = balance_of(trip.kind, trip.gross_kg)
        trips.append(trip)
        drafts.append(own)
    TRIP.create_many(trips, by=by, at=at)
    keep_second_containers(zip(trips, drafts, strict=True))
    TripGoods.objects.bulk_create(
        [part for trip, carrier in zip(trips, carriers, strict=True) for part in _parts(trip, carrier, lines)]
    )
    must_fit_the_lines(lines)
    return trips


def _parts(trip: Trip, carrier: Carrier, lines: Sequence[GoodsLine]) -> list[TripGoods]:
    packages = carrier.packages or (0,) * len(lines)
    return [
        TripGoods(trip=trip, line=line, kg=kg, packages=count)
        for line, kg, count in zip(lines, carrier.kg, packages, strict=True)
        if kg
    ]


def brought(lines: Sequence[GoodsLine]) -> QuerySet[TripGoods]:
    """What vehicles bring of these lines; those that never came do not count."""
    rows = TripGoods.objects.filter(line__in=[line for line in lines if line.pk], taken_over=False)
    return rows.exclude(trip__state__in=[state for state in ENDS if state != "completed"])


def must_fit_the_lines(lines: Sequence[GoodsLine]) -> None:
    """What vehicles bring adds up to the line at most. Refusal: BG-299."""
    sums: dict[int, int] = dict(brought(lines).values_list("line").annotate(Sum("kg")))
    for line in lines:
        if (total := sums.get(line.pk, 0)) > line.gross_kg:
            raise refuse("BG-299", field="kg", a=total, b=line.gross_kg)
