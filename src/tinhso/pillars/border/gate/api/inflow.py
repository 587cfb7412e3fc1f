"""Notices on the inflow of goods for programs: all that stand, and those that touch one trip."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from tinhso.kernel.api.answers import unless_known
from tinhso.pillars.border.gate.models import CrossingPoint
from tinhso.pillars.border.gate.queries.inflow import MOST, as_rows, notices_now, notices_of_trip
from tinhso.pillars.border.gate.queries.trips import trip_for

router = Router()


class NoticeOut(BaseModel):
    """A notice of the department of industry and trade: bring goods slower or elsewhere. It stops nothing."""

    document_no: str
    points: list[str] = Field(description="codes of the crossing points; empty: all of them")
    goods_groups: list[str] = Field(description="empty: all goods")
    begins_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    end_reason: str
    text_vi: str
    text_zh: str


class NoticesOut(BaseModel):
    items: list[NoticeOut]


@router.get("/inflow-notices", response=NoticesOut, summary="Notices on the inflow of goods", auth=None)
def list_notices(request: HttpRequest) -> HttpResponse:
    """Public: those in force or beginning within a week; what was ended early stands in the open data."""
    rows = notices_now(at=request.moment)[:MOST]
    return unless_known(request, {"items": as_rows(rows, _codes())})


@router.get("/trips/{uuid:trip_id}/inflow-notices", response=NoticesOut, summary="Notices that touch a trip")
def list_of_trip(request: HttpRequest, trip_id: UUID) -> HttpResponse:
    """Only of trips that the caller may see."""
    trip = trip_for(trip_id, by=request.actor, at=request.moment)
    return unless_known(request, {"items": as_rows(notices_of_trip(trip, at=request.moment), _codes())})


def _codes() -> dict[UUID, str]:
    return dict(CrossingPoint.objects.values_list("pk", "code"))
