"""Positions: only under way, agreed to and one's own; twice is once; seen by police and board; gone after 90 days."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.identity.actions import make_key
from tinhso.kernel.identity.models import Person
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.actions import asides, move, positions
from tinhso.pillars.border.gate.actions.positions import Ping, keep_positions
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import LastPosition, Position, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.positions import Shared, followed, last_positions, shared
from tinhso.pillars.border.gate.rules.positions import MOST, in_province
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_api import BASE, signed_in
from tinhso.pillars.border.gate.tests.test_driver_pages import opened
from tinhso.pillars.border.gate.tests.test_order_pages import client_of
from tinhso.pillars.border.gate.tests.test_orders import at_noon  # noqa: F401
from tinhso.pillars.border.gate.tests.test_way_back import accepted  # noqa: F401

LANG_SON, HA_NOI = (21.853, 106.761), (21.028, 105.854)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def under_way(gate, accepted) -> Trip:  # noqa: F811
    """A trip whose driver has set out and agreed."""
    trip = move.depart(trip=accepted, by=gate.everything, at=NOON)
    asides.let_follow(trip=trip, agrees=True, by=gate.everything, at=NOON)
    return trip


def ping(trip: Trip, minutes: float = 0, where: tuple[float, float] = LANG_SON) -> Ping:
    return Ping(trip.pk, NOON + minutes * MINUTE, *where)


def keep(gate, *pings: Ping, at=NOON + 10 * MINUTE):
    return keep_positions(pings=pings, by=gate.everything, at=at)


def test_a_batch_sent_twice_counts_once_and_the_last_is_known(gate, under_way):
    batch = [ping(under_way, 3), ping(under_way, 1, HA_NOI), ping(under_way, 2)]

    first, again = keep(gate, *batch), keep(gate, *batch)

    assert (first.taken, again.taken) == (3, 0)
    assert Position.objects.filter(trip=under_way).count() == 3
    assert LastPosition.objects.get(trip=under_way).seen_at == NOON + 3 * MINUTE


def test_a_late_position_does_not_take_the_vehicle_back(gate, under_way):
    keep(gate, ping(under_way, 5))
    keep(gate, ping(under_way, 2, HA_NOI))

    assert LastPosition.objects.get(trip=under_way).lat == LANG_SON[0]


def test_outside_the_province_is_under_way_and_no_error(gate, under_way):
    kept = keep(gate, ping(under_way, 1, HA_NOI))
    seen = last_positions(by=gate.everything, at=NOON + 10 * MINUTE)

    assert (kept.taken, [one.near for one in seen]) == (1, [False])
    assert shared(followed(by=gate.everything, at=NOON + 10 * MINUTE), at=NOON + 10 * MINUTE) == {
        "HN-1119": Shared(1, 0)
    }
    assert in_province(*LANG_SON)


def test_nothing_is_taken_before_setting_out_or_without_consent(gate, accepted):  # noqa: F811
    asides.let_follow(trip=accepted, agrees=True, by=gate.everything, at=NOON)
    before = keep(gate, ping(accepted))
    trip = move.depart(trip=accepted, by=gate.everything, at=NOON)
    asides.let_follow(trip=trip, agrees=False, by=gate.everything, at=NOON)
    withdrawn = keep(gate, ping(trip))

    assert before.refused == withdrawn.refused == {accepted.pk}
    assert not Position.objects.exists()


def test_nothing_is_taken_after_the_end_and_the_last_place_is_forgotten(gate, under_way):
    keep(gate, ping(under_way, 1))
    TRIP.fire(
        under_way, "cancel", by=gate.everything, at=NOON, reason="Chủ hàng xin hủy lượt", reason_code="OWNER_REQUEST"
    )

    kept = keep(gate, ping(under_way, 2))
    positions.forget_positions(at=NOON)

    assert kept.refused == {under_way.pk}
    assert not LastPosition.objects.exists()
    assert Position.objects.count() == 1


@pytest.mark.parametrize(("minutes", "taken"), [(-24 * 60 - 11, 0), (-1, 0), (0, 1), (11.5, 1), (13, 0)])
def test_only_positions_of_their_time_are_taken(gate, under_way, minutes, taken):
    kept = keep(gate, ping(under_way, minutes))

    assert (kept.taken, kept.untimely) == (taken, 1 - taken)


def test_too_many_at_once_are_refused(gate, under_way):
    with pytest.raises(Refusal) as refused:
        keep(gate, *[ping(under_way)] * (MOST + 1))

    assert refused.value.code == "BG-385"


def test_a_batch_takes_three_statements_whatever_its_length(gate, under_way, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        kept = keep(gate, *[ping(under_way, number / 60) for number in range(MOST)])

    assert kept.taken == MOST


def test_far_more_than_fifty_a_second_are_taken(gate, under_way):
    begun = time.perf_counter()
    for batch in range(10):
        keep(gate, *[ping(under_way, batch + number / 60) for number in range(60)], at=NOON + 12 * MINUTE)
    took = time.perf_counter() - begun

    assert Position.objects.count() == 600
    assert 600 / took > 50


def test_carriers_send_with_a_key_of_their_firm_and_only_their_own(gate, under_way):
    key = key_of(under_way.agency_id)
    body = {"pings": [{"trip": str(under_way.pk), "seen_at": NOON.isoformat(), "lat": 21.85, "lon": 106.76}]}
    stranger = key_of(None)

    own = send(key, body)
    other = send(stranger, body)

    assert (own.status_code, own.json()["taken"]) == (200, 1)
    assert other.status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"lat": 91}, {"lon": "x"}, {"lat": float("nan")}, {"trip": "no"}, {"seen_at": "2026-06-10T05:00:00"}]
)
def test_what_is_no_position_is_told_by_its_field(gate, under_way, wrong):
    good = {"trip": str(under_way.pk), "seen_at": NOON.isoformat(), "lat": 21.85, "lon": 106.76}

    answer = send(key_of(under_way.agency_id), {"pings": [good | wrong]})

    assert answer.status_code in (400, 422)
    assert not Position.objects.exists()


def test_the_telephone_of_the_driver_sends_while_he_agrees(gate, under_way):
    Person.objects.filter(pk=under_way.driver.person_id).update(phone="0912 345 678")
    driver = opened(Trip.objects.get(pk=under_way.pk))
    off = NOON + timedelta(hours=7, seconds=10)  # its clock is seven hours ahead
    body = {"sent_at": off.isoformat(), "pings": [{"seen_at": off.isoformat(), "lat": 21.85, "lon": 106.76}]}

    page = driver.get(reverse("border_gate:driver")).content.decode()
    first = driver.post(reverse("border_gate:driver_position"), body, content_type="application/json")
    asides.let_follow(trip=under_way, agrees=False, by=gate.everything, at=NOON)
    after = driver.post(reverse("border_gate:driver_position"), body, content_type="application/json")

    assert 'data-on="yes"' in page
    assert first.json() == {"taken": 1, "on": True}
    assert after.json() == {"taken": 0, "on": False}
    assert LastPosition.objects.get().seen_at == NOON + timedelta(seconds=10)
    assert (
        Client().post(reverse("border_gate:driver_position"), body, content_type="application/json").status_code == 302
    )


@pytest.mark.parametrize("years", [("0121", "9000"), ("9000", "0121")])
def test_a_clock_that_is_ages_off_sends_nothing(gate, under_way, years):
    seen_at, sent_at = (f"{year}-04-11T05:11:50Z" for year in years)
    Person.objects.filter(pk=under_way.driver.person_id).update(phone="0912 345 678")
    driver = opened(Trip.objects.get(pk=under_way.pk))
    body = {"sent_at": sent_at, "pings": [{"seen_at": seen_at, "lat": 21.85, "lon": 106.76}]}

    answer = driver.post(reverse("border_gate:driver_position"), body, content_type="application/json")

    assert answer.status_code < 500
    assert not LastPosition.objects.exists()


@pytest.mark.parametrize(
    ("role", "point", "code"),
    [("CSGT", "HN-1119", 200), ("BQLKKT", "HN-1119", 200), ("HAIQUAN", "HN-1119", 403), ("YARD", "HN-1119", 403)],
)
def test_police_and_board_of_the_point_see_where_vehicles_are(gate, under_way, role, point, code):
    keep(gate, ping(under_way))

    answer = signed_in(role, place=gate.points[point]).get(reverse("border_gate:positions"))

    assert answer.status_code == code
    assert (PLATE_SHOWN in answer.content.decode()) == (code == 200)


def test_police_of_another_point_firms_and_strangers_see_nothing(gate, under_way):
    keep(gate, ping(under_way))
    page = reverse("border_gate:positions")

    elsewhere = signed_in("CSGT", place=gate.points["CM-01"]).get(page)

    assert PLATE_SHOWN not in elsewhere.content.decode()
    assert signed_in("ENTERPRISE", agency=under_way.agency_id).get(page).status_code == 403
    assert Client().get(page).status_code == 302


def test_the_page_asks_the_same_queries_whatever_their_number(gate, under_way, django_assert_max_num_queries):
    keep(gate, ping(under_way))
    police = signed_in("CSGT", place=gate.points["HN-1119"])

    with django_assert_max_num_queries(14):
        police.get(reverse("border_gate:positions"))


def test_positions_are_kept_ninety_days_and_cannot_be_changed(gate, under_way):
    keep(gate, ping(under_way))
    with pytest.raises(DatabaseError), transaction.atomic():
        Position.objects.filter(trip=under_way).update(lat=0)

    positions.forget_positions(at=NOON + timedelta(days=89))
    stays = Position.objects.count()
    positions.forget_positions(at=NOON + timedelta(days=90, minutes=1))

    assert (stays, Position.objects.count()) == (1, 0)


def test_months_that_are_over_go_in_one_piece(gate, under_way):
    positions.forget_positions(at=NOON)
    keep(gate, ping(under_way))
    june, later = months(), NOON + timedelta(days=120)

    positions.forget_positions(at=later)

    assert {"border_gate_position_202606", "border_gate_position_202607"} <= june
    assert "border_gate_position_202606" not in months()
    assert {"border_gate_position_202610", "border_gate_position_202611"} <= months()


PLATE_SHOWN = "12C-123.45"


def months() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'border_gate_position'::regclass"
        )
        return {row[0] for row in cursor.fetchall()}


def key_of(agency) -> str:
    person = make_person("Máy GPS")
    if agency:
        grant(person, role_code("ENTERPRISE"), agency=agency)
    _key, text = make_key(name="gps", expires_at=None, holder_id=person.pk, by=person.actor(), at=NOON)
    return text


def send(key: str, body: dict):
    headers = {"HTTP_AUTHORIZATION": f"Bearer {key}"}
    return Client().post(BASE + "/positions", json.dumps(body), content_type="application/json", **headers)


@pytest.mark.parametrize(
    ("role", "point", "told"),
    [("BQLKKT", "HN-1119", True), ("CSGT", "HN-1119", True), ("BQLKKT", "CM-01", False), ("HAIQUAN", "HN-1119", False)],
)
def test_the_live_map_tells_board_and_police_of_the_point_how_many_share_where_they_are(
    gate, under_way, role, point, told
):
    keep(gate, ping(under_way))
    client = client_of(role, place=gate.points[point])

    with clock.frozen(NOON + 10 * MINUTE):
        fresh = client.get(reverse("border_gate:live_map")).content.decode()
    with clock.frozen(NOON + timedelta(hours=1)):
        old = client.get(reverse("border_gate:live_map")).content.decode()

    assert ("1 xe gửi vị trí, 1 xe đã vào tỉnh" in fresh) is told
    assert "xe gửi vị trí" not in old
