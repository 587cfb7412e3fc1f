"""Each field that a firm declares: how its value is read from the records and put into them, as JSON can hold it.

The fields are those of tables/corrections.csv; a test holds that each of them is here and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.declare import balance_of, expiry_of, stay_hours
from tinhso.pillars.border.gate.actions.firm import keep_vehicle
from tinhso.pillars.border.gate.models import CrossingPoint, Driver, GoodsLine, Trip, Yard
from tinhso.pillars.border.gate.queries.barrier import yard_for
from tinhso.pillars.border.gate.queries.reference import goods_group
from tinhso.pillars.border.gate.rules import containers, hs, plates
from tinhso.pillars.border.gate.rules.codes import refuse

LINE_FIELDS = {
    "goods": ("hs6", "title", "group", "origin"),
    "weight": ("gross_kg", "net_kg"),
    "packages": ("packages",),
    "value": ("value", "currency"),
    "certificate": ("growing_areas", "packing_houses", "certificate_no"),
}
# Fee, quarantine, notices and class rest on the group: nobody gives it, it follows from the HS code.
FOLLOWS = frozenset({"group"})
TRIP_COLUMNS = (
    "point_id", "yard_id", "bay", "container_no", "container_type", "seal_no", "customs_no", "planned_on", "expires_at",
    "eta", "gross_kg", "balance_kg", "goods_title", "goods_group", "tractor_id", "tractor_plate", "trailer_id",
    "trailer_plate", "driver_id", "driver_name", "second_driver_id", "two_way", "dwell_limit_h", "note", "nonce",
)  # fmt: skip
DECLARATION_COLUMNS = ("regime", "point_id", "planned_on", "customs_no", "channel", "contract_no", "partner")


@dataclass(slots=True)
class Declared:
    """All records in which a firm's words about one vehicle stand, and who changes them when."""

    trip: Trip
    lines: list[GoodsLine]
    by: Actor
    at: datetime

    def store(self, fields: Iterable[str]) -> None:
        """Write what the fields have changed. Raises IntegrityError when another live trip has the vehicle."""
        Trip.objects.filter(pk=self.trip.pk).update(**{name: getattr(self.trip, name) for name in TRIP_COLUMNS})
        self.trip.declaration.save(update_fields=DECLARATION_COLUMNS)
        if of_lines := [name for field in fields for name in LINE_FIELDS.get(field, ())]:
            GoodsLine.objects.bulk_update(self.lines, of_lines)
        if "phone" in fields and self.trip.driver is not None:
            self.trip.driver.person.save(update_fields=["phone"])


def declared(trip: Trip, *, by: Actor, at: datetime) -> Declared:
    """The trip with its goods lines."""
    return Declared(trip, list(GoodsLine.objects.filter(declaration_id=trip.declaration_id)), by, at)


def read(own: Declared, field: str) -> Any:
    """The field's value as it stands. Raises KeyError for an unknown field."""
    return FIELDS[field].read(own)


def write(own: Declared, field: str, value: Any) -> None:
    """Put the value into the records in memory. Refusals: BG-286 for one that cannot be read, those of the rules."""
    try:
        FIELDS[field].write(own, value)
    except (AttributeError, KeyError, TypeError, ValueError, ValidationError) as error:
        raise refuse("BG-286", field=field) from error


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is read and written."""

    read: Callable[[Declared], Any]
    write: Callable[[Declared, Any], None]


def _of_trip(name: str, longest: int) -> Field:
    def put(own: Declared, value: Any) -> None:
        setattr(own.trip, name, _text(value, longest))

    return Field(lambda own: getattr(own.trip, name), put)


def _of_declaration(name: str, longest: int) -> Field:
    def put(own: Declared, value: Any) -> None:
        setattr(own.trip.declaration, name, _text(value, longest))

    return Field(lambda own: getattr(own.trip.declaration, name), put)


def _text(value: Any, longest: int) -> str:
    text = str(value).strip()
    if len(text) > longest:
        raise ValueError(text)
    return text


def _of_lines(field: str) -> Field:
    """Values by line number; what barriers and lists read of the lines is kept on the trip as well."""
    names = LINE_FIELDS[field]

    def seen(own: Declared) -> dict[str, Any]:
        return {str(line.number): {name: getattr(line, name) for name in names} for line in own.lines}

    def put(own: Declared, value: Mapping[str, Mapping[str, Any]]) -> None:
        by_number = {str(line.number): line for line in own.lines}
        for number, new in value.items():
            line = by_number[str(number)]
            for name in new.keys() & (set(names) - FOLLOWS):
                setattr(line, name, new[name])
            if "hs6" in new.keys() & set(names):
                line.hs6 = hs.read(str(new["hs6"]))
                line.group = goods_group(line.hs6)
        _told_on_trip(own)

    return Field(seen, put)


def _told_on_trip(own: Declared) -> None:
    trip = own.trip
    if any(line.gross_kg <= 0 for line in own.lines):
        raise refuse("BG-009", field="weight", v=min(line.gross_kg for line in own.lines), max="…")
    trip.gross_kg = sum(line.gross_kg for line in own.lines)
    if trip.unloaded_at is None:
        trip.balance_kg = balance_of(trip.kind, trip.gross_kg)
    trip.goods_title = ", ".join(line.title for line in own.lines)[:160]
    trip.goods_group = own.lines[0].group if own.lines else "EMPTY"


def _put_customs_no(own: Declared, value: str) -> None:
    own.trip.customs_no = own.trip.declaration.customs_no = _text(value, 12)


def _put_channel(own: Declared, value: int) -> None:
    if int(value) not in (0, 1, 2, 3):
        raise ValueError(value)
    own.trip.declaration.channel = int(value)


def _put_container(own: Declared, value: Mapping[str, str]) -> None:
    """Number and size-type code together: a container is not known by half."""
    own.trip.container_no = containers.read(value["number"]) if value["number"] else ""
    own.trip.container_type = containers.read_type(value["type"]) if value["number"] else ""


def _put_tractor(own: Declared, value: str) -> None:
    trip, plate = own.trip, plates.read_tractor(value)
    if trip.enterprise is not None:
        trip.tractor = keep_vehicle(firm=trip.enterprise, plate=value, by=own.by, at=own.at)
    trip.tractor_plate = plate.norm


def _put_trailer(own: Declared, value: str) -> None:
    trip = own.trip
    trip.trailer, trip.trailer_plate = None, ""
    if value and trip.enterprise is not None:
        trip.trailer = keep_vehicle(firm=trip.enterprise, plate=value, by=own.by, at=own.at)
        trip.trailer_plate = trip.trailer.plate


def _driver_told(driver: Driver | None) -> dict[str, str] | None:
    return {"id": str(driver.pk), "name": driver.person.full_name} if driver else None


def _driver(own: Declared, value: Mapping[str, str]) -> Driver:
    """A driver of the trip's own firm. Refusal: BG-286 for anybody else."""
    rows = Driver.objects.filter(employer_id=own.trip.agency_id).select_related("person")
    found = rows.filter(pk=value["id"]).first()
    if found is None:
        raise refuse("BG-286", field="driver")
    return found


