"""What weighbridges and electronic seals send by key. Each makes the id of its message: sent twice, it counts once."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.throttling import BaseThrottle
from pydantic import BaseModel, ConfigDict, Field

from tinhso.kernel.api.answers import answer
from tinhso.pillars.border.gate.actions.seals import Told, take_seal_event
from tinhso.pillars.border.gate.actions.sent_positions import Moment
from tinhso.pillars.border.gate.actions.weighings import Weighed, take_weighing
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.queries.barrier import barrier_of
from tinhso.pillars.border.gate.rules.positions import set_right
from tinhso.pillars.border.gate.rules.weighing import MOST

router = Router()
UNLIMITED: list[BaseThrottle] = []
STRICT = ConfigDict(extra="forbid", allow_inf_nan=False, json_schema_extra=wco.named)


class WeighingIn(BaseModel):
    """`kg`: the whole vehicle. `tare_kg`: the same vehicle empty, where the bridge knows. `sent_at`: its clock now."""

    model_config = STRICT

    id: UUID
    plate: str = Field(min_length=1, max_length=32)
    kg: int = Field(ge=0, le=MOST, strict=True)
    steady: bool = Field(default=True, strict=True)
    tare_kg: int | None = Field(default=None, ge=0, le=MOST, strict=True)
    weighed_at: Moment
    sent_at: Moment | None = None


class SealEventIn(BaseModel):
    """`plate`: of the tractor, when the seal is applied; later the seal's number is enough."""

    model_config = STRICT

    id: UUID
    seal_no: str = Field(min_length=1, max_length=40)
    event: Literal["applied", "armed", "opened", "tampered"]
    plate: str = Field(default="", max_length=32)
    happened_at: Moment
    sent_at: Moment | None = None


@router.post("/barriers/{code}/weighings", summary="Tell what a weighbridge reads", throttle=UNLIMITED)
def weighings(request: HttpRequest, code: str, read: WeighingIn) -> HttpResponse:
    """By the barrier at which the bridge lies. Customs see a difference beyond the tolerance; nothing is held."""
    at = request.moment
    weighed = Weighed(
        plate=read.plate,
        kg=read.kg,
        steady=read.steady,
        tare_kg=read.tare_kg,
        weighed_at=set_right(read.weighed_at, read.sent_at, at),
        id=read.id,
    )
    kept = take_weighing(weighed=weighed, barrier=barrier_of(code), by=request.actor, at=at)
    return answer(request, {"id": kept.pk, "barrier": kept.barrier_id, "kg": kept.kg, "steady": kept.steady})


@router.post("/seals/events", summary="Tell what happened to a seal", throttle=UNLIMITED)
def seal_events(request: HttpRequest, told: SealEventIn) -> HttpResponse:
    """Customs are alarmed by a seal that was tampered with, and hold the vehicle or not; nothing is held by itself."""
    at = request.moment
    event = Told(told.seal_no, told.event, set_right(told.happened_at, told.sent_at, at), id=told.id)
    kept = take_seal_event(told=event, plate=told.plate, by=request.actor, at=at)
    return answer(request, {"id": kept.pk, "seal_no": kept.seal_no, "event": kept.kind})
