"""Vehicles that others named as a firm's: its programs read and disown them; the help desk names the true firm."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from tinhso.kernel.access.may import require, unseen, visible
from tinhso.kernel.api.answers import answer, unless_known
from tinhso.kernel.api.once import idempotent
from tinhso.pillars.border.gate.actions.namings import disown, name_true_firm
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.models import FirmNaming, Trip
from tinhso.pillars.border.gate.permissions import CONSENT_AHEAD, DECLARE_FOR
from tinhso.pillars.border.gate.queries.namings import MAY_DISOWN, naming_for, open_namings
from tinhso.pillars.border.gate.rules import plates, taxcodes, tripcodes

router = Router()
MOST = 200
NAMED = ConfigDict(json_schema_extra=wco.named)
STRICT = ConfigDict(extra="forbid", json_schema_extra=wco.named)


class NamingOut(BaseModel):
    """A vehicle that was declared for the firm by somebody who does not act for it. `open`: it may be disowned."""

    model_config = NAMED

    id: UUID
    trip: UUID
    code: str
    state: str
    point: str
    tractor_plate: str
    named_at: datetime
    open: bool
    disowned_at: datetime | None
    reason: str = Field(description="why the firm disowned it")


class NamingsOut(BaseModel):
    items: list[NamingOut]


class DisowningIn(BaseModel):
    """Why the vehicle is not the firm's: 10 to 240 characters."""

    model_config = STRICT

    reason: str = Field(max_length=240)


class TrueFirmIn(BaseModel):
    """Whose vehicle it is, as its driver says; name and telephone for a firm that is not known here yet."""

    model_config = STRICT

    tax_code: str = Field(max_length=20)
    consent: bool = Field(description="the driver agrees that it is declared for him")
    firm_name: str = Field(default="", max_length=255)
    firm_phone: str = Field(default="", max_length=20)


class TrueFirmOut(BaseModel):
    model_config = NAMED

    trip: UUID
    code: str
    tax_code: str
    firm_name: str
    fee_state: str


@router.get("/namings", response=NamingsOut, summary="Vehicles named as one's own by others")
def list_namings(request: HttpRequest, limit: int = 50) -> HttpResponse:
    """Those that the caller's firm may still disown, newest first."""
    require(request.actor, CONSENT_AHEAD, at=request.moment)
    rows = open_namings(by=request.actor, at=request.moment)[: max(1, min(limit, MOST))]
    return unless_known(request, {"items": [_told(one) for one in rows]})


@router.get("/namings/{uuid:naming_id}", response=NamingOut, summary="One of them")
def show_naming(request: HttpRequest, naming_id: UUID) -> HttpResponse:
    """Whether it may still be disowned or not. What names another firm is not there."""
    return unless_known(request, _told(_own(request, naming_id)))


@router.post(
    "/namings/{uuid:naming_id}/disownings", response=NamingOut, summary="Say that the vehicle is not one's own"
)
@idempotent
def disown_vehicle(request: HttpRequest, naming_id: UUID, said: DisowningIn) -> HttpResponse:
    """Until its release: the trip is held and belongs to no firm, a fee that was paid for it goes back by itself."""
    disown(naming=_own(request, naming_id), reason=said.reason, by=request.actor, at=request.moment)
    return answer(request, _told(_own(request, naming_id)))


@router.post(
    "/trips/{uuid:trip_id}/true-firms", response=TrueFirmOut, summary="Name the true firm of a disowned vehicle"
)
@idempotent
def name_firm(request: HttpRequest, trip_id: UUID, said: TrueFirmIn) -> HttpResponse:
    """The help desk's: that firm is told, asked for the fee, and may disown the vehicle as well."""
    trip = visible(Trip.objects.all(), request.actor, DECLARE_FOR, request.moment).filter(pk=trip_id).first()
    if trip is None:
        raise unseen(Trip, trip_id, request.actor, DECLARE_FOR, request.moment)
    firm = name_true_firm(
        trip=trip,
        tax_code=taxcodes.read(said.tax_code),
        consent=said.consent,
        firm_name=said.firm_name,
        firm_phone=said.firm_phone,
        by=request.actor,
        at=request.moment,
    )
    told = {
        "trip": trip.pk,
        "code": tripcodes.show(trip.code),
        "tax_code": firm.tax_code,
        "firm_name": firm.agency.name,
    }
    return answer(request, {**told, "fee_state": Trip.objects.values_list("fee_state", flat=True).get(pk=trip.pk)})


def _own(request: HttpRequest, naming_id: UUID) -> FirmNaming:
    return naming_for(naming_id, by=request.actor, at=request.moment)


def _told(naming: FirmNaming) -> dict[str, Any]:
    """What the firm is told of a vehicle that may be another's: nothing of driver and goods."""
    return {
        "id": naming.pk,
        "trip": naming.trip_id,
        "code": tripcodes.show(naming.trip.code),
        "state": naming.trip.state,
        "point": naming.point.code,
        "tractor_plate": plates.show(naming.trip.tractor_plate),
        "named_at": naming.named_at,
        "open": naming.disowned_at is None and naming.trip.state in MAY_DISOWN,
        "disowned_at": naming.disowned_at,
        "reason": naming.reason,
    }
