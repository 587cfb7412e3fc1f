"""A firm's own side: its trips with what comes next, its vehicles and drivers, the fee and the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from tinhso.kernel.access.may import unseen, visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.dates import show_time
from tinhso.pillars.border.gate.flows.states import ENDS
from tinhso.pillars.border.gate.models import (
    Driver,
    Enterprise,
    FeeAssessment,
    GoodsLine,
    Hold,
    Pairing,
    Trip,
    Vehicle,
)
from tinhso.pillars.border.gate.permissions import MANAGE_FIRM, VIEW_TRIP, step_permission
from tinhso.pillars.border.gate.queries import driver as driving
from tinhso.pillars.border.gate.queries.fees import dearer, fee_of
from tinhso.pillars.border.gate.queries.mandates import principals_of
from tinhso.pillars.border.gate.queries.queue import places_in_queue
from tinhso.pillars.border.gate.queries.stoppages import kept_calls
from tinhso.pillars.border.gate.queries.tasks import carried_lines
from tinhso.pillars.border.gate.queries.tones import trip_tone
from tinhso.pillars.border.gate.queries.trips import found_by
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.kinds import partners_of
from tinhso.pillars.border.gate.rules.queue import Place

ROWS = 60
UNPAID = ("none", "assessed", "refunded")
TABS: dict[str, Q] = {
    "todo": Q(state__in=("draft", "fix_requested"))
    | Q(state="in_yard", fee_state__in=UNPAID)
    | Q(holds__gt=0)
    | Q(dearer(), Q(amend_count__gt=0) | Q(loaded_kg__gt=0)),
    "coming": Q(state__in=("submitted", "accepted", "en_route", "at_buffer", "called")),
    "here": Q(state__in=("arrived", "crossed_in", "in_yard", "released", "crossed_out", "returned_in", "seized")),
    "ended": Q(state__in=ENDS),
}


def firms_of(*, by: Actor, at: datetime) -> QuerySet[Enterprise]:
    """The firms for which the actor may declare."""
    rows = visible(Enterprise.objects.all(), by, step_permission("submit"), at)
    return rows.select_related("agency").order_by("agency__name")


def kept_firms(*, by: Actor, at: datetime) -> QuerySet[Enterprise]:
    """The firms whose own matters (vehicles, drivers, contact) the actor keeps: never by a mandate to declare."""
    rows = visible(Enterprise.objects.all(), by, MANAGE_FIRM, at)
    return rows.select_related("agency").order_by("agency__name")


def kept_firm(chosen: str, *, by: Actor, at: datetime) -> Enterprise | None:
    """The one of them that is named, else the first."""
    own = list(kept_firms(by=by, at=at)[:ROWS])
    return next((one for one in own if str(one.pk) == chosen), own[0] if own else None)


def home_firm(*, by: Actor, at: datetime) -> Enterprise | None:
    """The firm meant when none is named: one's own before those for which one acts by a mandate."""
    rows = firms_of(by=by, at=at)
    return rows.exclude(pk__in=principals_of(by, at=at)).first() or rows.first()


def trips_of(firm: Enterprise, *, by: Actor, at: datetime) -> QuerySet[Trip]:
    """The firm's trips that the actor may see."""
    return visible(Trip.objects.filter(agency_id=firm.pk), by, VIEW_TRIP, at)


def in_tab(rows: QuerySet[Trip], tab: str, words: str = "") -> QuerySet[Trip]:
    """The trips of a tab, or those found by plate, code or container in all of them; newest first."""
    return chosen(rows, tab, words).select_related("point", "yard").order_by("-state_since")[:ROWS]


def chosen(rows: QuerySet[Trip], tab: str, words: str = "") -> QuerySet[Trip]:
    """Those found by plate, code or container in all of them, else those of the tab, else all."""
    if words:
        return found_by(rows, words)
    return rows.filter(TABS[tab]) if tab in TABS else rows


def counts(rows: QuerySet[Trip]) -> dict[str, int]:
    """How many trips each tab holds, in one query."""
    return rows.aggregate(**{tab: Count("id", filter=test) for tab, test in TABS.items()})


@dataclass(frozen=True, slots=True)
class Row:
    """A trip on the firm's board: where it is and what comes next."""

    trip: Trip
    plate: str
    tone: str
    next: str
    wants: bool


def board(trips: list[Trip], *, at: datetime) -> list[Row]:
    """The rows, with places in the queue of those that wait: two queries for each point that has any."""
    waiting = {trip.point_id: trip.point for trip in trips if trip.state == "at_buffer"}
    places: dict[str, Place] = {}
    kept = kept_calls(trips)
    for point in waiting.values():
        places |= places_in_queue(point=point, at=at)
    return [
        Row(
            trip,
            plates.show(trip.tractor_plate),
            trip_tone(trip.state),
            kept.get(trip.pk) or next_step(trip, places.get(trip.code)),
            wants(trip),
        )
        for trip in trips
    ]


def wants(trip: Trip) -> bool:
    """Whether the firm has something to do."""
    return (
        trip.holds > 0
        or trip.state in ("draft", "fix_requested")
        or (trip.state == "in_yard" and trip.fee_state in UNPAID)
    )


