"""Cards of vehicles and drivers: what the firm writes there is what the guards ask; a driver keeps his nationality."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tinhso.kernel.base.errors import Refusal
from tinhso.pillars.border.gate.actions import declare, move
from tinhso.pillars.border.gate.actions.firm import NewDriver, new_person
from tinhso.pillars.border.gate.actions.firm_forms import DriverFields
from tinhso.pillars.border.gate.models import Driver, Vehicle
from tinhso.pillars.border.gate.queries.offline import entry_of
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_api import signed_in
from tinhso.pillars.border.gate.tests.test_firm_pages import at_noon, clerk, client, firm  # noqa: F401

DRIVER = {
    "nationality": "VN",
    "paper_until": "2030-12-31",
    "phone": "0900 000 002",
    "licence_no": "L1",
    "licence_class": "FC",
    "licence_until": "2026-06-09",
    "language": "vi",
}


def sent(gate, firm, **fields):  # noqa: F811
    trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm, **fields), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def test_a_card_says_what_a_vehicle_may_carry_and_until_when(gate, firm, client):  # noqa: F811
    added = {"plate": "12C-123.45", "kind": "RIGID", "max_gross_kg": "18000", "inspected_until": "2026-06-09"}
    client.post(reverse("border_gate:firm_fleet"), added)
    vehicle = Vehicle.objects.get()
    assert (vehicle.kind, vehicle.max_gross_kg, vehicle.inspected_until) == ("RIGID", 18_000, date(2026, 6, 9))

    trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm, tractor=vehicle), by=gate.everything, at=NOON)
    declare.check_trips(trips=[trip], at=NOON)
    assert {one["code"] for one in trip.problems} == {"BG-009", "BG-425"}

    address = reverse("border_gate:firm_vehicle", args=[vehicle.pk])
    client.post(address, {"kind": "RIGID", "max_gross_kg": "40000", "inspected_until": "2027-01-01"})
    trip.tractor.refresh_from_db()
    declare.check_trips(trips=[trip], at=NOON)
    assert trip.problems == []


def test_a_card_says_axles_and_kerb_weight_and_the_dossier_shows_them(gate, firm, client):  # noqa: F811
    added = {"plate": "12C-123.45", "kind": "RIGID", "max_gross_kg": "40000", "axles": "3", "kerb_kg": "9000"}
    fleet = client.post(reverse("border_gate:firm_fleet"), added, follow=True).content.decode()
    vehicle = Vehicle.objects.get()
    trip = sent(gate, firm, tractor=vehicle)
    customs = signed_in("HAIQUAN", place=gate.points["HN-1119"].pk)

    dossier = customs.get(reverse("border_gate:trip", args=[trip.pk])).content.decode()

    assert (vehicle.axles, vehicle.kerb_kg) == (3, 9_000)
    assert "3 trục, khối lượng bản thân 9.000 kg" in fleet
    assert "3 trục, khối lượng bản thân 9.000 kg" in dossier


@pytest.mark.parametrize(
    "wrong", [{"kerb_kg": "40000"}, {"kerb_kg": "499"}, {"kerb_kg": "60001"}, {"axles": "0"}, {"axles": "21"}]
)
def test_a_card_that_cannot_be_is_refused(firm, client, wrong):  # noqa: F811
    added = {"plate": "12C-123.45", "kind": "RIGID", "max_gross_kg": "40000"}

    client.post(reverse("border_gate:firm_fleet"), {**added, **wrong})

    assert not Vehicle.objects.exists()


def test_a_drivers_licence_on_his_card_counts(gate, firm, client):  # noqa: F811
    driver = make_driver(employer=firm)

    client.post(reverse("border_gate:firm_driver", args=[driver.pk]), DRIVER)

    driver = Driver.objects.select_related("person").get(pk=driver.pk)
    assert (driver.licence_class, driver.licence_until) == ("FC", date(2026, 6, 9))
    assert driver.person.phone == "+84900000002"
    with pytest.raises(Refusal) as refused:
        sent(gate, firm, driver=driver)
    assert refused.value.code == "BG-007"


@pytest.mark.parametrize("what", ["licence", "permit"])
def test_a_barrier_stays_closed_once_licence_or_permit_has_ended(gate, firm, what):  # noqa: F811
    trip = sent(gate, firm)
    yesterday = TODAY - timedelta(days=1)
    if what == "licence":
        Driver.objects.filter(pk=trip.driver_id).update(licence_until=yesterday)
    else:
        Vehicle.objects.filter(pk=trip.tractor_id).update(permit_until=yesterday)
    by = {"by": gate.everything, "at": NOON}
    move.depart(trip=trip, **by)
    move.enter_buffer(trip=trip, plate="12C12345", confirmed=True, **by)
    move.call_next(point=trip.point, **by)

    with pytest.raises(Refusal) as refused:
        move.arrive(trip=trip, plate="12C12345", confirmed=True, **by)

    trip = type(trip).objects.get(pk=trip.pk)
    assert refused.value.code == "BG-007"
    assert entry_of(trip, "", ())["dp"] == yesterday.isoformat()


def test_anothers_vehicle_is_no_card_of_mine(gate, firm, client):  # noqa: F811
    other = make_firm("Công ty khác", "4900999996")
    theirs = make_vehicle("12C99999", owner=other)

    answer = client.post(reverse("border_gate:firm_vehicle", args=[theirs.pk]), {"kind": "VAN"})

    assert answer.status_code == 404
    theirs.refresh_from_db()
    assert theirs.kind == "TRACTOR"


@pytest.mark.parametrize(
    ("kind", "number", "said", "plate", "is_of"),
    [
        ("PASSPORT", "E12345678", "CN", "", "CN"),
        ("BORDER_PASS", "BP123456", "", "桂F12345", "CN"),
        ("PASSPORT", "C1234567", "", "12C-123.45", "VN"),
        ("PASSPORT", "C1234567", "VN", "桂F12345", "VN"),
        ("CCCD", "020190000017", "CN", "", "VN"),
    ],
)
def test_a_driver_is_the_citizen_that_he_says_or_that_the_plate_tells(kind, number, said, plate, is_of):
    from django import forms

    class Typed(DriverFields):
        tractor = forms.CharField(required=False)

    form = Typed({
        "driver_name": "Lý Minh", "paper_kind": kind, "paper_no": number, "paper_until": "2030-01-01",
        "phone": "0900000003", "nationality": said, "tractor": plate,
    })  # fmt: skip

    assert form.is_valid(), form.errors
    assert new_person(form.new_driver()).nationality == is_of


def test_without_a_plate_the_paper_tells():
    assert new_person(NewDriver(name="Lý", kind="CN_ID", number="")).nationality == "CN"
    assert new_person(NewDriver(name="An", kind="PASSPORT", number="")).nationality == "VN"
