"""All that stands in the way of a declaration, found at once and told field by field (guard G-VALID)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_moment
from tinhso.pillars.border.gate.flows.states import DRAFT
from tinhso.pillars.border.gate.models import Driver, GoodsLine, SecondContainer, Trip, Vehicle
from tinhso.pillars.border.gate.queries.codes import EXPORT, Registry
from tinhso.pillars.border.gate.queries.containers import holders_of, numbers_of, second_of, with_seconds
from tinhso.pillars.border.gate.queries.kind_problems import kind_checks
from tinhso.pillars.border.gate.queries.law import law_at, law_on
from tinhso.pillars.border.gate.queries.parties import (
    must_be_allowed_to_drive,
    must_be_in_date,
    must_fit,
    must_not_be_suspended,
)
from tinhso.pillars.border.gate.queries.reference import moratorium_for
from tinhso.pillars.border.gate.queries.stopped import moments_of
from tinhso.pillars.border.gate.rules import asked, containers, goods, hs, plates, quantities, tripcodes
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

SEATS = ("driver_id", "second_driver_id")
"""Nobody sits in two live trips, in whichever seat."""
FIELD_TITLES = {
    "customs_no": _("Customs declaration number"),
    "seal_no": _("Seal number"),
    "container_no": _("Container number"),
    "trailer": _("Plate of the trailer"),
    "driver": _("Driver"),
    "certificate": _("Quarantine certificate"),
    "packages": _("Packages"),
    "temperature": _("Temperature of the goods, °C"),
    "un_number": _("UN number of dangerous goods"),
    "quantity": _("Quantity"),
    "value": _("Value of the goods"),
    "net_kg": _("Net weight, kg"),
    "reefer_temp": _("Temperature of the box, °C"),
    "partner_phone": _("Telephone of the partner"),
    "tir": _("TIR carnet"),
    "ecmr": _("e-CMR reference"),
}


def problems_of(
    trip: Trip, lines: list[GoodsLine], *, at: datetime, times: bool = True, registry: Registry | None = None
) -> list[dict[str, Any]]:
    """Each problem with code, field and sentence; empty when the declaration may go.

    `times`: whether day and hour are to lie ahead, which of a vehicle already on its way they do not.
    `registry`: what is known of the codes that goods for export carry.
    """
    found = [*_refusals(trip, lines, at, times), *_of_codes(trip, lines, registry)]
    return [{"code": refusal.code, "field": refusal.field or "", "text": refusal.for_people()} for refusal in found]


def _of_codes(trip: Trip, lines: list[GoodsLine], registry: Registry | None) -> Iterator[GateRefusal]:
    if registry is not None and trip.direction == EXPORT:
        for number, line in enumerate(lines, start=1):
            yield from registry.refusals(line, number)


def what_stands_against(trip: Trip, code: str, *, at: datetime) -> GateRefusal | None:
    """A refusal of the database with what it speaks of: the notice, or the vehicle's other trip. None: nothing to add.

    Of a trip of another firm the code is not told.
    """
    if code == "BG-016":
        return stopped_by(trip, at=at) if trip.state == DRAFT else _notice(trip, at)
    return _other_trip(trip) if code == "BG-012" else None


def stopped_by(trip: Trip, *, at: datetime, by_hour: bool = True) -> GateRefusal | None:
    """BG-016 with its notice: the goods are not taken in the booked hour, else on nothing that is left of the day."""
    told = [_notice(trip, moment) for moment in moments_of(trip, at=at, by_hour=by_hour)]
    return told[0] if all(told) else None


def _notice(trip: Trip, at: datetime) -> GateRefusal | None:
    lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))
    found = moratorium_for(
        point=trip.point,
        direction=trip.direction,
        hs_codes=[line.hs6 for line in lines],
        groups=[line.group for line in lines],
        at=at,
        trip=trip.pk,
    )
    if found is None:
        return None
    return refuse(
        "BG-016",
        goods=trip.goods_title,
        point=trip.point.gate_short,
        a=show_moment(found.begins_at),
        b=show_moment(found.ends_at),
        ref=found.document_no,
    )


def _other_trip(trip: Trip) -> GateRefusal | None:
    asked = Q()
    for name in ("tractor", "trailer"):
        value = getattr(trip, f"{name}_id")
        asked |= Q(**{name: value}) if value else Q()
    if seated := [one for one in (trip.driver_id, trip.second_driver_id) if one]:
        asked |= Q(driver__in=seated) | Q(second_driver__in=seated)
    found = Trip.objects.filter(asked, is_live=True).exclude(pk=trip.pk).first()
    if found is None:
        return None
    return refuse("BG-012", **_told_of(found, trip))


def taken(trips: Sequence[Trip]) -> dict[UUID, GateRefusal]:
    """Which of the trips another live trip stands in the way of, by id: BG-012, or BG-013 for its container.

    Three queries for all of them at most; of a trip of another firm the code is not told.
    """
    asked = Q()
    for name in ("tractor_id", "trailer_id"):
        values = {value for trip in trips if (value := getattr(trip, name))}
        asked |= Q(**{f"{name}__in": values}) if values else Q()
    if seated := {value for trip in trips for name in SEATS if (value := getattr(trip, name))}:
        asked |= Q(driver__in=seated) | Q(second_driver__in=seated)
    live = list(Trip.objects.filter(asked, is_live=True)) if asked else []
    holders = {(name, getattr(one, name)): one for one in live for name in ("tractor_id", "trailer_id")}
    holders |= {("seat", value): one for one in live for name in SEATS if (value := getattr(one, name))}
    with_seconds(trips)
    numbers = {trip.pk: numbers_of(trip) for trip in trips}
    boxes = holders_of(wanted) if (wanted := {one for some in numbers.values() for one in some}) else {}
    found: dict[UUID, GateRefusal] = {}
    for trip in trips:
        for name in ("tractor_id", "trailer_id", *SEATS):
            held = "seat" if name in SEATS else name
            if (value := getattr(trip, name)) and (other := holders.get((held, value))):
                found.setdefault(trip.pk, refuse("BG-012", field=name[:-3], **_told_of(other, trip)))
        for name, number in zip(("container_no", "second_container_no"), numbers[trip.pk], strict=False):
            if (other := boxes.get(number)) and other.pk != trip.pk:
                told = {**_told_of(other, trip), "v": containers.show(number)}
                found.setdefault(trip.pk, refuse("BG-013", field=name, **told))
    return found


def _told_of(other: Trip, trip: Trip) -> dict[str, str]:
    """Of the same firm's trip its plate and code; of any other only what the caller has typed himself."""
    if trip.agency_id is not None and other.agency_id == trip.agency_id:
        return {"v": plates.show(other.tractor_plate), "trip": tripcodes.show(other.code)}
    by_trailer = trip.trailer_id is not None and other.trailer_id == trip.trailer_id
    by_tractor = trip.tractor_id is not None and other.tractor_id == trip.tractor_id
    typed = trip.trailer_plate if by_trailer and not by_tractor else trip.tractor_plate
    return {"v": plates.show(typed), "trip": "…"}


