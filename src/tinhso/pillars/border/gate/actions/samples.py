"""The plant quarantine's sample: drawn by lot when the goods are declared, its result written down by the officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.overlays import IN_PROGRESS, OPEN, TREATING
from tinhso.pillars.border.gate.models import ClearanceTask, GoodsLine, SampleDraw, Trip
from tinhso.pillars.border.gate.permissions import WORK_TASK
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.queries.samples import drawn_by, waiting_for_sample
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse
from tinhso.pillars.border.gate.rules.goods import PLANT
from tinhso.pillars.border.gate.rules.selection import GoodsOf, Sample

LONGEST_FINDING = 400
SHORTEST_FINDING = 10
UNDONE = (OPEN, IN_PROGRESS, TREATING)


def draw_samples(*, trips: Sequence[Trip], at: datetime) -> None:
    """Draw for each rule of the trip's day that speaks of its goods; drawn again, the same comes out."""
    fitting = _fitting(trips)
    draws = [_draw(trip, sample, at) for trip in trips for sample in fitting[trip.pk]]
    if draws:
        SampleDraw.objects.bulk_create(draws, ignore_conflicts=True)


def draw_again(*, trip: Trip, at: datetime) -> None:
    """After a correction: other goods draw, and what was drawn for goods that are no more lapses.

    A sample that was taken stays.
    """
    draw_samples(trips=[trip], at=at)
    codes = {sample.code for sample in _fitting([trip])[trip.pk]}
    undone = SampleDraw.objects.filter(trip=trip, result="", taken_over=False)
    undone.filter(lapsed_at=None).exclude(rule__in=codes).update(lapsed_at=at)
    undone.filter(rule__in=codes).update(lapsed_at=None)


def copy_samples(*, giver: UUID, taker: Trip) -> None:
    """Goods that change vehicles take their sample along, taken or not."""
    rows = SampleDraw.objects.filter(trip=giver, lapsed_at=None, drawn=True)
    for row in rows:
        row.trip, row.point_id, row._state.adding = taker, taker.point_id, True
        row.id, row.taken_over = uuid7(), True
    SampleDraw.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def record_sample(
    *,
    task: ClearanceTask,
    result: str,
    finding: str = "",
    by: Actor,
    at: datetime,
    offline: Mapping[str, Any] | None = None,
) -> list[SampleDraw]:
    """Write down what the sample showed, for each rule that drew the trip.

    Written twice it says the last; the audit keeps what stood before. `offline`: what a device told of itself that
    recorded it without network.

    Refusals: BG-024 for who does not work the check, BG-313 for an unknown result, BG-038 for a finding that says
    nothing, BG-573 for a trip that was not drawn, BG-023 for a check that is over.
    """
    require(by, WORK_TASK, task, at)
    if result not in SampleDraw.Result.values:
        raise refuse("BG-313", field="result", v=result, list=", ".join(SampleDraw.Result.values))
    said = finding.strip()[:LONGEST_FINDING]
    if result == SampleDraw.Result.FOUND and len(said) < SHORTEST_FINDING:
        raise refuse("BG-038", field="finding")
    stored = ClearanceTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    draws = list(SampleDraw.objects.select_for_update().filter(trip=stored.trip_id, drawn=True, lapsed_at=None))
    if stored.kind != PLANT or not draws:
        raise refuse("BG-573", field="result")
    if stored.state not in UNDONE:
        raise refuse("BG-023", event=SampleDraw.Result(result).label, state=stored.get_state_title())
    for draw in draws:
        if (draw.result, draw.finding) != (result, said):
            _write(draw, result, said, by, at, {"offline": dict(offline)} if offline else {})
    return draws


def _write(
    draw: SampleDraw, result: str, finding: str, by: Actor, at: datetime, device: Mapping[str, dict[str, Any]]
) -> None:
    before = draw.result
    draw.result, draw.finding, draw.sampled_at, draw.sampled_by = result, finding, at, by.id
    draw.save(update_fields=["result", "finding", "sampled_at", "sampled_by"])
    told: dict[str, Any] = {"rule": draw.rule, "number": draw.number, "result": result}
    record("border_gate.sample_recorded", by=by, at=at, kind=TRIP.name, record_id=draw.trip_id, before=before, **told,
           **device)  # fmt: skip
    publish(events.SAMPLE_RECORDED, kind=TRIP.name, record_id=draw.trip_id, by=by, at=at, **told)


def must_be_sampled(tasks: Sequence[ClearanceTask]) -> dict[UUID, GateRefusal]:
    """Why some of these checks may not pass: the sample is due (BG-571), or it showed something (BG-572)."""
    return {pk: _why(draw) for pk, draw in waiting_for_sample(tasks).items()}


def _why(draw: SampleDraw) -> GateRefusal:
    if draw.result:
        return refuse("BG-572", field="result")
    return refuse("BG-571", field="result", n=draw.share_percent)


def _draw(trip: Trip, sample: Sample, at: datetime) -> SampleDraw:
    number = drawn_by(trip.code, sample)
    return SampleDraw(
        trip=trip,
        point_id=trip.point_id,
        rule=sample.code,
        title_vi=sample.title.vi,
        title_en=sample.title.en,
        share_percent=sample.share,
        number=number,
        drawn=number < sample.share,
        drawn_at=at,
    )


def _fitting(trips: Sequence[Trip]) -> dict[UUID, list[Sample]]:
    """By trip the rules of its day that speak of its goods."""
    wanted = {trip.pk: law_on(trip.planned_on).samples for trip in trips}
    lines = _lines(trips) if any(wanted.values()) else {}
    return {
        trip.pk: [one for one in wanted[trip.pk] if one.fits(trip.direction, lines.get(trip.declaration_id, ()))]
        for trip in trips
    }


def _lines(trips: Sequence[Trip]) -> dict[UUID, list[GoodsOf]]:
    found: dict[UUID, list[GoodsOf]] = {}
    rows = GoodsLine.objects.filter(declaration_id__in={trip.declaration_id for trip in trips})
    for declaration_id, group, hs in rows.values_list("declaration_id", "group", "hs6"):
        found.setdefault(declaration_id, []).append((group, hs))
    return found
