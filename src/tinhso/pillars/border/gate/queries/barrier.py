"""What a barrier needs to know: which trip stands before it, and, when it stays closed, who, what and where to.

A refusal names the force that is asked, what is missing, and the place to go to: one reason, one next step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.base.money import grouped, vnd
from tinhso.kernel.base.rows import record_of, rows
from tinhso.pillars.border.gate.flows.overlays import UNDONE
from tinhso.pillars.border.gate.models import (
    ClearanceTask,
    ControlPoint,
    Hold,
    ReasonCode,
    Trip,
    Yard,
)
from tinhso.pillars.border.gate.queries.fees import more_to_pay, to_pay
from tinhso.pillars.border.gate.queries.holding import areas_at
from tinhso.pillars.border.gate.queries.missing import (
    CENTRE,
    Missing,
    counter_of,
    force_name,
    go_to,
    in_chinese,
    missing_of,
    said,
    yard_name,
)
from tinhso.pillars.border.gate.queries.problems import what_stands_against
from tinhso.pillars.border.gate.queries.reference import hours_of
from tinhso.pillars.border.gate.queries.secrecy import public_reason_of
from tinhso.pillars.border.gate.rules import offline, plates
from tinhso.pillars.border.gate.rules.holding import emptiest
from tinhso.pillars.border.gate.rules.hours import next_opening

BEFORE_THE_CALL = ("accepted", "en_route", "at_buffer")


def _columns(model: type[models.Model], wanted: str) -> list[str]:
    """In the model's own order: a record is made from a row by position."""
    names = wanted.split()
    return [field.attname for field in model._meta.concrete_fields if field.attname in names]


DECIDING = _columns(Trip, "id state version kind direction point_id buffer_id crossed_in_at undeclared")
EXPLAINING = _columns(
    Trip,
    "code state_since yard_id bay tractor_plate trailer_plate driver_name second_driver_id goods_title gross_kg leg"
    " priority holds fee_state",
)
AT_A_BARRIER = _columns(Trip, " ".join(DECIDING + EXPLAINING))
"""Of some ninety columns those that decide or explain; another one is read when somebody looks at it."""
BARRIER = _columns(ControlPoint, "code point_id kind name")
# Past the ORM: to build these queries would cost a barrier's answer more than all the rest of it.
LIVE_TRIP = f"""
select {", ".join(AT_A_BARRIER)} from border_gate_trip
where tractor_plate = %s::text and is_live
order by created_at desc limit 1
"""  # noqa: S608 (columns and states are ours)
BY_CODE = f"select {', '.join(BARRIER)} from border_gate_controlpoint where code = %s::text and in_use"  # noqa: S608
BOTH = f"""
select {", ".join(f"b.{name}" for name in BARRIER)}, {", ".join(f"t.{name}" for name in DECIDING)}
from border_gate_controlpoint b left join lateral ({LIVE_TRIP}) t on true where b.code = %s::text and b.in_use
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a barrier stays closed, for people: the force asked, what is missing, where to go, and a line to each.

    `say`: what the driver is told to do next, to a Chinese one also as `say_zh`; `left`: what is missing after that.
    """

    force: str
    missing: str
    place: str
    force_more: str = ""
    missing_more: str = ""
    place_more: str = ""
    say: str = ""
    say_zh: str = ""
    left: tuple[Missing, ...] = ()


Teller = Callable[[Trip, datetime], Explanation | None]


def barrier_of(code: str) -> ControlPoint:
    """The barrier of that code, with what decides; one query. Raises NotFound."""
    return _barrier(next(iter(rows(BY_CODE, code)), None))


def live_trip_of(plate: str) -> Trip | None:
    """The live trip of the tractor with that plate (normal form), with what a barrier looks at; one query."""
    row = next(iter(rows(LIVE_TRIP, plate)), None)
    return record_of(Trip, AT_A_BARRIER, row) if row else None


def standing_before(code: str, plate: str) -> tuple[ControlPoint, Trip | None]:
    """The barrier of that code and the live trip with that plate, as far as they decide, in one query.

    Raises NotFound for the barrier.
    """
    row = next(iter(rows(BOTH, plate, code)), ())
    barrier, found = _barrier(row[: len(BARRIER)]), row[len(BARRIER) :]
    return barrier, record_of(Trip, DECIDING, found) if found[0] else None


def chinese_reasons() -> list[ReasonCode]:
    """Why the Chinese side sends goods back."""
    return list(ReasonCode.objects.filter(kind="RETURN", code__startswith="CN_REFUSED"))


