"""Notices on goods, working hours and closures: looked at, counted beforehand, ordered, ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access.may import may, visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import stops as actions
from tinhso.pillars.border.gate.models import CrossingPoint, Moratorium, OperatingCalendar
from tinhso.pillars.border.gate.pages import stop_drafts
from tinhso.pillars.border.gate.pages.stop_forms import ClosingForm, HoursForm, StopForm, groups_title
from tinhso.pillars.border.gate.permissions import PLACE_MORATORIUM, SET_HOURS, VIEW_BOARD
from tinhso.pillars.border.gate.queries.bookings import direction_points
from tinhso.pillars.border.gate.queries.touched import Touched

ROWS = 60
KEPT_DAYS = timedelta(days=30)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(VIEW_BOARD)
def moratoria(request: Request) -> HttpResponse:
    """Notices in force and to come; a new one is counted before it is placed."""
    points = list(visible(direction_points(), request.actor, PLACE_MORATORIUM, request.moment))
    form = StopForm(request.POST or None, points=points, initial=stop_drafts.tomorrow(request))
    touched: Touched | None = None
    if request.method == "POST" and form.is_valid():
        placed, touched = _placed(request, form)
        if placed:
            return redirect("border_gate:moratoria")
    since = request.moment - KEPT_DAYS
    rows = Moratorium.objects.filter(ends_at__gt=since).order_by("-begins_at")[:ROWS]
    named = dict(CrossingPoint.objects.values_list("pk", "code"))
    context = {
        "form": form,
        "touched": touched,
        "points": points,
        "may_place": bool(points),
        "drafts": stop_drafts.to_decide(request) if points else [],
        "rows": [
            (row, groups_title(row), [named[one] for one in row.points if one in named], _may_lift(request, row))
            for row in rows
        ],
    }
    return render(request, "border_gate/moratoria.html", context)


@require_POST
@needs(PLACE_MORATORIUM)
def lift(request: Request, moratorium_id: UUID) -> HttpResponse:
    """End a notice now."""
    row = Moratorium.objects.filter(pk=moratorium_id).first()
    if row is None:
        raise NotFound
    return _do(request, lambda: actions.lift_moratorium(moratorium=row, **_by(request)), "border_gate:moratoria")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(VIEW_BOARD)
def hours(request: Request) -> HttpResponse:
    """Working hours of the points; new ones are counted before they hold; a point can be closed at once."""
    points = list(visible(direction_points(), request.actor, SET_HOURS, request.moment))
    today = request.moment.astimezone(HANOI).date()
    form = HoursForm(request.POST or None, points=points, initial={"first": today, "last": today, "kind": "closed"})
    touched: Touched | None = None
    if request.method == "POST" and form.is_valid():
        done, touched = _ordered(request, form)
        if done:
            return redirect("border_gate:hours")
    rows = visible(OperatingCalendar.objects.all(), request.actor, VIEW_BOARD, request.moment)
    rows = rows.exclude(valid_until__lte=today - KEPT_DAYS).select_related("point").order_by("-valid_from", "point")
    context = {
        "form": form,
        "closing": ClosingForm(
            points=points, initial={"until": (request.moment + timedelta(hours=2)).astimezone(HANOI)}
        ),
        "touched": touched,
        "may_set": bool(points),
        "rows": [(row, row.valid_until - timedelta(days=1) if row.valid_until else None) for row in rows[:ROWS]],
        "today": today,
    }
    return render(request, "border_gate/hours.html", context)


@require_POST
@needs(SET_HOURS)
def close(request: Request) -> HttpResponse:
    """Close a point at once; whoever has booked there is told and may choose."""
    points = list(visible(direction_points(), request.actor, SET_HOURS, request.moment))
    form = ClosingForm(request.POST, points=points)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.warning(request, str(errors[0]))
        return redirect("border_gate:hours")
    typed = form.cleaned_data

    def act() -> None:
        actions.close_point(
            point=form.known[typed["point"]],
            directions=typed["directions"],
            until=typed["until"],
            reason=typed["reason"],
            document_no=typed["document_no"],
            **_by(request),
        )

    return _do(request, act, "border_gate:hours")


@require_POST
@needs(SET_HOURS)
def end_hours(request: Request, order: UUID) -> HttpResponse:
    """End an order now."""
    return _do(request, lambda: actions.end_hours(order=order, **_by(request)), "border_gate:hours")


def _placed(request: Request, form: StopForm) -> tuple[bool, Touched | None]:
    """Count first; place when the count was seen."""
    try:
        if request.POST.get("deed") != "place":
            return False, actions.preview_stop(stop=form.stop(), at=request.moment)
        actions.place_moratorium(stop=form.stop(), **_by(request))
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
        return False, None
    messages.success(request, _("The notice holds; those whom it touches are told"))
    return True, None


def _ordered(request: Request, form: HoursForm) -> tuple[bool, Touched | None]:
    try:
        if request.POST.get("deed") != "place":
            return False, actions.preview_hours(order=form.order(), at=request.moment)
        actions.set_hours(order=form.order(), **_by(request))
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
        return False, None
    messages.success(request, _("The hours hold; those whom they touch are told"))
    return True, None


def _may_lift(request: Request, row: Moratorium) -> bool:
    if row.ends_at <= request.moment:
        return False
    return all(may(request.actor, PLACE_MORATORIUM, Where(place=one), request.moment) for one in row.points or (None,))


def _by(request: Request) -> dict[str, Any]:
    return {"by": request.actor, "at": request.moment}


def _do(request: Request, act: Callable[[], Any], target: str) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("Recorded"))
    return redirect(target)
