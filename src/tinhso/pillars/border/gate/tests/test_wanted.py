"""Vehicles that a force wants to see: set and lifted by it alone, named at barriers, the reason its own."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import handlers_of
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.actions.wanted import unwant_vehicle, want_vehicle
from tinhso.pillars.border.gate.models import Force, Trip, Vehicle
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.offline import entry_of
from tinhso.pillars.border.gate.queries.wanted import wanting
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_vehicle
from tinhso.pillars.border.gate.tests.test_firm_pages import at_noon, firm  # noqa: F401
from tinhso.pillars.border.gate.tests.test_orders import of_force

WHY = "Nghi tráo hàng lần trước"


def put(client, plate: str = "12C-123.45"):
    told = {"plate": plate, "force": "HAIQUAN", "reason": WHY}
    return client.post(reverse("border_gate:wanted_set"), told)


def test_a_force_sets_and_lifts_with_a_reason(gate, at_noon):  # noqa: F811
    customs = of_force(gate, "HAIQUAN")
    put(customs)
    vehicle = Vehicle.objects.select_related("wanted_by").get(plate="12C12345")
    assert (vehicle.wanted_by.code, vehicle.wanted_for) == ("HAIQUAN", WHY)

    customs.post(reverse("border_gate:wanted_lift", args=[vehicle.pk]), {"reason": "Đã kiểm tra, đúng khai báo"})

    vehicle.refresh_from_db()
    assert (vehicle.wanted_by, vehicle.wanted_for) == (None, "")
    actions = Entry.objects.filter(record_id=vehicle.pk).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["border_gate.vehicle_wanted", "border_gate.vehicle_unwanted"]


def test_another_force_reads_no_reason_and_lifts_nothing(gate, at_noon):  # noqa: F811
    put(of_force(gate, "HAIQUAN"))
    other = of_force(gate, "KDTV")
    vehicle = Vehicle.objects.get(plate="12C12345")

    page = other.get(reverse("border_gate:wanted")).content.decode()
    other.post(reverse("border_gate:wanted_lift", args=[vehicle.pk]), {"reason": "Không cần nữa, bỏ đi"})

    assert "123.45" in page
    assert WHY not in page
    vehicle.refresh_from_db()
    assert vehicle.wanted_by_id is not None


def test_the_force_is_named_at_the_barrier_online_and_offline_without_the_reason(gate, firm):  # noqa: F811
    trailer = make_vehicle("12R00123", kind="TRAILER", owner=firm)
    draft = fruit_draft(gate, firm=firm, trailer=trailer)
    declare.submit_trip(trip=declare.draft_trip(draft=draft, by=gate.everything, at=NOON), by=gate.everything, at=NOON)
    put(of_force(gate, "HAIQUAN"), "12R-001.23")
    customs = Force.objects.get(code="HAIQUAN").short

    page = of_force(gate, "BIENPHONG").get(reverse("border_gate:barrier", args=["HN-1119-B1"]), {"xe": "12C12345"})

    assert "Cần kiểm tra bởi" in page.content.decode()
    assert WHY not in page.content.decode()
    entry = entry_of(Trip.objects.get(), "", ())
    assert (wanting("12C12345", "12R00123"), entry["w"]) == (customs, customs)
    assert WHY not in str(entry)


def test_nobody_acts_in_the_name_of_another_force(gate, at_noon):  # noqa: F811
    from tinhso.kernel.testing.people import make_person

    stranger = make_person("Người lạ").actor()
    customs = Force.objects.get(code="HAIQUAN")
    with pytest.raises(Refusal) as refused:
        want_vehicle(plate="12C12345", force=customs, reason=WHY, by=stranger, at=NOON)
    vehicle = make_vehicle("12C12345")
    Vehicle.objects.filter(pk=vehicle.pk).update(wanted_by=customs, wanted_for=WHY)
    with pytest.raises(Refusal) as lifted:
        unwant_vehicle(vehicle=vehicle, reason="Không cần nữa, bỏ đi", by=stranger, at=NOON)

    assert (refused.value.code, lifted.value.code) == ("BG-024", "BG-024")


def test_the_force_hears_when_its_vehicle_comes(gate, firm, at_noon):  # noqa: F811
    draft = fruit_draft(gate, firm=firm, trailer=make_vehicle("12R00123", kind="TRAILER", owner=firm))
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    put(of_force(gate, "HAIQUAN"), "12R-001.23")
    here, there, others = (make_person(name) for name in ("Hải quan Hữu Nghị", "Hải quan Tân Thanh", "Kiểm dịch"))
    grant(here, role_code("HAIQUAN"), place=gate.points["HN-1119"].pk)
    grant(there, role_code("HAIQUAN"), place=gate.points["TT-1088"].pk)
    grant(others, role_code("KDTV"), place=gate.points["HN-1119"].pk)

    for number, name in enumerate(("buffered", "released"), start=1):
        event = Event(f"border_gate.trip_{name}", "border_gate.trip", trip.pk, 3, NOON, SYSTEM.id, {}, id=number)
        for handler in handlers_of(event.name):
            handler.handle(event)

    told = Notice.objects.filter(kind="border_gate.wanted_seen")
    assert {one.recipient for one in told} >= {here.pk}
    assert not {there.pk, others.pk} & {one.recipient for one in told}
    assert {one.fields["plate"] for one in told} == {"12R-001.23"}
    assert {one.event_key.split(":")[0] for one in told} == {"border_gate.trip_buffered"}
    assert WHY not in str([one.fields for one in told])
