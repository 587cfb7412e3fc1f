"""A vehicle noted as undeclared, afterwards: how its stay ends, and whichever declaration takes its arrival over.

However it is declared – on the spot, by its firm over the web, the API or a sheet, ahead by its driver – it counts from
that declaration on and against its firm (border brief 6.7 and 7.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.access.actions import end, give
from tinhso.kernel.access.may import require
from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.binding import acting_as
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.move import enter_buffer
from tinhso.pillars.border.gate.actions.orders import reason_of
from tinhso.pillars.border.gate.actions.strikes import count_strike
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.noted import STAY
from tinhso.pillars.border.gate.flows.states import ACCEPTED, DRAFT
from tinhso.pillars.border.gate.flows.trip import FROM_INLAND
from tinhso.pillars.border.gate.models import Enterprise, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.permissions import STEPS, role_code, step_permission
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.undeclared import arrivals_of, standing_undeclared
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse

LEFT, LATE, OWN_WORDS, ELSEWHERE = "LEFT", "LATE", "OWN_WORDS", "OTHER_GATE"
LONGEST_GUESS = 120


def declarer(arrival: UndeclaredArrival) -> Actor:
    """Who acts when the link is used: whoever stands with the vehicle."""
    return Actor(arrival.pk, "link", plates.show(arrival.plate))


def leave_undeclared(*, trip: Trip, by: Actor, at: datetime, reason_code: str = "", reason: str = "") -> Trip:
    """Xe đã rời đi: the noted vehicle is not here any more, by a reason of the list or in words.

    Refusals: BG-251 for a code that is none, BG-038 without a reason, BG-541 for a trip that was not noted.
    """
    chosen = reason_of(reason_code, LEFT) if reason_code else None
    words = reason.strip() or (chosen.label_vi if chosen else "")
    return TRIP.fire(trip, "leave_undeclared", by=by, at=at, reason_code=reason_code or OWN_WORDS, reason=words)


@transaction.atomic
def describe_arrival(*, arrival: UndeclaredArrival, goods: str, reason_code: str, by: Actor, at: datetime) -> None:
    """Write down what the driver says once the lane is free: what he carries, why he has not declared (LATE).

    Said anew it replaces what was said; the audit keeps both. Refusals: BG-251 for a reason that is none, BG-023 once
    it is declared or gone.
    """
    require(by, step_permission("leave_undeclared"), on=arrival.trip, at=at)
    row = UndeclaredArrival.objects.select_for_update(of=("self",)).select_related("trip").get(pk=arrival.pk)
    if row.trip.state != DRAFT:
        raise refuse("BG-023", event=STEPS["walk_up"][0], state=row.trip.get_state_title())
    if reason_code:
        reason_of(reason_code, LATE)
    said = {"goods_guess": " ".join(goods.split())[:LONGEST_GUESS], "reason_code": reason_code}
    changed = {name: new for name, new in said.items() if getattr(row, name) != new}
    if changed:
        before = {f"{name}_before": getattr(row, name) for name in changed}
        UndeclaredArrival.objects.filter(pk=row.pk).update(**changed)
        facts: dict[str, Any] = {**changed, **before}
        record("border_gate.undeclared_described", by=by, at=at, kind=TRIP.name, record_id=row.trip_id, **facts)


def leave_other_points(*, arrival: UndeclaredArrival, at: datetime) -> None:
    """Noted here, it stands nowhere else: what was noted before at other points ends."""
    for other in standing_undeclared([arrival.plate]).exclude(point=arrival.point).filter(seen_at__lt=at):
        leave_undeclared(trip=other.trip, reason_code=ELSEWHERE, by=SYSTEM, at=at)


def lapse_if_over(*, arrival: UndeclaredArrival, at: datetime) -> bool:
    """Whether it was noted so long ago that it counts as gone; what the timer has not ended yet is ended."""
    seen = arrival.seen_again_at or arrival.seen_at
    over = seen + law_at(seen).number(STAY).span <= at
    if over:
        TRIP.fire(arrival.trip, "lapse_undeclared", by=SYSTEM, at=at)
    return over


@transaction.atomic
def declare_arrivals(*, trips: Sequence[Trip], at: datetime, corrected: bool = False) -> None:
    """Of trips just sent: who stands at the gate undeclared is declared by that, and counted against the firm.

    `corrected`: sent once more, so that their own arrivals are counted already.
    """
    own = [trip for trip in trips if trip.undeclared and not corrected]
    for trip in own + _taken_over(trips, at):
        if trip.enterprise is not None:
            count_arrival(trip, trip.enterprise, at)


def _taken_over(trips: Sequence[Trip], at: datetime) -> list[Trip]:
    """Give each trip the open arrival of its vehicle, the last one if there are several; returns who took one over."""
    waiting: dict[str, list[UndeclaredArrival]] = {}
    for arrival in standing_undeclared({trip.tractor_plate for trip in trips}).select_for_update(of=("self",)):
        waiting.setdefault(arrival.plate, []).append(arrival)
    taken = []
    for trip in trips:
        found = [one for one in waiting.get(trip.tractor_plate, ()) if not lapse_if_over(arrival=one, at=at)]
        free = not trip.undeclared
        for arrival in reversed(found):
            _end_noted(arrival, trip, at)
            if free:
                _hand_over(arrival, trip, at)
                taken.append(trip)
            free = False
    return taken


def end_noted(*, trip: Trip, at: datetime) -> None:
    """Noted while its declaration, sent before, was not accepted yet: now it is no undeclared vehicle, nor was one."""
    for arrival in standing_undeclared([trip.tractor_plate]).filter(point=trip.point_id, seen_at__lte=at):
        _end_noted(arrival, trip, at)


def join_queues(*, trips: Sequence[Trip], at: datetime) -> None:
    """Of trips just accepted: those whose vehicles stand at the gate wait with the others."""
    came = {trip.pk: trip for trip in trips if trip.undeclared and trip.state == ACCEPTED}
    for arrival in UndeclaredArrival.objects.filter(trip__in=came) if came else ():
        join_queue(arrival=arrival, trip=came[arrival.trip_id], at=at)


@transaction.atomic
def join_queue(*, arrival: UndeclaredArrival, trip: Trip, at: datetime) -> None:
    """It stands at the gate already: once accepted it waits with the others, and its link changes nothing more.

    That is the driver's own step, whoever has typed the declaration for him.
    """
    if trip.kind in FROM_INLAND and (trip.kind != "TRANSIT" or trip.direction == "X"):
        with acting_as(declarer(arrival)) as driver:
            enter_buffer(trip=trip, plate=arrival.plate, by=driver, at=at, confirmed=True)
    end_link(arrival=arrival, at=at)


def end_link(*, arrival: UndeclaredArrival, at: datetime) -> None:
    """Whoever holds the short link may do nothing more with it."""
    for grant in Grant.objects.filter(holder_id=arrival.pk, valid_until=None):
        end(grant=grant, by=SYSTEM, at=at)


def let_declare(*, arrival: UndeclaredArrival, by: Actor, at: datetime) -> None:
    """Whoever holds the short link may declare the arrival's trip, and see where it stands."""
    role = Role.objects.get(code=role_code("DRIVER"))
    give(role=role, holder_id=arrival.pk, where=Where(record=arrival.trip_id), by=by, at=at)


