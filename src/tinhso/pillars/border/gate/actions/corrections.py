"""The firm's correction: only the fields that an officer asked for are changed, then the declaration goes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.declare import balance_of, expiry_of, resubmit_trip
from tinhso.pillars.border.gate.actions.firm import keep_vehicle
from tinhso.pillars.border.gate.models import Declaration, Driver, GoodsLine, Trip
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.rules import containers, plates
from tinhso.pillars.border.gate.rules.codes import refuse


@transaction.atomic
def correct_trip(*, trip: Trip, values: Mapping[str, Any], by: Actor, at: datetime) -> Trip:
    """Put the new values in and send again; all or nothing.

    Fields are those of tables/corrections.csv. Refusals: BG-204 for a field nobody asked for, and each problem
    that a new declaration would meet.
    """
    require(by, step_permission("resubmit"), trip, at)
    if not set(values) <= set(trip.fix_fields) or not set(values) <= set(APPLY):
        raise refuse("BG-204")
    for field, value in values.items():
        APPLY[field](trip, value, by, at)
    Trip.objects.filter(pk=trip.pk).update(**{name: getattr(trip, name) for name in _COLUMNS})
    return resubmit_trip(trip=trip, changed=list(values), by=by, at=at)


_COLUMNS = (
    "container_no",
    "container_type",
    "seal_no",
    "customs_no",
    "planned_on",
    "expires_at",
    "eta",
    "gross_kg",
    "balance_kg",
    "goods_title",
    "goods_group",
    "tractor_id",
    "tractor_plate",
    "trailer_id",
    "trailer_plate",
    "driver_id",
    "driver_name",
)
LINE_FIELDS = {
    "certificate": ("growing_areas", "packing_houses", "certificate_no"),
    "weight": ("gross_kg",),
    "goods": ("hs6", "title", "group"),
}


def _lines(field: str) -> Callable[[Trip, Any, Actor, datetime], None]:
    """Values by line number; what barriers and lists read of the lines is kept on the trip as well."""

    def apply(trip: Trip, value: Mapping[int, Mapping[str, Any]], by: Actor, at: datetime) -> None:
        lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))
        for line in lines:
            for name in LINE_FIELDS[field]:
                setattr(line, name, value.get(line.number, {}).get(name, getattr(line, name)))
        GoodsLine.objects.bulk_update(lines, LINE_FIELDS[field])
        trip.gross_kg = sum(line.gross_kg for line in lines)
        trip.balance_kg = balance_of(trip.kind, trip.gross_kg)
        trip.goods_title = ", ".join(line.title for line in lines)[:160]
        trip.goods_group = lines[0].group if lines else "EMPTY"

    return apply


def _set(name: str) -> Callable[[Trip, Any, Actor, datetime], None]:
    return lambda trip, value, by, at: setattr(trip, name, value)


def _customs_no(trip: Trip, value: str, by: Actor, at: datetime) -> None:
    trip.customs_no = value
    Declaration.objects.filter(pk=trip.declaration_id).update(customs_no=value)


def _planned_on(trip: Trip, value: date, by: Actor, at: datetime) -> None:
    trip.planned_on, trip.expires_at = value, expiry_of(value)
    Declaration.objects.filter(pk=trip.declaration_id).update(planned_on=value)


def _container(trip: Trip, value: Mapping[str, str], by: Actor, at: datetime) -> None:
    """Number and size-type code together: a container is not known by half."""
    trip.container_no = containers.read(value["number"]) if value["number"] else ""
    trip.container_type = containers.read_type(value["type"]) if value["number"] else ""


def _tractor(trip: Trip, value: str, by: Actor, at: datetime) -> None:
    read = plates.read_tractor(value)
    if trip.enterprise is not None:
        trip.tractor = keep_vehicle(firm=trip.enterprise, plate=value, by=by, at=at)
    trip.tractor_plate = read.norm


def _trailer(trip: Trip, value: str, by: Actor, at: datetime) -> None:
    trip.trailer, trip.trailer_plate = None, ""
    if value and trip.enterprise is not None:
        trip.trailer = keep_vehicle(firm=trip.enterprise, plate=value, by=by, at=at)
        trip.trailer_plate = trip.trailer.plate


def _driver(trip: Trip, value: Driver, by: Actor, at: datetime) -> None:
    trip.driver, trip.driver_name = value, value.person.full_name


APPLY: dict[str, Callable[[Trip, Any, Actor, datetime], None]] = {
    **{field: _lines(field) for field in LINE_FIELDS},
    "customs_no": _customs_no,
    "seal": _set("seal_no"),
    "container": _container,
    "planned_on": _planned_on,
    "eta": _set("eta"),
    "tractor": _tractor,
    "trailer": _trailer,
    "driver": _driver,
}
