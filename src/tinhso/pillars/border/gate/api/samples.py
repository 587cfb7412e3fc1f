"""What the plant quarantine's sample showed, told by a program of the force, as its officer tells it on the page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from tinhso.kernel.access.may import unseen
from tinhso.kernel.api.answers import answer
from tinhso.kernel.api.once import idempotent
from tinhso.pillars.border.gate.actions.samples import LONGEST_FINDING, record_sample
from tinhso.pillars.border.gate.models import ClearanceTask, SampleDraw
from tinhso.pillars.border.gate.permissions import WORK_TASK
from tinhso.pillars.border.gate.queries.tasks import tasks_of

router = Router()


class SampleIn(BaseModel):
    """CLEAN: no pest, no soil; FOUND: pest, soil or leaves, with the finding in words of at least ten letters."""

    model_config = ConfigDict(extra="forbid")

    result: Literal["CLEAN", "FOUND"]
    finding: Annotated[str, Field(max_length=LONGEST_FINDING)] = ""


class SampleOut(BaseModel):
    """One rule that drew the trip, and what its sample showed."""

    rule: str
    share_percent: int
    number: int = Field(description="drawn from 0 to 99; below the share it is sampled")
    result: str
    finding: str
    sampled_at: datetime | None


class SamplesOut(BaseModel):
    task: UUID
    samples: list[SampleOut]


@router.post("/tasks/{uuid:task_id}/samples", response=SamplesOut, summary="Record what the sample showed")
@idempotent
def sample(request: HttpRequest, task_id: UUID, told: SampleIn) -> HttpResponse:
    """Only the force that works the check; written twice it says the last. Refusals: BG-573, BG-038, BG-023."""
    rows = tasks_of(by=request.actor, at=request.moment).select_related("force")
    task = rows.filter(pk=task_id).first()
    if task is None:
        raise unseen(ClearanceTask, task_id, request.actor, WORK_TASK, request.moment)
    made = record_sample(task=task, result=told.result, finding=told.finding, by=request.actor, at=request.moment)
    return answer(request, {"task": task.pk, "samples": [_shown(one) for one in made]})


def _shown(draw: SampleDraw) -> dict[str, object]:
    return {name: getattr(draw, name) for name in SampleOut.model_fields}