def _barrier(row: tuple[Any, ...] | None) -> ControlPoint:
    if not row:
        raise NotFound
    return record_of(ControlPoint, BARRIER, row)


def step_at(barrier: ControlPoint, trip: Trip) -> str:
    """Which step a barrier of its kind stands for, as the trip stands now."""
    return offline.step_at(
        barrier.kind, trip.state, trip.direction, trip.crossed_in_at is not None, trip_kind=trip.kind
    )


def explain(trip: Trip, refusal: Refusal, *, at: datetime) -> Explanation:
    """The refusal of a step in terms of force, missing thing and place."""
    if missing := trip.get_deferred_fields() & set(EXPLAINING):
        trip.refresh_from_db(fields=missing)
    tell = _BY_CODE.get(refusal.code) or _out_of_turn(refusal)
    told = tell(trip, at) if tell else None
    return told or Explanation(force=force_name(CENTRE), missing=refusal.for_people(), place=yard_name(trip))


def plates_near(plate: str, barrier: ControlPoint) -> list[str]:
    """Plates of live trips of the point that differ from what was read by one slip; at most three. One query."""
    live = Trip.objects.filter(point_id=barrier.point_id, is_live=True).values_list("tractor_plate", flat=True)
    return sorted(one for one in live if plates.is_near(one, plate))[:3]


def undeclared(barrier: ControlPoint) -> Explanation:
    """What is said of a vehicle that no live trip knows."""
    return Explanation(
        force=force_name(CENTRE),
        missing=_("Declaration before arrival"),
        missing_more=_("No live trip carries this plate."),
        place=_("Bay for undeclared vehicles"),
        place_more=_("Note the vehicle; the driver declares six fields there."),
    )


def _held(trip: Trip, at: datetime) -> Explanation | None:
    hold = Hold.objects.filter(trip=trip, state="active").select_related("force").order_by("created_at").first()
    if hold is None:
        return None
    reason = public_reason_of(hold)
    return Explanation(
        force=hold.force.short,
        force_more=_("Held at %(at)s") % {"at": show_moment(hold.created_at)},
        missing=str(reason) if reason else _("Held for official reasons"),
        place=counter_of(hold.force.short),
        place_more=yard_name(trip),
        say=go_to(hold.force),
        say_zh=in_chinese(trip, partial(go_to, hold.force)),
    )


def _tasks_open(trip: Trip, at: datetime) -> Explanation | None:
    return _all_missing(trip) if ClearanceTask.objects.filter(trip=trip, state__in=UNDONE).exists() else None


def _all_missing(trip: Trip) -> Explanation:
    """The first thing as the card's answer, the others beside it."""
    first, *left = missing_of(trip)
    return Explanation(
        force=first.force,
        missing=first.what,
        missing_more=", ".join(one.what for one in left),
        place=first.place,
        place_more=yard_name(trip) if first.place != yard_name(trip) else "",
        say=first.say,
        say_zh=in_chinese(trip, lambda: missing_of(trip)[0].say),
        left=tuple(left),
    )


def _fee_open(trip: Trip, at: datetime) -> Explanation | None:
    fee, more = to_pay(trip), more_to_pay(trip)
    owed = more.amount if more else fee.amount if fee else 0
    amount = vnd(owed) if owed else _("not assessed yet: the tariff has no rate")
    return Explanation(
        force=force_name(CENTRE),
        missing=_("Infrastructure fee %(amount)s") % {"amount": amount},
        place=_("Fee counter of the gate's centre"),
        place_more=yard_name(trip),
        say=said("pay"),
        say_zh=in_chinese(trip, partial(said, "pay")),
    )


def _closed(trip: Trip, at: datetime) -> Explanation | None:
    opens = next_opening(hours_of(trip.point, trip.direction), at)
    return Explanation(
        force=force_name(CENTRE),
        missing=_("The crossing point is closed now"),
        missing_more=_("Opens again %(at)s") % {"at": show_moment(opens)} if opens else "",
        place=yard_name(trip) or _("Holding area"),
    )


def _stopped(trip: Trip, at: datetime) -> Explanation | None:
    notice = what_stands_against(trip, "BG-016", at=at)
    return Explanation(
        force=force_name(CENTRE),
        missing=_("These goods are not taken now"),
        missing_more=notice.for_people() if notice else "",
        place=yard_name(trip) or _("Holding area"),
    )


