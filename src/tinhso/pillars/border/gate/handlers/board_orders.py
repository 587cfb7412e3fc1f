"""Orders of the board and sayings of the clock: told to those whom they touch, each once, in few queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import lazy

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import Recipient, reached, send
from tinhso.kernel.notices.kinds import NoticeKind
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.flows.states import CALLED
from tinhso.pillars.border.gate.handlers import audience, clock_words
from tinhso.pillars.border.gate.handlers.telling import Told, in_their_language, tell, trip_of
from tinhso.pillars.border.gate.models import Appeal, CrossingPoint, Moratorium, OperatingCalendar
from tinhso.pillars.border.gate.models.times import CalendarKind
from tinhso.pillars.border.gate.queries.reference import calendars_of
from tinhso.pillars.border.gate.queries.touched import touched_by_hours, touched_by_moratorium
from tinhso.pillars.border.gate.queries.words import text_of


@subscribe(events.MORATORIUM_PLACED, name="border_gate.tell_moratorium")
def tell_moratorium(event: Event) -> None:
    """Drivers and firms whose trips it stops, and nobody else."""
    row = Moratorium.objects.filter(pk=event.record_id).first()
    if row is None or row.ends_at <= event.at:
        return
    facts = {"ref": row.document_no, "a": show_moment(row.begins_at), "b": show_moment(row.ends_at)}
    touched, text = touched_by_moratorium(row, at=event.at).trips, lazy(text_of, str)(row)
    _tell_all(clock_words.STOPPED, touched, event, text=text, **facts)


@subscribe(events.MORATORIUM_LIFTED, name="border_gate.tell_moratorium_lifted")
def tell_moratorium_lifted(event: Event) -> None:
    """Those who were told that it stops them, while it stopped them still."""
    facts = {"ref": event.payload["document_no"], "a": show_moment(event.at)}
    _tell_all(clock_words.TAKEN_AGAIN, [UUID(one) for one in event.payload["trips"]], event, **facts)


@subscribe(events.HOURS_ENDED, name="border_gate.tell_hours_ended")
def tell_hours_ended(event: Event) -> None:
    """Those whose trips the order kept from coming and nothing else keeps."""
    facts = {"gate": _gates(event.payload["points"]), "ref": event.payload["document_no"], "a": show_moment(event.at)}
    _tell_all(clock_words.HOURS_AGAIN, [UUID(one) for one in event.payload["trips"]], event, **facts)


@subscribe(events.HOURS_CHANGED, name="border_gate.tell_hours")
def tell_hours(event: Event) -> None:
    """Drivers and firms whose trips the changed hours keep from coming; longer hours keep nobody."""
    first = OperatingCalendar.objects.filter(order=event.record_id).first()
    if first is None:
        return
    points = [UUID(one) for one in event.payload["points"]]
    begins, ends = (datetime.fromisoformat(event.payload[name]) for name in ("begins_at", "ends_at"))
    asked: dict[str, Any] = {"points": points, "directions": event.payload["directions"], "at": event.at}
    touched = touched_by_hours(begins_at=begins, ends_at=ends, calendars=calendars_of(points), **asked)
    told = {
        "gate": _gates(points),
        "what": CalendarKind(first.kind).label,
        "a": show_moment(begins),
        "b": show_moment(ends),
    }
    _tell_all(clock_words.HOURS_CHANGED, touched.trips, event, ref=first.document_no or first.source, **told)


@subscribe(events.SLOT_NEAR, name="border_gate.tell_slot_near")
def tell_slot_near(event: Event) -> None:
    trip = trip_of(event.record_id)
    if trip is not None and trip.slot_id is not None:
        told = [Told(clock_words.SLOT_NEAR, (audience.DRIVER,), lasts=True)]
        tell(trip, event, told, left=event.payload["left"])


@subscribe(events.CALL_REPEATED, name="border_gate.tell_call_again")
def tell_call_again(event: Event) -> None:
    _tell_called(event, Told(clock_words.CALLED_AGAIN, (audience.DRIVER,)))


@subscribe(events.CALL_UNANSWERED, name="border_gate.tell_to_phone")
def tell_to_phone(event: Event) -> None:
    """Who keeps the holding area in which the vehicle stands has the list with the telephone; else the yard."""
    trip = trip_of(event.record_id)
    known = trip is not None and trip.buffer_id is not None
    _tell_called(event, Told(clock_words.TO_BE_PHONED, (audience.BUFFER if known else audience.YARD,)))


def _tell_called(event: Event, told: Told) -> None:
    trip = trip_of(event.record_id)
    if trip is not None and trip.state == CALLED:
        tell(trip, event, [told], count=event.payload["count"])


@subscribe(events.CONGESTION_FORESEEN, name="border_gate.tell_congestion")
def tell_congestion(event: Event) -> None:
    """The board at the point, and leaders."""
    point = CrossingPoint.objects.filter(pk=event.record_id).first()
    if point is None:
        return
    people = audience.officers_at(("BQLKKT", audience.LEADER), point.pk, at=event.at)
    facts = {"gate": point.gate_short, "count": event.payload["count"], "room": event.payload["room"]}
    facts["percent"] = event.payload["percent"]
    send_to(clock_words.CONGESTED, people, event, reverse("border_gate:windows"), **facts)


@subscribe(events.APPEAL_FILED, name="border_gate.tell_appeal")
def tell_appeal(event: Event) -> None:
    """Those of the board who answer."""
    row = Appeal.objects.filter(pk=event.record_id).first()
    if row is not None:
        people = audience.officers_at(("BQLKKT",), row.point_id, at=event.at)
        send_to(clock_words.APPEALED, people, event, reverse("border_gate:appeals"), number=row.number)


@subscribe(events.APPEAL_ANSWERED, name="border_gate.tell_appeal_answered")
def tell_answered(event: Event) -> None:
    """Who filed it."""
    row = Appeal.objects.filter(pk=event.record_id).first()
    if row is None:
        return
    url = reverse("border_gate:driver") if row.trip_id else reverse("border_gate:firm_slots")
    send_to(
        clock_words.APPEAL_ANSWERED,
        reached([row.made_by]),
        event,
        url,
        number=row.number,
        verdict=Appeal.State(row.state).label,
    )


def _gates(points: Sequence[UUID | str]) -> str:
    return ", ".join(one.gate_short for one in CrossingPoint.objects.filter(pk__in=points))


def _tell_all(kind: NoticeKind, trips: Sequence[UUID], event: Event, **facts: Any) -> None:
    """Every driver of these trips and everybody of their firms, each once: a handful of queries."""
    if not trips:
        return
    drivers = audience.drivers_of_many(trips)
    send_to(kind, drivers, event, reverse("border_gate:driver"), **facts)
    told = {one.id for one in drivers}
    firms = [one for one in audience.firms_of_many(trips, at=event.at) if one.id not in told]
    send_to(kind, firms, event, reverse("border_gate:firm"), **facts)


def send_to(kind: NoticeKind, to: Sequence[Recipient], event: Event, url: str, **facts: Any) -> None:
    """One notice of that event to each, in his language; delivered again it is told to nobody twice."""
    key = f"{event.name}:{event.record_id}:{event.id}"
    for persons, known in in_their_language(to, lambda: facts):
        send(kind.name, to=persons, event_key=key, by=SYSTEM, at=event.at, url=url, **known)
