"""Movement orders: issued by traffic police or the board, read by drivers, said again, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.events.publish import publish
from tinhso.kernel.numbering.actions import take
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.models import CrossingPoint, MovementOrder, OrderReceipt, Trip, Yard
from tinhso.pillars.border.gate.permissions import ISSUE_ORDER, VIEW_TRIP
from tinhso.pillars.border.gate.queries.guidance import orders_in_force, reached_by
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.rules import orders
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.limits import ORDER_HOLDS

KIND = "border_gate.movement_order"
BOOK = "border_gate.movement_order"
SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An order as somebody wants to give it; see `MovementOrder` for what the fields mean."""

    point: CrossingPoint
    text_vi: str
    begins_at: datetime
    ends_at: datetime
    text_en: str = ""
    text_zh: str = ""
    states: tuple[str, ...] = ()
    direction: str = ""
    yard: Yard | None = None
    trips: tuple[UUID, ...] = ()
    leads_from: str = ""
    leads_to: str = ""
    force: str = ""


def order_of(wanted: Wanted, *, at: datetime) -> MovementOrder:
    """The order, not stored. Refusals: BG-350, BG-351, BG-352."""
    texts = {"text_vi": orders.check_text(wanted.text_vi)}
    for field in ("text_en", "text_zh"):
        said = getattr(wanted, field).strip()
        texts[field] = orders.check_text(said, field=field) if said else ""
    longest = law_at(at).number(ORDER_HOLDS).span
    orders.check_times(begins_at=wanted.begins_at, ends_at=wanted.ends_at, longest=longest, at=at)
    return MovementOrder(
        point=wanted.point,
        force=wanted.force,
        states=list(wanted.states),
        direction=wanted.direction,
        yard=wanted.yard,
        trips=list(wanted.trips),
        leads_from=wanted.leads_from[:60],
        leads_to=wanted.leads_to[:60],
        begins_at=wanted.begins_at,
        ends_at=wanted.ends_at,
        **texts,
    )


@transaction.atomic
def issue_order(*, wanted: Wanted, by: Actor, at: datetime) -> MovementOrder:
    """Give the order to all whom it reaches now; who comes under it later is told by the clock.

    Refusals: those of `order_of`, BG-353 when it reaches nobody.
    """
    require(by, ISSUE_ORDER, Where(place=wanted.point.pk), at)
    order = order_of(wanted, at=at)
    trips = list(reached_by(order).values_list("pk", flat=True))
    if not trips:
        raise refuse("BG-353", field="states")
    year = at.astimezone(HANOI).year
    order.issued_by, order.issued_at = by.id, at
    order.number = f"{take(BOOK, year, by=by, at=at)}/{year}"
    order.save(force_insert=True)
    _tell(order, trips, by=by, at=at)
    record("border_gate.issue_order", by=by, at=at, kind=KIND, record_id=order.pk, told=len(trips))
    return order


@transaction.atomic
def repeat_order(*, order: MovementOrder, by: Actor, at: datetime) -> int:
    """Say it again to those who have not read it; returns how many. Refusal: BG-354 when it holds no longer."""
    order = _held(order, by, at)
    unread = list(order.receipts.filter(acknowledged_at=None).values_list("trip_id", flat=True))
    order.repeats, order.repeated_at = order.repeats + 1, at
    order.save(update_fields=["repeats", "repeated_at"])
    if unread:
        _publish(events.ORDER_ISSUED, order, by=by, at=at, trips=unread, repeats=order.repeats)
    record("border_gate.repeat_order", by=by, at=at, kind=KIND, record_id=order.pk, told=len(unread))
    return len(unread)


@transaction.atomic
def withdraw_order(*, order: MovementOrder, reason: str, by: Actor, at: datetime) -> MovementOrder:
    """Take the order back. Refusals: BG-354, BG-038 for a reason under ten characters."""
    order = _held(order, by, at)
    if len(reason.strip()) < SHORTEST_REASON:
        raise refuse("BG-038", field="reason")
    order.withdrawn_at, order.withdrawn_by, order.withdrawn_for = at, by.id, reason.strip()[:160]
    order.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_for"])
    told = list(order.receipts.values_list("trip_id", flat=True))
    _publish(events.ORDER_WITHDRAWN, order, by=by, at=at, trips=told)
    record("border_gate.withdraw_order", by=by, at=at, kind=KIND, record_id=order.pk, reason=order.withdrawn_for)
    return order


@transaction.atomic
def read_order(*, order: MovementOrder, trip: Trip, by: Actor, at: datetime) -> bool:
    """The driver of the trip says that he has read it; False when he has said so before."""
    require(by, VIEW_TRIP, trip, at)
    unread = OrderReceipt.objects.filter(order=order, trip=trip, acknowledged_at=None)
    if not unread.update(acknowledged_at=at, acknowledged_by=by.id):
        return False
    _publish(events.ORDER_READ, order, by=by, at=at, trip=str(trip.pk))
    record("border_gate.read_order", by=by, at=at, kind=KIND, record_id=order.pk, trip=str(trip.pk))
    return True


@transaction.atomic
def reach_newcomers(*, at: datetime) -> int:
    """Tell the orders in force to vehicles that have come under them since; returns how many were told.

    Done again it tells nobody twice: the receipts are unique.
    """
    told = 0
    for order in orders_in_force(at).filter(trips=[]).select_for_update(skip_locked=True):
        known = order.receipts.values("trip_id")
        new = list(reached_by(order).exclude(pk__in=known).values_list("pk", flat=True))
        if new:
            told += len(_tell(order, new, by=SYSTEM, at=at))
    return told


def _held(order: MovementOrder, by: Actor, at: datetime) -> MovementOrder:
    locked = MovementOrder.objects.select_for_update().get(pk=order.pk)
    require(by, ISSUE_ORDER, Where(place=locked.point_id), at)
    if locked.withdrawn_at is not None or locked.ends_at <= at:
        raise refuse("BG-354", n=locked.number)
    return locked


RECEIPTS = """
insert into border_gate_orderreceipt (order_id, trip_id, told_at)
select %s::uuid, one, %s::timestamptz from unnest(%s::uuid[]) as one
on conflict (order_id, trip_id) do nothing returning trip_id
"""


def _tell(order: MovementOrder, trips: Sequence[UUID], *, by: Actor, at: datetime) -> list[UUID]:
    """Note whom it is for and publish it; the handler sends the messages."""
    with connection.cursor() as cursor:
        cursor.execute(RECEIPTS, [order.pk, at, list(trips)])
        new = [row[0] for row in cursor.fetchall()]
    if new:
        _publish(events.ORDER_ISSUED, order, by=by, at=at, trips=new, repeats=order.repeats)
    return new


def _publish(name: str, order: MovementOrder, *, by: Actor, at: datetime, **payload: Any) -> None:
    facts = {"number": order.number, "point": str(order.point_id), **payload}
    publish(name, kind=KIND, record_id=order.pk, by=by, at=at, **facts)
