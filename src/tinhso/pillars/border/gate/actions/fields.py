"""Each field that a firm declares: how its value is read from the records and put into them, as JSON can hold it.

The fields are those of tables/corrections.csv; a test holds that each of them is here and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from tinhso.pillars.border.gate.actions.declare import expiry_of, stay_hours
from tinhso.pillars.border.gate.actions.declared import LINE_FIELDS, Declared
from tinhso.pillars.border.gate.actions.firm import keep_vehicle
from tinhso.pillars.border.gate.actions.goods_fields import (
    as_json,
    back_seen,
    columns_seen,
    lines_seen,
    put_back,
    put_columns,
    put_lines,
    put_share,
    share_seen,
)
from tinhso.pillars.border.gate.actions.new_vehicle import put_temporary_plate, put_vin, temporary_plate_seen, vin_seen
from tinhso.pillars.border.gate.actions.other_kind import put_kind
from tinhso.pillars.border.gate.models import CrossingPoint, Driver, SecondContainer, Yard
from tinhso.pillars.border.gate.queries.barrier import yard_for
from tinhso.pillars.border.gate.queries.carriers import drivers_for
from tinhso.pillars.border.gate.rules import containers, particulars, plates
from tinhso.pillars.border.gate.rules.codes import refuse


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


def _ruled(rule: Callable[[str], Any], of: Callable[[Declared], Any], name: str, *, nothing: Any = "") -> Field:
    """A text that a rule reads, kept on the trip or its declaration. Refusals: those of the rule."""

    def put(own: Declared, value: Any) -> None:
        setattr(of(own), name, nothing if value in (None, "") else rule(str(value)))

    return Field(lambda own: as_json(getattr(of(own), name)), put)


def _trip(own: Declared) -> Any:
    return own.trip


def _declaration(own: Declared) -> Any:
    return own.trip.declaration


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


def _second_told(own: Declared) -> dict[str, str] | None:
    one = own.second
    return {"number": one.number, "type": one.type, "seal": one.seal_no} if one else None


def _put_second_container(own: Declared, value: Mapping[str, str] | None) -> None:
    """Number, size and seal together; None or an empty number takes it off. Refusals: those of a container."""
    if not value or not value["number"]:
        own.second = None
        return
    own.second = SecondContainer(
        trip=own.trip,
        number=containers.read(value["number"]),
        type=containers.read_type(value["type"]),
        seal_no=_text(value.get("seal", ""), 24),
    )


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
    """A driver of the trip's own firm, or of the carrier that has it. Refusal: BG-286 for anybody else."""
    found = drivers_for(own.trip).filter(pk=value["id"]).first()
    if found is None:
        raise refuse("BG-286", field="driver")
    return found


def _put_driver(own: Declared, value: Mapping[str, str]) -> None:
    own.trip.driver = _driver(own, value)
    own.trip.driver_name = own.trip.driver.person.full_name


def _put_second(own: Declared, value: Mapping[str, str] | None) -> None:
    """Another person than the first. Refusal: BG-286."""
    second = _driver(own, value) if value else None
    if second is not None and second.pk == own.trip.driver_id:
        raise refuse("BG-286", field="second_driver")
    own.trip.second_driver = second


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


def _put_just_in_time(own: Declared, value: bool) -> None:
    own.trip.declaration.just_in_time = bool(value)


FIELDS: dict[str, Field] = {
    **{field: Field(columns_seen(field), put_columns(field)) for field in LINE_FIELDS},
    "lines": Field(lines_seen, put_lines),
    "share": Field(share_seen, put_share),
    "back": Field(back_seen, put_back),
    "customs_no": Field(lambda own: own.trip.customs_no, _put_customs_no),
    "channel": Field(lambda own: own.trip.declaration.channel, _put_channel),
    "just_in_time": Field(lambda own: own.trip.declaration.just_in_time, _put_just_in_time),
    "contract": _of_declaration("contract_no", 40),
    "partner": _of_declaration("partner", 120),
    "partner_phone": _ruled(particulars.partner_phone, _declaration, "partner_phone"),
    "reefer_temp": _ruled(particulars.temperature, _trip, "reefer_temp", nothing=None),
    "tir": _ruled(particulars.tir_carnet, _trip, "tir_carnet_no"),
    "ecmr": _ruled(particulars.ecmr, _trip, "ecmr_ref"),
    "regime": _of_declaration("regime", 16),
    "seal": _of_trip("seal_no", 24),
    "note": _of_trip("note", 240),
    "supervisor": _of_trip("supervisor", 80),
    "container": Field(lambda own: {"number": own.trip.container_no, "type": own.trip.container_type}, _put_container),
    "second_container": Field(_second_told, _put_second_container),
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
    "kind": Field(lambda own: own.trip.kind, put_kind),
    "vin": Field(vin_seen, put_vin),
    "temporary_plate": Field(temporary_plate_seen, put_temporary_plate),
}
