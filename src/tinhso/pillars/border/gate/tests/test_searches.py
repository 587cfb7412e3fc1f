"""A plate searched past one's own crossing point leaves a trace; at one's own, or where no point binds, none."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access import watched
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.identity.models import Account
from tinhso.kernel.search.find import find
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.trips import found_by
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft


@pytest.fixture
def trip(gate) -> Trip:
    """At Hữu Nghị, accepted."""
    by = {"by": gate.everything, "at": NOON}
    return declare.submit_trip(trip=declare.draft_trip(draft=fruit_draft(gate), **by), **by)


def officer(gate, point: str | None, role: str = "HAIQUAN"):
    person = make_person(f"{role} {point}")
    grant(person, role_code(role), **({"place": gate.points[point].pk} if point else {}))
    return person


def browser_of(person) -> Client:
    client = Client()
    client.force_login(Account.objects.filter(person=person).first() or make_account(person))
    return client


def searched(person, words: str) -> None:
    with clock.frozen(NOON):
        assert browser_of(person).get(reverse("border_gate:trips"), {"q": words}).status_code == 200


def kept() -> list[dict[str, object]]:
    return [json.loads(one.payload) for one in Entry.objects.filter(action=watched.SEARCH).order_by("id")]


@pytest.mark.parametrize("words", ["12C-123.45", "12C12345", "123.45"])
def test_an_officer_of_another_point_finds_nothing_and_leaves_a_trace(gate, trip, words):
    chi_ma = officer(gate, "CM-01")

    searched(chi_ma, words)

    (one,) = kept()
    assert one == {"words": words, "rows": 1, "where": "Hữu Nghị", "own": "Chi Ma"}
    assert Entry.objects.get(action=watched.SEARCH).actor == chi_ma.pk


def test_the_box_over_all_modules_and_the_api_leave_the_same_trace(gate, trip):
    person = officer(gate, "CM-01")
    with clock.frozen(NOON):
        find("12C12345", by=person.actor(), at=NOON)
        browser_of(person).get("/api/v1/border/gate/trips", {"words": "12C-123.45"})

    assert [one["words"] for one in kept()] == ["12C12345", "12C-123.45"]


def test_the_same_search_is_kept_once_a_minute(gate, trip):
    person = officer(gate, "CM-01")
    for _again in range(3):
        searched(person, "12C-123.45")
    searched(officer(gate, "TT-1088"), "12C-123.45")

    assert [one["own"] for one in kept()] == ["Chi Ma", "Tân Thanh"]


@pytest.mark.parametrize("point", ["HN-1119", None])
def test_at_ones_own_point_and_for_who_sees_all_nothing_is_kept(gate, trip, point):
    searched(officer(gate, point), "12C-123.45")

    assert kept() == []


def test_a_firm_a_short_part_and_a_plate_that_is_nowhere_are_not_kept(gate, trip):
    firm = make_person("Doanh nghiệp")
    grant(firm, role_code("ENTERPRISE"), agency=trip.agency_id)
    find("12C12345", by=firm.actor(), at=NOON)
    for words in ("12C", "99Z-999.99", ""):
        searched(officer(gate, "CM-01", role="KDTV" if words else "CSGT"), words)

    assert kept() == []


def test_a_vehicle_that_has_left_is_at_the_point_of_its_newest_trip(gate, trip):
    declare.cancel_trip(trip=trip, by=gate.everything, at=NOON)

    searched(officer(gate, "CM-01"), "12C-123.45")
    searched(officer(gate, "HN-1119"), "12C-123.45")

    assert [one["own"] for one in kept()] == ["Chi Ma"]


@pytest.mark.parametrize("part", ["23.45", "HNX26", "c123"])
def test_a_part_finds_what_is_under_way_and_what_has_ended(gate, trip, part):
    assert found_by(Trip.objects.all(), part).get() == trip

    declare.cancel_trip(trip=trip, by=gate.everything, at=NOON)

    assert found_by(Trip.objects.all(), part).get() == trip


def test_two_signs_are_looked_for_in_what_is_under_way_only(gate, trip):
    assert found_by(Trip.objects.all(), "45").get() == trip

    declare.cancel_trip(trip=trip, by=gate.everything, at=NOON)

    assert not found_by(Trip.objects.all(), "45").exists()
