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
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.files.kinds import attachable
from tinhso.kernel.web.offline.declare import Spot, offline_app
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import offline as actions
from tinhso.pillars.border.gate.flows.states import STATES
from tinhso.pillars.border.gate.models import BayKind, ClearanceTask, ControlPoint, CrossingPoint, Hold
from tinhso.pillars.border.gate.models.tasks import STAGE_TITLES, task_title
from tinhso.pillars.border.gate.pages import offline_words as words
from tinhso.pillars.border.gate.permissions import (
    DECIDE_BARRIER,
    ENROL_DEVICE,
    RECONCILE,
    STEPS,
    VIEW_PAPERS,
    VIEW_PARTIES,
    VIEW_TRIP,
    WORK_TASK,
)
from tinhso.pillars.border.gate.queries import offline as queries
from tinhso.pillars.border.gate.queries import offline_desks as desks
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.missing import CHINESE, SAY
from tinhso.pillars.border.gate.queries.secrecy import sees_finding
from tinhso.pillars.border.gate.rules import offline as rules
from tinhso.pillars.border.gate.rules import offline_desks
from tinhso.pillars.border.gate.rules.codes import catalogue


@require_safe
@cache_control(no_cache=True)
def shell(request: HttpRequest) -> HttpResponse:
    """The page that is kept on the device: the same for everybody, in the language asked for.

    The device knows which screen it was set up for: a barrier's, a yard's or a force's.
    """
    language = "vi" if request.LANGUAGE_CODE == "vi" else "en"
    said = {code: catalogue()[code][f"message_{language}"] for code in words.SAID}
    titles = {
        "states": {name: str(title) for name, title in STATES.items()},
        "steps": {name: str(STEPS[name][0]) for name in (*rules.ALLOWED, "return_in")},
        "tasks": {row.kind: str(task_title(row.kind)) for row in law_at(clock.now()).book.rows},
        "stages": {stage: str(title) for stage, title in STAGE_TITLES.items()},
        "bays": {str(kind): str(title) for kind, title in BayKind.choices},
    }
    context = {
        "app": APP,
        "kept": {"codes": said, "language": language, **titles},
        "said": {**_read({**words.SCREEN, **words.DESKS}), "say": _read(SAY), "sayZh": _in_chinese(SAY)},
        "skewed": said["BG-331"],
    }
    return render(request, "border_gate/offline.html", context)


def _read(texts: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(text) for name, text in texts.items()}


def _in_chinese(texts: Mapping[str, Any]) -> dict[str, str]:
    with translation.override(CHINESE):
        return _read(texts)


@require_safe
def start(request: Request) -> HttpResponse:
    """Where the installed app opens: on the device itself it is known which screen it was set up for."""
    return redirect("border_gate:offline")


def _spots(by: Actor, at: datetime) -> list[Spot]:
    rows = queries.barriers_of(by, at)
    barriers = [Spot(one.code, one.name, one.point_id, one.point.gate_short, one.kind) for one in rows]
    return [*barriers, *(_desk_spot(desk) for desk in desks.desks_of(by, at))]


def _desk_spot(desk: desks.DeskSpot) -> Spot:
    """A device is one force's or one yard's alone; an officer sets one up for the force whose checks he works."""
    right, agency = (WORK_TASK, desk.force.pk) if desk.force else ("", None)
    return Spot(desk.code, desk.title, desk.point.pk, desk.point.gate_short, desk.kind, desk.code, right, agency)


def _listed(device: OfflineDevice, at: datetime) -> Mapping[str, Any]:
    desk = desks.desk_spots(device.spots)
    return desks.entries_of(desk, at) if desk else queries.entries_for(device.place_id, device.spots, at)


def _for_all(device: OfflineDevice, at: datetime) -> Mapping[str, Any]:
    desk = desks.desk_spots(device.spots)
    if desk:
        return {"spots": [desk.told()], "keys": queries.public_keys(), **desks.common_of(desk, at)}
    point = CrossingPoint.objects.get(pk=device.place_id)
    return queries.common_at(point, ControlPoint.objects.filter(code__in=device.spots), at)


def _duty(by: Actor, device: OfflineDevice, at: datetime) -> Mapping[str, Any] | None:
    desk = desks.desk_spots(device.spots)
    if desk:
        may_do = desks.deeds_of(by, desk, at)
        return may_do if any(may_do.values()) else None
    steps = queries.steps_of(by, device.place_id, at)
    areas = queries.areas_for(by, device.place_id, at) if "enter_buffer" in steps else []
    return {"steps": steps, "areas": areas} if steps else None


def _event(event_id: UUID) -> OfflineEvent | None:
    return OfflineEvent.objects.filter(pk=event_id, device__app="border_gate").first()


def _of_force(event_id: UUID) -> Where | None:
    """Whose the event is, and what came of it: its picture may show why the force holds."""
    event = _event(event_id)
    desk = desks.desk_of(str(event.payload.get("desk"))) if event else None
    if event is None or desk is None or desk.force is None:
        return None
    return Where(agency=desk.force.pk, place=desk.point.pk, record=event.record_id)


def _sees_event(event: OfflineEvent, by: Actor, at: datetime) -> bool:
    """A yard reads what yards recorded; who stands at a barrier is on its pictures, so they are for fewer."""
    return may(by, VIEW_TRIP if event.payload.get("desk") else VIEW_PARTIES, event, at)


def _sees_found(where: Where, by: Actor, at: datetime) -> bool:
    """The force itself; others as they read the check or the hold that came of it."""
    if may(by, WORK_TASK, where, at):
        return True
    if where.record is None:
        return False
    made = ClearanceTask.objects.filter(pk=where.record).first() or Hold.objects.filter(pk=where.record).first()
    return made is not None and sees_finding(made, by, at)


PHOTOS = attachable(
    "border_gate.offline_event", read=_sees_event, restricted=VIEW_PAPERS, write=DECIDE_BARRIER, find=_event
)
FORCE_PHOTOS = attachable(
    "border_gate.force_event", read=_sees_found, restricted=VIEW_PAPERS, write=WORK_TASK, find=_of_force
)


def _photos(event: OfflineEvent) -> str:
    return (FORCE_PHOTOS if event.kind in offline_desks.OF_FORCE else PHOTOS).kind


SLUG = "/cua-khau-so/"
APP = offline_app(
    name="border_gate",
    title=_("Border gate without network"),
    short=_("Border gate"),
    scope=SLUG,
    page="border_gate:offline",
    start="border_gate:app",
    taken_over=tuple(f"{SLUG}{path}" for path in ("tram/", "ung-dung/", "barie/", "bai/", "nhiem-vu/")),
    files=(
        "border_gate/offline_rules.js",
        "border_gate/offline_desk_rules.js",
        "border_gate/offline_desk.js",
        "border_gate/offline_force.js",
        "border_gate/offline_yard.js",
        "border_gate/offline_station.js",
        "border_gate/offline.css",
    ),
    enrol=ENROL_DEVICE,
    resolve=RECONCILE,
    attachable=_photos,
    spots=_spots,
    entries=_listed,
    common=_for_all,
    duty=_duty,
    sign=actions.sign_list,
    keys=queries.public_keys,
    apply=actions.apply_event,
    again=actions.apply_again,
    alarm=actions.alarm,
    about=actions.about,
)
