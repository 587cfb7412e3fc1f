"""The gate over HTTP: a barrier answers, a stranger sees nothing, the public sees counts only."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from tinhso.kernel.access import refusals
from tinhso.kernel.access.models import Bucket
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_firm

BASE = "/api/v1/border/gate"


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def accepted(gate, at_noon) -> Trip:
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def signed_in(role: str = "", **scope) -> Client:
    person = make_person(role or "Chi")
    if role:
        grant(person, role_code(role), **scope)
    client = Client()
    client.force_login(make_account(person))
    return client


def post(client: Client, path: str, **body):
    return client.post(BASE + path, json.dumps(body), content_type="application/json")


def test_the_barrier_opens_for_an_officer_of_the_point(gate, accepted):
    officer = signed_in("CSGT", place=gate.points["HN-1119"])

    answer = post(officer, "/barriers/HN-1119-B0/passages", plate="12C-123.45")

    assert answer.status_code == 200
    assert (answer.json()["open"], answer.json()["state"]) == (True, "at_buffer")


def test_the_barrier_says_why_it_stays_shut(gate, accepted):
    officer = signed_in("BIENPHONG", place=gate.points["HN-1119"])

    answer = post(officer, "/barriers/HN-1119-B3/passages", plate="12C-123.45").json()

    assert (answer["open"], answer["code"]) == (False, "BG-023")
    assert answer["explanation"]["force"]


@pytest.mark.parametrize("role", ["", "ENTERPRISE", "YARD"])
def test_who_does_not_work_at_that_barrier_opens_nothing(gate, accepted, role):
    client = signed_in(role, place=gate.points["HN-1119"]) if role else signed_in()

    answer = post(client, "/barriers/HN-1119-B0/passages", plate="12C-123.45")

    assert answer.status_code in (200, 403)
    assert not answer.json().get("open")
    assert Trip.objects.get(pk=accepted.pk).state == "accepted"


def test_an_officer_of_another_point_sees_no_trip(gate, accepted):
    officer = signed_in("HAIQUAN", place=gate.points["CM-01"])

    assert officer.get(f"{BASE}/trips").json()["items"] == []
    assert officer.get(f"{BASE}/trips/{accepted.pk}").status_code == 404
    assert officer.get(f"{BASE}/trips/{accepted.pk}/history").status_code == 404
    refused = post(officer, f"/trips/{accepted.pk}/steps/release_out")
    assert (refused.status_code, refused.json()["code"]) == (403, "BG-025")


def records_of(trip: Trip) -> dict[str, tuple[UUID, str]]:
    """A record of each kind that the API names by its id, with a step of it."""
    who = {"kind": "PLANT_Q", "trip": trip}
    task, fee = ClearanceTask.objects.get(**who), FeeAssessment.objects.get(trip=trip)
    return {"trips": (trip.pk, "cancel"), "tasks": (task.pk, "pass"), "fees": (fee.pk, "pay")}


def told(answer) -> dict:
    return {name: value for name, value in answer.json().items() if name != "instance"}


def test_a_step_of_anothers_record_tells_nothing_that_a_guessed_id_would_not(gate, accepted):
    person, strange = make_person("Người của công ty khác"), make_firm("Công ty Chi", "4900234576")
    grant(person, role_code("ENTERPRISE"), agency=strange.pk)
    client = Client()
    client.force_login(make_account(person))
    refusals.BOUND.seen.clear()

    for path, (record, step) in records_of(accepted).items():
        met, guessed = (post(client, f"/{path}/{one}/steps/{step}") for one in (record, uuid7()))

        assert (met.status_code, met.json()["code"]) == (404, "BG-214")
        assert told(met) == told(guessed)
        assert Entry.objects.filter(action=refusals.ACTION, actor=person.pk, record_id=record).count() == 1


def test_who_sees_the_record_is_told_whose_step_it_is(gate, accepted):
    own = signed_in("ENTERPRISE", agency=accepted.agency)

    refused = post(own, f"/trips/{accepted.pk}/steps/release_out")

    assert (refused.status_code, refused.json()["code"]) == (403, "BG-024")


def test_a_firm_sees_its_own_trip_and_not_anothers(gate, accepted):
    own, other = signed_in("ENTERPRISE", agency=accepted.agency), signed_in("ENTERPRISE", place=gate.points["CM-01"])

    assert [one["id"] for one in own.get(f"{BASE}/trips").json()["items"]] == [str(accepted.pk)]
    assert other.get(f"{BASE}/trips").json()["items"] == []


def test_nobody_is_asked_who_he_is(gate, accepted):
    assert Client().get(f"{BASE}/trips").status_code == 401
    assert post(Client(), "/barriers/HN-1119-B0/passages", plate="12C-123.45").status_code == 401


def test_loads_are_public_and_name_nobody(gate, accepted):
    answer = Client().get(f"{BASE}/loads")

    assert answer.status_code == 200
    assert [one["point"] for one in answer.json()] == ["HN-1119", "TT-1088", "CN-1104", "CM-01"]
    assert "12C" not in answer.content.decode()


def test_a_list_takes_few_queries_whatever_its_length(gate, at_noon, django_assert_max_num_queries):
    client = signed_in("BQLKKT", place=gate.points["HN-1119"])
    client.get(f"{BASE}/trips")

    with django_assert_max_num_queries(15):
        client.get(f"{BASE}/trips")


def test_who_asks_too_often_is_told_the_gates_code_and_when_to_try_again(gate, at_noon):
    officer = signed_in("CSGT", place=gate.points["HN-1119"])
    officer.get(BASE + "/trips")
    Bucket.objects.update(tokens=0, at=clock.real() + timedelta(minutes=1))

    refused = officer.get(BASE + "/trips", headers={"accept-language": "en"})

    told = refused.json()
    assert (refused.status_code, told["code"], told["type"]) == (429, "BG-034", "urn:tinhso:problem:BG-034")
    assert refused["Retry-After"] == "1"
    assert told["detail"] == "You send too fast: try again in 1 seconds."
