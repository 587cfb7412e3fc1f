"""What cameras at barriers send: a plate, how sure they are, in which lane, when."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.throttling import BaseThrottle
from pydantic import BaseModel, ConfigDict, Field

from tinhso.kernel.api.answers import answer
from tinhso.pillars.border.gate.actions.readings import take_reading
from tinhso.pillars.border.gate.actions.sent_positions import Moment
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.queries.barrier import barrier_of
from tinhso.pillars.border.gate.rules.positions import set_right

router = Router()
UNLIMITED: list[BaseThrottle] = []


class ReadingIn(BaseModel):
    """`id`: made by the camera, the same when it sends again. `sent_at`: its clock as it sends."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, json_schema_extra=wco.named)

    id: UUID
    plate: str = Field(min_length=1, max_length=32)
    confidence: float = Field(ge=0, le=1, strict=True)
    lane: int = Field(default=1, ge=1, le=50, strict=True)
    read_at: Moment
    sent_at: Moment | None = None
    photo_sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")


@router.post("/barriers/{code}/readings", summary="Tell which plate a camera reads at a barrier", throttle=UNLIMITED)
def readings(request: HttpRequest, code: str, seen: ReadingIn) -> HttpResponse:
    """The card appears at that barrier by itself. Opens nothing. An unsure one is for an officer's own eyes."""
    at = request.moment
    kept = take_reading(
        reading_id=seen.id,
        barrier=barrier_of(code),
        lane=seen.lane,
        plate=seen.plate,
        confidence=seen.confidence,
        read_at=set_right(seen.read_at, seen.sent_at, at),
        photo_digest=seen.photo_sha256,
        by=request.actor,
        at=at,
    )
    return answer(request, {"id": kept.pk, "barrier": kept.barrier_id, "lane": kept.lane, "plate": kept.plate})
