"""What a program of customs says of a trip's declaration: number, channel and status, as its officer keys them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from tinhso.kernel.api.answers import answer
from tinhso.kernel.api.once import idempotent
from tinhso.pillars.border.gate.actions.customs import LONGEST_NOTE, key_customs
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.queries.trips import trip_for

router = Router()


class CustomsStatusIn(BaseModel):
    """`channelled` and `released` want the channel; the note is read by officers."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=wco.named)

    customs_no: Annotated[str, Field(max_length=40, description="12 digits")]
    status: Literal["lodged", "channelled", "released"]
    channel: Annotated[int, Field(ge=0, le=3, strict=True, description="1 green, 2 yellow, 3 red; 0 none yet")] = 0
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


class CustomsStatusOut(BaseModel):
    """What is held of the trip now."""

    model_config = ConfigDict(json_schema_extra=wco.named)

    id: UUID
    trip: UUID
    customs_no: str
    status: str
    channel: int
    note: str
    at: datetime = Field(description="when it was first said so")


@router.post(
    "/trips/{uuid:trip_id}/customs-statuses",
    response=CustomsStatusOut,
    summary="Say where the customs declaration of a trip stands",
)
@idempotent
def say_status(request: HttpRequest, trip_id: UUID, told: CustomsStatusIn) -> HttpResponse:
    """Customs of the trip's point alone. The same said twice is one; a wrong word is corrected by the next.

    A red channel opens the inspection. Releases no goods: that is the step `release_…` of the trip. Refusals: BG-381
    (number), BG-382 (channel missing), BG-215 (the trip has ended).
    """
    entry = key_customs(
        trip=trip_for(trip_id, by=request.actor, at=request.moment),
        number=told.customs_no,
        channel=told.channel,
        status=told.status,
        note=told.note,
        by=request.actor,
        at=request.moment,
    )
    shown = {name: getattr(entry, name) for name in ("customs_no", "status", "channel", "note")}
    return answer(request, {"id": entry.pk, "trip": entry.trip_id, "at": entry.entered_at, **shown})
