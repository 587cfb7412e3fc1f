"""Call the next vehicle again and again, at the points in turn, as the gate's centre does with a tap."""

from __future__ import annotations

import time
from importlib import import_module
from itertools import cycle
from typing import Any

from django.apps import apps

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal

ROOM = "tinhso.pillars.border.gate.actions.move"


def run(seconds: float, gap: float) -> dict[str, Any]:
    """For so long, a vehicle each `gap` seconds; how many were called, and which refusals there were.

    One beat calls a loaded vehicle and an empty one, so that the next beat may be due later.
    """
    room: Any = import_module(ROOM)
    waiting = apps.get_model("border_gate", "Trip").objects.filter(state="at_buffer").values("point")
    points = list(apps.get_model("border_gate", "CrossingPoint").objects.filter(pk__in=waiting).order_by("code"))
    called, refused = 0, set()
    begun = time.monotonic()
    for point in cycle(points):
        time.sleep(max(0.0, begun + called * gap - time.monotonic()))
        if time.monotonic() - begun > seconds:
            break
        try:
            called += len(room.call_many(point=point, count=1, at=clock.real()))
        except Refusal as refusal:
            refused.add(str(refusal))
            time.sleep(gap)
    return {"called": called, "refused": sorted(refused)}