def rule_line(line: GoodsLine, listed: goods.GoodsList, *, owner: str = "") -> goods.Line:
    """A goods line as the rules want it; `listed`: the goods list of the trip's day.

    `owner`: whose goods they are, where those of several declarations come together.
    """
    return goods.Line(
        hs6=line.hs6[:6],
        group=line.group,
        growing_areas=tuple(line.growing_areas),
        packing_houses=tuple(line.packing_houses),
        certificate_no=line.certificate_no,
        owner=owner,
        flags=listed.flags(line.hs6),
        papers=listed.papers(line.hs6),
    )


def _refusals(trip: Trip, lines: list[GoodsLine], at: datetime, times: bool) -> Iterator[GateRefusal]:
    for check in ((_firm, _asked, _time) if times else ()) + (_vehicle, _driver, _container, _goods, kind_checks):
        for one in check(trip, lines, at):
            refusal = _caught(one)
            if refusal is not None:
                yield refusal


def _caught(check: Callable[[], object]) -> GateRefusal | None:
    try:
        check()
    except GateRefusal as refusal:
        return refusal
    return None


def _firm(trip: Trip, lines: list[GoodsLine], at: datetime) -> Iterator[Callable[[], object]]:
    firm = trip.enterprise
    if firm is not None:
        yield lambda: must_not_be_suspended(firm)


def _asked(trip: Trip, lines: list[GoodsLine], at: datetime) -> Iterator[Callable[[], object]]:
    """What the rules of the day want filled in of such a trip."""
    for name in asked.missing(trip.kind, filled_of(trip, lines), law_at(at).needs):

        def filled(name: str = name) -> None:
            raise refuse("BG-310", field=name, f=FIELD_TITLES[name])

        yield filled


