"""What a barrier's device must know to decide without network: live trips of its point and those expected soon.

No reason of a hold goes out, secret or not: only which force holds. Of the driver two letters, no name. Of a vehicle
that a force wants to see its plate and that force, as on every barrier's card.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tinhso.kernel.access.may import visible, which
from tinhso.kernel.access.models import Right
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.workflow.flow import Step
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.overlays import UNDONE
from tinhso.pillars.border.gate.models import ClearanceTask, ControlPoint, CrossingPoint, Hold, OperatingCalendar, Trip
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER, step_permission
from tinhso.pillars.border.gate.queries.holding import areas_at, areas_open
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.reference import verifying_keys
from tinhso.pillars.border.gate.queries.stopped import stops_between
from tinhso.pillars.border.gate.queries.wanted import wanted_plates
from tinhso.pillars.border.gate.rules import hours, offline

EXPECTED = timedelta(hours=24)
DAYS = 4
"""Days of opening hours that a list carries: 72 hours of work and the rest of the last day."""
BEFORE = ("submitted", "fix_requested", "accepted")
KINDS = re.compile(
    r"r\.kind in \((?P<kinds>[^)]*)\)(?: and \(r\.kind <> 'TRANSIT' or r\.direction = '(?P<transit>[XN])'\))?"
)
WIDTH = 40
WITHOUT_GOODS = ("yard", "buffer")
"""Kinds of barriers whose people see plate and kg only (brief 13)."""


def entries_at(point_id: UUID, at: datetime) -> dict[str, dict[str, Any]]:
    """Trips by code, 0.4 KB each; keys are short because thousands of entries travel."""
    rows = listed_trips(point_id, at).select_related(
        "driver", "second_driver", "slot", "yard", "tractor__wanted_by", "trailer__wanted_by"
    )
    known, stops = holders(point_id), stops_between(point_id, at, at + offline.USELESS)
    asked = forces_asked(point_id)
    return {
        trip.code: entry_of(trip, known.get(trip.pk, ""), stops.get(trip.pk, ()), asked.get(trip.pk, ()))
        for trip in rows
    }


def listed_trips(point_id: UUID, at: datetime) -> QuerySet[Trip]:
    """Live trips of the point, those not here yet only when they are expected within 24 hours."""
    soon = at + EXPECTED
    expected = Q(slot__begins_at__lte=soon) | Q(slot=None, planned_on__lte=soon.astimezone(HANOI).date())
    return Trip.objects.filter(~Q(state__in=BEFORE) | expected, point_id=point_id, is_live=True)


def entries_for(point_id: UUID, spots: Iterable[str], at: datetime) -> dict[str, dict[str, Any]]:
    """What a device at these barriers is given: at a yard or holding area alone no goods, as on its pages."""
    found = entries_at(point_id, at)
    if ControlPoint.objects.filter(code__in=list(spots)).exclude(kind__in=WITHOUT_GOODS).exists():
        return found
    return {code: {**entry, "gt": ""} for code, entry in found.items()}


def entry_of(trip: Trip, holder: str, stops: Sequence[list[int]], asked: Sequence[str] = ()) -> dict[str, Any]:
    """One trip as a device knows it. `u`: holds, then open checks on the way in, out and inland.

    `m`: from when until when a notice stops its goods. In a yard, where there are any: `o`, forces with checks to do,
    and `b`, kg to hand over still.
    """
    vehicles = [one for one in (trip.tractor, trip.trailer) if one is not None]
    wanted = next((one.wanted_by for one in vehicles if one.wanted_by_id), None)
    found = {
        "p": trip.tractor_plate,
        "t": trip.trailer_plate,
        "s": trip.state,
        "k": trip.kind,
        "d": trip.direction,
        "g": trip.leg,
        "n": trip.nonce,
        "ci": 1 if trip.crossed_in_at else 0,
        "ac": _seconds(trip.accepted_at),
        "sb": _seconds(trip.slot.begins_at if trip.slot else None),
        "rx": _seconds(trip.release_expires_at),
        "x": _seconds(trip.expires_at),
        "u": [trip.holds, trip.open_entry, trip.open_exit, trip.open_inland],
        "m": list(stops),
        "f": trip.fee_state,
        "h": holder if trip.holds else "",
        "w": wanted.short if wanted else "",
        "di": initials(trip.driver_name),
        "dp": _paper(trip),
        "gt": trip.goods_title[:WIDTH],
        "kg": trip.gross_kg,
        "y": place_of(trip),
    }
    waiting: dict[str, Any] = {"o": list(asked), "b": trip.balance_kg} if trip.state == "in_yard" else {}
    return found | {name: value for name, value in waiting.items() if value}


def place_of(trip: Trip) -> str:
    """Bay and yard of the trip, as far as they are known."""
    return f"{trip.bay}, {trip.yard}" if trip.yard and trip.bay else str(trip.yard or "")


def initials(name: str) -> str:
    """First letters of a name: enough to compare with a paper in the hand, too little to know whose it is."""
    return "".join(word[0] for word in name.split() if word[0].isalpha())[:4]


def common_at(point: CrossingPoint, spots: Iterable[ControlPoint], at: datetime) -> dict[str, Any]:
    """What holds for all entries: the barriers, the table of steps, hours and how near to them, keys of QR codes, and
    by plate which forces want to see which vehicles.
    """
    law = law_at(at)
    return {
        "spots": [{"code": one.code, "name": one.name, "kind": one.kind, "place": point.gate_short} for one in spots],
        "table": step_table(),
        "hours": {direction: open_hours(point, direction, at) for direction in "XNTO"},
        "direct": point.direct_mode,
        "slot": [int(law.number(code).span.total_seconds()) for code in ("slot_early_min", "slot_late_min")],
        "by_buffer": point.buffer_compulsory,
        "keys": public_keys(),
        "wanted": wanted_plates(),
    }


def public_keys() -> dict[str, str]:
    """Keys that sign QR codes and lists, in hex by key id."""
    return {key_id.hex(): key.public_bytes_raw().hex() for key_id, key in verifying_keys().items()}


def step_table() -> dict[str, list[dict[str, Any]]]:
    """Rows of TRIP for the steps allowed without network; a row whose condition cannot be told is left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in offline.ALLOWED:
        rows = [row_of(step) for step in TRIP.step_rows(name)]
        found[name] = [row for row in rows if row is not None]
    return found


