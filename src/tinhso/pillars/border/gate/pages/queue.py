"""The queue of a point: who is next and why, who was called and comes, and the one tap that calls."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may, visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.rulebook import held
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.move import call_lanes
from tinhso.pillars.border.gate.models import CrossingPoint, Trip
from tinhso.pillars.border.gate.pages.words import plain_words
from tinhso.pillars.border.gate.permissions import CONTROL_CALLS, SET_CYCLE, VIEW_BOARD, step_permission
from tinhso.pillars.border.gate.queries.fairness import called_out_of_order, cycle_changes, cycle_of
from tinhso.pillars.border.gate.queries.guidance import pause_of
from tinhso.pillars.border.gate.queries.platform_calls import calls_made, why_quiet
from tinhso.pillars.border.gate.queries.queue import GROUP_TITLES, queue_now
from tinhso.pillars.border.gate.queries.stoppages import kept_calls
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.queue import EMPTY

CALL = step_permission("call")
ROWS = 60


@require_safe
@needs(VIEW_BOARD)
def queue(request: Request) -> HttpResponse:
    """One point of those one sees; `?diem=` chooses."""
    points = list(_points(request, VIEW_BOARD))
    code = request.GET.get("diem")
    point = next((one for one in points if one.code == code), points[0] if points else None)
    context: dict[str, Any] = {"points": points, "point": point}
    if point:
        context |= _shown(request, point)
    template = "border_gate/_queue.html" if request.headers.get("X-Live") else "border_gate/queue.html"
    return render(request, template, context)


@require_POST
@needs(CALL)
def call(request: Request, code: str) -> HttpResponse:
    """Call whom the published order names in each lane; said by the plate, or why one could not be called."""
    point = _points(request, CALL).filter(code=code).first()
    if point is None:
        raise NotFound
    asked = {"point": point, "at": request.moment}
    waits = queue_now(**asked).next
    try:
        called = call_lanes(**asked, count=1, by=request.actor)
    except Refusal as refusal:
        _say_refused(request, waits[0][0] if waits else None, refusal)
    else:
        for trip in called.trips:
            messages.success(request, _("%(plate)s is called to the gate") % {"plate": plates.show(trip.tractor_plate)})
        for trip, refused in called.refused:
            _say_refused(request, trip, refused, beside=bool(called.trips))
        if not called.trips and not called.refused:
            messages.info(request, _("Nobody waits to be called."))
    target = redirect("border_gate:queue")
    target["Location"] += f"?diem={point.code}"
    return target


def _say_refused(request: Request, trip: Trip | None, refusal: Refusal, *, beside: bool = False) -> None:
    """Why nobody was called, or why nobody `beside` the other lane's vehicle."""
    why = plain_words(trip, refusal, at=request.moment) if trip else refusal.for_people()
    if trip and beside:
        plate = plates.show(trip.tractor_plate)
        messages.warning(request, _("%(plate)s was not called: %(why)s") % {"plate": plate, "why": why})
    else:
        messages.warning(request, _("Nobody was called: %(why)s") % {"why": why})


def _points(request: Request, right: str) -> Any:
    rows = CrossingPoint.objects.filter(goods_open=True)
    return visible(rows, request.actor, right, request.moment)


@held.steady()
def _shown(request: Request, point: CrossingPoint) -> dict[str, Any]:
    now = queue_now(point=point, at=request.moment, show=ROWS)
    kept = kept_calls(now.called)
    rows = [(trip, place, GROUP_TITLES.get(trip.priority, "")) for trip, place in now.waiting]
    return {
        "now": now,
        "called": [(trip, kept.get(trip.pk, "")) for trip in now.called],
        "next": [(trip, why, GROUP_TITLES.get(trip.priority, "")) for trip, why in now.next],
        "waiting": [row for row in rows if row[0].priority != EMPTY],
        "empty": [row for row in rows if row[0].priority == EMPTY],
        "quiet": why_quiet(point, at=request.moment),
        "platform_calls": calls_made(point, at=request.moment),
        "may_call": may(request.actor, CALL, point, request.moment),
        "may_control": may(request.actor, CONTROL_CALLS, point, request.moment),
        "pause": pause_of(point.pk),
        "may_switch": may(request.actor, SET_CYCLE, point, request.moment),
        "cycle": cycle_of(point, at=request.moment),
        "changes": cycle_changes(point),
        "out_of_order": called_out_of_order(point=point, at=request.moment),
    }
