"""Events that wait for the board, with the trips that they speak of; devices of the gate and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.identity.models import Person
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.kernel.web.offline.sync import Standing, standings
from tinhso.pillars.border.gate.models import CrossingPoint, Trip
from tinhso.pillars.border.gate.permissions import ENROL_DEVICE
from tinhso.pillars.border.gate.rules import plates

APP = "border_gate"
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event on the list, in words that decide: what the device says, and how the trip stands now."""

    event: OfflineEvent
    plate: str
    trip: Trip | None
    officer: str
    why: str
    step: str
    form_no: str


def waiting(rows: QuerySet[OfflineEvent], *, language: str) -> list[Waiting]:
    """The first hundred of the list; three queries, however long it is."""
    events = list(rows[:SHOWN])
    codes = {str(event.payload.get("trip") or "") for event in events}
    trips = {trip.code: trip for trip in Trip.objects.filter(code__in=codes - {""}).select_related("point")}
    names = dict(Person.objects.filter(pk__in={event.officer_id for event in events}).values_list("pk", "full_name"))
    return [_row(event, trips, names, language) for event in events]


def _row(event: OfflineEvent, trips: dict[str, Trip], names: dict[UUID, str], language: str) -> Waiting:
    told: dict[str, Any] = event.payload
    why = event.why.get("vi" if language == "vi" else "en", "")
    return Waiting(
        event=event,
        plate=plates.show(str(told.get("plate") or "")),
        trip=trips.get(str(told.get("trip") or "")),
        officer=names.get(event.officer_id, ""),
        why=why,
        step=str(told.get("step") or event.kind),
        form_no=str(told.get("paper") or ""),
    )


def devices(*, by: Actor, at: datetime) -> list[tuple[Standing, str]]:
    """The devices that `by` may set up or lock, with the names of their points; offline minutes are today's."""
    rows = visible(OfflineDevice.objects.filter(app=APP), by, ENROL_DEVICE, at).select_related("device")
    names = {point.pk: point.gate_short for point in CrossingPoint.objects.all()}
    return [(one, names.get(one.device.place_id, "")) for one in standings(rows[:SHOWN], since=midnight(at), at=at)]


def devices_now(at: datetime) -> list[Standing]:
    """All devices that are in use, for the figures."""
    rows = OfflineDevice.objects.filter(app=APP, device__revoked_at=None).select_related("device")
    return standings(rows, since=midnight(at), at=at)


def midnight(at: datetime) -> datetime:
    """When the day of Viet Nam began."""
    return datetime.combine(at.astimezone(HANOI).date(), time(), HANOI)
