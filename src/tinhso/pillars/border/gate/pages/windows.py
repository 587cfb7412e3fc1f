"""Room of the hours, live: what is booked, what is free; the board changes it, opens and closes, makes more days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may, visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import windows as actions
from tinhso.pillars.border.gate.models import CrossingPoint, Direction, SlotDefault, SlotWindow
from tinhso.pillars.border.gate.pages.returning import back
from tinhso.pillars.border.gate.permissions import SET_CAPACITY, VIEW_BOARD
from tinhso.pillars.border.gate.queries.bookings import direction_points, terms_at
from tinhso.pillars.border.gate.rules.codes import refuse

AHEAD = 8


@never_cache
@require_safe
@needs(VIEW_BOARD)
def windows(request: Request) -> HttpResponse:
    """One point on one day; `?diem=` and `?ngay=` choose."""
    points = list(visible(direction_points(), request.actor, VIEW_BOARD, request.moment))
    code = request.GET.get("diem")
    point = next((one for one in points if one.code == code), points[0] if points else None)
    today = request.moment.astimezone(HANOI).date()
    day = read_day(request.GET.get("ngay", "")) or today
    context: dict[str, Any] = {
        "points": points,
        "point": point,
        "day": day,
        "days": [today + timedelta(days=ahead) for ahead in range(AHEAD)],
        "terms": terms_at(request.moment),
    }
    if point:
        context |= _of_point(request, point, day)
    template = "border_gate/_windows.html" if request.headers.get("X-Live") else "border_gate/windows.html"
    return render(request, template, context)


@require_POST
@needs(SET_CAPACITY)
def set_room(request: Request) -> HttpResponse:
    """The room of the chosen windows; or open, or close them."""
    chosen = [_uuid(one) for one in request.POST.getlist("window")]
    deed = request.POST.get("deed", "room")
    who: dict[str, Any] = {"by": request.actor, "at": request.moment}
    try:
        if deed == "room":
            count = actions.set_room(windows=chosen, capacity=_number(request.POST.get("capacity", "")), **who)
        else:
            count = actions.open_windows(windows=chosen, is_open=deed == "open", **who)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("%(count)s hours changed") % {"count": count})
    return back(request, "border_gate:windows")


@require_POST
@needs(SET_CAPACITY)
def make(request: Request, code: str) -> HttpResponse:
    """Make the hours of some days from the default rows."""
    point = visible(direction_points(), request.actor, SET_CAPACITY, request.moment).filter(code=code).first()
    if point is None:
        raise NotFound
    first, last = read_day(request.POST.get("first", "")), read_day(request.POST.get("last", ""))
    try:
        if first is None or last is None:
            raise refuse("BG-303", field="last")
        made = actions.make_windows(point=point, first=first, last=last, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("%(count)s hours made") % {"count": made})
    return back(request, "border_gate:windows")


def read_day(text: str) -> date | None:
    """A day as browsers send it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_point(request: Request, point: CrossingPoint, day: date) -> dict[str, Any]:
    begins = datetime.combine(day, time(), HANOI)
    rows = SlotWindow.objects.filter(point=point, begins_at__gte=begins, begins_at__lt=begins + timedelta(days=1))
    by_direction = [
        (value, title, [row for row in rows if row.direction == value]) for value, title in Direction.choices
    ]
    return {
        "directions": [
            (title, found, sum(row.capacity for row in found), sum(row.booked for row in found))
            for _value, title, found in by_direction
        ],
        "defaults": SlotDefault.objects.filter(point=point).order_by("direction", "-valid_from"),
        "may_set": may(request.actor, SET_CAPACITY, point, request.moment),
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
