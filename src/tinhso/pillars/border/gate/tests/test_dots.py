"""Dots of the live map: by consent and while fresh, in the shape of the way; a name on tap, for whom it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.geo.models import Area
from tinhso.pillars.border.gate.actions import asides, move
from tinhso.pillars.border.gate.actions.positions import Ping, keep_positions
from tinhso.pillars.border.gate.models import TrackingConsent, Trip
from tinhso.pillars.border.gate.queries.dots import FEW, NAMED, dots, named
from tinhso.pillars.border.gate.queries.positions import followed
from tinhso.pillars.border.gate.rules.positions import EAST, FRESH, NORTH, SHOWN, SOUTH, WEST
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_api import signed_in
from tinhso.pillars.border.gate.tests.test_bookings import trips_of
from tinhso.pillars.border.gate.tests.test_orders import at_noon  # noqa: F401
from tinhso.pillars.border.gate.tests.test_way_back import accepted  # noqa: F401

LANG_SON, HA_NOI = (21.853, 106.761), (21.028, 105.854)
PLATE = "12C-123.45"
LATER = NOON + timedelta(minutes=10)
DOT = 'class="dots__spot'


@pytest.fixture
def under_way(gate, accepted) -> Trip:  # noqa: F811
    """A trip whose driver has set out, agreed and sent where he is."""
    return set_out(gate, accepted, LANG_SON)


def set_out(gate, trip: Trip, where: tuple[float, float]) -> Trip:
    gone = move.depart(trip=trip, by=gate.everything, at=NOON)
    TrackingConsent.objects.create(trip=gone, given_at=NOON)
    keep_positions(pings=[Ping(gone.pk, NOON, *where)], by=gate.everything, at=NOON)
    return gone


def seen(gate, after: timedelta = timedelta(minutes=10)):
    return dots(followed(by=gate.everything, at=NOON + after), at=NOON + after)


def shown(client: Client, query: str = "", *, part: bool = False) -> str:
    headers = {"HTTP_X_LIVE": "1"} if part else {}
    with clock.frozen(LATER):
        return client.get(reverse("border_gate:live_map") + query, **headers).content.decode()


def test_a_vehicle_is_a_dot_in_the_tone_of_its_part_of_the_way(gate, under_way):
    road = seen(gate)
    move.enter_buffer(trip=under_way, plate=under_way.tractor_plate, by=gate.everything, at=LATER)

    waiting = seen(gate)

    assert [(one.parts, one.trip, one.fresh) for one in road] == [({"road": 1}, under_way.pk, True)]
    assert [one.parts for one in waiting] == [{"waiting": 1}]


def test_an_older_position_is_fainter_and_in_the_end_no_dot(gate, under_way):
    old, last, gone = (seen(gate, age) for age in (FRESH + timedelta(seconds=1), SHOWN, SHOWN + timedelta(seconds=1)))

    assert ([one.fresh for one in old], len(last), gone) == ([False], 1, [])


def test_who_does_not_agree_any_more_or_is_outside_the_province_is_no_dot(gate, under_way):
    keep_positions(pings=[Ping(under_way.pk, NOON + timedelta(minutes=1), *HA_NOI)], by=gate.everything, at=LATER)
    outside = seen(gate)
    keep_positions(pings=[Ping(under_way.pk, NOON + timedelta(minutes=2), *LANG_SON)], by=gate.everything, at=LATER)
    inside = seen(gate)
    asides.let_follow(trip=under_way, agrees=False, by=gate.everything, at=LATER)

    assert (outside, len(inside), seen(gate)) == ([], 1, [])
    assert named(by=gate.everything, at=LATER, trip=under_way.pk) == []


def test_many_in_one_place_are_one_number_and_a_few_are_dots(gate, django_assert_num_queries):
    crowd, apart = NAMED + 4, FEW
    trips = trips_of(gate, make_firm(), crowd + apart)
    for trip in trips[:crowd]:
        set_out(gate, trip, LANG_SON)
    for trip in trips[crowd:]:
        set_out(gate, trip, (22.2, 106.4))
    move.enter_buffer(trip=trips[0], plate=trips[0].tractor_plate, by=gate.everything, at=NOON)

    with django_assert_num_queries(2):  # the rights and the dots, whatever their number
        found = seen(gate)
    number = found[-1]
    whom = named(by=gate.everything, at=LATER, square=number.square)

    assert [one.count for one in found] == [1] * apart + [crowd]
    assert number.parts == {"road": crowd - 1, "waiting": 1}
    assert (round(number.lat, 6), round(number.lon, 6), number.trip) == (*LANG_SON, None)
    assert len(whom) == NAMED
    assert {one.pk for one in whom} < {one.pk for one in trips[:crowd]}


def test_the_corners_of_the_province_are_on_the_paper(gate):
    corners = [(SOUTH, WEST), (NORTH, EAST)]
    for trip, where in zip(trips_of(gate, make_firm(), 2), corners, strict=True):
        set_out(gate, trip, where)

    page = shown(signed_in("BQLKKT", place=gate.points["HN-1119"]))

    assert {(one.lat, one.lon) for one in seen(gate)} == set(corners)
    assert "translate(0 960)" in page
    assert "translate(1000 0)" in page


@pytest.mark.parametrize("role", ["BQLKKT", "CSGT"])
def test_board_and_police_see_dots_and_on_tap_the_plate_and_the_goods(gate, under_way, role):
    client = signed_in(role, place=gate.points["HN-1119"])

    page, part = shown(client), shown(client, "?phan=vi-tri", part=True)
    tapped = shown(client, f"?xe={under_way.pk}")
    crowd = shown(client, f"?phan=vi-tri&o={seen(gate)[0].square}", part=True)

    assert page.count(DOT) == part.count(DOT) == 1
    assert 'datetime="' + NOON.isoformat() in page
    assert PLATE not in page + part
    assert f"{PLATE}</a> <span>Hoa quả · Đang đến · Hữu Nghị" in tapped
    assert PLATE in crowd


@pytest.mark.parametrize(
    ("role", "point"),
    [("LEADER", None), ("HAIQUAN", "HN-1119"), ("YARD", "HN-1119"), ("AUDITOR", None), ("BQLKKT", "CM-01")],
)
def test_who_may_not_see_positions_there_gets_no_dot_no_name_and_no_coordinate(gate, under_way, role, point):
    client = signed_in(role, **({"place": gate.points[point]} if point else {}))

    answers = [
        shown(client, query, part=part)
        for query in ("", f"?xe={under_way.pk}", f"?phan=vi-tri&xe={under_way.pk}", "?phan=vi-tri&o=10.9")
        for part in (False, True)
    ]

    assert "map-live" in answers[0]
    assert not [one for one in answers if DOT in one or PLATE in one or "translate(" in one]


def test_firms_strangers_and_the_public_board_get_nothing(gate, under_way):
    with clock.frozen(LATER):
        firm = signed_in("ENTERPRISE", agency=under_way.agency_id).get(reverse("border_gate:live_map"))
        stranger = Client().get(reverse("border_gate:live_map"))
        public = Client().get(reverse("border_gate:public_board")).content.decode()

    assert (firm.status_code, stranger.status_code) == (403, 302)
    assert DOT not in public


@pytest.mark.parametrize("query", ["?xe=no", "?o=1", "?o=a.b", "?xe=", "?o=99999999999999999999.1", "?o=-1.-1"])
def test_an_address_that_names_nobody_shows_the_dots_alone(gate, under_way, query):
    page = shown(signed_in("BQLKKT", place=gate.points["HN-1119"]), query)

    assert page.count(DOT) == 1
    assert PLATE not in page


def test_the_communes_of_the_day_lie_below_the_dots(gate, under_way):
    page = shown(signed_in("BQLKKT", place=gate.points["HN-1119"]))
    later = Area.objects.filter(level="commune", shape__isnull=False, valid_until=None)

    land = page.split('class="dots__communes" d="')[1].split('"')[0]

    assert land.count("M ") >= later.count() > 0
