"""Rank everybody who waits at a point, as the queue does it for each look."""

from __future__ import annotations

import time
from typing import Any

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.models import CrossingPoint, Trip
from tinhso.pillars.border.gate.queries.queue import places_in_queue


def run(times: int) -> dict[str, Any]:
    """Seconds of each ranking of the one point at which they wait, and how many were ranked."""
    waiting = Trip.objects.filter(state="at_buffer").values("point")
    point = CrossingPoint.objects.filter(pk__in=waiting)[0]
    seconds, ranked = [], 0
    for _ in range(times):
        begun = time.perf_counter()
        ranked = len(places_in_queue(point=point, at=clock.real()))
        seconds.append(time.perf_counter() - begun)
    return {"seconds": seconds, "ranked": ranked}
