"""What programs of transport firms ask: the trips given to the firm, and which vehicle and driver go.

They read what the carrier's pages show and no more; goods, partners and customs numbers are not in it.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from tinhso.kernel.access.may import require
from tinhso.kernel.api.answers import answer, unless_known
from tinhso.kernel.api.once import idempotent
from tinhso.kernel.base.errors import Forbidden
from tinhso.pillars.border.gate.actions import carriers as actions
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.models import Driver, Enterprise, Haulage, Vehicle
from tinhso.pillars.border.gate.permissions import CARRY_TRIP
from tinhso.pillars.border.gate.queries import carriers as queries
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse

router = Router()
MOST = 200


class LoadOut(BaseModel):
    """One trip as its carrier reads it."""

    model_config = ConfigDict(json_schema_extra=wco.named)

    id: UUID
    firm: str
    code: str
    state: str
    point: str
    yard: str
    planned_on: date
    eta: datetime | None
    group: str = Field(description="groups of the goods, in words")
    kg: int
    container: str = Field(description="ISO 6346")
    plate: str
    trailer: str
    driver: str
    next: str
    assignable: bool
    asks_consent: bool = Field(description="beyond barrier 1 the border guard consents to another one first")


class LoadsOut(BaseModel):
    items: list[LoadOut]


class VehicleOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=wco.named)

    plate: str
    trailer: bool


class DriverOut(BaseModel):
    id: UUID
    name: str


class FleetOut(BaseModel):
    """The carrier's own, of which an assignment names one each."""

    vehicles: list[VehicleOut]
    drivers: list[DriverOut]


class AssignmentIn(BaseModel):
    """Vehicle by plate, driver by id, all the carrier's own (`/fleet`)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=wco.named)

    tractor: str = Field(max_length=24)
    trailer: str = Field(default="", max_length=24)
    driver: UUID


@router.get("/haulages", response=LoadsOut, summary="Trips given to one's transport firm")
def list_haulages(request: HttpRequest, ended: bool = False, limit: int = 50) -> HttpResponse:
    """Running ones, those without a vehicle first; with `ended` those that are over."""
    held = queries.haulages_of(_carrier(request), by=request.actor, at=request.moment)
    rows = held.filter(trip__ended_at__isnull=not ended)[: max(1, min(limit, MOST))]
    return unless_known(request, {"items": [_told(one, request.moment) for one in rows]})


@router.get("/haulages/{uuid:haulage_id}", response=LoadOut, summary="One of them")
def show_haulage(request: HttpRequest, haulage_id: UUID) -> HttpResponse:
    """What is another firm's, or was taken back, is not there."""
    return unless_known(request, _told(_own(request, haulage_id), request.moment))


@router.get("/fleet", response=FleetOut, summary="Vehicles and drivers of one's transport firm")
def show_fleet(request: HttpRequest) -> HttpResponse:
    """Names and plates; papers are not told."""
    carrier = _carrier(request)
    vehicles = [
        {"plate": one.shown_plate, "trailer": trailers}
        for trailers in (False, True)
        for one in queries.fleet(carrier, trailers=trailers)[:MOST]
    ]
    drivers = [{"id": one.pk, "name": one.person.full_name} for one in queries.crew(carrier)[:MOST]]
    return unless_known(request, {"vehicles": vehicles, "drivers": drivers})


@router.post("/haulages/{uuid:haulage_id}/assignments", response=LoadOut, summary="Name vehicle and driver of a trip")
@idempotent
def assign_haulage(request: HttpRequest, haulage_id: UUID, wanted: AssignmentIn) -> HttpResponse:
    """Another one is named in the same way; nothing else of the trip can be changed here."""
    haulage = _own(request, haulage_id)
    carrier = haulage.carrier
    actions.assign(
        haulage=haulage,
        tractor=_vehicle(carrier, wanted.tractor, "tractor", trailers=False),
        trailer=_vehicle(carrier, wanted.trailer, "trailer", trailers=True) if wanted.trailer else None,
        driver=_driver(carrier, wanted.driver),
        by=request.actor,
        at=request.moment,
    )
    return answer(request, _told(_own(request, haulage_id), request.moment))


def _carrier(request: HttpRequest) -> Enterprise:
    """The transport firm of the caller. Raises Forbidden."""
    found = queries.carriers_of(by=request.actor, at=request.moment).first()
    if found is None:
        require(request.actor, CARRY_TRIP, at=request.moment)
        raise Forbidden(permission=CARRY_TRIP)
    return found


def _own(request: HttpRequest, haulage_id: UUID) -> Haulage:
    return queries.own_haulage(haulage_id, _carrier(request), by=request.actor, at=request.moment)


def _vehicle(carrier: Enterprise, plate: str, field: str, *, trailers: bool) -> Vehicle:
    """One of the carrier's fleet. Refusals: BG-001 for what is no plate, BG-474 for what is not its own."""
    found = queries.fleet(carrier, trailers=trailers).filter(plate=plates.read(plate).norm).first()
    if found is None:
        raise refuse("BG-474", field=field)
    return found


def _driver(carrier: Enterprise, driver_id: UUID) -> Driver:
    found = queries.crew(carrier).filter(pk=driver_id).first()
    if found is None:
        raise refuse("BG-474", field="driver")
    return found


def _told(haulage: Haulage, at: datetime) -> dict[str, Any]:
    load = asdict(queries.load(haulage, at=at))
    return {
        name: str(load[name]) if name in ("state", "group", "next") else load[name] for name in LoadOut.model_fields
    }
