"""The board's side of a network cut: events to reconcile, devices and how long they were away, forms on paper."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.identity.models import Person
from tinhso.kernel.web.offline import enrol, resolve
from tinhso.kernel.web.offline.models import OfflineDevice
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.paper import Stub, key_paper
from tinhso.pillars.border.gate.models import ControlPoint, Trip
from tinhso.pillars.border.gate.pages.offline import APP
from tinhso.pillars.border.gate.pages.offline_words import DEEDS
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER, ENROL_DEVICE, KEY_PAPER, RECONCILE, STEPS
from tinhso.pillars.border.gate.queries import offline as queries
from tinhso.pillars.border.gate.queries import reconciling
from tinhso.pillars.border.gate.rules import plates

STUBS = 30
BLANK = 6


@require_safe
@needs(RECONCILE)
def waiting(request: Request) -> HttpResponse:
    """The reconciliation list."""
    return _list(request)


def _list(request: Request, status: int = 200, **more: Any) -> HttpResponse:
    rows = resolve.to_reconcile(app=APP, by=request.actor, at=request.moment)
    found = reconciling.waiting(rows, language=get_language() or "vi")
    shown = [(one, STEPS[one.step][0] if one.step in STEPS else DEEDS.get(one.step, one.step)) for one in found]
    return render(request, "border_gate/reconcile.html", {"rows": shown, "count": rows.count(), **more}, status=status)


@require_POST
@needs(RECONCILE)
def decide(request: Request, event_id: UUID) -> HttpResponse:
    """Do it now, keep it as a record, or call it a duplicate; what was typed stays when it is refused."""
    rows = resolve.to_reconcile(app=APP, by=request.actor, at=request.moment)
    event = rows.filter(pk=event_id).first()
    if event is None:
        raise NotFound
    how, reason = request.POST.get("how", ""), request.POST.get("reason", "")
    try:
        resolve.resolve(app=APP, event=event, how=how, reason=reason, by=request.actor, at=request.moment)
    except Refusal as refusal:
        return _list(request, 409, refused=event.pk, wrong=refusal.for_people(), typed=reason)
    messages.info(request, _("Recorded"))
    return redirect("border_gate:reconcile")


@require_safe
@needs(ENROL_DEVICE)
def devices(request: Request) -> HttpResponse:
    """Devices: last synchronisation, what is not sent, minutes without network today, missing numbers."""
    rows = reconciling.devices(by=request.actor, at=request.moment)
    return render(request, "border_gate/devices.html", {"rows": rows})


@require_POST
@needs(ENROL_DEVICE)
def lock(request: Request, device_id: UUID) -> HttpResponse:
    """The kill switch of a lost device."""
    enrol.revoke(app=APP, device=_device(request, device_id), by=request.actor, at=request.moment)
    messages.info(request, _("Device locked: it forgets its list at its next contact."))
    return redirect("border_gate:devices")


@require_POST
@needs(RECONCILE)
def pass_gap(request: Request, device_id: UUID) -> HttpResponse:
    """Go on without the missing events."""
    device, reason = _device(request, device_id), request.POST.get("reason", "")
    try:
        resolve.pass_gap(app=APP, device=device, reason=reason, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    return redirect("border_gate:devices")


def _device(request: Request, device_id: UUID) -> OfflineDevice:
    rows = visible(OfflineDevice.objects.filter(app=APP.name), request.actor, ENROL_DEVICE, request.moment)
    device = rows.select_related("device").filter(pk=device_id).first()
    if device is None:
        raise NotFound
    return device


@require_safe
@needs(DECIDE_BARRIER)
def paper(request: Request, code: str) -> HttpResponse:
    """The form to print: stubs of the trips expected at that barrier, blank ones for others."""
    barrier = _barrier(request, code)
    soon = queries.entries_at(barrier.point_id, request.moment)
    stubs = [
        (Trip(code=trip).shown_code(), plates.show(entry["p"]), entry["di"]) for trip, entry in sorted(soon.items())
    ]
    context = {"barrier": barrier, "stubs": stubs[:STUBS], "blank": range(BLANK), "more": max(0, len(stubs) - STUBS)}
    return render(request, "border_gate/paper.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(KEY_PAPER)
def key_in(request: Request) -> HttpResponse:
    """Key a line of a form in, with the time that stands on it."""
    barriers = list(visible(ControlPoint.objects.select_related("point"), request.actor, KEY_PAPER, request.moment))
    context: dict[str, Any] = {"barriers": barriers, "typed": request.POST}
    if request.method == "POST":
        try:
            event = key_paper(stub=_stub(request, barriers), by=request.actor, at=request.moment)
        except Refusal as refusal:
            context |= {"wrong": refusal.for_people()}
        else:
            context |= {"event": event, "typed": {"barrier": request.POST.get("barrier", "")}}
    places = {barrier.point_id for barrier in barriers}
    holders = {one for place in places for one in queries.holders_of(DECIDE_BARRIER, place, request.moment)}
    context["officers"] = Person.objects.filter(pk__in=holders).order_by("full_name")[:200]
    return render(request, "border_gate/paper_key.html", context, status=422 if "wrong" in context else 200)


def _stub(request: Request, barriers: list[ControlPoint]) -> Stub:
    told = request.POST
    barrier = next((one for one in barriers if one.code == told.get("barrier")), None)
    officer = _person(told.get("officer", ""))
    if barrier is None or officer is None:
        raise NotFound
    return Stub(
        barrier=barrier,
        form_no=told.get("form_no", ""),
        seen=told.get("seen", "")[:40],
        occurred_at=_moment(told.get("occurred_at", "")) or request.moment + timedelta(days=1),
        officer=officer,
    )


def _person(text: str) -> Person | None:
    try:
        return Person.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """What a date and time field sends: Viet Nam's time."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=HANOI)
    except ValueError:
        return None


def _barrier(request: Request, code: str) -> ControlPoint:
    rows = visible(ControlPoint.objects.select_related("point"), request.actor, DECIDE_BARRIER, request.moment)
    barrier = rows.filter(code=code).first()
    if barrier is None:
        raise NotFound
    return barrier
