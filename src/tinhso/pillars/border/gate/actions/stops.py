"""Orders of the board that stop or change work: notices on goods, hours, a point closed at once, and lifting them.

They hold at once. Trips whose booked hour is taken are noted as displaced: they keep place, class and first arrival
until their firm or driver chooses. Who is touched is told by handlers, from the event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.publish import publish, publish_many
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.models import (
    CalendarKind,
    CrossingPoint,
    Displacement,
    Moratorium,
    OperatingCalendar,
    Trip,
)
from tinhso.pillars.border.gate.permissions import PLACE_MORATORIUM, SET_HOURS
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.touched import (
    Kept,
    Touched,
    freed_by_lifting,
    touched_by_hours,
    touched_by_moratorium,
)
from tinhso.pillars.border.gate.rules import hours
from tinhso.pillars.border.gate.rules.codes import refuse

SHORTEST = 10
CLOSED = CalendarKind.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A notice as it is typed: empty lists mean all points, both directions, all goods."""

    begins_at: datetime
    ends_at: datetime
    document_no: str
    text_vi: str
    text_zh: str = ""
    points: tuple[UUID, ...] = ()
    directions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    hs_prefixes: tuple[str, ...] = ()
    exempt: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursOrder:
    """Hours as they are ordered for points and directions, both days included; without times the whole day."""

    points: tuple[CrossingPoint, ...]
    directions: tuple[str, ...]
    kind: str
    first: date
    last: date
    opens: time | None = None
    closes: time | None = None
    weekdays: str = "1234567"
    accepted_before: datetime | None = None
    document_no: str = ""
    source: str = ""
    rows: tuple[OperatingCalendar, ...] = field(default=())


def preview_stop(*, stop: Stop, at: datetime) -> Touched:
    """Which trips the notice would touch; nothing is changed. Refusals: BG-303, BG-216, BG-307."""
    return touched_by_moratorium(_moratorium(stop, at), at=at)


@transaction.atomic
def place_moratorium(*, stop: Stop, by: Actor, at: datetime) -> Moratorium:
    """Stop accepting goods from one moment to another, by a numbered notice.

    Refusals: BG-216 without a number, BG-303, BG-307; Forbidden for others than the board and leaders.
    """
    row = _moratorium(stop, at)
    for point in stop.points or (None,):
        require(by, PLACE_MORATORIUM, Where(place=point), at)
    row.ordered_at, row.ordered_by = at, by.id
    row.save()
    touched = touched_by_moratorium(row, at=at)
    _displace(touched, row.pk, row.ends_at, by, at)
    facts: dict[str, Any] = {"document_no": row.document_no, "touched": len(touched.trips)}
    record("border_gate.moratorium_placed", by=by, at=at, kind="border_gate.moratorium", record_id=row.pk, **facts)
    publish(events.MORATORIUM_PLACED, kind="border_gate.moratorium", record_id=row.pk, by=by, at=at, **facts)
    return row


@transaction.atomic
def lift_moratorium(*, moratorium: Moratorium, by: Actor, at: datetime) -> Moratorium:
    """End a notice now; hours that it had taken and nobody changed hold again, and those whose trips it kept are told.

    Nobody is told of a trip that another notice in that time stops as well.
    """
    for point in moratorium.points or (None,):
        require(by, PLACE_MORATORIUM, Where(place=point), at)
    row = Moratorium.objects.select_for_update().get(pk=moratorium.pk)
    if row.ends_at <= at:
        return row
    freed = freed_by_lifting(row, at=at)
    if row.begins_at >= at:
        row.begins_at = at - timedelta(seconds=1)
    row.ends_at = at
    row.save(update_fields=["begins_at", "ends_at"])
    _keep(row.pk, by, at)
    record("border_gate.moratorium_lifted", by=by, at=at, kind="border_gate.moratorium", record_id=row.pk)
    publish(events.MORATORIUM_LIFTED, kind="border_gate.moratorium", record_id=row.pk, by=by, at=at,
            document_no=row.document_no, trips=[str(one) for one in freed])  # fmt: skip
    return row


def preview_hours(*, order: HoursOrder, at: datetime) -> Touched:
    """Which trips the order would touch, and whose booked hour it would take. Refusals: BG-303."""
    return _touched_by(order, _calendar_rows(order, uuid7(), None, at), at)


