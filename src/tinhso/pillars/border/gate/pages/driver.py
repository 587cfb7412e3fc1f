"""The driver's page: one trip, one code, one next step. Opened by a link and a one-time code, without an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.identity.queries import link_of_session
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import appeals, bookings, called_off, move
from tinhso.pillars.border.gate.flows import LIVE
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.pages import inflow
from tinhso.pillars.border.gate.permissions import VIEW_TRIP
from tinhso.pillars.border.gate.queries import bookings as slots
from tinhso.pillars.border.gate.queries import driver as queries
from tinhso.pillars.border.gate.queries import guidance, overlays
from tinhso.pillars.border.gate.queries.inflow import notices_of_trip
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.mending import is_drivers_word
from tinhso.pillars.border.gate.queries.qr_codes import picture_of
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.limits import CALL_WAITS

HELP_DESK = "1900 0000"
"""Invented for the demo: the province names the telephone of its declaration help desk."""
TOPICS = (
    ("ROUTE", gettext_lazy("The way")),
    ("PAPERS", gettext_lazy("Papers and checks")),
    ("FEE", gettext_lazy("The fee")),
    ("VEHICLE", gettext_lazy("The vehicle, an accident")),
    ("OTHER", gettext_lazy("Something else")),
)
KEPT = ("public.css", "public.js", "live.js", "icons.svg", "fonts/be-vietnam-400.woff2", "fonts/be-vietnam-700.woff2")
PARTS = {"tren": "border_gate/_driver_now.html", "duoi": "border_gate/_driver_way.html"}


@require_safe
def trip(request: Request) -> HttpResponse:
    """The trip of the link that is open here; without one, how to get it."""
    one = opened_trip(request)
    if one is None:
        return render(request, "border_gate/driver_door.html", status=200)
    part = PARTS.get(request.GET.get("phan", ""))
    context = {"standing": queries.standing(one, at=request.moment), **head(one), **_asides(one, request)}
    context["call_holds"] = law_at(request.moment).number(CALL_WAITS).value
    if part:
        response = render(request, part, context)
    else:
        picture = picture_of(one, at=request.moment) if one.state in LIVE and one.accepted_at else ""
        # The picture is drawn by our own rules from signed bytes.
        context["picture"] = mark_safe(picture)  # noqa: S308
        context |= {
            "choices": (choices := slots.choices_of(one, at=request.moment)),
            "may_call_off": choices is not None and is_drivers_word(one),
            "may_appeal": one.state == "at_buffer",
            "appeals": list(one.appeals.all()[:3]),
            "inflow": inflow.told(notices_of_trip(one, at=request.moment)),
        }
        response = render(request, "border_gate/driver_trip.html", context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_POST
def going(request: Request) -> HttpResponse:
    """The driver is on his way: sets out when that is the next step, and answers a call."""
    one = _own(request)
    try:
        _answer(one, request)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    return redirect("border_gate:driver")


@require_POST
def book(request: Request) -> HttpResponse:
    """Another hour, when the booked one was taken by a closure or a notice."""
    one = _own(request)
    slot = _uuid(request.POST.get("slot", ""))
    return _do(request, lambda: bookings.book_slot(trip=one, slot_id=slot, by=request.actor, at=request.moment))


@require_POST
def choose_point(request: Request) -> HttpResponse:
    """Another crossing point, likewise."""
    one = _own(request)
    point = _uuid(request.POST.get("point", ""))
    return _do(request, lambda: bookings.choose_point(trip=one, point=point, by=request.actor, at=request.moment))


@require_POST
def call_off(request: Request) -> HttpResponse:
    """Not to come at all, likewise: of a trip that he declared himself."""
    one = _own(request)
    return _do(request, lambda: called_off.call_off(trip=one, by=request.actor, at=request.moment))


@require_POST
def appeal(request: Request) -> HttpResponse:
    """Why does the trip stand where it stands: the board answers."""
    one, text = _own(request), request.POST.get("text", "")
    return _do(request, lambda: appeals.appeal_place(trip=one, text=text, by=request.actor, at=request.moment))


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of this page: the code is shown without network, once it was loaded."""
    files = [*(static(f"web/{name}") for name in KEPT), static("border_gate/driver.js")]
    told = {"files": files, "push_icon": static("web/app/icon-192.png")}
    return render(request, "border_gate/driver_sw.js", told, content_type="text/javascript")


def _own(request: Request) -> Trip:
    one = opened_trip(request)
    if one is None:
        raise NotFound
    return one


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _do(request: Request, action: Callable[[], Any]) -> HttpResponse:
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("Recorded"))
    return redirect("border_gate:driver")


def opened_trip(request: Request) -> Trip | None:
    """The trip of the link that is open here, if it still gives the right to it."""
    link = link_of_session(cast(Any, request))
    one = queries.trip_of_link(link.record_id) if link else None
    return one if one and may(request.actor, VIEW_TRIP, one, request.moment) else None


def _answer(one: Trip, request: Request) -> None:
    by, at = request.actor, request.moment
    if one.state == "accepted":
        move.depart(trip=one, by=by, at=at)
        messages.info(request, _("Noted: you are on your way"))
    elif one.state == "called" and queries.acknowledged(one) is None:
        record(queries.ON_THE_WAY, by=by, at=at, kind="border_gate.trip", record_id=one.pk)
        messages.info(request, _("Noted: you have the call"))


def _asides(one: Trip, request: Request) -> dict[str, Any]:
    """What lies beside the way: orders to read, the health form, help asked for, the code of the line."""
    return {
        "orders": guidance.orders_of(one, at=request.moment),
        "health_asked": guidance.health_is_asked(one) and guidance.health_form_of(one) is None,
        "help_open": guidance.help_of(one),
        "tracked": one.state in guidance.TRACKED,
        "followed": guidance.is_tracked(one),
        "line_code": overlays.shown(one, clock.real()),
        "topics": TOPICS,
        "pause": guidance.pause_of(one.point_id) if one.state == "at_buffer" else None,
    }


def head(one: Trip) -> dict[str, Any]:
    """The vehicle and the help desk, as every page of the driver names them."""
    return {
        "trip": one,
        "plate": plates.show(one.tractor_plate),
        "trailer": plates.show(one.trailer_plate),
        "subject": queries.subject(one),
        "help_desk": HELP_DESK,
        "help_desk_dial": HELP_DESK.replace(" ", ""),
    }