def next_step(trip: Trip, place: Place | None = None) -> str:
    """One sentence in the firm's words."""
    if trip.holds:
        return _("Held by a force: open for the reason")
    if trip.state == "at_buffer" and place:
        return _("Position %(position)s, called in about %(minutes)s min") % {
            "position": place.position,
            "minutes": place.minutes,
        }
    if trip.state == "in_yard" and trip.fee_state in UNPAID:
        return _("Checks go on; the fee is to be paid")
    told = _NEXT.get(trip.state)
    return told(trip) if told else ""


_NEXT: dict[str, Any] = {
    "draft": lambda trip: (
        _("Complete the declaration and send it")
        if trip.tractor_id
        else _("The transport firm names vehicle and driver, then you send")
    ),
    "submitted": lambda trip: _("The management board looks at the declaration"),
    "fix_requested": lambda trip: _("Correct the fields asked for and send again"),
    "accepted": lambda trip: (
        _("Send the link to the driver; the vehicle may set out")
        if driving.comes_from_inland(trip)
        else _("Send the link to the driver; the vehicle may come to the line")
    ),
    "en_route": lambda trip: _("On the way to %(place)s") % {"place": driving.buffer_of(trip)},
    "at_buffer": lambda trip: _("Waits to be called"),
    "called": lambda trip: _("Must be at barrier 1 before %(time)s") % {"time": show_time(trip.call_expires_at)},
    "arrived": lambda trip: _("Drives into the yard"),
    "crossed_in": lambda trip: _("Drives into the yard"),
    "in_yard": lambda trip: _("Checks go on"),
    "released": lambda trip: _("Released, valid until %(time)s") % {"time": show_time(trip.release_expires_at)},
    "crossed_out": lambda trip: _("Is on the other side"),
    "returned_in": lambda trip: _("Is back; the border guard closes the trip"),
    "seized": lambda trip: _("Seized: ask the force's counter"),
}


@dataclass(frozen=True, slots=True)
class Dossier:
    """A trip as its firm may read it: no officer's names, no secret reason."""

    trip: Trip
    lines: list[GoodsLine]
    checks: list[tuple[str, str, str]]
    holds: list[tuple[str, str, datetime]]
    fee: FeeAssessment | None
    place: Place | None
    kept: str = ""

    @property
    def next(self) -> str:
        return self.kept or next_step(self.trip, self.place)


TASK_TONES = {"passed": "done", "failed": "stop", "treating": "wait", "in_progress": "run"}


def dossier(trip_id: UUID, firm: Enterprise, *, by: Actor, at: datetime) -> Dossier:
    """Raises NotFound for what is not the firm's."""
    trip = own_trip(trip_id, firm, by=by, at=at)
    tasks = trip.tasks.select_related("force").order_by("due_at", "kind").exclude(state="not_needed")
    active = Hold.objects.filter(trip=trip, state="active").select_related("force")
    waits = trip.state == "at_buffer"
    return Dossier(
        trip=trip,
        lines=carried_lines(trip),
        checks=[(str(task.title), TASK_TONES.get(task.state, ""), str(task.get_state_title())) for task in tasks],
        holds=[(str(hold.force), driving.public_reason(hold), hold.created_at) for hold in active],
        fee=fee_of(trip),
        place=places_in_queue(point=trip.point, at=at).get(trip.code) if waits else None,
        kept=kept_calls([trip]).get(trip.pk, ""),
    )


def own_trip(trip_id: UUID, firm: Enterprise, *, by: Actor, at: datetime) -> Trip:
    """One of the firm's trips. Raises NotFound."""
    rows = trips_of(firm, by=by, at=at)
    trip = (
        rows.select_related("point", "yard", "declaration__broker__agency", "enterprise", "driver__person", "slot")
        .filter(pk=trip_id)
        .first()
    )
    if trip is None:
        raise unseen(Trip, trip_id, by, VIEW_TRIP, at)
    return trip


def last_trip(firm: Enterprise, *, by: Actor, at: datetime) -> Trip | None:
    """The firm's newest declaration, to be copied."""
    rows = trips_of(firm, by=by, at=at).filter(driver__isnull=False).select_related("point", "declaration", "driver")
    return rows.order_by("-created_at").first()


def partners(
    firm: Enterprise, *, kind: str, point: str, by: Actor, at: datetime, two_way: bool = False
) -> QuerySet[Trip]:
    """The firm's live trips at that point which may hand goods over to one of such a kind, or take them from it."""
    givers, takers = partners_of(kind, two_way=two_way)
    rows = trips_of(firm, by=by, at=at).filter(point__code=point).exclude(state__in=ENDS)
    return rows.filter(Q(kind__in=givers) | Q(kind__in=takers)).order_by("planned_on", "tractor_plate")


def pairs_of(trip: Trip) -> list[Pairing]:
    """What was said of whom it takes goods from and hands goods over to."""
    rows = Pairing.objects.filter(Q(giver=trip) | Q(taker=trip)).select_related("giver", "taker")
    return list(rows.order_by("made_at"))


def vehicles_of(firm: Enterprise) -> QuerySet[Vehicle]:
    """The firm's vehicles, tractors first."""
    return Vehicle.objects.filter(owner=firm).order_by("kind", "plate")


def drivers_of(firm: Enterprise) -> QuerySet[Driver]:
    """The firm's drivers by name."""
    return Driver.objects.filter(employer=firm).select_related("person").order_by("person__full_name")
