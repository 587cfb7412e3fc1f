"""Booking an hour: keep a place while the form is open, take it, move it, give it back; and what a no-show costs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_date, show_moment
from tinhso.kernel.events.publish import publish
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.orders import diverted
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import (
    Booking,
    Displacement,
    Enterprise,
    Holding,
    SlotWindow,
    Standing,
    Trip,
)
from tinhso.pillars.border.gate.models.trips import DIRECTIONS
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import bookings as queries
from tinhso.pillars.border.gate.queries.codes import must_not_be_suspended
from tinhso.pillars.border.gate.queries.lock_reasons import LOCKED, NO_SHOWS
from tinhso.pillars.border.gate.queries.parties import must_be_able_to_book
from tinhso.pillars.border.gate.queries.problems import what_stands_against
from tinhso.pillars.border.gate.queries.reference import hours_of
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse
from tinhso.pillars.border.gate.rules.hours import next_opening

BOOK = step_permission("book_slot")
KIND = "border_gate.booking"


def book_slot(*, trip: Trip, slot_id: Any, by: Actor, at: datetime) -> Trip:
    """Take a place in an hour, or move to it; the last place goes to one trip only, whoever asks with him.

    A place that this person keeps for the form in that hour becomes the trip's. Refusals: BG-037 while the firm's
    booking is locked, BG-280 for goods with a suspended code, BG-014 with the next hour that has room, BG-011, BG-301
    too far ahead, BG-300 moved too often, BG-015 closed then, BG-016 goods not taken then.
    """
    must_not_be_suspended(trip, at=at)
    if trip.enterprise is not None:
        must_be_able_to_book(trip.enterprise, at=at)
    slot = SlotWindow.objects.filter(pk=slot_id).first()
    if slot is None or (slot.point_id, slot.direction) != (trip.point_id, trip.direction):
        raise refuse("BG-302", field="slot")
    kept = queries.hold_of(by.id, trip.agency_id, at=at) if trip.agency_id else None
    facts = {"slot": str(slot.pk), **({"booking": str(kept.pk)} if kept and kept.slot_id == slot.pk else {})}
    displaced = queries.displacement_of(trip)
    try:
        with transaction.atomic():
            TRIP.fire(trip, "book_slot", by=by, at=at, **facts)
            if displaced is not None:
                answer(displaced, Displacement.Answer.MOVED, at)
    except StepRefused as refusal:
        raise _told(refusal, trip, slot, at) from refusal
    return trip


def give_up_slot(*, trip: Trip, by: Actor, at: datetime) -> Trip:
    """Go without an hour: the place is free for others, the trip waits in the queue like those who booked none.

    Near the hour it counts as a move. Refusals: BG-300, BG-014 when there is no hour to give up.
    """
    return TRIP.fire(trip, "book_slot", by=by, at=at, given_up=True)


def choose_point(*, trip: Trip, point: UUID, by: Actor, at: datetime) -> Trip:
    """Go to another crossing point because the booked hour fell to a closure; class and first arrival stay.

    Refusals: BG-305 when it did not, BG-252 for no other open point.
    """
    displaced = queries.displacement_of(trip)
    with transaction.atomic():
        TRIP.fire(trip, "choose_point", by=by, at=at, point=str(point))
        diverted(trip, point)
        if displaced is not None:
            answer(displaced, Displacement.Answer.DIVERTED, at)
    return trip


def answer(displaced: Displacement, chosen: str, at: datetime) -> None:
    """Note what was chosen; closures that took the same hour are answered with it."""
    rows = Displacement.objects.filter(trip_id=displaced.trip_id, slot_id=displaced.slot_id, answer="")
    rows.update(answer=chosen, answered_at=at)


@transaction.atomic
def hold_place(*, slot_id: UUID, firm: Enterprise, by: Actor, at: datetime) -> Booking:
    """Keep a place for some minutes while the form is open; another hour chosen on the same form frees the first.

    Refusals: BG-037, BG-302, BG-011, BG-301, BG-014 with the next hour that has room.
    """
    slot = SlotWindow.objects.filter(pk=slot_id).first()
    if slot is None:
        raise refuse("BG-302", field="slot")
    require(by, BOOK, Where(agency=firm.pk, place=slot.point_id), at)
    must_be_able_to_book(firm, at=at)
    must_be_in_reach(slot, at=at)
    kept = Booking.objects.filter(made_by=by.id, agency_id=firm.pk, state=Holding.HELD)
    ids = {slot.pk, *kept.values_list("slot_id", flat=True)}
    list(SlotWindow.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values("pk"))
    # Asked again under the lock: meanwhile it may have lapsed or become a trip's.
    _give_back(kept.filter(slot_id__in=ids), Holding.RELEASED, at)
    asked = queries.with_own(SlotWindow.objects.filter(pk=slot.pk), firm.pk).get()
    terms = queries.terms_at(at)
    if asked.ends_at <= at or not queries.room_for(asked, terms, firm=firm.pk):
        raise refuse("BG-014", field="slot", slot=queries.show_window(slot), next=_next_of(slot, firm.pk, at))
    SlotWindow.objects.filter(pk=slot.pk).update(booked=F("booked") + 1)
    return Booking.objects.create(
        slot=slot,
        point_id=slot.point_id,
        agency_id=firm.pk,
        state=Holding.HELD,
        made_at=at,
        made_by=by.id,
        held_until=at + timedelta(minutes=terms.hold_minutes),
    )


def drop_hold(*, firm: Enterprise, by: Actor, at: datetime) -> None:
    """The form was thrown away: its place is free."""
    _free(Booking.objects.filter(made_by=by.id, agency_id=firm.pk, state=Holding.HELD), at)


def lapse_holds(*, at: datetime) -> int:
    """Give back the places of forms that were not sent in time; returns how many."""
    return _free(queries.holds_that_lapse(at), at)


@transaction.atomic
def count_no_show(*, trip: Trip, at: datetime) -> None:
    """So many no-shows within so many days lock the firm's booking for some days (the terms of the day).

    Told anew of the same no-show it changes nothing: the lock ends when it would have ended.
    """
    firm = Enterprise.objects.select_for_update().filter(pk=trip.agency_id).first()
    if firm is None or firm.standing not in (Standing.ACTIVE, Standing.BOOKING_LOCKED):
        return
    terms = queries.terms_at(at)
    missed = queries.missed_by(firm.pk, since=at - timedelta(days=terms.strike_days))
    until = at + timedelta(days=terms.lock_days)
    if missed < terms.strikes or (firm.locked_until is not None and firm.locked_until >= until):
        return
    firm.standing, firm.locked_until = Standing.BOOKING_LOCKED, until
    firm.save(update_fields=["standing", "locked_until"])
    told = {"rule": NO_SHOWS, "n": missed, "days": terms.strike_days}
    record(LOCKED, by=SYSTEM, at=at, kind="border_gate.enterprise", record_id=firm.pk, **told)
    publish(
        events.BOOKING_LOCKED,
        kind=TRIP.name,
        record_id=trip.pk,
        by=SYSTEM,
        at=at,
        count=missed,
        days=terms.strike_days,
        until=until,
    )


def must_be_in_reach(slot: SlotWindow, *, at: datetime) -> None:
    """Refuse BG-011 for a day too far ahead, BG-301 for one whose hours open later today."""
    terms, day = queries.terms_at(at), slot.begins_at.astimezone(HANOI).date()
    if day <= terms.last_day(at):
        return
    if terms.opens_on(day).date() == at.astimezone(HANOI).date():
        raise refuse("BG-301", field="slot", day=show_date(day), t=f"{terms.opens_at:%H:%M}")
    raise refuse("BG-011", field="slot", n=terms.horizon_days)


def _free(rows: Any, at: datetime) -> int:
    """Window by window, each locked alone: nobody who takes a place waits for more than one."""
    freed = 0
    for slot in sorted({booking.slot_id for booking in rows}):
        with transaction.atomic():
            SlotWindow.objects.select_for_update(no_key=True).get(pk=slot)
            freed += _give_back(list(rows.filter(slot_id=slot, state=Holding.HELD)), Holding.RELEASED, at)
    return freed


def _give_back(kept: Iterable[Booking], state: str, at: datetime) -> int:
    """How many places of forms are free by this. The windows are locked by the caller."""
    freed = 0
    for booking in kept:
        still = Booking.objects.filter(pk=booking.pk, state=Holding.HELD)
        if still.update(state=state, ended_at=at, held_until=None):
            SlotWindow.objects.filter(pk=booking.slot_id).update(booked=F("booked") - 1)
            freed += 1
    return freed


def _told(refusal: StepRefused, trip: Trip, slot: SlotWindow, at: datetime) -> StepRefused | GateRefusal:
    """The same refusal with what it speaks of."""
    if refusal.code == "BG-011":
        try:
            must_be_in_reach(slot, at=at)
        except GateRefusal as far:
            return far
    told = _sentence(str(refusal.code), trip, slot, at)
    if told is None:
        return refusal
    return StepRefused(told, step=refusal.step, state=refusal.state, guard=refusal.guard)


def _sentence(code: str, trip: Trip, slot: SlotWindow, at: datetime) -> GateRefusal | None:
    if code == "BG-014":
        return refuse(code, field="slot", slot=queries.show_window(slot), next=_next(trip, slot, at))
    if code == "BG-015":
        opens = next_opening(hours_of(trip.point, trip.direction), slot.begins_at)
        told = {"t": show_moment(slot.begins_at), "next": show_moment(opens) if opens else "–"}
        return refuse(code, field="slot", point=trip.point.gate_short, dir=DIRECTIONS[trip.direction], **told)
    if code == "BG-016":
        return what_stands_against(trip, code, at=slot.begins_at)
    if code == "BG-300":
        return refuse(code, slot=queries.show_window(trip.slot) if trip.slot else "–")
    return None


def _next(trip: Trip, slot: SlotWindow, at: datetime) -> str:
    """The next hour with room: after the one asked for, else any."""
    found = queries.next_free(trip, after=slot.begins_at, at=at) or queries.next_free(trip, after=at, at=at)
    return queries.show_window(found[0]) if found else "–"


def _next_of(slot: SlotWindow, firm: UUID, at: datetime) -> str:
    free = queries.free_windows(
        trip=None, point=slot.point_id, direction=slot.direction, firm=firm, since=slot.begins_at, at=at
    )
    found = next((one.slot for one in free if one.bookable), None)
    return queries.show_window(found) if found else "–"
