"""A transport firm's program reads the trips given to it and names vehicle and driver; nothing else, no other's."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from tinhso.kernel.access.models import Grant
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.machines.clients import connect, make_key
from tinhso.kernel.machines.models import ApiClient
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_carriers import SECRETS, accepted, waiting

BASE = "/api/v1/border/gate"


@pytest.fixture
def at_noon(gate):
    with clock.frozen(NOON):
        yield gate


@pytest.fixture
def firm(at_noon):
    return make_firm()


@pytest.fixture
def an(firm):
    person = make_person("An")
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    return person


@pytest.fixture
def carrier(at_noon):
    return make_firm("Vận tải Bình", "4900234576")


@pytest.fixture
def own(carrier):
    return {
        "tractor": make_vehicle("12C54321", owner=carrier),
        "trailer": make_vehicle("12R00123", kind="TRAILER", owner=carrier),
        "driver": make_driver("Lý Văn Vận", "020090001242", employer=carrier),
    }


def administrator(firm):
    person = make_person("Quản trị")
    grant(person, role_code("CARRIER"), agency=firm.pk)
    grant(person, "border_firm_admin", agency=firm.pk)
    return person.actor()


def key_of(firm, scopes=("border_gate.carry",)) -> dict[str, str]:
    """The header with the key of a program of that transport firm."""
    by = administrator(firm)
    client = connect(agency=firm.agency, name="TMS", scopes=scopes, by=by, at=NOON)
    _key, text = make_key(client=client, name="", lasts=timedelta(days=1), by=by, at=NOON)
    return {"HTTP_AUTHORIZATION": f"Bearer {text}"}


def assign(held, key, *, idempotency="k1", **other):
    body = {"tractor": "12C-543.21", "trailer": "12R-001.23", **other}
    return Client().post(
        f"{BASE}/haulages/{held.pk}/assignments", json.dumps(body), content_type="application/json",
        HTTP_IDEMPOTENCY_KEY=idempotency, **key,
    )  # fmt: skip


def test_the_program_reads_what_is_carried_and_no_more(at_noon, firm, an, carrier, own):
    held = accepted(at_noon, firm, an, carrier)
    key = key_of(carrier)

    answer = Client().get(f"{BASE}/haulages", **key)
    one = Client().get(f"{BASE}/haulages/{held.pk}", **key)

    assert [row["id"] for row in answer.json()["items"]] == [str(held.pk)]
    assert (one.json()["kg"], one.json()["plate"]) == (18_600, "12C-123.45")
    assert not [secret for secret in SECRETS if secret in answer.content.decode() + one.content.decode()]


def test_it_names_vehicle_and_driver_of_the_fleet_it_reads(at_noon, firm, an, carrier, own):
    held = waiting(at_noon, firm, an, carrier)
    key = key_of(carrier)
    fleet = Client().get(f"{BASE}/fleet", **key).json()

    answer = assign(held, key, driver=fleet["drivers"][0]["id"])

    assert {one["plate"]: one["trailer"] for one in fleet["vehicles"]} == {"12C-543.21": False, "12R-001.23": True}
    assert answer.status_code == 200, answer.content
    trip = Trip.objects.get(pk=held.trip_id)
    assert (trip.tractor_plate, trip.trailer_plate, trip.driver_id) == ("12C54321", "12R00123", own["driver"].pk)
    assert answer.json()["driver"] == "Lý Văn Vận"


def test_the_same_call_again_is_answered_and_not_done_again(at_noon, firm, an, carrier, own):
    held = accepted(at_noon, firm, an, carrier)
    key = key_of(carrier)

    first, again = (assign(held, key, driver=str(own["driver"].pk)) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 200)
    assert Trip.objects.get(pk=held.trip_id).amend_count == 1


def test_goods_cannot_be_changed_and_another_firms_vehicle_not_named(at_noon, firm, an, carrier, own):
    held = accepted(at_noon, firm, an, carrier)
    key = key_of(carrier)
    strange = make_vehicle("12C99999", owner=firm)

    goods = assign(held, key, driver=str(own["driver"].pk), gross_kg=1)
    vehicle = assign(held, key, driver=str(own["driver"].pk), tractor=strange.plate, idempotency="k2")
    amend = Client().post(
        f"{BASE}/trips/{held.trip_id}/amend", json.dumps({"values": {"seal_no": "X1"}, "reason": "Đổi số niêm phong"}),
        content_type="application/json", **key,
    )  # fmt: skip

    assert goods.status_code == 422
    assert (vehicle.status_code, vehicle.json()["code"]) == (422, "BG-474")
    assert amend.status_code in (403, 404)
    assert Trip.objects.get(pk=held.trip_id).gross_kg == 18_600


def test_a_stranger_finds_nothing_of_it(at_noon, firm, an, carrier, own):
    held = accepted(at_noon, firm, an, carrier)
    other = key_of(make_firm("Vận tải Chi", "4900234583"))

    answers = [Client().get(f"{BASE}/haulages", **other), Client().get(f"{BASE}/haulages/{held.pk}", **other)]
    assigned = assign(held, other, driver=str(own["driver"].pk))

    assert answers[0].json()["items"] == []
    assert (answers[1].status_code, assigned.status_code) == (404, 404)
    assert Client().get(f"{BASE}/haulages").status_code == 401


def test_a_key_without_the_scope_is_refused_and_a_declaring_firm_gives_none(at_noon, firm, an, carrier):
    key = key_of(carrier)
    client = ApiClient.objects.get(agency=carrier.agency)
    Grant.objects.filter(holder_id=client.pk).update(valid_until=NOON)
    grant(an, "border_firm_admin", agency=firm.pk)

    with pytest.raises(Forbidden):
        connect(agency=firm.agency, name="TMS", scopes=["border_gate.carry"], by=an.actor(), at=NOON)
    assert Client().get(f"{BASE}/haulages", **key).status_code == 403
