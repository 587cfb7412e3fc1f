"""Goods that were refused, written down with the codes that they carried at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import GoodsLine, Refusal, RefusedBy, Trip
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.rules import goods

CHINESE = "CN_REFUSED"
QUARANTINES = {"PLANT_Q": goods.PLANT, "ANIMAL_Q": goods.ANIMAL}


def refused_by_china(*, trip: Trip, reason_code: str, by: Actor, at: datetime) -> None:
    """The vehicle came back with its goods: all its lines were refused."""
    lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))
    _write(trip, lines, RefusedBy.CHINA, "REJECTED", reason_code, "", by, at)


def refused_by_quarantine(
    *,
    trip: Trip,
    task: str,
    result: str,
    reason_code: str,
    finding: str,
    by: Actor,
    at: datetime,
    minutes_no: str = "",
    witnesses: Sequence[str] = (),
) -> None:
    """A quarantine did not pass the lines that are its own; of other checks nothing is written here."""
    flag = QUARANTINES.get(task)
    if flag is None:
        return
    lines = GoodsLine.objects.filter(declaration_id=trip.declaration_id)
    listed = law_on(trip.planned_on).goods
    own = [line for line in lines if flag in listed.flags(line.hs6)]
    _write(trip, own, RefusedBy.QUARANTINE, result, reason_code, finding, by, at, minutes_no, witnesses)


def _write(
    trip: Trip,
    lines: Sequence[GoodsLine],
    refused_by: str,
    result: str,
    reason_code: str,
    finding: str,
    by: Actor,
    at: datetime,
    minutes_no: str = "",
    witnesses: Sequence[str] = (),
) -> None:
    Refusal.objects.bulk_create(
        Refusal(
            trip=trip,
            point_id=trip.point_id,
            refused_by=refused_by,
            result=result,
            reason_code=reason_code,
            finding=finding[:400],
            hs6=line.hs6,
            goods=line.title,
            kg=line.gross_kg,
            growing_areas=line.growing_areas,
            packing_houses=line.packing_houses,
            certificate_no=line.certificate_no,
            minutes_no=minutes_no,
            witnesses=list(witnesses),
            at=at,
            by=by.id,
        )
        for line in lines
    )
