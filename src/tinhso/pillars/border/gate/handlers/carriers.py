"""Trips to carry: the transport firm hears what it is given and what is taken back, the firm what was assigned."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from tinhso.kernel.access.models import Grant
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import Recipient, reached, send
from tinhso.kernel.notices.kinds import NoticeKind
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.handlers import audience
from tinhso.pillars.border.gate.handlers import carrier_words as words
from tinhso.pillars.border.gate.models import Haulage
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.rules import plates


@subscribe(events.HAULAGE_GIVEN, name="border_gate.tell_carrier")
def tell_carrier(event: Event) -> None:
    haulage = _haulage(event)
    if haulage is not None and haulage.ended_at is None:
        firm = haulage.trip.enterprise.agency.name if haulage.trip.enterprise else ""
        url = reverse("border_gate:carrier_load", args=[haulage.pk])
        _send(words.GIVEN, _people(haulage.carrier_id, event), event, url, firm=firm, code=haulage.trip.shown_code())


@subscribe(events.HAULAGE_ENDED, name="border_gate.tell_carrier_of_end")
def tell_carrier_of_end(event: Event) -> None:
    haulage = _haulage(event)
    if haulage is not None:
        url = reverse("border_gate:carrier")
        _send(words.ENDED, _people(haulage.carrier_id, event), event, url, code=haulage.trip.shown_code())


@subscribe(events.HAULAGE_ASSIGNED, name="border_gate.tell_assigned")
def tell_assigned(event: Event) -> None:
    """The declaring firm, as long as the carrier still has the trip."""
    haulage = _haulage(event)
    if haulage is None or haulage.ended_at is not None:
        return
    trip = haulage.trip
    facts = {"carrier": haulage.carrier.agency.name, "plate": plates.show(trip.tractor_plate)}
    people = audience.firms_of_many([trip.pk], at=event.at)
    url = reverse("border_gate:firm_trip", args=[trip.pk])
    _send(words.ASSIGNED, people, event, url, code=trip.shown_code(), **facts)


def _haulage(event: Event) -> Haulage | None:
    rows = Haulage.objects.select_related("trip__enterprise__agency", "carrier__agency")
    return rows.filter(pk=event.record_id).first()


def _people(carrier: UUID, event: Event) -> list[Recipient]:
    now = Q(valid_from__lte=event.at) & (Q(valid_until=None) | Q(valid_until__gt=event.at))
    held = Grant.objects.filter(now, role__code=role_code("CARRIER"), record_id=None, agency_id=carrier)
    return reached(held.values_list("holder_id", flat=True).distinct())


def _send(kind: NoticeKind, to: list[Recipient], event: Event, url: str, **facts: str) -> None:
    send(kind.name, to=to, event_key=f"{event.name}:{event.id}", by=SYSTEM, at=event.at, url=url, **facts)
