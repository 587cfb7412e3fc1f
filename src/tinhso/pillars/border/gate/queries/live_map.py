"""The border as one living picture: for each point the places from the road to the line, and what is wrong there.

Some ten queries whatever the traffic: counts by point and state, and what the boards count already.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tinhso.kernel.base.dates import show_time
from tinhso.pillars.border.gate.models import CallPause, ControlPoint
from tinhso.pillars.border.gate.queries import statistics
from tinhso.pillars.border.gate.queries.guidance import pauses
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.statistics import AreaNow, PointNow, rows_of
from tinhso.pillars.border.gate.queries.stoppages import open_stoppages
from tinhso.pillars.border.gate.rules.crowding import tone_of_room, tone_of_wait
from tinhso.pillars.border.gate.rules.limits import YARD_FULL

# Place, its states, and the barrier whose lanes lead on from it.
PLACES: tuple[tuple[str, Any, tuple[str, ...], str], ...] = (
    ("road", gettext_lazy("On the road"), ("en_route",), ""),
    ("buffer", gettext_lazy("Holding area"), ("at_buffer",), "buffer"),
    ("called", gettext_lazy("Called"), ("called",), ""),
    ("barrier", gettext_lazy("Barrier 1"), ("arrived", "crossed_in"), "entry"),
    ("yard", gettext_lazy("Yard"), ("in_yard", "seized"), "yard"),
    ("line", gettext_lazy("Released, to the line"), ("released",), "line"),
    ("abroad", gettext_lazy("Abroad, to come back"), ("crossed_out", "returned_in"), ""),
)
WAITED = ("buffer", "barrier", "line")
"""Places where waiting long is a fault of the gate's."""


@dataclass(frozen=True, slots=True)
class Station:
    """One place of one point: how many, since when the oldest, in which tone (calm, wait, stop), out of how many.

    `areas`: the holding areas one by one, where there are several.
    """

    key: str
    title: Any
    count: int
    oldest: int | None
    tone: str
    state: str
    held: int = 0
    room: int | None = None
    lanes: int = 0
    areas: tuple[AreaNow, ...] = ()


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a leader looks at: a kind for the icon, words, and where one reads more."""

    kind: str
    text: str
    route: str = ""


@dataclass(frozen=True, slots=True)
class PointMap:
    now: PointNow
    stations: list[Station]
    alarms: list[Alarm] = field(default_factory=list)
    pause: CallPause | None = None

    @property
    def tone(self) -> str:
        tones = {one.tone for one in self.stations}
        return "stop" if "stop" in tones or self.pause else ("wait" if "wait" in tones else "calm")


_NOW = """
select 'standing' as what, t.point_id, t.state, count(*), min(t.state_since), count(*) filter (where t.holds > 0),
    count(*) filter (where t.dwell_deadline < %(now)s::timestamptz and t.crossed_out_at is null)
