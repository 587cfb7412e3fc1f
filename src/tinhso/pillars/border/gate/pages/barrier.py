"""The barrier: type or scan, read one card, tap once.

The card is the step's own answer asked beforehand; the tap does the step. Both are plain forms, so the screen
works without script as well.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may, visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base import clock, site
from tinhso.kernel.base.dates import show_time
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import amend
from tinhso.pillars.border.gate.actions import undeclared as arrivals
from tinhso.pillars.border.gate.actions.move import EMPTY, LOADED, REJECTED
from tinhso.pillars.border.gate.actions.passages import Passage, Seen, decide, pass_barrier
from tinhso.pillars.border.gate.actions.readings import handle_reading, play_camera
from tinhso.pillars.border.gate.flows.states import DRAFT
from tinhso.pillars.border.gate.models import ControlPoint, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.pages.area_choice import area_asked, area_taken, remember_area
from tinhso.pillars.border.gate.pages.noted import LEAVE
from tinhso.pillars.border.gate.pages.offline import APP
from tinhso.pillars.border.gate.pages.quick_forms import called
from tinhso.pillars.border.gate.pages.readings import chosen, in_sight, read_by_machine
from tinhso.pillars.border.gate.pages.relay import arm_told, open_after
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER, STEPS
from tinhso.pillars.border.gate.queries import overlays
from tinhso.pillars.border.gate.queries.amendments import firm_is_asked
from tinhso.pillars.border.gate.queries.barrier import chinese_reasons, plates_near
from tinhso.pillars.border.gate.queries.containers import boxes_of
from tinhso.pillars.border.gate.queries.wanted import wanting
from tinhso.pillars.border.gate.rules import plates, qr
from tinhso.pillars.border.gate.rules.corrections import may_change

LOG_KEPT = 5
COMES = ("enter_buffer", "arrive", "cross_in")
"""Steps before which the firm may still say that another tractor comes."""
PHONE = re.compile(r"\+?[0-9][0-9 .]{8,15}")
QR_AT_LEAST = 120
"""Shorter texts are plates; a QR's text has 159 characters."""


@require_safe
@needs(DECIDE_BARRIER)
def choose(request: Request) -> HttpResponse:
    """The barriers at which one may work; a single one is opened at once."""
    rows = list(_mine(request).select_related("point"))
    if len(rows) == 1:
        return redirect("border_gate:barrier", rows[0].code)
    return render(request, "border_gate/barriers.html", {"barriers": rows})


@require_safe
@needs(DECIDE_BARRIER)
def station(request: Request, code: str) -> HttpResponse:
    """The screen of one barrier, with the card of the vehicle asked for."""
    barrier = _barrier(request, code)
    if request.headers.get("X-Live"):
        sights = in_sight(request, barrier, partial(_card, request))
        return render(request, "border_gate/_camera.html", {"barrier": barrier, **sights})
    typed = request.GET.get("xe", "").strip()
    context: dict[str, Any] = {"typed": typed, "reading": chosen(request, barrier)}
    if typed:
        context |= _asked(request, barrier, typed)
    return _screen(request, barrier, context)


@require_POST
@needs(DECIDE_BARRIER)
def open_up(request: Request, code: str) -> HttpResponse:
    """Do the step; the next vehicle may be typed at once."""
    barrier = _barrier(request, code)
    reading = chosen(request, barrier)
    more = read_by_machine(reading, request.POST.get("xe", "")) if reading else {}
    more |= {"load_state": _load(request), "reason_code": request.POST.get("ly_do", "")}
    more["area"] = request.POST.get("bai_cho", "")
    seen = _seen(request.POST.get("xe", ""), **more)
    try:
        passage = pass_barrier(barrier=barrier, seen=seen, by=request.actor, at=request.moment)
    except Refusal as refusal:
        return _screen(request, barrier, {"typed": seen.plate or seen.qr, "wrong": refusal.for_people()})
    _remember(request, barrier, passage, seen)
    remember_area(request, passage)
    opening = open_after(request, barrier, passage, lane=seen.lane)
    if reading and passage.open:
        handle_reading(reading=reading, by=request.actor, at=request.moment)
    card = _card(request, passage, seen) | area_taken(passage)
    typed = (seen.plate or seen.qr) if card.get("areas") else ""  # another area may be chosen for the same vehicle
    return _screen(request, barrier, {"typed": typed, "done": True, "opening": opening, **card})


