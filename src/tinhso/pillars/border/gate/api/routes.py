"""The gate's API: trips, tasks, holds and fees with their steps; the barrier; how full the points are."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.constants import NOT_SET
from ninja.throttling import BaseThrottle
from pydantic import BaseModel, ConfigDict, Field

from tinhso.kernel.api import paging
from tinhso.kernel.api.answers import answer, unless_known
from tinhso.kernel.api.once import idempotent
from tinhso.kernel.api.steps import mount
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate import facade
from tinhso.pillars.border.gate.actions.papers import read_papers
from tinhso.pillars.border.gate.actions.passages import Passage, Seen, decide, pass_barrier_of
from tinhso.pillars.border.gate.actions.searches import note_search
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.api.customs import router as customs
from tinhso.pillars.border.gate.api.declarations import router as declarations
from tinhso.pillars.border.gate.api.devices import router as devices
from tinhso.pillars.border.gate.api.haulages import router as haulages
from tinhso.pillars.border.gate.api.inflow import router as inflow
from tinhso.pillars.border.gate.api.more_vehicles import router as more_vehicles
from tinhso.pillars.border.gate.api.namings import router as namings
from tinhso.pillars.border.gate.api.positions import router as positions
from tinhso.pillars.border.gate.api.programs import router as programs
from tinhso.pillars.border.gate.api.readings import router as readings
from tinhso.pillars.border.gate.api.samples import router as samples
from tinhso.pillars.border.gate.api.steps import FEE_STEPS, HOLD_STEPS, TASK_STEPS, TRANSFER_STEPS, TRIP_STEPS, left_out
from tinhso.pillars.border.gate.api.transfers import router as transfers
from tinhso.pillars.border.gate.flows import FEE, HOLD, TASK, TRANSFER, TRIP
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import VIEW_TRIP
from tinhso.pillars.border.gate.queries.barrier import barrier_of
from tinhso.pillars.border.gate.queries.containers import second_of
from tinhso.pillars.border.gate.queries.holding import area_code
from tinhso.pillars.border.gate.queries.masks import Sight, sight_of
from tinhso.pillars.border.gate.queries.secrecy import facts_told, trip_told
from tinhso.pillars.border.gate.queries.trips import found_by, trip_for, visible_trips
from tinhso.pillars.border.gate.rules import plates, tripcodes

router = Router()
router.add_router("", declarations)
router.add_router("", positions)
router.add_router("", readings)
router.add_router("", devices)
router.add_router("", programs)
router.add_router("", haulages)
router.add_router("", transfers)
router.add_router("", inflow)
router.add_router("", namings)
router.add_router("", more_vehicles)
router.add_router("", customs)
router.add_router("", samples)
UNLIMITED: list[BaseThrottle] = []
"""A barrier may never be told to come again later."""


class TripOut(BaseModel):
    """A trip. `goods`: empty for who may not see them; `problems`: of a draft."""

    model_config = ConfigDict(json_schema_extra=wco.named)

    id: UUID
    code: str
    kind: str
    state: str
    state_title: str
    state_since: datetime
    version: int
    point: UUID
    holding_area: str = Field(description="code of the holding area in which it stands or stood")
    tractor_plate: str
    trailer_plate: str
    container_no: str = Field(description="ISO 6346")
    container_type: str = Field(description="ISO 6346")
    second_container_no: str = Field(description="ISO 6346; of the second of two containers")
    second_container_type: str = Field(description="ISO 6346")
    goods: str
    gross_kg: int
    priority: str
    planned_on: date
    holds: int
    fee_state: str
    leg: int
    problems: list[dict[str, Any]]


class TripsOut(BaseModel):
    """`next`: the mark of the next page."""

    items: list[TripOut]
    next: str | None


def show_trip(trip: Trip, by: Actor, at: datetime) -> dict[str, Any]:
    """One trip as the API tells it to that reader."""
    return _shown(trip, sight_of(by=by, at=at))


def _shown(trip: Trip, sight: Sight) -> dict[str, Any]:
    """A trip as the API tells it. Goods are empty for who may not see them."""
    return {
        "id": trip.pk,
        "code": tripcodes.show(trip.code),
        "kind": trip.kind,
        "state": trip.state,
        "state_title": trip.get_state_title(),
        "state_since": trip.state_since,
        "version": trip.version,
        "point": trip.point_id,
        "holding_area": area_code(trip),
        "tractor_plate": plates.show(trip.tractor_plate),
        "trailer_plate": plates.show(trip.trailer_plate),
        "container_no": trip.container_no,
        "container_type": trip.container_type,
        "second_container_no": second.number if (second := second_of(trip)) else "",
        "second_container_type": second.type if second else "",
        "goods": trip.goods_title if sight.sees_goods(trip) else "",
        "gross_kg": trip.gross_kg,
        "priority": trip.priority,
        "planned_on": trip.planned_on,
        "holds": trip.holds,
        "fee_state": trip.fee_state,
        "leg": trip.leg,
        "problems": trip.problems if trip.state == "draft" else [],
    }


@router.get("/trips", response=TripsOut, summary="List trips", openapi_extra=paging.PARAMETERS)
def list_trips(request: HttpRequest, state: str = "", words: str = "") -> HttpResponse:
    """Trips that the caller may see, newest first; `state` and `words` (plate, code, container) narrow."""
    rows = visible_trips(by=request.actor, at=request.moment).select_related("second_container", "buffer")
    if state:
        rows = rows.filter(state=state)
    if words:
        rows = found_by(rows, words)
        note_search(words, by=request.actor, at=request.moment)
    shown = partial(_shown, sight=sight_of(by=request.actor, at=request.moment))
    return paging.page(request, rows, shown, order=("-created_at", "-id"))


class PassageIn(BaseModel):
    """What a barrier saw. `confidence`: of a camera's reading; `confirmed`: an officer looked himself.

    `area`: code of the holding area into which the vehicle is let; without one it is told by the answer.
    """

    model_config = ConfigDict(json_schema_extra=wco.named)

    plate: str = ""
    qr: str = ""
    confidence: float | None = None
    confirmed: bool = False
    lane: int = 0
    load_state: Literal["EMPTY", "LOADED", "REJECTED"] = "EMPTY"
    reason_code: str = ""
    area: Annotated[str, Field(max_length=8)] = ""
    ask_only: bool = False


@router.post("/barriers/{code}/passages", summary="Let a vehicle through a barrier, or say why not", throttle=UNLIMITED)
@idempotent
def passages(request: HttpRequest, code: str, seen: PassageIn) -> HttpResponse:
    """Open or not, with force, missing thing and place. `ask_only` changes nothing."""
    read = Seen(**seen.model_dump(exclude={"ask_only"}))
    who: dict[str, Any] = {"by": request.actor, "at": request.moment}
    if seen.ask_only:
        return answer(request, _verdict(decide(barrier=barrier_of(code), seen=read, **who)))
    return answer(request, _verdict(pass_barrier_of(code=code, seen=read, **who)))


@router.get("/trips/{uuid:trip_id}/papers", summary="Read the papers of a trip's driver")
def driver_papers(request: HttpRequest, trip_id: UUID) -> HttpResponse:
    """Border Guard and medical quarantine only; each reading is kept in the audit trail."""
    trip = trip_for(trip_id, by=request.actor, at=request.moment)
    found = read_papers(trip=trip, by=request.actor, at=request.moment)
    return answer(request, asdict(found) if found else {})


@router.get("/loads", summary="How full the crossing points are", auth=None)
def loads(request: HttpRequest) -> HttpResponse:
    """Public: waiting, in the yard, minutes of waiting and crossed today, by point; no names, no plates."""
    return unless_known(request, [asdict(load) for load in facade.gate_load(at=request.moment)])


def _verdict(passage: Passage) -> dict[str, Any]:
    told: dict[str, Any] = {"open": passage.open, "step": passage.step}
    if passage.trip is not None:
        told |= {"trip": passage.trip.pk, "state": passage.trip.state, "version": passage.trip.version}
        if passage.open and passage.step == "enter_buffer":
            told["holding_area"] = area_code(passage.trip)
    if passage.refusal is not None:
        told |= {"code": passage.refusal.code, "detail": passage.refusal.for_people()}
    if passage.explanation is not None:
        told["explanation"] = asdict(passage.explanation)
    return told


TOLD: dict[str, Any] = {TRIP.name: trip_told, TASK.name: facts_told, HOLD.name: facts_told}
for _flow, _path, _steps in (
    (TRIP, "trips", TRIP_STEPS),
    (TASK, "tasks", TASK_STEPS),
    (HOLD, "holds", HOLD_STEPS),
    (FEE, "fees", FEE_STEPS),
    (TRANSFER, "transfers", TRANSFER_STEPS),
):
    mount(
        router,
        flow=_flow,
        path=_path,
        read=VIEW_TRIP,
        show=show_trip if _flow is TRIP else None,
        shape=TripOut if _flow is TRIP else NOT_SET,
        tell=TOLD.get(_flow.name),
        through=_steps,
        without=left_out(_flow, _steps),
    )
