"""Vehicles that came undeclared: their link to those who can declare them, their place in the queue, their count."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid5

from django.urls import reverse

from tinhso.kernel.base import site
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import Recipient
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import noted, undeclared
from tinhso.pillars.border.gate.flows.states import DRAFT
from tinhso.pillars.border.gate.flows.trip import FROM_INLAND
from tinhso.pillars.border.gate.handlers import officers, travellers
from tinhso.pillars.border.gate.handlers import undeclared_words as words
from tinhso.pillars.border.gate.handlers.audience import ENTERPRISE, YARD, people_of
from tinhso.pillars.border.gate.handlers.telling import Told, announce, tell, trip_of
from tinhso.pillars.border.gate.models import Trip, UndeclaredArrival


@subscribe("border_gate.trip_found_undeclared", name="border_gate.tell_found_undeclared")
def tell_found(event: Event) -> None:
    """At barrier 1 the driver is told, at the line the yard; the firm, where it is known, in both cases."""
    trip, arrival = trip_of(event.record_id), _arrival(event)
    if trip is None or arrival is None or trip.state != DRAFT:
        return
    from_inland = trip.kind in FROM_INLAND
    if from_inland:
        _send_link(trip, arrival, event)
    people = people_of(trip, (ENTERPRISE,) if from_inland else (ENTERPRISE, YARD), at=event.at)
    url = path_of(arrival)
    announce(travellers.CAME_UNDECLARED, people[ENTERPRISE], trip, event, url=url)
    announce(officers.WAITS_ABROAD, people.get(YARD, []), trip, event, url=url)


@subscribe(events.LINK_WANTED, name="border_gate.send_link")
def send_link(event: Event) -> None:
    """A telephone was noted afterwards."""
    trip, arrival = trip_of(event.record_id), _arrival(event)
    if trip is not None and arrival is not None and trip.state == DRAFT:
        _send_link(trip, arrival, event)


@subscribe("border_gate.trip_accepted", name="border_gate.join_queue")
def join_queue(event: Event) -> None:
    """A person has accepted it afterwards; who is accepted by rule is in the queue already."""
    trip = Trip.objects.filter(pk=event.record_id).first()
    if trip is not None:
        noted.end_noted(trip=trip, at=event.at)
        noted.join_queues(trips=[trip], at=event.at)


@subscribe("border_gate.trip_left_undeclared", name="border_gate.end_link_of_left")
@subscribe("border_gate.trip_lapsed_undeclared", name="border_gate.end_link_of_lapsed")
def end_link(event: Event) -> None:
    """The vehicle has left: its link declares nothing any more."""
    arrival = _arrival(event)
    if arrival is not None:
        noted.end_link(arrival=arrival, at=event.at)


@subscribe(events.ARRIVAL_COUNTED, name="border_gate.tell_counted")
def tell_counted(event: Event) -> None:
    """A warning, or that booking is locked and until when."""
    trip = trip_of(event.record_id)
    if trip is None:
        return
    facts: dict[str, Any] = {name: event.payload[name] for name in ("count", "days", "limit", "lock")}
    until = event.payload.get("until")
    kind = travellers.LOCKED if until else travellers.WARNED
    if until:
        facts["until"] = show_date(datetime.fromisoformat(until))
    tell(trip, event, [Told(kind, (ENTERPRISE,), lasts=True)], **facts)


@subscribe(events.ARRIVAL_WITHDRAWN, name="border_gate.tell_noted_by_mistake")
def tell_noted_by_mistake(event: Event) -> None:
    """The firm, where it is known, was told of the arrival and of its count."""
    trip = trip_of(event.record_id)
    if trip is not None:
        tell(trip, event, [Told(words.NOTED_BY_MISTAKE, (ENTERPRISE,), lasts=True)])


def path_of(arrival: UndeclaredArrival) -> str:
    """The page of the short link."""
    return reverse("border_gate:quick", args=[undeclared.link_code(arrival)])


def _send_link(trip: Trip, arrival: UndeclaredArrival, event: Event) -> None:
    """To the telephone noted; another number is another recipient, or it would count as told."""
    if arrival.phone:
        driver = Recipient(uuid5(arrival.pk, arrival.phone), phone=arrival.phone, language=_language(arrival))
        link = site.whole(path_of(arrival))
        announce(travellers.TO_DECLARE, [driver], trip, event, url=path_of(arrival), link=link)


def _language(arrival: UndeclaredArrival) -> str:
    """By the number: nothing else is known of him."""
    return "zh-hans" if arrival.phone.startswith("+86") else "vi"


def _arrival(event: Event) -> UndeclaredArrival | None:
    return UndeclaredArrival.objects.filter(trip_id=event.record_id).first()
