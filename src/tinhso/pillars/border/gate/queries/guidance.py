"""Movement orders, help wanted, paused calls and health forms, as their pages read them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.identity.models import AccessLink
from tinhso.kernel.notices.actions import Recipient
from tinhso.pillars.border.gate.flows.states import BEFORE_RELEASE
from tinhso.pillars.border.gate.models import (
    CallPause,
    HealthForm,
    HelpRequest,
    MovementOrder,
    OrderReceipt,
    TrackingConsent,
    Trip,
)
from tinhso.pillars.border.gate.models.sealing import unseal
from tinhso.pillars.border.gate.permissions import ANSWER_HELP, VIEW_BOARD

MOVING = ("accepted", "en_route", "at_buffer", "called", "arrived", "crossed_in", "in_yard", "released", "crossed_out",
          "returned_in")  # fmt: skip
"""Where a vehicle is that an order can reach: it is under way, or its driver waits in the cab."""
TRACKED = MOVING[1:]
"""From setting out to the end of the trip (border brief 13)."""


@dataclass(frozen=True, slots=True)
class Reach:
    """An order with how many it was told to and how many have read it."""

    order: MovementOrder
    told: int
    read: int

    @property
    def unread(self) -> int:
        return self.told - self.read


def reached_by(order: MovementOrder) -> QuerySet[Trip]:
    """The trips that come under the order as they stand now."""
    rows = Trip.objects.filter(is_live=True, point=order.point_id, state__in=MOVING)
    if order.trips:
        return rows.filter(pk__in=order.trips)
    if order.states:
        rows = rows.filter(state__in=order.states)
    if order.direction:
        rows = rows.filter(direction=order.direction)
    return rows.filter(yard=order.yard_id) if order.yard_id else rows


def orders_in_force(at: datetime) -> QuerySet[MovementOrder]:
    return MovementOrder.objects.filter(withdrawn_at=None, begins_at__lte=at, ends_at__gt=at)


def orders_of(trip: Trip, *, at: datetime) -> list[OrderReceipt]:
    """What the trip's driver has to read: orders in force that reached it, unread ones first."""
    rows = OrderReceipt.objects.filter(trip=trip, order__in=orders_in_force(at)).select_related("order__yard")
    return sorted(rows, key=lambda one: (one.acknowledged_at is not None, -one.order.issued_at.timestamp()))


def orders_seen(*, by: Actor, at: datetime, limit: int = 40) -> list[Reach]:
    """The newest orders of the points one sees, with their readers; two queries."""
    rows = visible(MovementOrder.objects.all(), by, VIEW_BOARD, at).select_related("point", "yard")
    counted = rows.annotate(
        told=Count("receipts"), read=Count("receipts", filter=Q(receipts__acknowledged_at__isnull=False))
    )
    return [Reach(one, one.told, one.read) for one in counted[:limit]]


def receipts_of(order: MovementOrder, *, limit: int = 400) -> list[OrderReceipt]:
    """Who was told, the unread first."""
    rows = OrderReceipt.objects.filter(order=order).select_related("trip")
    return list(rows.order_by(F("acknowledged_at").asc(nulls_first=True), "told_at")[:limit])


def drivers_of(trips: Iterable[UUID], *, now: datetime) -> list[Recipient]:
    """Whom to tell of many trips at once: the holders of open links, else the drivers themselves; two queries."""
    wanted = list(trips)
    links = AccessLink.objects.filter(record_id__in=wanted, revoked_at=None).filter(
        Q(expires_at=None) | Q(expires_at__gt=now)
    )
    found = [Recipient(one.holder_id, phone=one.phone, language=one.language) for one in links]
    linked = {one.record_id for one in links}
    rest = Trip.objects.filter(pk__in=[one for one in wanted if one not in linked], driver__isnull=False)
    for trip in rest.select_related("driver__person").only("driver__person"):
        person = trip.driver.person  # type: ignore[union-attr]  # the filter leaves none without a driver
        found.append(Recipient(person.pk, phone=person.phone, language=person.language))
    return found


def pause_of(point_id: UUID) -> CallPause | None:
    """The pause of calls that holds at the point."""
    return CallPause.objects.filter(point=point_id, ended_at=None).first()


def pauses() -> dict[UUID, CallPause]:
    """Pauses that hold, by point."""
    return {one.point_id: one for one in CallPause.objects.filter(ended_at=None)}


def help_wanted(*, by: Actor, at: datetime, closed: bool = False, limit: int = 100) -> list[HelpRequest]:
    """Requests at the desk's points: the open ones by age, or those closed last."""
    rows = visible(HelpRequest.objects.all(), by, ANSWER_HELP, at).select_related("trip", "point")
    if closed:
        return list(rows.filter(closed_at__isnull=False).order_by("-closed_at")[:limit])
    return list(rows.filter(closed_at=None).order_by("asked_at")[:limit])


def help_of(trip: Trip) -> HelpRequest | None:
    """The trip's request that nobody has closed yet."""
    return HelpRequest.objects.filter(trip=trip, closed_at=None).first()


def health_is_asked(trip: Trip) -> bool:
    """Whether the driver has to fill the health form: medical control is on where he crosses or comes from."""
    return trip.point.medical_control and trip.state in BEFORE_RELEASE and trip.kind != "IMP_VN_PICKUP"


def health_form_of(trip: Trip) -> HealthForm | None:
    return HealthForm.objects.filter(trip=trip).first()


def answers_in_clear(form: HealthForm) -> dict[str, bool]:
    """The answers, for medical quarantine; whoever shows them records the reading."""
    answers: dict[str, bool] = json.loads(unseal(form.answers_sealed))
    return answers


def is_tracked(trip: Trip) -> bool:
    """Whether the position of this trip may be taken: its driver agreed, and it is under way."""
    return trip.state in TRACKED and TrackingConsent.objects.filter(trip=trip, withdrawn_at=None).exists()


def history_of(trip: Trip, *, phone: str, limit: int = 20) -> list[Trip]:
    """Other trips of the same driver, for who opened the link on that driver's own telephone; newest first."""
    if trip.driver is None or not phone or trip.driver.person.phone != phone:
        return []
    rows = Trip.objects.filter(driver=trip.driver).exclude(pk=trip.pk).exclude(state="draft")
    return list(rows.select_related("point").order_by("-created_at")[:limit])