@require_POST
@needs(DECIDE_BARRIER)
def handle(request: Request, code: str) -> HttpResponse:
    """Nobody stands where the camera saw a plate, or it was dealt with otherwise."""
    barrier = _barrier(request, code)
    reading = chosen(request, barrier)
    if reading is None:
        raise NotFound
    handle_reading(reading=reading, by=request.actor, at=request.moment)
    return redirect("border_gate:barrier", barrier.code)


@require_POST
@needs(DECIDE_BARRIER)
def play(request: Request, code: str) -> HttpResponse:
    """The simulated camera reads the next vehicle that is expected here."""
    barrier = _barrier(request, code)
    try:
        play_camera(barrier=barrier, lane=1, by=request.actor, at=request.moment)
    except Refusal as refusal:
        return _screen(request, barrier, {"typed": "", "wrong": refusal.for_people()})
    return redirect("border_gate:barrier", barrier.code)


@require_POST
@needs(DECIDE_BARRIER)
def other_plate(request: Request, code: str) -> HttpResponse:
    """The plate on the vehicle is not its trip's (BG-019): the firm is asked, the lane waits two minutes at most."""
    barrier = _barrier(request, code)
    typed, plate = request.POST.get("xe", ""), request.POST.get("bien", "").strip()
    trip = Trip.objects.filter(point=barrier.point, pk=_uuid(request.POST.get("luot", ""))).first()
    if trip is None:
        raise NotFound
    try:
        amend.stop_other_plate(
            trip=trip,
            plate=plate,
            barrier=barrier,
            reason=_("The plate on the vehicle differs from the declared one"),
            by=request.actor,
            at=request.moment,
        )
    except Refusal as refusal:
        return _screen(request, barrier, {"typed": typed, "wrong": refusal.for_people()})
    _log(request, barrier, plates.show(plates.normalise(plate)), "attn", _("Firm is asked"))
    return redirect(f"{reverse('border_gate:barrier', args=[barrier.code])}?xe={quote(plate)}")


@require_POST
@needs(DECIDE_BARRIER)
def undeclared(request: Request, code: str) -> HttpResponse:
    """One tap: the vehicle goes to its bay, the lane is free."""
    barrier = _barrier(request, code)
    plate, special = request.POST.get("xe", ""), request.POST.get("dac_biet") == "1"
    try:
        found = arrivals.record_undeclared(
            plate=plate,
            point=barrier.point,
            special=special,
            photo=request.FILES.get("anh"),
            by=request.actor,
            at=request.moment,
        )
    except Refusal as refusal:
        asks = special or refusal.code == "BG-101"
        told = {"typed": plate, "wrong": refusal.for_people(), "special": asks, "ticked": special}
        return _screen(request, barrier, told)
    shown = plates.show(found.plate)
    if reading := chosen(request, barrier):
        handle_reading(reading=reading, by=request.actor, at=request.moment)
    _log(request, barrier, shown, "attn", _("Undeclared"))
    return _screen(request, barrier, {"typed": "", **_noted(found)})


@require_POST
@needs(DECIDE_BARRIER)
def send_link(request: Request, code: str, arrival_id: UUID) -> HttpResponse:
    """Send the link of a vehicle just noted to its driver's telephone."""
    barrier = _barrier(request, code)
    rows = UndeclaredArrival.objects.filter(point=barrier.point, trip__state=DRAFT).select_related("trip")
    found = rows.filter(pk=arrival_id).first()
    if found is None:
        raise NotFound
    typed = request.POST.get("phone", "").strip()[:20]
    if not PHONE.fullmatch(typed):
        wrong = _("A telephone number has 9 to 15 digits.")
        return _screen(request, barrier, {"typed": "", **_noted(found), "phone": typed, "phone_wrong": wrong})
    arrivals.send_link(arrival=found, phone=called(typed), by=request.actor, at=request.moment)
    return _screen(request, barrier, {"typed": "", **_noted(found), "phone": typed, "sent": True})


def _noted(found: UndeclaredArrival) -> dict[str, Any]:
    """The card of a vehicle that was noted: its link as a code to scan and to type."""
    path = reverse("border_gate:quick", args=[arrivals.link_code(found)])
    # Drawn by our own rules from our own address.
    picture = mark_safe(qr.svg(site.whole(path)))  # noqa: S308
    return {
        "noted": plates.show(found.plate),
        "trip": found.trip,
        "arrival": found,
        "link": site.whole(path),
        "link_picture": picture,
    }


