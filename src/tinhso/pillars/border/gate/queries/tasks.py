"""What an officer has to do, and the dossier of a trip as the forces see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from tinhso.kernel.access.may import rights, visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.identity.models import Person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.flows import STATES
from tinhso.pillars.border.gate.flows.overlays import FAILED, IN_PROGRESS, OPEN, PASSED, TREATING, UNDONE
from tinhso.pillars.border.gate.models import (
    ClearanceTask,
    Destruction,
    FeeAssessment,
    Force,
    GoodsLine,
    Hold,
    Trip,
    TripGoods,
)
from tinhso.pillars.border.gate.permissions import STEPS, WORK_TASK, step_permission
from tinhso.pillars.border.gate.queries.destroyed import destroyed_on
from tinhso.pillars.border.gate.queries.fees import dearer, fee_of, may_differ, more_to_pay
from tinhso.pillars.border.gate.queries.overrides import Overridden, overridden_on
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.rules import ways
from tinhso.pillars.border.gate.rules.tripcodes import IMPORT

TABS = ("todo", "late", "waiting", "coming", "done")
HERE = ("arrived", "crossed_in", "in_yard", "returned_in")
ROWS = 100
INLAND = ("EXP_XFER", "IMP_VN_PICKUP", "NEW_VEHICLE")
"""Whose vehicle stays in Vietnam when it leaves the yard."""
OUT = ("released",)


def tasks_of(*, by: Actor, at: datetime) -> QuerySet[ClearanceTask]:
    """Tasks of the actor's force at the actor's points."""
    return visible(ClearanceTask.objects.all(), by, WORK_TASK, at)


def in_tab(rows: QuerySet[ClearanceTask], tab: str, *, at: datetime) -> QuerySet[ClearanceTask]:
    """The tasks of one tab, most urgent first; at most 100."""
    if tab == "done":
        return rows.filter(state=PASSED, finished_at__gte=_midnight(at)).order_by("-finished_at")[:ROWS]
    return rows.filter(_TAB[tab](at)).order_by("due_at", "id")[:ROWS]


def counts(rows: QuerySet[ClearanceTask], *, at: datetime) -> dict[str, int]:
    """How many tasks each tab holds; one query, over the few rows that the indexes tell and not over all years."""
    done = Q(state=PASSED, finished_at__gte=_midnight(at))
    wanted = {**{tab: test(at) for tab, test in _TAB.items()}, "done": done}
    near = rows.filter(Q(state__in=UNDONE) | done)
    return near.aggregate(**{tab: Count("id", filter=test) for tab, test in wanted.items()})


# A vehicle that is not here yet has tasks, but nobody can work them at its side; papers may be looked at before.
# What was left open when a trip ended is nobody's work any more.
_TAB = {
    "todo": lambda at: Q(state__in=(OPEN, IN_PROGRESS), trip__state__in=HERE),
    "coming": lambda at: Q(state__in=(OPEN, IN_PROGRESS), trip__is_live=True) & ~Q(trip__state__in=HERE),
    "late": lambda at: Q(state__in=(OPEN, IN_PROGRESS), due_at__lt=at, trip__is_live=True),
    "waiting": lambda at: Q(state__in=(TREATING, FAILED), trip__is_live=True),
}


def ready_for_release(*, by: Actor, at: datetime) -> QuerySet[Trip]:
    """Trips in the yard of which nothing is open any more: the customs' last word is all that is missing."""
    clear = Q(holds=0, tasks_opened=True, open_entry=0, fee_state__in=("paid", "waived", "deferred", "not_owed"))
    emptied = Q(kind="EXP_VN", gross_kg__gt=0, unloaded_kg__gte=F("gross_kg"))
    inland = Q(kind__in=INLAND) | Q(leg=2) | Q(kind="TRANSIT", direction=IMPORT) | emptied
    empty = Q(kind="IMP_CN", two_way=False)
    checked = empty | inland & Q(open_inland=0, open_return=0) | ~inland & ~empty & Q(open_exit=0)
    rows = Trip.objects.filter(clear & checked, ~dearer(), is_in_yard=True, state="in_yard", balance_kg=0)
    return visible(rows, by, step_permission("release_out"), at).order_by("yard_in_at")


def is_clear(trip: Trip) -> bool:
    """Whether `ready_for_release` would find this trip; of one that was corrected the rest of its fee is asked for."""
    paid = trip.fee_state in ("paid", "waived", "deferred", "not_owed")
    if not (trip.state == "in_yard" and trip.holds == 0 and trip.tasks_opened and trip.open_entry == 0 and paid):
        return False
    if may_differ(trip) and more_to_pay(trip):
        return False
    undone = {"release_inland": trip.open_inland + trip.open_return, "release_out": trip.open_exit}
    return trip.balance_kg == 0 and undone.get(release_step(trip), 0) == 0


def release_step(trip: Trip) -> str:
    """Which release is the trip's: over the line, empty back, or inland."""
    if trip.kind == "IMP_CN" and not trip.two_way:
        return "release_empty_back"
    inwards = trip.kind == "TRANSIT" and trip.direction == IMPORT
    inland = trip.kind in INLAND or trip.leg == 2 or inwards or is_emptied(trip)
    return "release_inland" if inland else "release_out"


