"""Samples of the plant quarantine: what a trip drew, which checks wait for one, how the shares came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.pillars.border.gate.models import ClearanceTask, SampleDraw, Trip
from tinhso.pillars.border.gate.queries.selection import lot
from tinhso.pillars.border.gate.rules.goods import PLANT
from tinhso.pillars.border.gate.rules.selection import Sample


@dataclass(frozen=True, slots=True)
class Share:
    """Of one rule in a span of time: trips that drew, those to be sampled, and what the samples showed."""

    title: Bilingual
    trips: int
    drawn: int
    clean: int
    found: int


def drawn_by(trip_code: str, sample: Sample) -> int:
    """The number from 0 to 99 that a trip draws for that sample; below the share it is sampled."""
    return lot(trip_code, f"sample:{sample.code}")


def draws_of(trip: Trip) -> list[SampleDraw]:
    """What the trip drew, as far as it still counts."""
    return list(SampleDraw.objects.filter(trip=trip, lapsed_at=None))


def waiting_for_sample(tasks: Sequence[ClearanceTask]) -> dict[UUID, SampleDraw]:
    """Which of these checks may not pass before the sample of their trip is found clean, each with the sample."""
    by_trip = {task.trip_id: task.pk for task in tasks if task.kind == PLANT and task.stage != "RETURN"}
    rows = SampleDraw.objects.filter(trip__in=by_trip, drawn=True, lapsed_at=None) if by_trip else ()
    return {by_trip[row.trip_id]: row for row in rows if row.waits}


def drawn_for(tasks: Sequence[ClearanceTask]) -> dict[UUID, tuple[str, int]]:
    """Of those of these checks that were drawn: what the sample showed, empty while it is due, and the share in %.

    Of several rules the one that keeps the check longest from passing.
    """
    by_trip = {task.trip_id: task.pk for task in tasks if task.kind == PLANT and task.stage != "RETURN"}
    rows = SampleDraw.objects.filter(trip__in=by_trip, drawn=True, lapsed_at=None) if by_trip else ()
    worst = ("", SampleDraw.Result.FOUND, SampleDraw.Result.CLEAN)
    ranked = sorted(rows, key=lambda row: worst.index(row.result), reverse=True)
    return {by_trip[row.trip_id]: (row.result, row.share_percent) for row in ranked}


def shares(*, begins: datetime, ends: datetime) -> list[Share]:
    """How the draws of a span came out, by rule."""
    rows = SampleDraw.objects.filter(drawn_at__gte=begins, drawn_at__lt=ends, lapsed_at=None).order_by("rule")
    told = rows.values_list("title_vi", "title_en").annotate(
        trips=Count("pk"),
        taken=Count("pk", filter=Q(drawn=True)),
        passed=Count("pk", filter=Q(result=SampleDraw.Result.CLEAN)),
        found=Count("pk", filter=Q(result=SampleDraw.Result.FOUND)),
    )
    return [Share(Bilingual(vi, en), *counts) for vi, en, *counts in told]