def _mine(request: Request) -> Any:
    return visible(ControlPoint.objects.all(), request.actor, DECIDE_BARRIER, request.moment)


def _barrier(request: Request, code: str) -> ControlPoint:
    barrier = _mine(request).select_related("point").filter(code=code).first()
    if barrier is None:
        raise NotFound
    return barrier


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _seen(typed: str, **more: Any) -> Seen:
    """What was typed or scanned; an officer at the barrier reads the plate with his own eyes."""
    if len(typed) >= QR_AT_LEAST:
        return Seen(qr=typed, **{"confirmed": True, **more})
    return Seen(plate=typed, **{"confirmed": True, **more})


def _load(request: Request) -> str:
    told = request.POST.get("tai", "")
    return told if told in (LOADED, REJECTED) else EMPTY


def _asked(request: Request, barrier: ControlPoint, typed: str) -> dict[str, Any]:
    seen = _seen(typed)
    try:
        passage = decide(barrier=barrier, seen=seen, by=request.actor, at=request.moment)
    except Refusal as refusal:
        return {"wrong": refusal.for_people(), "special": refusal.code == "BG-101"}
    if not passage.open:
        _remember(request, barrier, passage, seen)
    if passage.trip or seen.qr:
        return _card(request, passage, seen)
    norm = plates.normalise(seen.plate)
    waiting = firm_is_asked(norm, barrier, at=request.moment)
    near = [] if waiting else plates_near(norm, barrier)
    return {**_card(request, passage, seen), "waiting": waiting, "near": [plates.show(one) for one in near]}


def _card(request: Request, passage: Passage, seen: Seen) -> dict[str, Any]:
    trip = passage.trip
    return {
        "passage": passage,
        "trip": trip,
        "boxes": boxes_of(trip) if trip else [],
        "plate": plates.show(trip.tractor_plate) if trip else plates.show(plates.normalise(seen.plate)),
        "wanted": wanting(*_plates_of(trip, seen)),
        "step_title": STEPS[passage.step][0] if passage.step in STEPS else "",
        "closes": trip is not None and trip.state == "returned_in",
        "returns": passage.step == "return_in",
        # A wish for two ways counts once the goods of the way back are declared (guard G-TWOWAY).
        "goods_back": trip is not None and passage.step == "return_in" and trip.two_way and trip.back_id is not None,
        "line_code": overlays.code_of(trip, clock.real()) if trip is not None and passage.step == "cross_out" else None,
        "sent_back_for": chinese_reasons() if passage.step == "return_in" else [],
        "other_plate": trip is not None and passage.step in COMES and may_change("tractor", trip.state),
        **area_asked(request, passage),
    }


def _plates_of(trip: Trip | None, seen: Seen) -> tuple[str, ...]:
    return (trip.tractor_plate, trip.trailer_plate) if trip else (plates.normalise(seen.plate),)


def _screen(request: Request, barrier: ControlPoint, context: dict[str, Any]) -> HttpResponse:
    log = request.session.get(_log_key(barrier), [])
    always = {"barrier": barrier, "log": log, "offline_app": APP, **in_sight(request, barrier, partial(_card, request))}
    always |= arm_told(request, barrier)
    always["may_leave"] = may(request.actor, LEAVE, Where(place=barrier.point_id), request.moment)
    return render(request, "border_gate/barrier.html", {**always, **context})


def _remember(request: Request, barrier: ControlPoint, passage: Passage, seen: Seen) -> None:
    plate = plates.show(passage.trip.tractor_plate if passage.trip else plates.normalise(seen.plate))
    if passage.open:
        _log(request, barrier, plate, "done", _("Opened"))
    elif passage.trip is None:
        _log(request, barrier, plate, "attn", _("Undeclared"))
    else:
        _log(request, barrier, plate, "stop", _("Not opened"))


def _log(request: Request, barrier: ControlPoint, plate: str, kind: str, words: str) -> None:
    line = {"at": show_time(request.moment), "plate": plate, "kind": kind, "words": words}
    before = [one for one in request.session.get(_log_key(barrier), []) if one != line]
    request.session[_log_key(barrier)] = [line, *before][:LOG_KEPT]


def _log_key(barrier: ControlPoint) -> str:
    return f"border_gate.barrier.{barrier.code}"
