"""Booked hours on the firm's side: the calendar by day and hour, one tap to book, move or give up; an appeal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import appeals, bookings
from tinhso.pillars.border.gate.flows.trip import FROM_INLAND
from tinhso.pillars.border.gate.models import Appeal, Direction, Standing, Trip
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.permissions import FILE_APPEAL, step_permission
from tinhso.pillars.border.gate.queries import bookings as queries
from tinhso.pillars.border.gate.queries import firms
from tinhso.pillars.border.gate.queries.lock_reasons import why_locked
from tinhso.pillars.border.gate.rules import plates

BOOK = step_permission("book_slot")
TO_BOOK = 40


@never_cache
@require_safe
@needs(BOOK)
def slots(request: Request) -> HttpResponse:
    """The firm's hours, free places at a point, trips without an hour, and its standing with the way to appeal."""
    firm = firm_of(request)
    points = list(queries.direction_points())
    code, direction = request.GET.get("diem"), request.GET.get("chieu", Direction.EXPORT)
    point = next((one for one in points if one.code == code), points[0] if points else None)
    direction = direction if direction in Direction.values else Direction.EXPORT
    free = _free(request, firm.pk, point.pk, direction) if point else []
    locked = firm.standing == Standing.BOOKING_LOCKED and (
        firm.locked_until is None or firm.locked_until > request.moment
    )
    terms = queries.terms_at(request.moment)
    rows = firms.trips_of(firm, by=request.actor, at=request.moment)
    context: dict[str, Any] = {
        "firm": firm,
        "points": points,
        "point": point,
        "direction": direction,
        "directions": Direction.choices,
        "week": queries.week_of(free),
        "terms": terms,
        "free_hours": terms.free_until_minutes // 60,
        "booked": [(one, plates.show(one.trip.tractor_plate)) for one in _booked(firm.pk, request) if one.trip],
        "to_book": [(one, plates.show(one.tractor_plate)) for one in _without(rows)],
        "locked": locked,
        "why_locked": why_locked(firm, at=request.moment).why if locked else "",
        "appeals": Appeal.objects.filter(agency_id=firm.pk, about=Appeal.About.LOCK)[:5],
        "now": "slots",
    }
    return render(request, "border_gate/firm_slots.html", context)


@never_cache
@require_safe
@needs(BOOK)
def trip_slots(request: Request, trip_id: UUID) -> HttpResponse:
    """The calendar for one trip: tap a number to book it or to move there."""
    one = _own(request, trip_id)
    free = queries.free_windows(
        trip=one,
        point=one.point_id,
        direction=one.direction,
        firm=one.agency_id,
        since=request.moment,
        at=request.moment,
        group=one.goods_group,
    )
    terms = queries.terms_at(request.moment)
    context = {
        "firm": firm_of(request),
        "trip": one,
        "plate": plates.show(one.tractor_plate),
        "week": queries.week_of(free),
        "choices": queries.choices_of(one, at=request.moment),
        "late": bool(one.slot and terms.is_late(one.slot.begins_at, request.moment)),
        "free_hours": terms.free_until_minutes // 60,
        "terms": terms,
        "now": "slots",
    }
    return render(request, "border_gate/firm_trip_slots.html", context)


@require_POST
@needs(BOOK)
def book(request: Request, trip_id: UUID) -> HttpResponse:
    """Book or move; without an hour the place is given up."""
    one = _own(request, trip_id)
    slot = request.POST.get("slot", "")

    def act() -> None:
        if slot:
            bookings.book_slot(trip=one, slot_id=_uuid(slot), by=request.actor, at=request.moment)
        else:
            bookings.give_up_slot(trip=one, by=request.actor, at=request.moment)

    done = _("Hour booked") if slot else _("Hour given up: the place is free for others")
    return _do(request, act, done, one, stay=not slot)


@require_POST
@needs(step_permission("choose_point"))
def choose_point(request: Request, trip_id: UUID) -> HttpResponse:
    """Another crossing point, because the booked hour was taken."""
    one, point = _own(request, trip_id), _uuid(request.POST.get("point", ""))

    def act() -> None:
        bookings.choose_point(trip=one, point=point, by=request.actor, at=request.moment)

    return _do(request, act, _("The trip goes through another crossing point: book an hour there"), one, stay=True)


@require_POST
@needs(FILE_APPEAL)
def appeal(request: Request) -> HttpResponse:
    """Ask the board to lift the lock of booking."""
    firm, text = firm_of(request), request.POST.get("text", "")
    try:
        filed = appeals.appeal_lock(firm=firm, text=text, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("Appeal sent, number %(number)s") % {"number": filed.number})
    return redirect("border_gate:firm_slots")


@require_POST
@needs(FILE_APPEAL)
def appeal_place(request: Request, trip_id: UUID) -> HttpResponse:
    """Ask the board why the trip stands where it stands."""
    one, text = _own(request, trip_id), request.POST.get("text", "")

    def act() -> None:
        appeals.appeal_place(trip=one, text=text, by=request.actor, at=request.moment)

    return _do(request, act, _("Appeal sent"), one)


def _free(request: Request, firm: UUID, point: UUID, direction: str) -> list[queries.Free]:
    at = request.moment
    return queries.free_windows(trip=None, point=point, direction=direction, firm=firm, since=at, at=at)


def _booked(firm: UUID, request: Request) -> Any:
    return queries.bookings_of(firm, at=request.moment)[:TO_BOOK]


def _without(rows: Any) -> Any:
    """Trips that may be given an hour."""
    asked = rows.filter(state="accepted", slot=None, kind__in=FROM_INLAND).select_related("point")
    return asked.order_by("planned_on", "code")[:TO_BOOK]


def _own(request: Request, trip_id: UUID) -> Trip:
    return firms.own_trip(trip_id, firm_of(request), by=request.actor, at=request.moment)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _do(request: Request, act: Callable[[], None], done: str, one: Trip, *, stay: bool = False) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
        stay = True
    else:
        messages.info(request, done)
    return redirect("border_gate:firm_trip_slots" if stay else "border_gate:firm_trip", one.pk)
