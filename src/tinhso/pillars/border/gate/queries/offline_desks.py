"""What a force's and a yard's device must know to work without network, and who may work with it.

A force is told its own checks alone, of goods only what its role sees, and of a hold only who holds. A yard is told
plate, container and kg, and its own bays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from tinhso.kernel.access.may import may, which
from tinhso.kernel.access.reach import reaches
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.overlays import FAILED, TREATING, UNDONE
from tinhso.pillars.border.gate.models import (
    Bay,
    ClearanceTask,
    CrossingPoint,
    CustomsEntry,
    Force,
    Pairing,
    Trip,
    Yard,
)
from tinhso.pillars.border.gate.permissions import PLACE_HOLD, ROLES, VIEW_GOODS, WORK_TASK, step_permission
from tinhso.pillars.border.gate.queries.containers import numbers_of
from tinhso.pillars.border.gate.queries.expected import promised
from tinhso.pillars.border.gate.queries.inspection_seals import waiting_for_seal
from tinhso.pillars.border.gate.queries.law import law_at, reasons_today
from tinhso.pillars.border.gate.queries.offline import WIDTH, holders, initials, listed_trips, place_of, row_of
from tinhso.pillars.border.gate.queries.samples import drawn_for
from tinhso.pillars.border.gate.queries.yard import yards_of
from tinhso.pillars.border.gate.rules import offline_desks as rules
from tinhso.pillars.border.gate.rules.offline import YARD_DESK
from tinhso.pillars.border.gate.rules.transfers import TAKERS

FORCE, YARD = "force", YARD_DESK
YARD_STEPS = ("yard_in", "leave_inland")
SIGN = step_permission("transfer_done")


@dataclass(frozen=True, slots=True)
class DeskSpot:
    """Where a device may be set up that is no barrier: a force at a point, or a yard."""

    code: str
    kind: str
    title: str
    point: CrossingPoint
    force: Force | None = None
    yard: Yard | None = None

    def told(self) -> dict[str, Any]:
        """As the device's list names it."""
        return {"code": self.code, "name": self.title, "kind": self.kind, "place": self.point.gate_short}


def desk_of(code: str) -> DeskSpot | None:
    """The desk of that code: `HN-1119/KDTV` is a force at a point, `HN-1119/bai/XC` a yard. None for a barrier's."""
    point_code, _slash, rest = code.partition("/")
    point = CrossingPoint.objects.filter(code=point_code).first() if rest else None
    if point is None:
        return None
    if rest.startswith("bai/"):
        yard = Yard.objects.filter(point=point, level="border", code=rest.removeprefix("bai/")).first()
        return _yard_desk(point, yard) if yard else None
    force = Force.objects.filter(code=rest).first()
    return _force_desk(point, force) if force else None


def _force_desk(point: CrossingPoint, force: Force) -> DeskSpot:
    return DeskSpot(f"{point.code}/{force.code}", FORCE, force.short, point, force=force)


def _yard_desk(point: CrossingPoint, yard: Yard) -> DeskSpot:
    return DeskSpot(f"{point.code}/bai/{yard.code}", YARD, yard.name, point, yard=yard)


def desks_of(officer: Actor, at: datetime) -> list[DeskSpot]:
    """Forces in whose name the officer works, at his points, and his yards."""
    reach = reaches(officer, [WORK_TASK], at)[WORK_TASK]
    forces = list(Force.objects.all()) if reach.scopes else []
    points = list(CrossingPoint.objects.filter(goods_open=True)) if reach.scopes else []
    found = [
        _force_desk(point, force)
        for point in points
        for force in forces
        if reach.covers(Where(agency=force.pk, place=point.pk))
    ]
    return [*found, *(_yard_desk(yard.point, yard) for yard in yards_of(by=officer, at=at))]


