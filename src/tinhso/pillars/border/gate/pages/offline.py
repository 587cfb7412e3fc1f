"""The gate's app for barriers, yards and forces that works when the network is cut.

The page itself is one shell without anything personal in it: kept on the device, it shows what the device knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.web.offline.declare import Spot, offline_app
from tinhso.kernel.web.offline.models import OfflineDevice
from tinhso.pillars.border.gate.actions import offline as actions
from tinhso.pillars.border.gate.models import ControlPoint, CrossingPoint
from tinhso.pillars.border.gate.permissions import (
    ENROL_DEVICE,
    RECONCILE,
)
from tinhso.pillars.border.gate.queries import offline as queries

SAID = (
    "BG-001", "BG-007", "BG-009", "BG-015", "BG-019", "BG-020", "BG-021", "BG-022", "BG-023", "BG-024", "BG-026",
    "BG-205", "BG-209", "BG-210", "BG-330", "BG-331", "BG-332", "BG-336", "BG-339",
)  # fmt: skip


def _spots(by: Actor, at: datetime) -> list[Spot]:
    rows = queries.barriers_of(by, at)
    return [Spot(one.code, one.name, one.point_id, one.point.gate_short, one.kind) for one in rows]


def _listed(device: OfflineDevice, at: datetime) -> Mapping[str, Any]:
    return queries.entries_at(device.place_id, at)


def _for_all(device: OfflineDevice, at: datetime) -> Mapping[str, Any]:
    point = CrossingPoint.objects.get(pk=device.place_id)
    return queries.common_at(point, ControlPoint.objects.filter(code__in=device.spots), at)


def _duty(by: Actor, device: OfflineDevice, at: datetime) -> Mapping[str, Any] | None:
    steps = queries.steps_of(by, device.place_id, at)
    return {"steps": steps} if steps else None


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
