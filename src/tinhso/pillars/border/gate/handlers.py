"""Who is told what: drivers by their link's telephone, a firm's staff in the application.

Words for drivers go out as text messages and carry the trip code only: no name, no plate (border brief §10).
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.models import Grant
from tinhso.kernel.base import site
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.dates import show_time
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import Recipient, send
from tinhso.kernel.notices.kinds import NoticeKind, notice
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.links import link_for_driver, open_links
from tinhso.pillars.border.gate.actions.tasks import start_clocks
from tinhso.pillars.border.gate.flows import LIVE
from tinhso.pillars.border.gate.models import Hold, Trip
from tinhso.pillars.border.gate.permissions import role_code

ACCEPTED = notice(
    "border_gate.accepted",
    title=_("Trip accepted"),
    texts={
        "vi": "Lượt {code} qua {gate} đã được tiếp nhận. Mã QR: {link}",
        "en": "Trip {code} through {gate} is accepted. QR code: {link}",
        "zh-hans": "车次{code}（{gate}）已受理。二维码：{link}",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate", "link"),
)
CALLED = notice(
    "border_gate.called",
    title=_("Call to the gate"),
    texts={
        "vi": "Lượt {code}: mời vào {gate}, barie 1, có mặt trước {until}.",
        "en": "Trip {code}: come to {gate}, barrier 1, before {until}.",
        "zh-hans": "车次{code}：请在河内时间{until}之前到{gate}1号关卡。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate", "until"),
    urgent=True,
)
LAPSED = notice(
    "border_gate.call_lapsed",
    title=_("Call lapsed"),
    texts={
        "vi": "Lượt {code}: đã quá giờ mời vào {gate}. Xe trở lại hàng chờ, xem trang lượt xe.",
        "en": "Trip {code}: the call to {gate} has lapsed. The vehicle waits in the queue again, see the trip's page.",
        "zh-hans": "车次{code}：进入{gate}的叫号已过时。车辆重新排队，请看车次页面。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate"),
)
HELD = notice(
    "border_gate.held",
    title=_("Vehicle held"),
    texts={
        "vi": "Lượt {code} đang bị tạm giữ bởi {force}. Xem lý do trên trang lượt xe.",
        "en": "Trip {code} is held by {force}. See the trip's page for the reason.",
        "zh-hans": "车次{code}被{force}扣留。原因请看车次页面。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "force"),
    urgent=True,
)
FREED = notice(
    "border_gate.freed",
    title=_("Hold lifted"),
    texts={
        "vi": "Lượt {code}: {force} đã gỡ tạm giữ.",
        "en": "Trip {code}: {force} has lifted its hold.",
        "zh-hans": "车次{code}：{force}已解除扣留。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "force"),
    urgent=True,
)
RELEASED = notice(
    "border_gate.released",
    title=_("Trip released"),
    texts={
        "vi": "Lượt {code} đã được thông quan, hiệu lực đến {until}.",
        "en": "Trip {code} is released, until {until}.",
        "zh-hans": "车次{code}已放行，有效至河内时间{until}。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "until"),
    urgent=True,
)
TO_FIX = notice(
    "border_gate.to_fix",
    title=_("Declaration to be corrected"),
    texts={
        "vi": "Khai báo lượt {code} cần sửa {count} ô: {reason}",
        "en": "The declaration of trip {code} needs {count} fields corrected: {reason}",
    },
)


@subscribe(events.TRIP_ACCEPTED, name="border_gate.tell_accepted")
def tell_accepted(event: Event) -> None:
    """Make the driver's link and send it; the firm reads the same in the application."""
    trip = _trip(event.record_id)
    if trip is None or trip.state not in ("accepted", "en_route"):
        return
    page = reverse("border_gate:firm_trip", args=[trip.pk])
    _tell_staff(trip, ACCEPTED.name, event, link=site.whole(page))
    if trip.driver is None or not trip.driver.person.phone or open_links(trip.pk):
        return
    link, token = link_for_driver(trip=trip, by=SYSTEM, at=event.at)
    person = Recipient(link.holder_id, phone=link.phone, language=link.language)
    address = reverse("kernel_login:link", args=[token])
    _send(ACCEPTED.name, [person], trip, event, link=site.whole(address), url=address)


