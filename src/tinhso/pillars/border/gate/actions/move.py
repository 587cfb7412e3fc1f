"""Moving: set out, wait, be called, come through the barriers, into the yard and over the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any, TypedDict, Unpack

from django.db import transaction

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.dates import show_time
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions.fees import assess_fees
from tinhso.pillars.border.gate.actions.holding import enter_area
from tinhso.pillars.border.gate.actions.orders import reason_of
from tinhso.pillars.border.gate.actions.refusals import CHINESE, refused_by_china
from tinhso.pillars.border.gate.actions.tasks import open_tasks
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import CrossingPoint, QueueState, Trip, Yard
from tinhso.pillars.border.gate.queries.codes import must_not_be_suspended
from tinhso.pillars.border.gate.queries.guidance import pause_of
from tinhso.pillars.border.gate.queries.queue import kept_reason, pace_of, waiting_tickets
from tinhso.pillars.border.gate.queries.yard import yards_not_full
from tinhso.pillars.border.gate.rules import queue
from tinhso.pillars.border.gate.rules.codes import refuse

SHORTEST_REASON = 10
EMPTY, LOADED, REJECTED = "EMPTY", "LOADED", "REJECTED"


class Sighting(TypedDict, total=False):
    """What a barrier says beside the plate. `confidence`: of a camera's reading; `confirmed`: an officer looked.

    `offline`: what a device tells of itself that let the vehicle through without network.
    """

    confidence: float
    confirmed: bool
    lane: int
    control_point: str
    offline: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Called:
    """Who was called, in the order of the calls; and whose call was refused, which ended the calls of the lane."""

    trips: list[Trip]
    refused: list[tuple[Trip, StepRefused]]


def depart(*, trip: Trip, by: Actor, at: datetime) -> Trip:
    """The driver sets out. Refusal: BG-280 while a code of the goods is suspended."""
    must_not_be_suspended(trip, at=at)
    return TRIP.fire(trip, "depart", by=by, at=at)


def enter_buffer(*, trip: Trip, plate: str, by: Actor, at: datetime, area: str = "", **seen: Unpack[Sighting]) -> Trip:
    """Into the holding area of that code, see `enter_area`; from here the place in the queue counts."""
    happened = "offline" in seen
    return enter_area(trip=trip, area=area, happened=happened, by=by, at=at, plate=plate, **seen)


def call_next(*, point: CrossingPoint, at: datetime, by: Actor = SYSTEM) -> Trip | None:
    """One beat of `call_many`: the loaded vehicle that was called, else the empty one, else nobody."""
    return next(iter(call_many(point=point, count=1, at=at, by=by)), None)


def call_many(*, point: CrossingPoint, count: int, at: datetime, by: Actor = SYSTEM) -> list[Trip]:
    """Call so many beats of the published order; a refusal is raised when nobody at all could be called."""
    called = call_lanes(point=point, count=count, at=at, by=by)
    if called.refused and not called.trips:
        raise called.refused[0][1]
    return called.trips


@transaction.atomic
def call_lanes(*, point: CrossingPoint, count: int, at: datetime, by: Actor = SYSTEM) -> Called:
    """Call by the published order at most so many of each lane; the queue is ranked once for all of them.

    The cycle goes on where it stood. A vehicle whose yard is 95 per cent full is called to another one of the point.
    A call that is refused ends the calling in its lane, the other one goes on. Refusals: BG-355 while the calls of
    the point are paused, BG-296 when all its yards are that full.
    """
    pause = pause_of(point.pk)
    if pause is not None:
        raise refuse("BG-355", point=point.gate_short, t=show_time(pause.begun_at), reason=pause.reason)
    room = yards_not_full(point.pk, at=at)
    if not room and Yard.objects.filter(point=point, level="border").exists():
        raise refuse("BG-296")
    state, _made = QueueState.objects.select_for_update().get_or_create(point=point)
    pace = pace_of(point, state, at)
    order = list(chain.from_iterable(islice(queue.beats(waiting_tickets(point=point, at=at), pace), count)))
    trips = {trip.code: trip for trip in Trip.objects.filter(code__in=[call.ticket.code for call in order])}
    found = Called([], [])
    stopped: set[bool] = set()
    for call in order:
        trip, lane = trips[call.ticket.code], call.position is None
        if lane in stopped:
            continue
        try:
            _call(trip, call, room, by=by, at=at)
        except StepRefused as refusal:
            stopped.add(lane)
            found.refused.append((trip, refusal))
            continue
        found.trips.append(trip)
        state.last_called_at = at
        state.position = state.position if call.position is None else call.position
    if found.trips:
        state.save(update_fields=["position", "last_called_at"])
    return found


@transaction.atomic
def _call(trip: Trip, call: queue.Call, room: list[Yard], *, by: Actor, at: datetime) -> None:
    elsewhere = {"yard": str(room[0].pk)} if room and trip.yard_id not in {yard.pk for yard in room} else {}
    TRIP.fire(trip, "call", by=by, at=at, first=queue.FirstInLine(trip.pk), **kept_reason(call.reason), **elsewhere)


def arrive(*, trip: Trip, plate: str, by: Actor, at: datetime, **seen: Unpack[Sighting]) -> Trip:
    """Through barrier 1 into the gate's zone. `seen`: confidence, confirmed, lane, control_point."""
    return TRIP.fire(trip, "arrive", by=by, at=at, plate=plate, **seen)


