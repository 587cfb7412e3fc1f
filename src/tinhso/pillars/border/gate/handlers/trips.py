"""Who is told of each step of a trip, as the province's table says (tables/transitions.csv, column `notify`).

`departed` and the like are the events' names without `border_gate.trip_`. The amended trip has no row here: the
forces hear of the checks that it opens again (handlers.overlays).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.urls import reverse

from tinhso.kernel.base import site
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import Recipient
from tinhso.kernel.notices.kinds import NoticeKind
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions.links import link_for_driver, open_links
from tinhso.pillars.border.gate.actions.medical import follow_order
from tinhso.pillars.border.gate.actions.tasks import start_clocks
from tinhso.pillars.border.gate.flows.states import FIX_REQUESTED
from tinhso.pillars.border.gate.handlers import officers, travellers
from tinhso.pillars.border.gate.handlers.audience import (
    BOTH_DRIVERS,
    BUFFER,
    DRIVER,
    ENTERPRISE,
    LEADER,
    QUARANTINE,
    TASK_FORCES,
    YARD,
    drivers_of,
)
from tinhso.pillars.border.gate.handlers.telling import Told, announce, is_heard, tell, trip_of
from tinhso.pillars.border.gate.models import AheadDeclaration, CrossingPoint, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.queries.mending import is_mended_by_driver, is_put_in
from tinhso.pillars.border.gate.rules.corrections import NEW_LINK

BEFORE_THE_GATE = ("accepted", "en_route", "at_buffer")


def _comes_back(trip: Trip, event: Event) -> bool:
    return event.payload.get("source") == "returned_in"


def _comes(trip: Trip, event: Event) -> bool:
    return not _comes_back(trip, event)


def _to_the_line(trip: Trip, event: Event) -> bool:
    return trip.released_to == "line"


def _has_an_hour(trip: Trip, event: Event) -> bool:
    """Not told of an hour that was given up."""
    return not event.payload.get("given_up")


def _by_driver(trip: Trip, event: Event) -> bool:
    """What the firm has called off itself it needs not be told."""
    return bool(event.payload.get("by_driver"))


def _to_area(trip: Trip, event: Event) -> bool:
    return trip.state in BEFORE_THE_GATE


def _to_yard(trip: Trip, event: Event) -> bool:
    return not _to_area(trip, event)


def _has_a_yard(trip: Trip, event: Event) -> bool:
    return trip.yard_id is not None


def _had_a_code(trip: Trip, event: Event) -> bool:
    return trip.accepted_at is not None


def _inland(trip: Trip, event: Event) -> bool:
    return trip.released_to == "inland"


def _firm_mends(trip: Trip, event: Event) -> bool:
    return not is_mended_by_driver(trip)


ABOUT: dict[str, tuple[Told, ...]] = {
    "slot_booked": (Told(travellers.BOOKED, (DRIVER,), _has_an_hour),),
    "departed": (Told(officers.DEPARTED, (YARD, "CSGT")),),
    "buffered": (Told(travellers.BUFFERED, (DRIVER, ENTERPRISE)),),
    "called": (Told(travellers.CALLED, (DRIVER,)), Told(officers.CALLED_IN, ("CSGT", YARD))),
    "call_lapsed": (Told(travellers.LAPSED, (DRIVER, ENTERPRISE)),),
    "call_extended": (Told(travellers.EXTENDED, (DRIVER, ENTERPRISE)),),
    "arrived": (Told(travellers.TO_YARD, (DRIVER,), _has_a_yard), Told(officers.ARRIVED, (YARD,))),
    "crossed_in": (
        Told(travellers.TO_YARD, (DRIVER,), _has_a_yard),
        Told(travellers.ENTERED, (ENTERPRISE,)),
        Told(officers.CROSSED_IN, (YARD, "HAIQUAN")),
    ),
    "yarded": (
        Told(travellers.YARDED, (DRIVER, ENTERPRISE), _comes),
        Told(officers.TO_CHECK, (TASK_FORCES,), _comes),
        Told(officers.BACK_IN_YARD, ("HAIQUAN", QUARANTINE), _comes_back),
    ),
    "redirected": (
        Told(travellers.REDIRECTED, (DRIVER,), _to_yard),
        Told(officers.TO_YOUR_YARD, (YARD,), _to_yard),
        Told(travellers.TO_AREA, (DRIVER,), _to_area),
        Told(officers.TO_YOUR_AREA, (BUFFER,), _to_area),
    ),
    "unloaded": (Told(travellers.UNLOADED, (BOTH_DRIVERS, ENTERPRISE)),),
    "released": (
        Told(travellers.RELEASED, (DRIVER,)),
        Told(officers.LET_OUT, ("BIENPHONG",), _to_the_line),
        Told(officers.LET_OUT, ("CSGT",), _inland),
    ),
    # The table says `all`: the driver, the firm, the yard, and those who let out or still check.
    "release_revoked": (
        Told(travellers.REVOKED, (DRIVER, ENTERPRISE)),
        Told(officers.STOPPED, (YARD, "HAIQUAN", "BIENPHONG", "CSGT", TASK_FORCES)),
    ),
    "crossed_out": (Told(travellers.CROSSED_OUT, (ENTERPRISE,), lasts=True),),
    "left_inland": (Told(travellers.LEFT, (ENTERPRISE,), lasts=True),),
    "returned": (Told(travellers.RETURNED, (ENTERPRISE,)), Told(officers.BACK_FROM_ABROAD, (YARD,))),
    "return_closed": (Told(travellers.CLOSED, (ENTERPRISE,)),),
    "cancelled": (
        Told(officers.CALLED_OFF, (YARD,)),
        Told(travellers.CANCELLED, (DRIVER,), _had_a_code, lasts=True, to_others=True),
        Told(travellers.DRIVER_CALLED_OFF, (ENTERPRISE,), _by_driver, lasts=True),
    ),
    "not_shown": (Told(travellers.NOT_SHOWN, (ENTERPRISE, DRIVER), lasts=True),),
    "expired": (Told(travellers.EXPIRED, (ENTERPRISE,), lasts=True),),
    "turned_back": (
        Told(travellers.TURNED_BACK, (DRIVER, ENTERPRISE), lasts=True),
        Told(officers.TURNED_BACK, ("CSGT", YARD), lasts=True),
    ),
    "seized": (Told(officers.SEIZED, (LEADER,), lasts=True),),
    "given_back": (Told(travellers.GIVEN_BACK, (ENTERPRISE,), lasts=True),),
    "dwell_warned": (
        Told(officers.STAYS_LONG, ("BIENPHONG", "QLVT")),
        Told(travellers.LEAVE_SOON, (DRIVER, ENTERPRISE)),
    ),
    "overstayed": (
        Told(officers.OVERSTAYED, ("BIENPHONG", "QLVT")),
        Told(travellers.STAY_OVER, (DRIVER, ENTERPRISE)),
    ),
    "sent_back": (Told(travellers.SENT_BACK, (ENTERPRISE,), lasts=True),),
}
OF_FIX = (Told(travellers.TO_FIX, (ENTERPRISE,)), Told(travellers.WAIT_FOR_FIX, (DRIVER,), _firm_mends))
OF_ACCEPTANCE = (Told(travellers.ACCEPTED, (ENTERPRISE,), lasts=True), Told(officers.EXPECTED, (YARD,)))
OF_DIVERSION = (
    Told(travellers.DIVERTED, (DRIVER, ENTERPRISE), lasts=True),
    Told(officers.SENT_ELSEWHERE, ("BQLKKT",), lasts=True),
)


def tell_of_step(event: Event, about: Sequence[Told]) -> None:
    """Tell of a step for which a row of the table is enough."""
    if not is_heard(about, Trip.objects.filter(pk=event.record_id).values("agency_id"), at=event.at):
        return
    trip = trip_of(event.record_id)
    if trip is not None:
        tell(trip, event, about)


for _name, _about in ABOUT.items():
    subscribe(f"border_gate.trip_{_name}", name=f"border_gate.tell_{_name}")(partial(tell_of_step, about=_about))


@subscribe("border_gate.trip_accepted", name="border_gate.tell_accepted")
def tell_accepted(event: Event) -> None:
    """The driver by a link, the firm in the application, the yard that he comes."""
    trip = trip_of(event.record_id)
    if trip is None or trip.state not in BEFORE_THE_GATE:
        return
    tell(trip, event, OF_ACCEPTANCE)
    _lead(travellers.ACCEPTED, trip, event)


@subscribe("border_gate.trip_fix_requested", name="border_gate.tell_fix_requested")
def tell_fix_requested(event: Event) -> None:
    """The firm; the driver is led to the page where he corrects what he declared himself, another one waits."""
    trip = trip_of(event.record_id)
    if trip is None:
        return
    tell(trip, event, OF_FIX)
    if trip.state == FIX_REQUESTED and is_mended_by_driver(trip):
        _lead(travellers.TO_MEND, trip, event)


def _lead(kind: NoticeKind, trip: Trip, event: Event) -> None:
    """Tell the driver with the address of his page: whose link is open that page, another one a link of his own."""
    if open_links(trip.pk):
        people, address = drivers_of([trip]), reverse("border_gate:driver")
    else:
        phone = _phone_of(trip)
        if trip.driver is None or not phone:
            return
        link, token = link_for_driver(trip=trip, by=SYSTEM, at=event.at, phone=phone)
        people = [Recipient(link.holder_id, phone=link.phone, language=link.language)]
        address = reverse("kernel_login:link", args=[token])
    announce(kind, people, trip, event, url=address, link=site.whole(address))


def _phone_of(trip: Trip) -> str:
    """The driver's number; who declared himself, on the spot or ahead, gave the one that he has with him.

    It is his no more once another driver or telephone was put in.
    """
    if trip.driver and is_put_in(trip, *NEW_LINK):
        return trip.driver.person.phone
    said: str | None = ""
    for kind in (UndeclaredArrival, AheadDeclaration) if trip.undeclared else (AheadDeclaration,):
        said = said or kind.objects.filter(trip=trip).values_list("phone", flat=True).first()
    return said or (trip.driver.person.phone if trip.driver else "")


@subscribe("border_gate.trip_diverted", name="border_gate.tell_diverted")
def tell_diverted(event: Event) -> None:
    """Both points hear of it: the one that the vehicle leaves, the one that it is sent to."""
    trip = trip_of(event.record_id)
    if trip is None:
        return
    left = CrossingPoint.objects.get(pk=_point_before(trip, event))
    tell(trip, event, OF_DIVERSION, points=[left.pk, trip.point_id], before=left.gate_short)


def _point_before(trip: Trip, event: Event) -> UUID:
    """Where the vehicle was before this diversion: the point of the one before, else that of the declaration."""
    earlier = History.objects.filter(
        record_id=trip.pk, step__in=("divert", "choose_point"), version__lt=event.version or 0
    )
    last = earlier.order_by("-version").values_list("facts", flat=True).first()
    return UUID(last["point"]) if last else trip.declaration.point_id


@subscribe("border_gate.trip_yarded", name="border_gate.start_clocks")
def the_vehicle_is_here(event: Event) -> None:
    """Deadlines of checks count from when the vehicle stands in the yard, not from its declaration."""
    start_clocks(trip_id=event.record_id, at=event.at)


@subscribe("border_gate.trip_crossed_in", name="border_gate.examine_the_driver")
def examine_the_driver(event: Event) -> None:
    """An order of medical control may have begun after the trip was accepted."""
    follow_order(trips=Trip.objects.filter(pk=event.record_id, is_live=True).select_related("point"), at=event.at)
