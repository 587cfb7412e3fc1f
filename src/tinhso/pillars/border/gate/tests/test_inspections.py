"""Another force asks customs for an inspection: it opens once, with the reason kept, and only before the release."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.events.models import Outbox
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.actions.customs import key_customs
from tinhso.pillars.border.gate.actions.inspections import ask_inspection
from tinhso.pillars.border.gate.models import ClearanceTask, Force, InspectionAsk, Trip
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_firm_pages import at_noon  # noqa: F401
from tinhso.pillars.border.gate.tests.test_orders import of_force
from tinhso.pillars.border.gate.tests.test_ways import declared, firm, people  # noqa: F401

WHY = "Nghi hàng khác với khai báo"


@pytest.fixture
def trip(gate, firm, people) -> Trip:  # noqa: F811
    return declared(gate, firm, people)


def asked(trip: Trip, people, force: str = "BIENPHONG", reason: str = WHY) -> InspectionAsk:  # noqa: F811
    return ask_inspection(trip=trip, force=Force.objects.get(code=force), reason=reason, by=people[force], at=NOON)


def inspections(trip: Trip) -> list[str]:
    rows = ClearanceTask.objects.filter(trip=trip, kind="CUSTOMS_INSPECT")
    return list(rows.values_list("force__code", flat=True))


def test_the_inspection_opens_for_customs_and_is_told(trip, people):  # noqa: F811
    asked(trip, people)

    assert inspections(trip) == ["HAIQUAN"]
    entry = Entry.objects.get(action="border_gate.ask_inspection", record_id=trip.pk)
    assert WHY in entry.payload
    assert Outbox.objects.filter(name="border_gate.inspection_asked", record_id=trip.pk).count() == 1


def test_said_twice_or_by_two_forces_it_is_one_inspection(trip, people):  # noqa: F811
    first = asked(trip, people)

    again = asked(trip, people, reason="Lý do khác, nói lại lần nữa")
    asked(trip, people, "KDTV")

    assert (again.pk, again.reason) == (first.pk, WHY)
    assert (len(inspections(trip)), InspectionAsk.objects.count()) == (1, 2)


def test_a_green_channel_takes_no_inspection_away_that_a_force_asked_for(trip, people):  # noqa: F811
    asked(trip, people)

    key_customs(trip=trip, number="106123456789", channel=1, status="channelled", by=people["HAIQUAN"], at=NOON)

    assert list(ClearanceTask.objects.filter(trip=trip, kind="CUSTOMS_INSPECT").values_list("state", flat=True)) == [
        "open"
    ]


def test_nobody_asks_in_another_forces_name_without_a_reason_or_before_acceptance(gate, trip, people):  # noqa: F811
    with pytest.raises(Forbidden):
        ask_inspection(trip=trip, force=Force.objects.get(code="KDTV"), reason=WHY, by=people["BIENPHONG"], at=NOON)
    with pytest.raises(Refusal, match="BG-038"):
        asked(trip, people, reason="Nghi")
    declare.cancel_trip(trip=trip, by=people["ENTERPRISE"], at=NOON)
    with pytest.raises(Refusal, match="BG-546"):
        asked(trip, people)

    assert not InspectionAsk.objects.exists()


def test_the_desk_offers_it_to_any_force_but_customs_and_shows_who_asked(gate, trip, at_noon):  # noqa: F811
    page, address = reverse("border_gate:trip", args=[trip.pk]), reverse("border_gate:trip_inspection", args=[trip.pk])
    guard, customs = of_force(gate, "BIENPHONG"), of_force(gate, "HAIQUAN")
    offered = [address in one.get(page).content.decode() for one in (guard, customs)]

    guard.post(address, {"reason": WHY})

    assert offered == [True, False]
    assert WHY in customs.get(page).content.decode()
    assert inspections(trip) == ["HAIQUAN"]
