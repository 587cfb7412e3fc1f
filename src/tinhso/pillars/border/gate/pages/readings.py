"""What a barrier's cameras see: a card for each lane, by itself; an unsure one asks for the officer's eyes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.passages import Passage, Seen, decide
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.models import ControlPoint, PlateReading
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.readings import reading_of, waiting_at
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.limits import SURE
from tinhso.pillars.border.gate.rules.readings import is_sure

Card = Callable[[Passage, Seen], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sight:
    """One lane's reading. `card`: the verdict when the camera was sure; `known`: a live trip has this plate."""

    reading: PlateReading
    plate: str
    percent: int
    sure: bool
    known: bool
    card: dict[str, Any]


def seen_of(reading: PlateReading, *, by_eye: bool) -> Seen:
    """The reading as the step hears it; an officer's eye is told only where it looked."""
    return Seen(plate=reading.plate, confidence=reading.confidence, confirmed=by_eye, lane=reading.lane)


def read_by_machine(reading: PlateReading, typed: str) -> dict[str, Any]:
    """What the step is told beside the plate when that is the one which the camera read."""
    if plates.normalise(typed) != reading.plate:
        return {}
    seen = seen_of(reading, by_eye=not _is_sure(reading))
    return {"confidence": seen.confidence, "confirmed": seen.confirmed, "lane": seen.lane}


def in_sight(request: Request, barrier: ControlPoint, card: Card) -> dict[str, Any]:
    """What the barrier's page shows of its cameras."""
    found = [_sight(request, barrier, one, card) for one in waiting_at(barrier, at=request.moment)]
    return {"sights": found, "camera_plays": choice.is_simulated(), "lanes": range(1, barrier.lanes + 1)}


def chosen(request: Request, barrier: ControlPoint) -> PlateReading | None:
    """The reading that the form or address names, if it is one of this barrier's."""
    try:
        wanted = UUID(request.POST.get("doc", "") or request.GET.get("doc", ""))
    except ValueError:
        return None
    return reading_of(wanted, barrier)


def _is_sure(reading: PlateReading) -> bool:
    """By the rules of the day on which it was read."""
    return is_sure(reading.confidence, law_at(reading.read_at).number(SURE).value)


def _sight(request: Request, barrier: ControlPoint, reading: PlateReading, card: Card) -> Sight:
    sure, told, known = _is_sure(reading), {}, True
    seen = seen_of(reading, by_eye=not sure)
    try:
        passage = decide(barrier=barrier, seen=seen, by=request.actor, at=request.moment)
    except Refusal as refusal:  # no plate of Viet Nam or China
        known, told = False, {"wrong": refusal.for_people()}
    else:
        known = passage.trip is not None
        told = card(passage, seen) if sure and known else {}
    percent = int(reading.confidence * 100)
    return Sight(reading, plates.show(reading.plate), percent, sure, known, told)
