"""What the gate hands up: its data services on the province's data bus, and the days of its points for publishing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.machines.scopes import machine_scope
from tinhso.kernel.modules.declare import data_service, day_book
from tinhso.pillars.border.gate import facade
from tinhso.pillars.border.gate.flows import FEE, HOLD, TASK, TRIP
from tinhso.pillars.border.gate.models import CrossingPoint
from tinhso.pillars.border.gate.permissions import (
    CARRY_TRIP,
    CONFIRM_UNLOADING,
    DECIDE_BARRIER,
    KEY_CUSTOMS,
    MANAGE_FIRM,
    MANDATE_RIGHTS,
    VIEW_BOARD,
    VIEW_REPORT,
    VIEW_TRIP,
    WHOLE_TRIP,
    role_code,
    step_permission,
)
from tinhso.pillars.border.gate.queries import periods, report
from tinhso.pillars.border.gate.queries.periods import NOTHING, Sums
from tinhso.pillars.border.gate.queries.trips import point_codes


@data_service("BG.TRUCK_STATUS", title=_("where a vehicle stands at the gate"), permission=VIEW_BOARD)
def truck_status(*, by: Actor, at: datetime, plate: str) -> dict[str, Any] | None:
    """State and crossing point of a vehicle by its plate; nothing of firm, driver or goods."""
    found = facade.truck_status(plate=plate)
    return {**asdict(found), "since": found.since.isoformat()} if found else None


@data_service("BG.GATE_LOAD", title=_("how full the crossing points are"), permission=VIEW_BOARD)
def gate_load(*, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Waiting, in the yard and crossed today, by crossing point."""
    return [asdict(one) for one in facade.gate_load(at=at)]


@dataclass(frozen=True, slots=True)
class DayAsked:
    """Which day's report; a day runs from 20:00 of the day before to 20:00."""

    day: date


@dataclass(frozen=True, slots=True)
class PeriodAsked:
    """Which kind of period (week, month, season, year) and a day in it."""

    kind: Literal["tuan", "thang", "mua", "nam"]
    day: date


@data_service(
    "BG.DAILY_REPORT", title=_("daily situation report of the border gates"), permission=VIEW_REPORT, request=DayAsked
)
def daily_report(*, by: Actor, at: datetime, day: date) -> dict[str, Any]:
    """The newest frozen version, else what is counted until now (version 0); blocks by point, `ALL` the province."""
    frozen = next(iter(report.versions(day)), None)
    told = report.of_row(frozen) if frozen else report.count(day, now=at)
    return {"day": day.isoformat(), "version": frozen.version if frozen else 0, "blocks": told.stored()}


@data_service(
    "BG.PERIOD_REPORT", title=_("figures of the border gates over a period"), permission=VIEW_REPORT,
    request=PeriodAsked,
)  # fmt: skip
def period_report(*, by: Actor, at: datetime, kind: str, day: date) -> dict[str, Any]:
    """All figures of the period by name, key and point, as the report's sections count them; no firm is told apart."""
    span = periods.span_of(kind, day)
    told: dict[tuple[str, str, str], Sums] = {}
    for (name, key, point), sums in periods.period(span).figures.items():
        if name not in OF_FIRMS:
            which = (name, "" if name == "undeclared" else key, point)
            told[which] = told.get(which, NOTHING) + sums
    rows = [
        {"name": name, "key": key, "point": point, "n": sums.n, "amount": sums.amount}
        for (name, key, point), sums in sorted(told.items())
    ]
    return {"kind": kind, "first": span.first.isoformat(), "last": span.last.isoformat(), "figures": rows}


OF_FIRMS = ("firm", "came.firm")
"""Figures whose keys are firms: these do not leave the room."""


def _point_title(code: str) -> str:
    point = CrossingPoint.objects.filter(code=code).first()
    return point.gate_short if point else code


@day_book(
    "border_gate.points",
    title=_("Trips, checks, holds and fees at the border gate"),
    kinds=(TRIP.name, TASK.name, HOLD.name, FEE.name),
    chapter_title=_point_title,
)
def points_of(kind: str, records: list[UUID]) -> dict[UUID, str]:
    """The day root of a point covers the steps of the trips there, and of what lies over them (brief 13)."""
    return point_codes(kind, records)


# What machines of others may be allowed: of a firm for the firm itself (and for whoever mandates it, as its people
# are), of a yard, a holding area and of customs at their point.
FIRM, CARRIER, YARD, BUFFER, CUSTOMS = (
    role_code(actor) for actor in ("ENTERPRISE", "CARRIER", "YARD", "BUFFER", "HAIQUAN")
)
machine_scope("border_gate.follow", title=_("follow the firm's trips"), role=FIRM, permissions=WHOLE_TRIP)
machine_scope(
    "border_gate.declare",
    title=_("declare, correct and cancel trips of the firm"),
    role=FIRM,
    permissions=(*MANDATE_RIGHTS["declare"], MANAGE_FIRM),
)
machine_scope("border_gate.book", title=_("book time windows"), role=FIRM, permissions=MANDATE_RIGHTS["book"])
machine_scope(
    "border_gate.carry",
    title=_("read the trips given to the transport firm and name vehicle and driver"),
    role=CARRIER,
    permissions=(CARRY_TRIP,),
)
machine_scope(
    "border_gate.yard",
    title=_("record vehicles into and out of the yard, and goods that change vehicles"),
    role=YARD,
    permissions=(
        VIEW_TRIP,
        DECIDE_BARRIER,
        *(step_permission(step) for step in ("yard_in", "transfer_done", "leave_inland")),
    ),
    bound="place",
)
machine_scope(
    "border_gate.holding_area",
    title=_("record vehicles into the holding area that the agency runs"),
    role=BUFFER,
    permissions=(VIEW_TRIP, DECIDE_BARRIER, step_permission("enter_buffer")),
    bound="place",
)
machine_scope(
    "border_gate.customs_view",
    title=_("follow trips at the point for customs"),
    role=CUSTOMS,
    permissions=WHOLE_TRIP,
    bound="place",
)
machine_scope(
    "border_gate.customs_tell",
    title=_("say where customs declarations of trips at the point stand"),
    role=CUSTOMS,
    permissions=(*WHOLE_TRIP, KEY_CUSTOMS),
    bound="place",
)
machine_scope(
    "border_gate.customs_sign",
    title=_("sign transfers of goods at the point for customs"),
    role=CUSTOMS,
    permissions=(*WHOLE_TRIP, CONFIRM_UNLOADING),
    bound="place",
)
