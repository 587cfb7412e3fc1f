"""What programs of firms and brokers ask beside the steps: the feed of their trips' steps, a status, free hours."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from tinhso.kernel.api.answers import unless_known
from tinhso.kernel.api.paging import BadMark
from tinhso.kernel.base.errors import Invalid, NotFound
from tinhso.pillars.border.gate.actions.goods_fields import as_json
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.api.declarations import firm_named
from tinhso.pillars.border.gate.flows.states import CALLED
from tinhso.pillars.border.gate.models import CrossingPoint, GoodsLine, Trip
from tinhso.pillars.border.gate.queries import feed
from tinhso.pillars.border.gate.queries.bookings import displacement_of, free_windows
from tinhso.pillars.border.gate.queries.containers import second_of
from tinhso.pillars.border.gate.queries.holding import area_code
from tinhso.pillars.border.gate.queries.masks import Sight, sight_of
from tinhso.pillars.border.gate.queries.queue import places_in_queue
from tinhso.pillars.border.gate.queries.stoppages import kept_calls
from tinhso.pillars.border.gate.queries.trips import visible_trips
from tinhso.pillars.border.gate.rules import plates, tripcodes

router = Router()
MOST = 200
NAMED = ConfigDict(json_schema_extra=wco.named)


class BadAbout(Invalid):
    """`about` names something of which this list does not tell."""

    code, status = "bad-about", 400
    message = _("the list tells of trip, hold, fee, task and amendment, separated by commas")


class StepOut(BaseModel):
    """One step of a trip. What was passed in with it is not told here."""

    model_config = NAMED

    id: int
    about: str = Field(description="what took the step: trip, hold, fee, task or amendment")
    record: UUID = Field(description="the trip, hold, fee, task or amendment itself")
    trip: UUID
    code: str
    step: str
    source: str
    target: str
    version: int
    at: datetime


class StepsOut(BaseModel):
    """`mark`: send it back as `after` next time, even when `items` is empty."""

    items: list[StepOut]
    mark: str


class LineOut(BaseModel):
    """One kind of goods of the declaration."""

    model_config = NAMED

    number: int
    title: str
    quantity: float | None
    unit: str = Field(description="of the quantity: UNECE Rec 20")
    packages: int
    package_kind: str = Field(description="UNECE Rec 21")
    net_kg: int | None = Field(description="kg")
    value: int | None = Field(description="whole units of the currency; null for who may not see the parties")
    currency: str = Field(description="of the value: ISO 4217")
    temperature_c: float | None = Field(description="°C")
    dangerous_un_no: str = Field(description="UN and 4 digits")


class StatusOut(BaseModel):
    """Where a trip stands."""

    model_config = NAMED

    id: UUID
    code: str
    state: str
    state_title: str
    state_since: datetime
    version: int
    point: str
    holding_area: str = Field(description="code of the holding area in which it stands or stood")
    customs_no: str = Field(description="the number at customs")
    tractor_plate: str
    container_no: str = Field(description="ISO 6346")
    second_container_no: str = Field(description="ISO 6346")
    reefer_temp: float | None = Field(description="°C")
    tir_carnet_no: str
    ecmr_ref: str
    contract_no: str
    partner: str
    partner_phone: str
    lines: list[LineOut] = Field(description="empty for who may not see the goods")
    slot: datetime | None = Field(description="beginning of the booked hour")
    slot_taken: bool = Field(description="a notice or changed hours took it, and nothing is chosen for it yet")
    position: int | None = Field(description="place in the queue while it waits")
    minutes: int | None = Field(description="until it is called, as foreseen")
    call_expires_at: datetime | None = Field(description="while it is called: until when it has to be at barrier 1")
    call_kept: str = Field(description="why the call does not lapse then, or lapses later than it was made for")


class SlotOut(BaseModel):
    """An hour; `free`: how many places your firm may still take in it."""

    id: UUID
    begins_at: datetime
    ends_at: datetime
    free: int


class SlotsOut(BaseModel):
    items: list[SlotOut]


@router.get("/events", response=StepsOut, summary="Steps of the trips that the caller may see, oldest first")
def list_events(request: HttpRequest, after: str = "0", limit: int = 50, about: str = feed.TRIPS) -> HttpResponse:
    """Ask again with the mark of the answer: no step comes twice and none is left out, whatever happens meanwhile.

    `about`: of what, separated by commas: `trip`, `hold`, `fee`, `task`, `amendment`. Keep a mark for each choice.
    """
    wanted = list(dict.fromkeys(about.split(",")))
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise BadMark
    if set(wanted) - {feed.TRIPS, *feed.PARTS}:
        raise BadAbout
    seen = visible_trips(by=request.actor, at=request.moment)
    found = feed.steps_after(int(after), seen=seen, about=wanted, limit=max(1, min(limit, MOST)))
    codes = dict(Trip.objects.filter(pk__in={one.trip for one in found}).values_list("pk", "code"))
    items = [_step(one, codes[one.trip]) for one in found]
    return unless_known(request, {"items": items, "mark": str(found[-1].row.pk) if found else after})


@router.get("/status", response=StatusOut, summary="Where a trip stands, by its code")
def trip_status(request: HttpRequest, code: str) -> HttpResponse:
    """With its place in the queue while it waits. A trip that is not yours is not there."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    rows = visible_trips(by=request.actor, at=request.moment).select_related("point", "slot", "declaration", "buffer")
    trip = rows.filter(code=plain).first()
    if trip is None:
        raise NotFound
    waits = trip.state == "at_buffer"
    place = places_in_queue(point=trip.point, at=request.moment).get(trip.code) if waits else None
    seen = sight_of(by=request.actor, at=request.moment)
    told = {
        "id": trip.pk,
        "code": tripcodes.show(trip.code),
        "state": trip.state,
        "state_title": trip.get_state_title(),
        "state_since": trip.state_since,
        "version": trip.version,
        "point": trip.point.code,
        "holding_area": area_code(trip),
        "customs_no": trip.customs_no if seen.sees_parties(trip) else "",
        "tractor_plate": plates.show(trip.tractor_plate),
        "container_no": trip.container_no,
        "second_container_no": second.number if (second := second_of(trip)) else "",
        **_particulars(trip, seen),
        "slot": trip.slot.begins_at if trip.slot else None,
        "slot_taken": displacement_of(trip) is not None,
        "position": place.position if place else None,
        "minutes": place.minutes if place else None,
        "call_expires_at": trip.call_expires_at if trip.state == CALLED else None,
        "call_kept": kept_calls([trip]).get(trip.pk, ""),
    }
    return unless_known(request, told)


