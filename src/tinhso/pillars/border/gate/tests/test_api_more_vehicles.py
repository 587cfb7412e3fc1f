"""A firm's program adds a vehicle to a declaration that was sent: once, for its own trips alone, or nothing is done."""

from __future__ import annotations

import pytest

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.models import Trip, TripGoods
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_amend import firm, into_yard, people, trip  # noqa: F401
from tinhso.pillars.border.gate.tests.test_api import post, signed_in

SECOND = {
    "tractor": "12C-111.11", "driver_name": "Lái xe 5", "paper_no": "020090010005", "paper_until": "2030-12-31",
    "phone": "0912345678",
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_noon(gate):
    with clock.frozen(NOON):
        yield


@pytest.fixture
def program(firm):  # noqa: F811
    return signed_in("ENTERPRISE", agency=firm.pk)


def add(client, trip: Trip, kg: int = 17_200, *, key: str = "v1", line: int = 1, **vehicle: object):  # noqa: F811
    client.defaults["HTTP_IDEMPOTENCY_KEY"] = key
    body = {"vehicle": {**SECOND, **vehicle}, "carries": [{"line": line, "kg": kg}]}
    return post(client, f"/trips/{trip.pk}/vehicles", **body)


def test_it_carries_what_the_first_gives_up_and_a_call_sent_twice_is_done_once(program, trip):  # noqa: F811
    first, again = (add(program, trip) for _ in range(2))

    assert first.status_code == 200, first.content
    told = first.json()
    assert (again.json(), again["Idempotency-Replayed"]) == (told, "true")
    added, left = Trip.objects.exclude(pk=trip.pk).get(), Trip.objects.get(pk=trip.pk)
    assert (told["id"], told["state"], told["tractor_plate"]) == (str(added.pk), "accepted", "12C-111.11")
    assert (added.gross_kg, left.gross_kg, told["beside_kg"]) == (17_200, 1_400, 1_400)
    assert (added.declaration_id, added.fee_state) == (left.declaration_id, "assessed")
    assert sum(TripGoods.objects.values_list("packages", flat=True)) == 1_860


def test_what_cannot_go_is_told_and_leaves_everything_as_it_was(program, trip):  # noqa: F811
    before = Trip.objects.values("pk", "gross_kg", "version").get()

    told = [
        add(program, trip, key="a", tractor="12R-001.23", paper_until="hôm qua"),
        add(program, trip, 18_601, key="b"),
        add(program, trip, 18_600, key="c"),
        add(program, trip, key="d", line=7),
        add(program, trip, 0, key="e"),
        add(program, trip, key="f", colour="đỏ"),
    ]

    assert [one.json()["code"] for one in told] == ["BG-036", "BG-299", "BG-491", "BG-690", "BG-491", "invalid"]
    assert {one["field"] for one in told[0].json()["facts"]["problems"]} == {"tractor", "paper_until"}
    assert Trip.objects.values("pk", "gross_kg", "version").get() == before


def test_a_stranger_has_no_such_trip_and_an_officer_declares_nothing(gate, program, trip):  # noqa: F811
    stranger = signed_in("ENTERPRISE", agency=make_firm("Công ty Chi", "4900234576").pk)
    officer = signed_in("BQLKKT", place=gate.points["HN-1119"].pk)

    assert add(stranger, trip).status_code == 404
    assert add(officer, trip).status_code == 403
    assert Trip.objects.count() == 1


def test_no_vehicle_is_added_beside_one_that_is_at_the_gate(program, people, trip):  # noqa: F811
    into_yard(trip, people)

    answer = add(program, trip)

    assert (answer.status_code, answer.json()["code"]) == (409, "BG-282")
    assert Trip.objects.count() == 1
