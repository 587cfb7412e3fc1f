"""Figures of the gate for home page, boards, open data and the province's command centre.

By crossing point (`point`): the words for its codes come from `title_of`. Others read them by name and know
nothing of trucks: `waiting`, `wait_minutes`, `crowding` (0 clear, 1 normal, 2 busy), `open_minutes` (until the
closing, negative until the opening), `silent_minutes` (0 while figures come in, else since when they do not).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import clock
from tinhso.kernel.metrics.together import once
from tinhso.kernel.modules.declare import metric
from tinhso.kernel.web.offline.sync import Standing
from tinhso.pillars.border.gate.queries import figures, reconciling, statistics
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.queue import GROUP_TITLES

POINT = ("point",)


def _points() -> list[statistics.PointNow]:
    """The points now; asked once for all figures that are measured together."""
    return once("border_gate.points", lambda: statistics.points(at=clock.now()))


def _of_points(part: str) -> dict[str, int]:
    return {one.code: getattr(one, part) for one in _points()}


@metric("border_gate.waiting", title=_("Vehicles waiting"), unit="vehicle", public=True, dimensions=POINT,
        title_of=title_of)  # fmt: skip
def waiting() -> dict[str, int]:
    return _of_points("waiting")


@metric("border_gate.at_barrier", title=_("Vehicles at barrier 1"), unit="vehicle", public=True, dimensions=POINT,
        title_of=title_of)  # fmt: skip
def at_barrier() -> dict[str, int]:
    return _of_points("barrier")


@metric("border_gate.in_yard", title=_("Vehicles in the yard"), unit="vehicle", public=True, dimensions=POINT,
        title_of=title_of)  # fmt: skip
def in_yard() -> dict[str, int]:
    return _of_points("in_yard")


@metric("border_gate.yard_room", title=_("Free bays in the yard"), unit="bay", public=True, dimensions=POINT,
        title_of=title_of)  # fmt: skip
def yard_room() -> dict[str, int]:
    return _of_points("room")


@metric("border_gate.in_buffer", title=_("Vehicles in the holding area"), unit="vehicle", public=True, dimensions=POINT,
        title_of=title_of)  # fmt: skip
def in_buffer() -> dict[str, int]:
    """Of points that have a holding area."""
    return {one.code: one.in_buffer for one in _points() if one.buffer_capacity}


@metric("border_gate.buffer_room", title=_("Free places in the holding area"), unit="place", public=True,
        dimensions=POINT, title_of=title_of)  # fmt: skip
def buffer_room() -> dict[str, int]:
    return {one.code: one.buffer_room for one in _points() if one.buffer_capacity}


@metric("border_gate.in_area", title=_("Vehicles in each holding area"), unit="vehicle", public=True,
        dimensions=("point", "area"), title_of=title_of)  # fmt: skip
def in_area() -> dict[tuple[str, str], int]:
    """Whose area is not known counts for the point alone."""
    return {(one.code, area.code): area.standing for one in _points() for area in one.areas}


@metric("border_gate.area_room", title=_("Free places in each holding area"), unit="place", public=True,
        dimensions=("point", "area"), title_of=title_of)  # fmt: skip
def area_room() -> dict[tuple[str, str], int]:
    return {(one.code, area.code): area.room for one in _points() for area in one.areas}


@metric("border_gate.wait_minutes", title=_("Minutes to wait"), unit="minute", public=True, dimensions=POINT,
        title_of=title_of)  # fmt: skip
def wait_minutes() -> dict[str, int]:
    """Also the whole, under the empty key: the longest, for a sum of minutes says nothing."""
    return _with_longest(_of_points("minutes"))


@metric("border_gate.average_wait", title=_("Minutes waited, average of the last 2 h"), unit="minute", public=True,
        dimensions=POINT, title_of=title_of)  # fmt: skip
def average_wait() -> dict[Any, int]:
    """Of those called in the last two hours; points that called nobody are left out."""
    at = clock.now()
    found = statistics.waits(at=at)
    return _with_longest({code: found[point] for point, code in statistics.codes().items() if point in found})


@metric("border_gate.waiting_groups", title=_("Vehicles waiting, by group"), unit="vehicle", public=True,
        dimensions=("point", "group"), title_of=title_of)  # fmt: skip
def waiting_groups() -> dict[tuple[str, str], int]:
    codes = statistics.codes()
    found = statistics.groups_by_point()
    return {
        (code, group): found.get(point, {}).get(group, 0) for point, code in codes.items() for group in GROUP_TITLES
    }


@metric("border_gate.crowding", title=_("Crowding, 0 to 2"), unit="level", public=True, dimensions=POINT,
        title_of=title_of)  # fmt: skip
def crowding() -> dict[str, int]:
    return _with_longest(_of_points("crowding"))


@metric("border_gate.open_minutes", title=_("Minutes until the closing"), unit="minute", public=True,
        dimensions=POINT, title_of=title_of)  # fmt: skip
def open_minutes() -> dict[str, int]:
    at = clock.now()
    return _with_longest({one.code: _until(one, at) for one in _points()})


@metric("border_gate.silent_minutes", title=_("Minutes without news"), unit="minute", public=True,
        dimensions=POINT, title_of=title_of)  # fmt: skip
def silent_minutes() -> dict[str, int]:
    at = clock.now()
    found = _points()
    return _with_longest(
        {one.code: statistics.minutes(at - one.silent_since) if one.silent_since else 0 for one in found}
    )


@metric("border_gate.cleared_today", title=_("Vehicles cleared today"), unit="vehicle", public=True,
        dimensions=("point", "direction"), title_of=title_of)  # fmt: skip
def cleared_today() -> dict[tuple[str, str], int]:
    found = _points()
    exported = {(one.code, "export"): one.exported for one in found}
    return exported | {(one.code, "import"): one.imported for one in found}


@metric("border_gate.undeclared_share", title=_("Vehicles that came undeclared today"), unit="%", public=True)
def undeclared_share() -> float:
    return figures.undeclared_share(at=clock.now())


@metric("border_gate.release_minutes", title=_("Minutes from the yard to the release, median"), unit="minute",
        public=True)  # fmt: skip
def release_minutes() -> int:
    return figures.release_minutes(at=clock.now())


@metric("border_gate.fees_today", title=_("Fees collected today"), unit="đ")
def fees_today() -> int:
    return figures.fees_today(at=clock.now())


@metric("border_gate.late_tasks", title=_("Tasks past their time"), unit="task", dimensions=("force",),
        title_of=title_of)  # fmt: skip
def late_tasks() -> dict[str, int]:
    return figures.late_tasks(at=clock.now())


@metric("border_gate.offline_minutes", title=_("Minutes without network today, by device"), unit="minute",
        dimensions=("device",), title_of=title_of)  # fmt: skip
def offline_minutes() -> dict[str, int]:
    return _of_devices("offline_minutes")


@metric("border_gate.offline_unsent", title=_("Events not sent yet, by device"), unit="event", dimensions=("device",),
        title_of=title_of)  # fmt: skip
def offline_unsent() -> dict[str, int]:
    return _of_devices("unsent")


@metric("border_gate.offline_waiting", title=_("Events to be reconciled, by device"), unit="event",
        dimensions=("device",), title_of=title_of)  # fmt: skip
def offline_waiting() -> dict[str, int]:
    return _of_devices("waiting")


@metric("border_gate.offline_gaps", title=_("Devices of which events are missing"), unit="device")
def offline_gaps() -> int:
    return sum(one.gap is not None for one in _devices())


def _devices() -> list[Standing]:
    return once("border_gate.devices", lambda: reconciling.devices_now(clock.now()))


def _of_devices(part: str) -> dict[str, int]:
    """By the device's name and the end of its id, for names are not unique."""
    return {f"{one.device} {str(one.device.pk)[-4:]}": getattr(one, part) for one in _devices()}


def _until(point: statistics.PointNow, at: datetime) -> int:
    """Rounded, so that the moment plus these minutes is the hour on the notice."""
    if point.closes_at:
        return max(1, round((point.closes_at - at).total_seconds() / 60))
    return -max(1, round((point.opens_at - at).total_seconds() / 60)) if point.opens_at else 0


def _with_longest(values: dict[str, int]) -> dict[Any, int]:
    return {**values, (): max(values.values(), default=0)}