def _put_driver(own: Declared, value: Mapping[str, str]) -> None:
    own.trip.driver = _driver(own, value)
    own.trip.driver_name = own.trip.driver.person.full_name


def _put_second(own: Declared, value: Mapping[str, str] | None) -> None:
    own.trip.second_driver = _driver(own, value) if value else None


def _put_phone(own: Declared, value: str) -> None:
    """The driver's login link goes there: only his own employer says which number it is. Refusals: BG-218, BG-286."""
    driver = own.trip.driver
    if driver is None:
        raise refuse("BG-218", field="driver")
    if driver.employer_id != own.trip.agency_id:
        raise refuse("BG-286", field="phone")
    driver.person.phone = _text(value, 20)


def _put_point(own: Declared, value: str) -> None:
    """Another crossing point that is open for goods; the yard is one of that point's. Refusal: BG-252."""
    point = CrossingPoint.objects.filter(code=value, goods_open=True).first()
    if point is None:
        raise refuse("BG-252", field="point")
    if point.pk != own.trip.point_id:
        own.trip.point = own.trip.declaration.point = point
        own.trip.yard, own.trip.bay = yard_for(point.pk), ""


def _put_yard(own: Declared, value: str) -> None:
    yard = Yard.objects.filter(code=value, point_id=own.trip.point_id, level="border").first()
    if yard is None:
        raise refuse("BG-250", field="yard")
    if yard.pk != own.trip.yard_id:
        own.trip.yard, own.trip.bay = yard, ""


def _put_planned_on(own: Declared, value: str) -> None:
    day = date.fromisoformat(value)
    own.trip.planned_on = own.trip.declaration.planned_on = day
    own.trip.expires_at = expiry_of(day)


def _put_eta(own: Declared, value: str) -> None:
    own.trip.eta = datetime.fromisoformat(value)


def _put_two_way(own: Declared, value: bool) -> None:
    own.trip.two_way = bool(value)
    own.trip.dwell_limit_h = stay_hours(own.trip.kind, own.trip.planned_on, two_way=own.trip.two_way)


FIELDS: dict[str, Field] = {
    **{field: _of_lines(field) for field in LINE_FIELDS},
    "customs_no": Field(lambda own: own.trip.customs_no, _put_customs_no),
    "channel": Field(lambda own: own.trip.declaration.channel, _put_channel),
    "contract": _of_declaration("contract_no", 40),
    "partner": _of_declaration("partner", 120),
    "regime": _of_declaration("regime", 16),
    "seal": _of_trip("seal_no", 24),
    "note": _of_trip("note", 240),
    "supervisor": _of_trip("supervisor", 80),
    "container": Field(lambda own: {"number": own.trip.container_no, "type": own.trip.container_type}, _put_container),
    "tractor": Field(lambda own: own.trip.tractor_plate, _put_tractor),
    "trailer": Field(lambda own: own.trip.trailer_plate, _put_trailer),
    "driver": Field(lambda own: _driver_told(own.trip.driver), _put_driver),
    "second_driver": Field(lambda own: _driver_told(own.trip.second_driver), _put_second),
    "phone": Field(lambda own: own.trip.driver.person.phone if own.trip.driver else "", _put_phone),
    "point": Field(lambda own: own.trip.point.code, _put_point),
    "yard": Field(lambda own: own.trip.yard.code if own.trip.yard else "", _put_yard),
    "planned_on": Field(lambda own: own.trip.planned_on.isoformat(), _put_planned_on),
    "eta": Field(lambda own: own.trip.eta.isoformat() if own.trip.eta else "", _put_eta),
    "two_way": Field(lambda own: own.trip.two_way, _put_two_way),
}