from border_gate_trip t where t.is_live group by t.point_id, t.state
union all
select 'late', k.point_id, '', count(*), null::timestamptz, 0, 0
from border_gate_clearancetask k join border_gate_trip t on t.id = k.trip_id
where k.state in ('open', 'in_progress') and k.due_at < %(now)s::timestamptz and t.is_live group by k.point_id
union all
select 'undeclared', a.point_id, '', count(*), null::timestamptz, 0, 0
from border_gate_undeclaredarrival a join border_gate_trip t on t.id = a.trip_id
where t.undeclared and t.submitted_at is null and t.ended_at is null group by a.point_id
"""


def live_map(*, at: datetime, points: set[UUID] | None = None) -> list[PointMap]:
    """Every point that handles goods trucks (or those given), the busiest first, those without news last."""
    states: dict[UUID, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    amiss: dict[tuple[str, UUID], int] = {}
    for what, point, state, *figures in rows_of(_NOW, {"now": at}):
        if what == "standing":
            states[point][state] = tuple(figures)
        else:
            amiss[what, point] = figures[0]
    lanes, paused, blocked = _lanes(), pauses(), _blocked(at)
    found = []
    for now in statistics.ordered(statistics.points(at=at)):
        if points is not None and now.id not in points:
            continue
        here = states.get(now.id, {})
        stations = [_station(place, here, now, lanes.get(now.id, {}), at) for place in PLACES]
        pause = paused.get(now.id)
        alarms = _alarms(now, stations, here, amiss.get(("late", now.id), 0), amiss.get(("undeclared", now.id), 0), at)
        found.append(PointMap(now, stations, [*blocked.get(now.id, ()), *alarms], pause))
    return found


def _station(
    place: tuple[str, Any, tuple[str, ...], str],
    here: dict[str, tuple[Any, ...]],
    now: PointNow,
    lanes: dict[str, int],
    at: datetime,
) -> Station:
    key, title, states, barrier = place
    rows = [here[state] for state in states if state in here]
    count, held = sum(row[0] for row in rows), sum(row[2] for row in rows)
    since = min((row[1] for row in rows), default=None)
    oldest = statistics.minutes(at - since) if since else None
    room = {"yard": now.yard_capacity, "buffer": now.buffer_capacity or None}.get(key)
    tones = [_tone(now.in_buffer if key == "buffer" else count, room, at)] if room else []
    tones += [tone_of_wait(oldest or 0)] if key in WAITED else []
    areas = now.areas if key == "buffer" and len(now.areas) > 1 else ()
    tone = next((one for one in ("stop", "wait") if one in tones), "calm")
    return Station(key, title, count, oldest, tone, states[0], held, room, lanes.get(barrier, 0), areas)


def _tone(taken: int, room: int, at: datetime) -> str:
    """Full is what the rulebook calls full on the day, as for the calls."""
    return tone_of_room(taken, room, full=law_at(at).number(YARD_FULL).value)


def _lanes() -> dict[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for point, kind, lanes in ControlPoint.objects.values_list("point_id", "kind", "lanes"):
        found[point][kind] = found[point].get(kind, 0) + lanes
    return found


def _blocked(at: datetime) -> dict[UUID, list[Alarm]]:
    """Incidents that stand, by point. One query."""
    found: dict[UUID, list[Alarm]] = defaultdict(list)
    for row in open_stoppages():
        where = row.where[:1].upper() + row.where[1:]
        facts = {"where": where, "what": row.get_kind_display(), "minutes": statistics.minutes(at - row.begun_at)}
        found[row.point_id].append(Alarm("stop", _("%(where)s: %(what)s, %(minutes)s minutes") % facts))
    return found


def _alarms(
    now: PointNow,
    stations: list[Station],
    here: dict[str, tuple[Any, ...]],
    late: int,
    undeclared: int,
    at: datetime,
) -> list[Alarm]:
    held, overstay = sum(one.held for one in stations), sum(row[3] for row in here.values())
    yard = next(one for one in stations if one.key == "yard")
    found = []
    if now.silent_since:
        found.append(Alarm("off", _("No news since %(at)s") % {"at": show_time(now.silent_since)}))
    if yard.tone == "stop":
        found.append(Alarm("stop", _("Yard full: %(count)s of %(room)s") % {"count": yard.count, "room": yard.room}))
    if now.buffer_capacity and _tone(now.in_buffer, now.buffer_capacity, at) == "stop":
        facts = {"count": now.in_buffer, "room": now.buffer_capacity}
        found.append(Alarm("stop", _("Holding area full: %(count)s of %(room)s") % facts))
    if overstay:
        found.append(Alarm("stop", _vehicles(overstay, _("past the limit of stay"))))
    if held:
        found.append(Alarm("stop", _vehicles(held, _("held")), "border_gate:trips"))
    if undeclared:
        found.append(Alarm("attn", _vehicles(undeclared, _("undeclared, waiting")), "border_gate:trips"))
    if late:
        text = ngettext("%(count)d check past its time", "%(count)d checks past their time", late)
        found.append(Alarm("wait", text % {"count": late}, "border_gate:tasks"))
    return found


def _vehicles(count: int, what: str) -> str:
    return ngettext("%(count)d vehicle %(what)s", "%(count)d vehicles %(what)s", count) % {"count": count, "what": what}
