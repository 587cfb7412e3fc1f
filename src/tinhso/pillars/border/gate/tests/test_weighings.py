"""Weighbridges: a weight beyond the tolerance is shown to customs on the trip; it holds nothing by itself."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.actions.readings import key_for_machine
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.models import ControlPoint, Hold, MachineLight, Trip, Vehicle, Weighing
from tinhso.pillars.border.gate.rules import weighing as rules
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_api import BASE, signed_in
from tinhso.pillars.border.gate.tests.test_orders import at_noon  # noqa: F401
from tinhso.pillars.border.gate.tests.test_way_back import accepted  # noqa: F401

BARRIER, EMPTY, GOODS = "HN-1119-B2", 9_000, 18_600
EXPECTED = EMPTY + GOODS
"""27,600 kg: the tolerance of 2 per cent is 552 kg."""


@pytest.fixture
def bridge(gate) -> str:
    barrier = ControlPoint.objects.get(code=BARRIER)
    return key_for_machine(name="Cân bãi", barrier=barrier, by=gate.everything, at=NOON)


@pytest.fixture
def trip(gate, accepted) -> Trip:  # noqa: F811
    Vehicle.objects.filter(plate="12C12345").update(kerb_kg=EMPTY)
    return accepted


@pytest.fixture
def customs(gate) -> Client:
    return signed_in("HAIQUAN", place=gate.points["HN-1119"])


def tell(key: str, code: str = BARRIER, **read):
    body = {"id": str(uuid7()), "plate": "12C-123.45", "kg": EXPECTED, "weighed_at": NOON.isoformat()} | read
    headers = {"HTTP_AUTHORIZATION": f"Bearer {key}"} if key else {}
    return Client().post(f"{BASE}/barriers/{code}/weighings", json.dumps(body), "application/json", **headers)


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"border_gate:{name}", args=args)).content.decode()


@pytest.mark.parametrize(
    ("kg", "differs"), [(EXPECTED, False), (28_152, False), (28_153, True), (27_048, False), (27_047, True)]
)
def test_only_what_is_beyond_the_tolerance_differs(trip, bridge, kg, differs):
    tell(bridge, kg=kg)

    made = Weighing.objects.get()
    assert (made.trip_id, made.expected_kg, made.tolerance_percent, made.differs) == (trip.pk, EXPECTED, 2, differs)


def test_customs_see_the_difference_on_the_trip_and_in_their_list(trip, bridge, customs):
    tell(bridge, kg=31_000)

    shown, listed = page(customs, "trip", trip.pk), page(customs, "customs_alarms")

    for text in (shown, listed):
        assert "31.000" in text
        assert "27.600" in text
    assert "+3.400" in listed
    assert not Hold.objects.exists()


def test_a_right_weight_taken_again_ends_the_difference(trip, bridge, customs):
    tell(bridge, kg=31_000, weighed_at=(NOON - timedelta(minutes=5)).isoformat())
    tell(bridge, kg=27_500)

    assert "31.000" not in page(customs, "customs_alarms")
    assert Weighing.objects.count() == 2


def test_an_unsteady_reading_is_kept_and_does_not_count(trip, bridge):
    answer = tell(bridge, kg=31_000, steady=False)

    made = Weighing.objects.get()
    assert (answer.status_code, made.steady, made.differs) == (200, False, False)
    assert MachineLight.objects.get(system="weighbridge", place=BARRIER).failed_at


def test_where_the_empty_weight_is_unknown_nothing_is_compared(trip, bridge, customs):
    Vehicle.objects.filter(plate="12C12345").update(kerb_kg=None)

    tell(bridge, kg=60_000)

    assert (Weighing.objects.get().expected_kg, Weighing.objects.get().differs) == (None, False)
    assert "60.000" in page(customs, "trip_machines", trip.pk)


def test_the_bridges_own_empty_weight_goes_before_the_registers(trip, bridge):
    tell(bridge, kg=31_000, tare_kg=12_400)

    assert (Weighing.objects.get().expected_kg, Weighing.objects.get().differs) == (31_000, False)


def test_an_empty_container_weighs_what_the_rulebook_says(trip, bridge):
    from tinhso.pillars.border.gate.actions.weighings import _tare
    from tinhso.pillars.border.gate.queries.law import law_at

    trip = Trip.objects.select_related("tractor", "trailer").get(pk=trip.pk)
    trip.container_no, trip.container_type = "CSQU3054383", "45R1"

    assert _tare(trip, law_at(NOON)) == EMPTY + 3_900


@pytest.mark.parametrize(
    ("stands", "goods"),
    [
        ({}, 18_600),
        ({"unloaded_kg": 18_600}, 0),
        ({"kind": "IMP_VN_PICKUP"}, 0),
        ({"kind": "IMP_VN_PICKUP", "loaded_kg": 9_000}, 9_000),
        ({"leg": 2, "load_state": "EMPTY"}, 0),
        ({"leg": 2, "load_state": "REJECTED"}, 18_600),
        ({"leg": 2, "load_state": "LOADED"}, None),
    ],
)
def test_what_is_on_the_vehicle_by_its_papers(stands, goods):
    known = {"kind": "EXP_VN", "leg": 1, "load_state": "", "gross_kg": 18_600, "unloaded_kg": None, "loaded_kg": 0}

    assert rules.goods_on_board(**(known | stands)) == goods


def test_a_message_sent_twice_is_one_reading(trip, bridge):
    mark = str(uuid7())

    first, again = tell(bridge, id=mark, kg=31_000), tell(bridge, id=mark, kg=27_600)

    assert first.json() == again.json()
    assert Weighing.objects.get().kg == 31_000


def test_an_unknown_vehicle_is_weighed_without_a_trip(bridge):
    tell(bridge, plate="30A-999.99")

    assert Weighing.objects.get().trip_id is None


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kg": 20}, "BG-391"),
        ({"kg": 900_000}, "invalid"),
        ({"kg": 27_600.5}, "invalid"),
        ({"weighed_at": (NOON + timedelta(hours=1)).isoformat()}, "BG-387"),
        ({"weighed_at": "9000-10-08T18:46:26Z", "sent_at": "0121-04-11T05:11:50Z"}, "BG-387"),
        ({"more": 1}, "invalid"),
    ],
)
def test_what_cannot_be_right_is_refused(trip, bridge, wrong, code):
    answer = tell(bridge, **wrong)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Weighing.objects.exists()


def test_another_bridges_id_is_refused(trip, bridge):
    mark = str(uuid7())
    tell(bridge, id=mark)

    answer = tell(bridge, "HN-1119-B1", id=mark)

    assert (answer.status_code, answer.json()["code"]) == (409, "BG-396")


def test_strangers_and_machines_of_other_points_tell_nothing(trip, bridge):
    assert tell("").status_code == 401
    assert tell(bridge, "CM-01-B2").status_code in (403, 404)
    assert not Weighing.objects.exists()


@pytest.mark.parametrize(("fate", "kept"), [("well", 1), ("down", 0)])
def test_customs_have_the_simulated_bridge_weigh(trip, customs, fate, kept):
    choice.switch(choice.BRIDGE, fate)

    customs.post(reverse("border_gate:trip_weigh", args=[trip.pk]))

    assert Weighing.objects.count() == kept
    assert not Weighing.objects.filter(differs=True).exists()
    assert bool(MachineLight.objects.get(system="weighbridge").failed_at) == (fate == "down")


def test_a_wrong_bridge_is_far_off_or_unsteady_and_never_right(trip, customs):
    choice.switch(choice.BRIDGE, "wrong")

    customs.post(reverse("border_gate:trip_weigh", args=[trip.pk]))

    assert Weighing.objects.count() == Weighing.objects.filter(differs=True).count()


def test_customs_key_the_display_while_the_bridge_is_silent(trip, customs):
    address = reverse("border_gate:trip_weighing", args=[trip.pk])

    wrong = customs.post(address, {"kg": "mười", "note": "Cân số 2"})
    right = customs.post(address, {"kg": "31.000", "note": "Cân số 2"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "Cân số 2" in wrong.content.decode()
    made = Weighing.objects.get()
    assert (made.kg, made.by_hand, made.differs) == (31_000, True, True)


def test_others_read_and_key_nothing(gate, trip):
    other_customs = signed_in("HAIQUAN", place=gate.points["CM-01"])
    police = signed_in("CSGT", place=gate.points["HN-1119"])
    address = reverse("border_gate:trip_weighing", args=[trip.pk])

    assert other_customs.post(address, {"kg": "31000"}).status_code == 404
    assert police.post(address, {"kg": "31000"}).status_code == 403
    assert other_customs.get(reverse("border_gate:trip_machines", args=[trip.pk])).status_code == 404
    assert not Weighing.objects.exists()


def test_a_weight_is_evidence(trip, bridge):
    tell(bridge)

    with pytest.raises(DatabaseError), transaction.atomic():
        Weighing.objects.update(kg=1)


def test_the_list_asks_a_bounded_number_of_queries(gate, trip, bridge, customs, django_assert_max_num_queries):
    for number in range(5):
        tell(bridge, kg=31_000 + number, weighed_at=(NOON - timedelta(minutes=number)).isoformat())

    with django_assert_max_num_queries(20):
        page(customs, "customs_alarms")
    with django_assert_max_num_queries(30):
        page(customs, "trip_machines", trip.pk)
