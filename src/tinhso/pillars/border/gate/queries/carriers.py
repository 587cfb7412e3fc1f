"""Trips on the carrier's side: what was given to one's transport firm, and no more of each than carrying it takes.

A carrier reads kg and group of the goods, the container and where the vehicle has to be; never what they are worth,
who sends or takes them, or a customs number (border brief 2 row 3 and 13). So its pages get a `Load`, not the trip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tinhso.kernel.access.may import unseen, visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.dates import show_time
from tinhso.pillars.border.gate.flows.states import DRAFT, FIX_REQUESTED, SUBMITTED
from tinhso.pillars.border.gate.models import Driver, Enterprise, Haulage, Trip, Vehicle
from tinhso.pillars.border.gate.permissions import CARRY_TRIP
from tinhso.pillars.border.gate.queries.containers import numbers_of
from tinhso.pillars.border.gate.queries.firms import drivers_of, vehicles_of
from tinhso.pillars.border.gate.queries.queue import places_in_queue
from tinhso.pillars.border.gate.queries.stoppages import kept_calls
from tinhso.pillars.border.gate.queries.tones import trip_tone
from tinhso.pillars.border.gate.queries.words import GOODS_TITLES
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.corrections import AMENDABLE, BEYOND_BARRIER_1, OPEN_STATES

ROWS = 60
GIVABLE = (DRAFT, SUBMITTED, FIX_REQUESTED, *OPEN_STATES)
"""Before barrier 1: afterwards the vehicle is there, and whose it is changes nothing."""
ASSIGNABLE = (DRAFT, *AMENDABLE)


@dataclass(frozen=True, slots=True)
class Load:
    """One trip as its carrier reads it."""

    id: UUID
    firm: str
    code: str
    kind: Any
    state: Any
    tone: str
    next: str
    point: str
    yard: str
    planned_on: date
    eta: datetime | None
    group: Any
    kg: int
    container: str
    plate: str
    trailer: str
    driver: str
    asks_consent: bool
    assignable: bool
    has_vehicle: bool
    has_driver: bool
    can_send: bool


def carriers_of(*, by: Actor, at: datetime) -> QuerySet[Enterprise]:
    """The transport firms for which the actor assigns vehicles."""
    rows = visible(Enterprise.objects.all(), by, CARRY_TRIP, at)
    return rows.select_related("agency").order_by("agency__name")


def haulages_of(carrier: Enterprise, *, by: Actor, at: datetime) -> QuerySet[Haulage]:
    """What the carrier holds now, those without a vehicle first."""
    rows = visible(Haulage.objects.filter(carrier=carrier, ended_at=None), by, CARRY_TRIP, at)
    told = rows.select_related("trip__point", "trip__yard", "trip__enterprise__agency", "trip__driver__person")
    return told.prefetch_related("trip__declaration__lines").order_by("trip__ended_at", "trip__planned_on", "-given_at")


def own_haulage(haulage_id: UUID, carrier: Enterprise, *, by: Actor, at: datetime) -> Haulage:
    """One of them. Raises NotFound for another carrier's, and for what was taken back."""
    found = haulages_of(carrier, by=by, at=at).filter(pk=haulage_id).first()
    if found is None:
        raise unseen(Haulage, haulage_id, by, CARRY_TRIP, at)
    return found


def haulage_of(trip: Trip) -> Haulage | None:
    """To whom the trip is given now."""
    return Haulage.objects.filter(trip=trip, ended_at=None).select_related("carrier__agency").first()


def offers(trip: Trip) -> dict[str, Any]:
    """What the firm's page says of the carrier, and offers."""
    held = haulage_of(trip)
    open_yet = trip.state in GIVABLE
    return {
        "haulage": held,
        "may_give": held is None and open_yet,
        "may_take_back": held is not None and open_yet,
        "may_send_draft": trip.state == DRAFT and trip.tractor_id is not None,
    }


def drivers_for(trip: Trip) -> QuerySet[Driver]:
    """Whom a declaration may name: the firm's own drivers, and those of the carrier that has the trip."""
    carriers = Haulage.objects.filter(trip=trip, ended_at=None).values("carrier_id")
    own = Driver.objects.filter(employer_id=trip.agency_id)
    return (own | Driver.objects.filter(employer_id__in=carriers)).select_related("person")


def loads(haulages: list[Haulage], *, at: datetime) -> list[Load]:
    """The rows of the carrier's board."""
    kept = kept_calls(one.trip for one in haulages)
    return [_load(one, kept, at) for one in haulages]


def load(haulage: Haulage, *, at: datetime) -> Load:
    """What the carrier reads of it."""
    return _load(haulage, kept_calls([haulage.trip]), at)


def _load(haulage: Haulage, kept: Mapping[UUID, str], at: datetime) -> Load:
    trip = haulage.trip
    return Load(
        id=haulage.pk,
        firm=trip.enterprise.agency.name if trip.enterprise else "",
        code=trip.shown_code(),
        kind=trip.get_kind_title(),
        state=trip.get_state_title(),
        tone=trip_tone(trip.state),
        next=kept.get(trip.pk) or _next(trip, at),
        point=trip.point.gate_short,
        yard=str(trip.yard or ""),
        planned_on=trip.planned_on,
        eta=trip.eta,
        group=_groups(trip),
        kg=trip.gross_kg,
        container=" + ".join(numbers_of(trip)),
        plate=plates.show(trip.tractor_plate),
        trailer=plates.show(trip.trailer_plate),
        driver=trip.driver_name,
        asks_consent=trip.state in BEYOND_BARRIER_1,
        assignable=trip.state in ASSIGNABLE,
        has_vehicle=trip.tractor_id is not None,
        has_driver=trip.driver_id is not None,
        can_send=trip.is_live and trip.accepted_at is not None and trip.driver_id is not None,
    )


def fleet(carrier: Enterprise, *, trailers: bool) -> QuerySet[Vehicle]:
    """Its tractors and trucks, or its trailers."""
    rows = vehicles_of(carrier)
    return rows.filter(kind="TRAILER") if trailers else rows.exclude(kind="TRAILER")


def crew(carrier: Enterprise) -> QuerySet[Driver]:
    """Its drivers."""
    return drivers_of(carrier)


def _groups(trip: Trip) -> str:
    lines = sorted(trip.declaration.lines.all(), key=lambda line: line.number)
    groups = dict.fromkeys(line.group for line in lines) or {trip.goods_group: None}
    return ", ".join(str(GOODS_TITLES.get(group, group)) for group in groups)


def _next(trip: Trip, at: datetime) -> str:
    """One sentence in the carrier's words."""
    if trip.state == DRAFT and trip.tractor_id is None:
        return _("Assign a vehicle and a driver")
    if trip.state == DRAFT:
        return _("The firm sends the declaration")
    if trip.state == "called":
        return _("Must be at barrier 1 before %(time)s") % {"time": show_time(trip.call_expires_at)}
    if trip.state == "at_buffer" and (place := places_in_queue(point=trip.point, at=at).get(trip.code)):
        told = {"position": place.position, "minutes": place.minutes}
        return _("Position %(position)s, called in about %(minutes)s min") % told
    return ""