def row_of(step: Step) -> dict[str, Any] | None:
    """States, trip types (none: all), the direction that it asks of transit, and guards with their refusals."""
    named = KINDS.fullmatch(step.when)
    if step.when and named is None:
        return None
    kinds = re.findall(r"'(\w+)'", named["kinds"]) if named else []
    transit = (named["transit"] or "") if named else ""
    guards = [[guard.name, guard.refuses] for guard in step.guards]
    return {"source": list(step.source), "kinds": kinds, "transit": transit, "guards": guards}


def open_hours(point: CrossingPoint, direction: str, at: datetime) -> list[list[int]]:
    """From, until (Unix seconds), and before when a trip must have been accepted (0: any) on each of the next days."""
    rows = [row.hours() for row in OperatingCalendar.objects.filter(point=point, direction=direction)]
    today = at.astimezone(HANOI).date()
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    return [window for day in days if (window := _window(hours.row_of(rows, day), day))]


def _window(row: hours.Hours | None, day: date) -> list[int] | None:
    if row is None or row.kind == hours.CLOSED or row.opens is None or row.closes is None:
        return None
    if row.kind == hours.PREREGISTERED and row.accepted_before is None:
        return None
    before = _seconds(row.accepted_before) if row.kind == hours.PREREGISTERED else 0
    return [_at(day, row.opens), _at(day, row.closes), before]


def steps_of(officer: Actor, point_id: UUID, at: datetime) -> list[str]:
    """Steps that the officer may do at that point."""
    wanted = {step_permission(step): step for step in (*offline.ALLOWED, "walk_up", "walk_up_line")}
    return sorted(wanted[right] for right in which(officer, wanted, Where(place=point_id), at))


def areas_for(officer: Actor, point_id: UUID, at: datetime) -> list[dict[str, str]]:
    """Holding areas into which the officer may let vehicles, the one with most room first."""
    areas = areas_open(areas_at(point_id, by=officer, at=at), by=officer, at=at)
    by_room = sorted(areas, key=lambda area: (-area.free, area.code))
    return [{"code": area.code, "name": area.name} for area in by_room]


def barriers_of(officer: Actor, at: datetime) -> list[ControlPoint]:
    """Barriers at which the officer may work."""
    return list(visible(ControlPoint.objects.select_related("point"), officer, DECIDE_BARRIER, at))


def holders_of(permission: str, place_id: UUID, at: datetime) -> list[UUID]:
    """People with that right at that place, or everywhere."""
    rows = Right.objects.filter(Q(place_id=place_id) | Q(place_id=None), permission=permission, record_id=None)
    rows = rows.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)
    return list(rows.values_list("holder_id", flat=True).distinct()[:100])


def holders(point_id: UUID) -> Mapping[UUID, str]:
    """Which force holds which trip of the point, never why."""
    rows = Hold.objects.filter(point_id=point_id, state="active").select_related("force").order_by("-created_at")
    return {hold.trip_id: hold.force.short for hold in rows}


def forces_asked(point_id: UUID) -> Mapping[UUID, Sequence[str]]:
    """Which forces have checks to do of vehicles in the yards of the point, in the order in which they are due."""
    rows = ClearanceTask.objects.filter(trip__point_id=point_id, trip__state="in_yard", state__in=UNDONE)
    found: dict[UUID, dict[str, None]] = {}
    for task in rows.select_related("force").order_by("due_at", "kind"):
        found.setdefault(task.trip_id, {})[task.force.short] = None
    return {trip_id: list(forces) for trip_id, forces in found.items()}


def _paper(trip: Trip) -> str:
    """The earliest last day of papers, licences and permits of drivers and vehicles, as the guard G-DRIVER asks."""
    drivers = [one for one in (trip.driver, trip.second_driver) if one is not None]
    if any(one.paper_until is None for one in drivers):
        return offline.PAPER_UNKNOWN
    days = [one.permit_until for one in (trip.tractor, trip.trailer) if one is not None]
    days += [day for one in drivers for day in (one.paper_until, one.licence_until)]
    return min((day.isoformat() for day in days if day is not None), default="")


def _seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


def _at(day: date, moment: time) -> int:
    return int(datetime.combine(day, moment, HANOI).timestamp())