def deeds_of(officer: Actor, desk: DeskSpot, at: datetime) -> dict[str, list[str]]:
    """What the officer may do at that desk: deeds of a force or of a yard, and the steps of trips."""
    if desk.force:
        where = Where(agency=desk.force.pk, place=desk.point.pk)
        held = which(officer, (WORK_TASK, PLACE_HOLD), where, at)
        deeds = [rules.PASS, rules.FAIL, rules.SAMPLE] if WORK_TASK in held else []
        return {"steps": [], "deeds": [*deeds, rules.HOLD] if PLACE_HOLD in held and deeds else deeds}
    wanted = {step_permission(step): step for step in YARD_STEPS}
    held = which(officer, wanted, Where(place=desk.point.pk), at)
    signs = may(officer, SIGN, Where(place=desk.point.pk), at)
    return {"steps": sorted(wanted[right] for right in held), "deeds": [rules.TRANSFER] if signs else []}


def entries_of(desk: DeskSpot, at: datetime) -> dict[str, dict[str, Any]]:
    """The device's list: a handful of queries however many trips there are."""
    return _of_force(desk.point.pk, desk.force, at) if desk.force else _of_yard(desk, at)


def _of_force(point_id: UUID, force: Force, at: datetime) -> dict[str, dict[str, Any]]:
    told = CustomsEntry.objects.filter(trip=OuterRef("pk")).exclude(status="unknown")
    rows = listed_trips(point_id, at).select_related("yard").annotate(at_customs=Exists(told))
    known, tasks = holders(point_id), _checks(point_id, force)
    checks, sealed, drawn = _told(tasks), waiting_for_seal(tasks), drawn_for(tasks)
    seals: dict[UUID, list[str]] = {}
    samples: dict[UUID, dict[str, list[Any]]] = {}
    for task in tasks:
        if task.pk in sealed:
            seals.setdefault(task.trip_id, []).append(task.pk.hex)
        if task.pk in drawn:
            samples.setdefault(task.trip_id, {})[task.pk.hex] = list(drawn[task.pk])
    goods = VIEW_GOODS in ROLES.get(force.code, ("", ()))[1]
    return {
        trip.code: {
            "p": trip.tractor_plate,
            "t": trip.trailer_plate,
            "s": trip.state,
            "n": trip.nonce,
            "u": [trip.holds],
            "h": known.get(trip.pk, "") if trip.holds else "",
            "cn": 1 if trip.customs_no or trip.at_customs else 0,
            "di": initials(trip.driver_name),
            "gt": trip.goods_title[:WIDTH] if goods else "",
            "kg": trip.gross_kg,
            "y": place_of(trip),
            "ts": checks.get(trip.pk, []),
            "sl": seals.get(trip.pk, []),
            "sm": samples.get(trip.pk, {}),
        }
        for trip in rows
    }


def _checks(point_id: UUID, force: Force) -> list[ClearanceTask]:
    """The force's checks that are not over, those due first first."""
    rows = ClearanceTask.objects.filter(agency_id=force.pk, point_id=point_id, state__in=UNDONE, trip__is_live=True)
    wanted = ("id", "trip_id", "kind", "stage", "state", "state_since", "due_at", "created_at")
    return list(rows.order_by("due_at", "id").only(*wanted))


def _told(tasks: Iterable[ClearanceTask]) -> dict[UUID, list[list[Any]]]:
    """By trip its checks: id, kind, stage, state and when due (Unix seconds)."""
    found: dict[UUID, list[list[Any]]] = {}
    for task in tasks:
        due = int(task.due_at.timestamp()) if task.due_at else 0
        found.setdefault(task.trip_id, []).append([task.pk.hex, task.kind, task.stage, task.state, due])
    return found


def _of_yard(desk: DeskSpot, at: datetime) -> dict[str, dict[str, Any]]:
    rows = listed_trips(desk.point.pk, at).filter(yard=desk.yard).select_related("slot", "second_container")
    stopped = ClearanceTask.objects.filter(trip=OuterRef("pk"), state__in=(FAILED, TREATING))
    known, pairs = holders(desk.point.pk), _pairs(desk)
    return {
        trip.code: {
            **_standing(trip),
            "h": known.get(trip.pk, "") if trip.holds else "",
            "st": 1 if trip.stopped else 0,
            "pr": pairs.get(trip.pk, []),
            "x": _expected(trip),
        }
        for trip in rows.annotate(stopped=Exists(stopped))
    }