@subscribe(events.TRIP_CALLED, name="border_gate.tell_called")
def tell_called(event: Event) -> None:
    """The call must be read: it is urgent on every way."""
    _tell(event.record_id, CALLED, event, ("called",), lambda trip: {"until": show_time(trip.call_expires_at)})


@subscribe(events.TRIP_CALL_LAPSED, name="border_gate.tell_lapsed")
def tell_lapsed(event: Event) -> None:
    """Who missed a call waits again; nobody finds that out at the barrier."""
    _tell(event.record_id, LAPSED, event, ("at_buffer",), lambda trip: {})


@subscribe(events.TRIP_RELEASED, name="border_gate.tell_released")
def tell_released(event: Event) -> None:
    _tell(event.record_id, RELEASED, event, ("released",), lambda trip: {"until": show_time(trip.release_expires_at)})


@subscribe(events.HOLD_PLACED, name="border_gate.tell_held")
def tell_held(event: Event) -> None:
    """Which force, never why: reasons may be secret."""
    _tell_of_hold(event, HELD)


@subscribe(events.HOLD_LIFTED, name="border_gate.tell_freed")
def tell_freed(event: Event) -> None:
    _tell_of_hold(event, FREED)


@subscribe(events.TRIP_FIX_REQUESTED, name="border_gate.tell_to_fix")
def tell_to_fix(event: Event) -> None:
    """The firm reads which declaration to mend, and why."""
    trip = _trip(event.record_id)
    if trip is not None:
        facts = {"count": len(trip.fix_fields), "reason": str(event.payload.get("reason", ""))}
        _tell_staff(trip, TO_FIX.name, event, **facts)


def _tell_of_hold(event: Event, kind: NoticeKind) -> None:
    hold = Hold.objects.filter(pk=event.record_id).select_related("force").first()
    if hold is not None:
        _tell(hold.trip_id, kind, event, LIVE, lambda trip: {"force": str(hold.force)})


def _tell(trip_id: UUID, kind: NoticeKind, event: Event, states: Container[str], facts: Any) -> None:
    """What is true no more when the event is delivered, is not told."""
    trip = _trip(trip_id)
    if trip is None or trip.state not in states:
        return
    told = facts(trip)
    drivers = [Recipient(link.holder_id, phone=link.phone, language=link.language) for link in open_links(trip.pk)]
    _send(kind.name, drivers, trip, event, url=reverse("border_gate:driver"), **told)
    _tell_staff(trip, kind.name, event, **told)


def _tell_staff(trip: Trip, name: str, event: Event, **facts: Any) -> None:
    """Those who hold the firm's role now, in the application; text messages are the driver's."""
    if trip.agency_id is None:
        return
    grants = Grant.objects.filter(role__code=role_code("ENTERPRISE"), agency_id=trip.agency_id, valid_until=None)
    staff = [Recipient(holder) for holder in grants.values_list("holder_id", flat=True)]
    _send(name, staff, trip, event, url=reverse("border_gate:firm_trip", args=[trip.pk]), **facts)


def _send(name: str, to: list[Recipient], trip: Trip, event: Event, *, url: str, **facts: Any) -> None:
    known = {"code": trip.shown_code(), "gate": trip.point.gate_short, **facts}
    send(name, to=to, event_key=f"{event.name}:{event.id}", by=SYSTEM, at=event.at, url=url, **known)


def _trip(trip_id: UUID) -> Trip | None:
    return Trip.objects.select_related("point", "driver__person").filter(pk=trip_id).first()


@subscribe("border_gate.trip_yarded", name="border_gate.start_clocks")
def the_vehicle_is_here(event: Event) -> None:
    """Deadlines of checks count from when the vehicle stands in the yard, not from its declaration."""
    start_clocks(trip_id=event.record_id, at=event.at)