def is_emptied(trip: Trip) -> bool:
    """Whether a vehicle that goes over the line itself has nothing left to take there: all of it was destroyed."""
    return trip.kind == "EXP_VN" and 0 < trip.gross_kg <= (trip.unloaded_kg or 0)


def forces_of(*, by: Actor, at: datetime) -> list[Force]:
    """The forces in whose name the actor may work."""
    ids = rights(by, WORK_TASK, at).values_list("agency_id", flat=True)
    return list(Force.objects.filter(agency_id__in=[one for one in ids if one]))


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a trip's history in people's words."""

    at: datetime
    text: str
    actor: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything of one trip on one page."""

    trip: Trip
    lines: list[GoodsLine]
    tasks: list[ClearanceTask]
    holds: list[Hold]
    fee: FeeAssessment | None
    history: list[Told]
    overridden: list[Overridden]
    destroyed: list[Destruction]

    @property
    def unloaded_kg(self) -> int:
        """What other vehicles and the warehouse took of it."""
        return (self.trip.unloaded_kg or 0) - sum(
            one.kg for one in self.destroyed if not one.taken_over and one.line.declaration_id != self.trip.back_id
        )

    @property
    def total_kg(self) -> int:
        return sum(line.gross_kg for line in self.lines)

    @property
    def total_packages(self) -> int:
        return sum(line.packages for line in self.lines)


def dossier(trip_id: UUID, *, by: Actor, at: datetime) -> Dossier:
    """The dossier, in ten queries whatever its length. Raises NotFound."""
    trip = trip_for(trip_id, by=by, at=at)
    holds = list(Hold.objects.filter(trip=trip).select_related("force"))
    return Dossier(
        trip=trip,
        lines=carried_lines(trip),
        tasks=list(ClearanceTask.objects.filter(trip=trip).select_related("force").order_by("stage", "force__number")),
        holds=[hold for hold in holds if hold.state == "active"],
        fee=fee_of(trip),
        history=told(trip),
        overridden=overridden_on(trip, holds),
        destroyed=destroyed_on(trip) if trip.unloaded_at or trip.leg > 1 else [],
    )


def carried_lines(trip: Trip) -> list[GoodsLine]:
    """The goods that the vehicle brings: of a declaration spread over many its own share, in kg and packages."""
    shares = TripGoods.objects.filter(trip=trip, taken_over=False).select_related("line").order_by("line__number")
    lines = []
    for share in shares:
        share.line.gross_kg, share.line.packages = share.kg, share.packages
        lines.append(share.line)
    return lines or list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))


def told(trip: Trip) -> list[Told]:
    """The steps of a trip, newest first, with the names of those who did them."""
    rows = list(History.objects.filter(record_id=trip.pk).order_by("-version")[:40])
    names = dict(Person.objects.filter(id__in={row.actor for row in rows}).values_list("id", "full_name"))
    return [Told(row.at, _sentence(row), names.get(row.actor, _("the platform"))) for row in rows]


def _sentence(row: History) -> str:
    title = str(STEPS[row.step][0]) if row.step in STEPS else row.step
    return f"{title[:1].upper()}{title[1:]}: {STATES[row.target]}"


def way_of(trip: Trip) -> list[dict[str, Any]]:
    """The steps of the trip's way for the strip: done, now, to come."""
    stops = [Stop(_("Declared"), trip.accepted_at, ("draft", "submitted", "fix_requested")), *_stops(trip)]
    return [
        {"name": name, "note": at, "state": "done" if at else ("now" if trip.state in now else "")}
        for name, at, now in stops
    ]


class Stop(NamedTuple):
    """A place of the strip: when the vehicle passed it, and in which states it is there."""

    name: str
    passed: datetime | None
    here: tuple[str, ...]


def _stops(trip: Trip) -> list[Stop]:
    """The places of its kind's way, and home again for the one kind that comes back (rules/ways.py)."""
    way = ways.way_of(trip.kind, direction=trip.direction)
    if trip.crossed_out_at and way[-1] == ways.INLAND:
        way = ways.sent_back(way)
    from_abroad = way[0] == ways.LINE
    area = trip.buffer.short if trip.buffer and trip.buffer_at else _("Holding area")
    left_at = trip.ended_at if trip.state == "completed" else None
    ends = {
        ways.LINE: Stop(_("Back over the line") if from_abroad else _("Over the line"), trip.crossed_out_at, OUT),
        ways.INLAND: Stop(_("Inland"), left_at, OUT),
    }
    places = {
        ways.LINE: Stop(_("Over the line"), trip.crossed_in_at, ("accepted",)),
        ways.BUFFER: Stop(area, trip.buffer_at, ("accepted", "en_route")),
        ways.BARRIER: Stop(_("Barrier 1"), trip.arrived_at, ("at_buffer", "called")),
        ways.YARD: Stop(_("Checks"), trip.released_at, ("arrived", "crossed_in", "in_yard", "seized")),
    }
    stops = [*(places[place] for place in way[:-1] if place in places), ends[way[-1]]]
    return [*stops, Stop(_("Back in Vietnam"), trip.returned_at, ("crossed_out",))] if trip.kind == "EXP_VN" else stops


def _midnight(at: datetime) -> datetime:
    return at.astimezone(HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
