"""What drivers were sent, and how far each message came: for the officer who wants to know whether he was heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tinhso.kernel.identity.models import AccessLink
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.pillars.border.gate.models import Trip

MOST = 60
TONES = {
    Delivery.WAITING: "wait", Delivery.SENDING: "run", Delivery.SENT: "run", Delivery.RECEIVED: "done",
    Delivery.FAILED: "stop", Delivery.NOT_NEEDED: "",
}  # fmt: skip
BEST = (Delivery.RECEIVED, Delivery.SENT, Delivery.SENDING, Delivery.WAITING, Delivery.FAILED)
"""Of several ways of one notice the one that says most."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of one notice; `at`: when it came so far, by the machine's clock."""

    name: Any
    tone: str
    word: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """One notice to the driver, and whether he has read it. Its words are his: one of them holds his link."""

    at: datetime
    title: Any
    read_at: datetime | None
    ways: list[Way]


def sent_to_driver(trip: Trip) -> list[Sent]:
    """What was said to the driver of this trip, by all links that it had and by his own telephone; newest first."""
    holders = AccessLink.objects.filter(record_id=trip.pk).values("holder_id")
    to = Q(recipient__in=holders)
    if trip.driver is not None:
        to |= Q(recipient=trip.driver.person_id, fields__code=trip.shown_code())
    rows = _with_ways(Notice.objects.filter(to, quiet=False).order_by("-id")[:MOST])
    return [Sent(one.at, one.title, one.read_at, _ways(one)) for one in rows]


def how_far(trips: Sequence[UUID], *, kind: str, number: str) -> dict[UUID, Way]:
    """Of the notices of that kind and number: how far the one to each trip's driver came. Three queries."""
    links = AccessLink.objects.filter(record_id__in=trips).order_by("created_at")
    trip_of = {link.holder_id: link.record_id for link in links if link.record_id}
    drivers = Trip.objects.filter(pk__in=trips, driver__isnull=False).values_list("driver__person_id", "pk")
    trip_of = dict(drivers) | trip_of
    told = Notice.objects.filter(recipient__in=list(trip_of), kind=kind, fields__number=number).order_by("id")
    found = {trip_of[one.recipient]: _best(one) for one in _with_ways(told)}
    return {trip: way for trip, way in found.items() if way is not None}


def _with_ways(rows: QuerySet[Notice]) -> QuerySet[Notice]:
    return rows.prefetch_related("deliveries")


def _ways(notice: Notice) -> list[Way]:
    return [_way(one) for one in sorted(notice.deliveries.all(), key=lambda one: one.pk)]


def _way(one: Delivery) -> Way:
    return Way(one.get_channel_display(), TONES[one.state], one.get_state_display(), one.changed_at)


def _best(notice: Notice) -> Way | None:
    ways = sorted((one for one in notice.deliveries.all() if one.state in BEST), key=lambda one: BEST.index(one.state))
    return _way(ways[0]) if ways else None