def _used(trip: Trip, at: datetime) -> Explanation | None:
    """The vehicle with this code is through already: who shows it again may have a copy."""
    return Explanation(
        force=force_name("BIENPHONG"),
        missing=_("This QR code was used here before"),
        missing_more=_("Compare plate and driver with the trip: it may be a copy."),
        place=_("At this barrier: type the plate"),
    )


def _out_of_turn(refusal: Refusal) -> Teller | None:
    """What is told when a barrier is asked before its time: barrier 1 of the call, the ways out of the release."""
    return _BEFORE_TIME.get(getattr(refusal, "step", "")) if refusal.code == "BG-023" else None


def _not_released(trip: Trip, at: datetime) -> Explanation | None:
    """In the yard still, or not in it yet: what stands between the vehicle and its release, the first thing first."""
    if trip.state in ("arrived", "crossed_in"):
        yard = str(trip.yard or _("the yard"))
        return Explanation(
            force=_("Operator of the yard"),
            missing=_("It has not been in the yard yet"),
            place=yard,
            say=said("into_yard", yard=yard),
            say_zh=in_chinese(trip, partial(said, "into_yard", yard=yard)),
        )
    return _all_missing(trip) if trip.state == "in_yard" else None


def _in_the_yard_already(trip: Trip, at: datetime) -> Explanation | None:
    """At the yard's barrier on the way out: what is missing still, or where a released vehicle goes."""
    if trip.state != "released":
        return _not_released(trip, at) if trip.state == "in_yard" else None
    over_the_line = trip.released_to == "line"
    way = "to_line" if over_the_line else "to_barrier_1"
    return Explanation(
        force=force_name(CENTRE),
        missing=_("Nothing: the vehicle is released"),
        place=_("Barrier of the line") if over_the_line else _("Barrier 1"),
        say=said(way),
        say_zh=in_chinese(trip, partial(said, way)),
    )


def _too_early(trip: Trip, at: datetime) -> Explanation | None:
    """At the gate before its call or its hour, it waits where the others wait; on its way out, for its release."""
    if trip.state not in BEFORE_THE_CALL:
        return _not_released(trip, at) if trip.state == "in_yard" else None
    return Explanation(
        force=force_name(CENTRE),
        missing=_("Not called to the gate yet"),
        missing_more=_("The driver's page tells place in the queue and time."),
        place=_("Holding area"),
    )


def _yard_full(trip: Trip, at: datetime) -> Explanation | None:
    free = [yard for yard in yards_with_room(trip.point_id) if yard.place_id != trip.yard_id]
    return Explanation(
        force=force_name(CENTRE),
        missing=_("Room in %(yard)s") % {"yard": trip.yard or _("the yard")},
        place=str(free[0]) if free else _("Holding area"),
    )


def _area_full(trip: Trip, at: datetime) -> Explanation | None:
    other = emptiest(areas_at(trip.point_id, by=NOBODY, at=at))
    return Explanation(
        force=force_name(CENTRE),
        missing=_("Room in the holding area"),
        place=other.name if other else _("Outside the holding area"),
        place_more=_("%(free)s places free") % {"free": grouped(other.free)} if other else "",
        say=said("to_area", area=other.name) if other else "",
        say_zh=in_chinese(trip, partial(said, "to_area", area=other.name)) if other else "",
    )


def yards_with_room(point_id: Any) -> list[Yard]:
    """Yards at the border of a point that have room, the emptiest first; each carries `standing`."""
    here = Trip.objects.filter(yard=OuterRef("pk"), is_in_yard=True).order_by()
    return list(
        Yard.objects.filter(point_id=point_id, level="border")
        .annotate(standing=Coalesce(Subquery(here.values("yard").annotate(n=Count("pk")).values("n")), 0))
        .filter(standing__lt=F("capacity"))
        .order_by("standing")
    )


def yard_for(point_id: Any) -> Yard | None:
    """The yard to which a new trip goes: the emptiest with room, else the largest, for room may come by then."""
    room = yards_with_room(point_id)
    return room[0] if room else Yard.objects.filter(point_id=point_id, level="border").order_by("-capacity").first()


_BEFORE_TIME: dict[str, Teller] = {
    "arrive": _too_early,
    "yard_in": _in_the_yard_already,
    "cross_out": _not_released,
    "leave_inland": _not_released,
}
_BY_CODE: dict[str, Teller] = {
    "BG-022": _used,
    "BG-205": _too_early,
    "BG-026": _held,
    "BG-027": _tasks_open,
    "BG-028": _fee_open,
    "BG-015": _closed,
    "BG-016": _stopped,
    "BG-030": _yard_full,
    "BG-652": _area_full,
    "BG-653": _area_full,
}