def cross_in(*, trip: Trip, plate: str, by: Actor, at: datetime, **seen: Unpack[Sighting]) -> Trip:
    """Over the line into Vietnam; the limit of stay begins."""
    return TRIP.fire(trip, "cross_in", by=by, at=at, plate=plate, **seen)


def enter_yard(*, trip: Trip, by: Actor, at: datetime, bay: str = "", **seen: Unpack[Sighting]) -> Trip:
    """Into the yard, if it has room (its row is locked while that is asked)."""
    facts = {"bay": bay} if bay else {}
    return TRIP.fire(trip, "yard_in", by=by, at=at, **facts, **seen)


def cross_out(*, trip: Trip, plate: str, by: Actor, at: datetime, **seen: Unpack[Sighting]) -> Trip:
    """Over the line out of Vietnam, within the validity of the release."""
    return TRIP.fire(trip, "cross_out", by=by, at=at, plate=plate, **seen)


def return_in(
    *,
    trip: Trip,
    plate: str,
    load_state: str,
    by: Actor,
    at: datetime,
    reason_code: str = "",
    **seen: Unpack[Sighting],
) -> Trip:
    """Back into Vietnam on leg 2: EMPTY, LOADED (two-way) or REJECTED; what must be checked then is opened.

    Goods brought back owe a fee of their own.
    With REJECTED the reason of the Chinese side is written down for the statistics. Refusal: BG-251 without one.
    """
    told = {}
    if load_state == REJECTED:
        told = {"reason_code": reason_of(reason_code, "RETURN").code}
        if not reason_code.startswith(CHINESE):
            raise refuse("BG-251", field="reason_code")
    with transaction.atomic():
        TRIP.fire(trip, "return_in", by=by, at=at, plate=plate, load_state=load_state, **told, **seen)
        if load_state != EMPTY:
            open_tasks(trips=[trip], at=at, returns=load_state)
        if load_state == LOADED:
            assess_fees(trips=[trip], at=at, leg=2)
        if load_state == REJECTED:
            refused_by_china(trip=trip, reason_code=reason_code, by=by, at=at)
    return trip


def close_return(*, trip: Trip, by: Actor, at: datetime) -> Trip:
    """The vehicle is back and nothing is left to do."""
    return TRIP.fire(trip, "close_return", by=by, at=at)


def leave_inland(*, trip: Trip, plate: str, by: Actor, at: datetime, **seen: Unpack[Sighting]) -> Trip:
    """Out through barrier 1, inland."""
    return TRIP.fire(trip, "leave_inland", by=by, at=at, plate=plate, **seen)