@transaction.atomic
def set_hours(*, order: HoursOrder, by: Actor, at: datetime) -> UUID:
    """Order hours; returns the order's id. Refusals: BG-303, BG-304 when such hours are set for these days already."""
    for point in order.points:
        require(by, SET_HOURS, point, at)
    number = uuid7()
    rows = _calendar_rows(order, number, by, at)
    try:
        with transaction.atomic():
            OperatingCalendar.objects.bulk_create(rows)
    except IntegrityError as error:
        raise refuse("BG-304", field="first", point=", ".join(one.gate_short for one in order.points)) from error
    touched = _touched_by(order, rows, at)
    begins, ends = _span(order)
    _displace(touched, number, ends, by, at)
    facts: dict[str, Any] = {
        "kind_of_hours": order.kind,
        "points": [str(one.pk) for one in order.points],
        "directions": list(order.directions),
        "begins_at": begins,
        "ends_at": ends,
        "document_no": order.document_no,
    }
    record("border_gate.hours_set", by=by, at=at, kind="border_gate.hours", record_id=number, **facts)
    publish(events.HOURS_CHANGED, kind="border_gate.hours", record_id=number, by=by, at=at, **facts)
    return number


def close_point(
    *, point: CrossingPoint, directions: Sequence[str], until: datetime, reason: str, by: Actor, at: datetime,
    document_no: str = "",
) -> UUID:  # fmt: skip
    """Close a point at once until a moment: ceremony, storm, the other side. Refusals: BG-303, BG-307."""
    if until <= at:
        raise refuse("BG-303", field="until")
    if len(reason.strip()) < SHORTEST:
        raise refuse("BG-307", field="reason")
    order = HoursOrder(
        points=(point,),
        directions=tuple(directions),
        kind=CLOSED,
        first=at.astimezone(HANOI).date(),
        last=until.astimezone(HANOI).date(),
        document_no=document_no,
        source=reason.strip()[:160],
        rows=tuple(closed_rows(point, directions, at, until)),
    )
    return set_hours(order=order, by=by, at=at)


def closed_rows(
    point: CrossingPoint, directions: Sequence[str], begins_at: datetime, ends_at: datetime
) -> Iterable[OperatingCalendar]:
    """The calendar of a closure by the hour: a row for each day, with hours on the first and the last."""
    first, last = begins_at.astimezone(HANOI), ends_at.astimezone(HANOI)
    for ahead in range((last.date() - first.date()).days + 1):
        day = first.date() + timedelta(days=ahead)
        opens = first.time() if day == first.date() else time()
        closes = last.time() if day == last.date() else time.max
        if closes > opens:
            for direction in directions:
                yield OperatingCalendar(
                    point=point,
                    direction=direction,
                    kind=CLOSED,
                    opens=opens,
                    closes=closes,
                    valid_from=day,
                    valid_until=day + timedelta(days=1),
                )


@transaction.atomic
def end_hours(*, order: UUID, by: Actor, at: datetime) -> int:
    """End an order of the board now: what lies ahead of it holds no more; returns how many rows changed.

    Those whose trips it kept from coming are told, unless other hours keep them still.
    """
    rows = list(OperatingCalendar.objects.select_for_update(of=("self",)).filter(order=order).select_related("point"))
    for row in rows:
        require(by, SET_HOURS, row.point, at)
    if not rows:
        return 0
    local, scope = at.astimezone(HANOI), Kept.of(rows)
    kept, named = scope.trips(at=at), rows[0].document_no or rows[0].source
    changed = sum(_end(row, local) for row in rows)
    if changed:
        _keep(order, by, at)
        record("border_gate.hours_ended", by=by, at=at, kind="border_gate.hours", record_id=order)
        still = set(scope.trips(at=at))
        publish(events.HOURS_ENDED, kind="border_gate.hours", record_id=order, by=by, at=at, document_no=named,
                points=[str(one) for one in scope.points],
                trips=[str(one) for one in kept if one not in still])  # fmt: skip
    return changed


def _end(row: OperatingCalendar, local: datetime) -> bool:
    """Rows of days to come go; today's holds until now; whole days that began before are kept as history."""
    today = local.date()
    if row.valid_until is not None and row.valid_until <= today:
        return False
    if row.valid_from > today:
        row.delete()
        return True
    if row.kind == CLOSED and row.valid_from == today and (row.opens or time()) < local.time():
        row.opens, row.closes = row.opens or time(), min(row.closes or time.max, local.time())
        row.valid_until = today + timedelta(days=1)
        row.save(update_fields=["opens", "closes", "valid_until"])
    elif row.valid_from == today:
        row.delete()
    else:
        row.valid_until = today
        row.save(update_fields=["valid_until"])
    return True