def _end_noted(arrival: UndeclaredArrival, trip: Trip, at: datetime) -> None:
    """The noted draft ends: what it stood for goes on as that trip."""
    TRIP.fire(arrival.trip, "take_over_undeclared", by=SYSTEM, at=at, trip=str(trip.pk))
    end_link(arrival=arrival, at=at)


def _hand_over(arrival: UndeclaredArrival, trip: Trip, at: datetime) -> None:
    """Declared for another point or a later day it is no vehicle of this queue: it comes anew, and is counted only.

    The figures of the day on which it was noted know the firm from the draft.
    """
    Trip.objects.filter(pk=arrival.trip_id).update(enterprise=trip.enterprise, agency_id=trip.agency_id)
    arrival.trip = trip
    arrival.save(update_fields=["trip"])
    if arrival.point_id == trip.point_id and trip.planned_on <= at.astimezone(HANOI).date():
        Trip.objects.filter(pk=trip.pk).update(undeclared=True)
        trip.undeclared = True
        let_declare(arrival=arrival, by=SYSTEM, at=at)


def count_arrival(trip: Trip, firm: Enterprise, at: datetime) -> None:
    """The first arrivals are a warning, from the third within 90 days on booking is locked for 7 days."""
    facts = count_strike(firm, "undeclared", times=arrivals_of, at=at)
    publish(events.ARRIVAL_COUNTED, kind=TRIP.name, record_id=trip.pk, by=SYSTEM, at=at, **facts)