@router.get("/slots", response=SlotsOut, summary="Hours that can be booked at a crossing point")
def list_slots(request: HttpRequest, point: str, direction: str = "X", firm: str = "") -> HttpResponse:
    """`firm`: as for declaring. An hour is booked by the step `book_slot` of a trip."""
    own = firm_named(request, firm)
    there = CrossingPoint.objects.filter(code=point).first()
    if there is None:
        raise NotFound
    at = request.moment
    rows = free_windows(trip=None, point=there.pk, direction=direction[:1], firm=own.pk, since=at, at=at)
    items = [
        {"id": one.slot.pk, "begins_at": one.slot.begins_at, "ends_at": one.slot.ends_at, "free": one.free}
        for one in rows
        if one.bookable
    ]
    return unless_known(request, {"items": items})


def _step(one: feed.Told, code: str) -> dict[str, Any]:
    columns = ("id", "step", "source", "target", "version", "at")
    told = {column: getattr(one.row, column) for column in columns}
    return {**told, "about": one.about, "record": one.row.record_id, "trip": one.trip, "code": tripcodes.show(code)}


def _particulars(trip: Trip, seen: Sight) -> dict[str, Any]:
    """What only who works with firm or goods is told."""
    parties, goods, declaration = seen.sees_parties(trip), seen.sees_goods(trip), trip.declaration
    return {
        "reefer_temp": as_json(trip.reefer_temp) if parties else None,
        "tir_carnet_no": trip.tir_carnet_no if parties else "",
        "ecmr_ref": trip.ecmr_ref if parties else "",
        "contract_no": declaration.contract_no if parties else "",
        "partner": declaration.partner if parties else "",
        "partner_phone": declaration.partner_phone if parties else "",
        "lines": [_line(line, parties=parties) for line in declaration.lines.all()] if goods else [],
    }


def _line(line: GoodsLine, *, parties: bool) -> dict[str, Any]:
    names = (
        "number",
        "title",
        "packages",
        "package_kind",
        "quantity",
        "unit",
        "net_kg",
        "temperature_c",
        "dangerous_un_no",
    )
    worth = {"value": line.value, "currency": line.currency} if parties else {"value": None, "currency": ""}
    return {**{name: as_json(getattr(line, name)) for name in names}, **worth}