def _moratorium(stop: Stop, at: datetime) -> Moratorium:
    if stop.ends_at <= max(stop.begins_at, at):
        raise refuse("BG-303", field="ends_at")
    if len(stop.text_vi.strip()) < SHORTEST:
        raise refuse("BG-307", field="text_vi")
    return Moratorium(
        points=list(stop.points),
        directions=list(stop.directions),
        groups=list(stop.groups),
        hs_prefixes=list(stop.hs_prefixes),
        begins_at=stop.begins_at,
        ends_at=stop.ends_at,
        document_no=number_of(stop.document_no, code="BG-216", field="document_no"),
        text_vi=stop.text_vi.strip(),
        text_zh=stop.text_zh.strip(),
        exempt=list(stop.exempt),
    )


def _calendar_rows(order: HoursOrder, number: UUID, by: Actor | None, at: datetime) -> list[OperatingCalendar]:
    if order.last < order.first or order.last < at.astimezone(HANOI).date():
        raise refuse("BG-303", field="last")
    if order.kind != CLOSED and (order.opens is None or order.closes is None or order.closes <= order.opens):
        raise refuse("BG-303", field="closes")
    rows = order.rows or tuple(
        OperatingCalendar(
            point=point,
            direction=direction,
            kind=order.kind,
            weekdays=order.weekdays,
            opens=order.opens,
            closes=order.closes,
            accepted_before=order.accepted_before if order.kind == CalendarKind.PREREGISTERED else None,
            valid_from=order.first,
            valid_until=order.last + timedelta(days=1),
        )
        for point in order.points
        for direction in order.directions
    )
    for row in rows:
        row.order, row.ordered_at, row.ordered_by = number, at, by.id if by else None
        row.document_no, row.source = order.document_no, order.source or order.document_no
    return list(rows)


def _span(order: HoursOrder) -> tuple[datetime, datetime]:
    """From when to when the order speaks."""
    whole = order.kind != CLOSED
    opens = min((row.opens or time() for row in order.rows if row.valid_from == order.first), default=order.opens)
    closes = max((row.closes or time.max for row in order.rows if row.valid_from == order.last), default=order.closes)
    begins = datetime.combine(order.first, time() if whole else opens or time(), HANOI)
    end_of_day = datetime.combine(order.last + timedelta(days=1), time(), HANOI)
    if whole or closes is None or closes == time.max:
        return begins, end_of_day
    return begins, datetime.combine(order.last, closes, HANOI)


def _touched_by(order: HoursOrder, rows: Sequence[OperatingCalendar], at: datetime) -> Touched:
    points = [point.pk for point in order.points]
    calendars: dict[tuple[UUID, str], list[hours.Hours]] = {}
    known = {row.pk for row in rows}
    for row in (*OperatingCalendar.objects.filter(point_id__in=points).exclude(pk__in=known), *rows):
        calendars.setdefault((row.point_id, row.direction), []).append(row.hours())
    begins, ends = _span(order)
    return touched_by_hours(
        points=points, directions=order.directions, begins_at=begins, ends_at=ends, calendars=calendars, at=at
    )


def _displace(touched: Touched, cause: UUID, ends_at: datetime, by: Actor, at: datetime) -> None:
    """Set-based: their hour is taken, and they do not expire before there was a day to come after it."""
    slots = dict(Trip.objects.filter(pk__in=touched.displaced).values_list("pk", "slot_id"))
    Displacement.objects.bulk_create(
        [Displacement(trip_id=trip, slot_id=slot, cause=cause, at=at) for trip, slot in slots.items() if slot],
        ignore_conflicts=True,
    )
    publish_many(events.HOUR_DISPLACED, kind="border_gate.trip", record_ids=slots, by=by, at=at)
    expires_at = ends_at + law_at(ends_at).number("expiry_h").span
    Trip.objects.filter(pk__in=touched.trips).update(expires_at=Greatest(F("expires_at"), expires_at))


def _keep(cause: UUID, by: Actor, at: datetime) -> None:
    rows = Displacement.objects.filter(cause=cause, answer="")
    kept = list(rows.values_list("trip_id", flat=True))
    publish_many(events.HOUR_RESTORED, kind="border_gate.trip", record_ids=kept, by=by, at=at)
    rows.update(answer=Displacement.Answer.KEPT, answered_at=at)