def filled_of(trip: Trip, lines: Iterable[GoodsLine]) -> dict[str, bool]:
    """Which of the fields that a rule may ask for are filled in."""
    return {
        "customs_no": bool(trip.customs_no),
        "seal_no": bool(trip.seal_no),
        "container_no": bool(trip.container_no),
        "trailer": trip.trailer_id is not None,
        "driver": trip.driver_id is not None,
        "certificate": all(bool(line.certificate_no) for line in lines),
        "packages": all(bool(line.packages) for line in lines),
        "temperature": all(line.temperature_c is not None for line in lines),
        "un_number": all(bool(line.dangerous_un_no) for line in lines),
        "quantity": all(line.quantity is not None for line in lines),
        "value": all(line.value is not None for line in lines),
        "net_kg": all(line.net_kg is not None for line in lines),
        "reefer_temp": trip.reefer_temp is not None,
        "partner_phone": bool(trip.declaration.partner_phone),
        "tir": bool(trip.tir_carnet_no),
        "ecmr": bool(trip.ecmr_ref),
    }


def _time(trip: Trip, lines: list[GoodsLine], at: datetime) -> Iterator[Callable[[], object]]:
    def not_past() -> None:
        if trip.eta is not None and trip.eta < at:
            raise refuse("BG-010", field="eta")
        if trip.planned_on < at.astimezone(HANOI).date():
            raise refuse("BG-010", field="planned_on")

    def not_too_far() -> None:
        ahead = law_at(at).booking.horizon_days
        if trip.planned_on > at.astimezone(HANOI).date() + timedelta(days=ahead):
            raise refuse("BG-011", field="planned_on", n=ahead)

    yield not_past
    yield not_too_far


def _vehicle(trip: Trip, lines: list[GoodsLine], at: datetime) -> Iterator[Callable[[], object]]:
    def not_a_trailer() -> None:
        if trip.tractor is not None and trip.tractor.kind == "TRAILER":
            raise refuse("BG-002", field="tractor")

    def named() -> None:
        if trip.tractor_id is None:
            raise refuse("BG-475", field="tractor")

    yield named
    yield not_a_trailer
    for name, vehicle in (("tractor", trip.tractor), ("trailer", trip.trailer)):
        if vehicle is not None:
            yield partial(must_be_in_date, vehicle, on=trip.planned_on, field=name)
    carrier = trip.trailer or trip.tractor
    if carrier is not None and lines:
        yield lambda: must_fit(carrier, gross_kg=trip.gross_kg)


def _driver(trip: Trip, lines: list[GoodsLine], at: datetime) -> Iterator[Callable[[], object]]:
    tractor = trip.tractor
    asked: dict[str, Any] = {"on": trip.planned_on, "shuttle_drivers": trip.point.shuttle_drivers}
    if tractor is not None and trip.driver is not None:
        yield partial(must_be_allowed_to_drive, trip.driver, tractor, **asked)
    if tractor is not None and trip.second_driver is not None:
        yield partial(_second_may_drive, trip.second_driver, tractor, **asked)


def _second_may_drive(driver: Driver, tractor: Vehicle, **asked: Any) -> None:
    """The same as of the first; what stands against him is mended in a field of its own."""
    try:
        must_be_allowed_to_drive(driver, tractor, **asked)
    except GateRefusal as refusal:
        raise refuse(refusal.code, field="second_driver", **refusal.facts) from None


def _container(trip: Trip, lines: list[GoodsLine], at: datetime) -> Iterator[Callable[[], object]]:
    if trip.container_no:
        yield lambda: containers.read(trip.container_no)
        yield lambda: containers.read_type(trip.container_type)
    if (second := second_of(trip)) is not None:
        yield partial(_stands_beside, trip, second)


def _goods(trip: Trip, lines: list[GoodsLine], at: datetime) -> Iterator[Callable[[], object]]:
    for line in lines:
        yield lambda line=line: hs.read(line.hs6)  # type: ignore[misc]
        yield partial(_amounts_agree, line)
    listed = law_on(trip.planned_on).goods
    rule_lines = [rule_line(line, listed) for line in lines]
    yield lambda: goods.must_be_registered(rule_lines, direction=trip.direction)
    yield lambda: goods.must_not_be_mixed(rule_lines, two_way=trip.two_way)


def _stands_beside(trip: Trip, second: SecondContainer) -> None:
    """The second container is one, of a size that is known, and may stand beside the first."""
    try:
        containers.read(second.number)
        containers.read_type(second.type)
    except GateRefusal as refusal:
        refusal.field = "second_container_no" if refusal.field == "container" else "second_container_type"
        raise
    containers.must_stand_together(
        first=trip.container_no, first_type=trip.container_type, second=second.number, second_type=second.type
    )


def _amounts_agree(line: GoodsLine) -> None:
    """Quantity, value and net weight of a line fit each other; told beside the field of that line."""
    names = ("quantity", "unit", "value", "currency", "net_kg", "gross_kg")
    try:
        quantities.must_agree(**{name: getattr(line, name) for name in names})
    except GateRefusal as refusal:
        refusal.field = f"{refusal.field}_{line.number}"
        raise
