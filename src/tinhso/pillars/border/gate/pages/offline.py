"""The gate's app for barriers, yards and forces that works when the network is cut.

The page itself is one shell without anything personal in it: kept on the device, it shows what the device knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.files.kinds import attachable
from tinhso.kernel.web.offline.declare import Spot, offline_app
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import offline as actions
from tinhso.pillars.border.gate.flows.states import STATES
from tinhso.pillars.border.gate.models import ControlPoint, CrossingPoint
from tinhso.pillars.border.gate.permissions import (
    DECIDE_BARRIER,
    ENROL_DEVICE,
    RECONCILE,
    STEPS,
    VIEW_PAPERS,
    VIEW_TRIP,
    WORK_TASK,
    step_permission,
)
from tinhso.pillars.border.gate.queries import offline as queries
from tinhso.pillars.border.gate.rules import offline as rules
from tinhso.pillars.border.gate.rules.codes import catalogue

SAID = (
    "BG-001", "BG-007", "BG-009", "BG-015", "BG-019", "BG-020", "BG-021", "BG-022", "BG-023", "BG-024", "BG-026",
    "BG-205", "BG-209", "BG-210", "BG-330", "BG-331", "BG-332", "BG-336", "BG-339",
)  # fmt: skip


SCREEN = {
    "held": _("for official reasons"),
    "opened": _("Opened, kept on the device"),
    "mayOpen": _("May open the barrier"),
    "notOpen": _("Do not open"),
    "radio": _("Ask by radio"),
    "noPlate": _("QR code"),
    "driver": _("Driver:"),
    "step": _("Step"),
    "missing": _("Still missing"),
    "wanted": _("Wanted by"),
    "ask": _("Ask the gate's centre"),
    "next": _("Next vehicle"),
    "open": _("Open the barrier"),
    "undeclared": _("Note an undeclared vehicle"),
    "sent": _("reached the server"),
    "kept": _("turned away"),
    "waits": _("to be reconciled"),
    "unsent": _("not sent"),
    "space": _("Memory: {a} of {b} MB used"),
    "failed": _("The device could not be set up: check the network."),
}


@require_safe
@cache_control(no_cache=True)
def shell(request: HttpRequest) -> HttpResponse:
    """The page that is kept on the device: the same for everybody, in the language asked for."""
    language = "vi" if request.LANGUAGE_CODE == "vi" else "en"
    words = {code: catalogue()[code][f"message_{language}"] for code in SAID}
    states = {name: str(title) for name, title in STATES.items()}
    steps = {name: str(STEPS[name][0]) for name in (*rules.ALLOWED, "return_in")}
    context = {
        "app": APP,
        "kept": {"codes": words, "states": states, "steps": steps},
        "said": {name: str(text) for name, text in SCREEN.items()},
        "skewed": words["BG-331"],
    }
    return render(request, "border_gate/offline.html", context)


@require_safe
def start(request: Request) -> HttpResponse:
    """Where the installed app opens: the screen of whoever is signed in."""
    for right, route in START:
        if may(request.actor, right, at=request.moment):
            return redirect(route)
    return redirect("border_gate:offline")


START = (
    (DECIDE_BARRIER, "border_gate:offline"),
    (step_permission("yard_in"), "border_gate:yards"),
    (WORK_TASK, "border_gate:tasks"),
)


def _spots(by: Actor, at: datetime) -> list[Spot]:
    rows = queries.barriers_of(by, at)
    return [Spot(one.code, one.name, one.point_id, one.point.gate_short, one.kind) for one in rows]


def _listed(device: OfflineDevice, at: datetime) -> Mapping[str, Any]:
    return queries.entries_for(device.place_id, device.spots, at)


def _for_all(device: OfflineDevice, at: datetime) -> Mapping[str, Any]:
    point = CrossingPoint.objects.get(pk=device.place_id)
    return queries.common_at(point, ControlPoint.objects.filter(code__in=device.spots), at)


def _duty(by: Actor, device: OfflineDevice, at: datetime) -> Mapping[str, Any] | None:
    steps = queries.steps_of(by, device.place_id, at)
    return {"steps": steps} if steps else None


def _event(event_id: UUID) -> OfflineEvent | None:
    return OfflineEvent.objects.filter(pk=event_id, device__app="border_gate").first()


PHOTOS = attachable(
    "border_gate.offline_event", read=VIEW_TRIP, restricted=VIEW_PAPERS, write=DECIDE_BARRIER, find=_event
)
SLUG = "/cua-khau-so/"
APP = offline_app(
    name="border_gate",
    title=_("Border gate, at the barrier"),
    short=_("Border gate"),
    scope=SLUG,
    page="border_gate:offline",
    start="border_gate:app",
    taken_over=tuple(f"{SLUG}{path}" for path in ("tram/", "ung-dung/", "barie/", "bai/", "nhiem-vu/")),
    files=(
        "border_gate/offline_rules.js",
        "border_gate/offline_station.js",
        "border_gate/offline.css",
    ),
    enrol=ENROL_DEVICE,
    resolve=RECONCILE,
    attachable=PHOTOS.kind,
    spots=_spots,
    entries=_listed,
    common=_for_all,
    duty=_duty,
    sign=actions.sign_list,
    keys=queries.public_keys,
    apply=actions.apply_event,
    again=actions.apply_again,
    alarm=actions.alarm,
)