def _standing(trip: Trip) -> dict[str, Any]:
    """One trip as a yard knows it: plate, container, kg, where it stands, what it has still to give."""
    return {
        "p": trip.tractor_plate,
        "t": trip.trailer_plate,
        "c": " + ".join(numbers_of(trip)),
        "s": trip.state,
        "k": trip.kind,
        "d": trip.direction,
        "g": trip.leg,
        "n": trip.nonce,
        "ci": 1 if trip.crossed_in_at else 0,
        "u": [trip.holds],
        "kg": trip.gross_kg,
        "un": trip.unloaded_kg or 0,
        "tol": trip.tolerance_percent,
        "bal": trip.balance_kg,
        "tw": 1 if trip.two_way else 0,
        "b": trip.bay,
        "bk": suiting(trip),
        "in": 1 if trip.is_in_yard else 0,
    }


def _expected(trip: Trip) -> int:
    """When a vehicle that is not here yet is expected, in Unix seconds; nought when nobody knows."""
    moment = promised(trip) if trip.leg == 1 and trip.state in ("accepted", "en_route", "called") else None
    return int(moment.timestamp()) if moment else 0


def suiting(trip: Trip) -> list[str]:
    """Kinds of bay for the vehicle, the best one first; flows/yards.py says the same in SQL."""
    back = trip.leg == 1 or trip.load_state == "REJECTED"
    if trip.kind in ("CN_EMPTY_IN", "IMP_VN_PICKUP"):
        kind = "empty"
    elif (trip.kind in ("EXP_VN", "EXP_XFER") and back) or (trip.kind == "TRANSIT" and trip.direction == "X"):
        kind = "export"
    else:
        kind = "import"
    return ["reefer", kind] if trip.container_type[2:3] == "R" else [kind]


def _pairs(desk: DeskSpot) -> dict[UUID, list[str]]:
    """By who gives: codes of the trips it was declared with."""
    found: dict[UUID, list[str]] = {}
    rows = Pairing.objects.filter(Q(giver__yard=desk.yard) & Q(giver__is_live=True) & Q(taker__is_live=True))
    for giver, taker in rows.values_list("giver_id", "taker__code").order_by("pk"):
        found.setdefault(giver, []).append(taker)
    return found


def common_of(desk: DeskSpot, at: datetime) -> dict[str, Any]:
    """What holds for all entries of that desk's list."""
    if desk.force:
        return {"results": results_at(at), "reasons": _reasons()}
    rows = {step: [row_of(row) for row in TRIP.step_rows(step)] for step in YARD_STEPS}
    bays = Bay.objects.filter(yard=desk.yard, closed=False).order_by("number").values_list("code", "kind")
    return {
        "table": {step: [row for row in told if row is not None] for step, told in rows.items()},
        "bays": [list(bay) for bay in bays],
        "takers": {giver: sorted(takers) for giver, takers in TAKERS.items()},
    }


def results_at(at: datetime) -> dict[str, list[str]]:
    """Which results each kind of check may end with without network, by the rules of the day."""
    book = law_at(at).book
    found = {}
    for row in book.rows:
        may_end = book.passing(row.kind) | set(book.failing(row.kind))
        found[row.kind] = [result for result in rules.RESULTS if result in may_end]
    return found


def _reasons() -> dict[str, list[list[str]]]:
    """Code, Vietnamese and English of each reason by its list."""
    found: dict[str, list[list[str]]] = {}
    for one in reasons_today().filter(kind__in=set(rules.REASONS.values())).order_by("kind", "pk"):
        found.setdefault(one.kind, []).append([one.code, one.label_vi, one.label_en])
    return found


def desk_spots(codes: Iterable[str]) -> DeskSpot | None:
    """The desk that a device was set up for; None for one of barriers. A device has one desk alone."""
    return next((desk for code in codes if (desk := desk_of(code))), None)
