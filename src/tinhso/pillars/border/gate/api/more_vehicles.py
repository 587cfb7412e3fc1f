"""One more vehicle for a declaration that was sent, by a firm's program: it carries what nobody carries yet, or what
the vehicle beside it gives up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field, create_model

from tinhso.kernel.access.may import unseen
from tinhso.kernel.api.answers import answer
from tinhso.kernel.api.once import idempotent
from tinhso.kernel.base.errors import Forbidden
from tinhso.pillars.border.gate.actions.firm_convoy import ConvoyRefused, Problem, Share
from tinhso.pillars.border.gate.actions.more_vehicles import add_vehicle
from tinhso.pillars.border.gate.actions.sheet_rows import reader_of
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.api.declarations import Cell, Named, described
from tinhso.pillars.border.gate.models import Enterprise, GoodsLine, Trip
from tinhso.pillars.border.gate.permissions import VIEW_TRIP, step_permission
from tinhso.pillars.border.gate.queries.firms import firms_of
from tinhso.pillars.border.gate.queries.trips import visible_trips
from tinhso.pillars.border.gate.rules import plates, tripcodes
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.sheets import SheetRow, as_text, columns

router = Router()
SUBMIT = step_permission("submit")
OF_THE_VEHICLE = frozenset((
    "tractor", "trailer", "vehicle_country", "container_no", "container_type", "seal_no", "second_container_no",
    "second_container_type", "second_seal_no", "reefer_temp", "tir_carnet_no", "ecmr_ref", "driver_name", "paper_kind",
    "paper_no", "paper_until", "nationality", "licence_no", "licence_class", "licence_until", "phone",
    "vin", "temporary_plate", "supervisor",
))  # fmt: skip
"""What a row of `/declarations` tells of vehicle and driver."""

VehicleIn: type[BaseModel] = create_model(  # type: ignore[call-overload]
    "VehicleIn",
    __base__=Named,
    **{
        row["field"]: (Cell, Field(default=None, title=row["title_en"], description=described(row)))
        for row in columns()
        if row["field"] in OF_THE_VEHICLE
    },
)


class CarriedIn(Named):
    """How much of a goods line it carries, the lines counted from 1; packages follow the weight where left out."""

    line: int = Field(ge=1)
    kg: int = Field(ge=0)
    packages: int | None = Field(default=None, ge=0)


class MoreIn(Named):
    """`reason`: why the vehicle beside it gives goods up; it stands on the correction of that one."""

    vehicle: VehicleIn  # type: ignore[valid-type]
    carries: list[CarriedIn] = Field(min_length=1, max_length=50)
    reason: str = Field(default="", max_length=240)


class MoreOut(BaseModel):
    """The trip that was added. `beside_kg`: what the vehicle beside it still carries."""

    model_config = ConfigDict(json_schema_extra=wco.named)

    id: UUID
    code: str
    state: str
    version: int
    tractor_plate: str
    gross_kg: int
    fee_state: str
    beside_kg: int


@router.post("/trips/{uuid:trip_id}/vehicles", response=MoreOut, summary="One more vehicle for the trip's declaration")
@idempotent
def add(request: HttpRequest, trip_id: UUID, wanted: MoreIn) -> HttpResponse:
    """Declared and sent at once, or nothing is done; `facts.problems` of a refusal name all that stands against it."""
    beside, firm = _own(request, trip_id)
    row = SheetRow(1, {name: as_text(cell) for name, cell in wanted.vehicle.model_dump().items()})  # type: ignore[attr-defined]
    intent, problems = reader_of(firm).read_vehicle(row, beside=beside)
    if intent is None:
        raise _refused(problems)
    lines = list(beside.declaration.lines.all())
    kg, packages = _carried(lines, wanted.carries)
    added = add_vehicle(
        beside=beside,
        firm=firm,
        share=Share(intent=intent, kg=kg, packages=packages),
        reason=wanted.reason.strip() or _("Goods go on one more vehicle"),
        by=request.actor,
        at=request.moment,
    )
    return answer(request, _told(Trip.objects.get(pk=added.pk), Trip.objects.get(pk=beside.pk)))


def _own(request: HttpRequest, trip_id: UUID) -> tuple[Trip, Enterprise]:
    """The trip, and its firm for which the caller may declare. Raises Forbidden, NotFound."""
    firms = {firm.pk: firm for firm in firms_of(by=request.actor, at=request.moment)}
    if not firms:
        raise Forbidden(permission=SUBMIT)
    rows = visible_trips(by=request.actor, at=request.moment).filter(pk=trip_id, enterprise__in=firms)
    trip = rows.select_related("point", "declaration").first()
    if trip is None:
        raise unseen(Trip, trip_id, request.actor, VIEW_TRIP, request.moment)
    return trip, firms[trip.enterprise_id]


def _carried(lines: Sequence[GoodsLine], carries: Sequence[CarriedIn]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Kg and packages by line. Refusals: BG-690 for no line of the declaration, BG-491 when nothing is carried."""
    wanted = {one.line: one for one in carries}
    if strange := wanted.keys() - {line.number for line in lines}:
        raise refuse("BG-690", field="carries", n=min(strange))
    if not any(one.kg for one in wanted.values()):
        raise refuse("BG-491", field="carries")
    kg = tuple(wanted[line.number].kg if line.number in wanted else 0 for line in lines)
    return kg, tuple(_packages(line, wanted.get(line.number)) for line in lines)


def _packages(line: GoodsLine, one: CarriedIn | None) -> int:
    if one is None:
        return 0
    return one.packages if one.packages is not None else line.packages * one.kg // max(line.gross_kg, 1)


def _refused(problems: Sequence[Mapping[str, str]]) -> ConvoyRefused:
    """All that is wrong with what was sent, the first of it named."""
    told: list[Problem] = [{**one, "vehicle": 1} for one in problems]
    first = told[0]
    plain = first["text"].replace("{", "{{").replace("}", "}}")
    return ConvoyRefused(plain, code=first["code"], status=422, field=first["field"], problems=told)


def _told(trip: Trip, beside: Trip) -> dict[str, Any]:
    return {
        "id": trip.pk,
        "code": tripcodes.show(trip.code),
        "state": trip.state,
        "version": trip.version,
        "tractor_plate": plates.show(trip.tractor_plate),
        "gross_kg": trip.gross_kg,
        "fee_state": trip.fee_state,
        "beside_kg": beside.gross_kg,
    }
