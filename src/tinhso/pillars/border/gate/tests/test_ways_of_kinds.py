"""Where the driver of each kind of trip is sent: the road page's places, in their order."""

from __future__ import annotations

import pytest
from django.contrib.gis.geos import Point as GeoPoint

from tinhso.kernel.geo.models import Place
from tinhso.pillars.border.gate.flows.trip import CROSSES_OUT, FROM_ABROAD, FROM_INLAND, LEAVES_INLAND
from tinhso.pillars.border.gate.queries.road import road_of
from tinhso.pillars.border.gate.queries.tasks import way_of
from tinhso.pillars.border.gate.rules import ways
from tinhso.pillars.border.gate.rules.tables import table
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_guidance import trips_of

LINE, YARD, INLAND, BARRIER = "Tuyến đầu", "Bãi Xuân Cương", "Ra barie 1, vào nội địa", "Barie 1"
BUFFER = "Bãi Logistics Viettel"
OVER = ["Trên đường", BUFFER, BARRIER, YARD, LINE]
FETCH = ["Trên đường", BUFFER, BARRIER, YARD, INLAND]
VISIT, INWARDS = [LINE, YARD, LINE], [LINE, YARD, INLAND]


@pytest.mark.parametrize(
    ("kind", "direction", "fields", "places"),
    [
        ("EXP_VN", "X", {}, OVER),
        ("EXP_XFER", "X", {}, FETCH),
        ("CN_EMPTY_IN", "X", {}, VISIT),
        ("IMP_CN", "N", {}, VISIT),
        ("IMP_VN_PICKUP", "N", {}, FETCH),
        ("EXP_VN", "X", {"two_way": True}, OVER),
        ("EXP_VN", "X", {"two_way": True, "leg": 2, "load_state": "LOADED"}, INWARDS),
        ("EXP_VN", "X", {"leg": 2, "load_state": "REJECTED"}, INWARDS),
        ("EXP_VN", "X", {"leg": 2, "load_state": "EMPTY"}, [LINE, INLAND]),
        ("IMP_CN", "N", {"two_way": True}, VISIT),
        ("NEW_VEHICLE", "N", {}, INWARDS),
        ("NEW_VEHICLE", "N", {"crossed_out_at": NOON}, VISIT),
        ("TRANSIT", "X", {}, OVER),
        ("TRANSIT", "N", {}, INWARDS),
        ("AGV", "N", {}, VISIT),
        ("EXP_VN", "X", {"arrived_at": NOON}, [OVER[0], *OVER[2:]]),
    ],
)
def test_the_road_of_each_kind_goes_where_its_way_goes(gate, kind, direction, fields, places):
    (trip,) = trips_of(gate, 1)
    trip.kind, trip.direction = kind, direction
    for name, value in fields.items():
        setattr(trip, name, value)

    found = [spot.name for spot in road_of(trip)]

    assert len(found) == len(places)
    assert [name for name, wanted in zip(found, places, strict=True) if wanted not in name] == []


@pytest.mark.parametrize(
    ("kind", "direction", "names"),
    [
        ("EXP_VN", "X", ["Bãi chờ", "Barie 1", "Kiểm tra", "Qua đường biên", "Quay về"]),
        ("EXP_XFER", "X", ["Bãi chờ", "Barie 1", "Kiểm tra", "Vào nội địa"]),
        ("IMP_VN_PICKUP", "N", ["Bãi chờ", "Barie 1", "Kiểm tra", "Vào nội địa"]),
        ("CN_EMPTY_IN", "X", ["Qua đường biên", "Kiểm tra", "Qua đường biên về"]),
        ("IMP_CN", "N", ["Qua đường biên", "Kiểm tra", "Qua đường biên về"]),
        ("NEW_VEHICLE", "N", ["Qua đường biên", "Kiểm tra", "Vào nội địa"]),
        ("TRANSIT", "X", ["Bãi chờ", "Barie 1", "Kiểm tra", "Qua đường biên"]),
        ("TRANSIT", "N", ["Qua đường biên", "Kiểm tra", "Vào nội địa"]),
    ],
)
def test_an_officer_sees_the_way_of_the_kind_not_of_the_goods(gate, kind, direction, names):
    (trip,) = trips_of(gate, 1)
    trip.kind, trip.direction, trip.buffer_at = kind, direction, None

    assert [step["name"] for step in way_of(trip)] == ["Khai báo", *names]


def test_a_place_that_was_surveyed_opens_in_the_telephones_map(gate):
    (trip,) = trips_of(gate, 1)
    Place.objects.filter(pk=trip.yard_id).update(point=GeoPoint(106.69, 21.97, srid=4326))
    Place.objects.filter(pk=trip.buffer_id).update(point=None)

    told = {spot.name: spot.where for spot in road_of(trip)}

    assert next(where for name, where in told.items() if YARD in name) == "21.97000,106.69000"
    assert next(where for name, where in told.items() if BUFFER in name) == ""


@pytest.mark.parametrize(
    ("kind", "leg", "states"),
    [
        ("EXP_VN", 1, ("accepted", "at_buffer", "arrived", "in_yard", "crossed_out")),
        ("IMP_VN_PICKUP", 1, ("en_route", "called", "arrived", "released", "completed")),
        ("NEW_VEHICLE", 1, ("crossed_in", "in_yard", "completed")),
        ("EXP_VN", 2, ("returned_in", "completed")),
    ],
)
def test_each_state_stands_at_its_place(kind, leg, states):
    way = ways.way_of(kind, leg=leg)

    found = [ways.standing_at(way, state) for state in states]

    ends = len(way) if states[-1] == "completed" else len(way) - 1
    assert found == [*range(len(states) - 1), ends]
    assert ways.standing_at(way, "cancelled") == -1


def test_the_ways_begin_and_end_where_the_steps_of_the_trip_do():
    kinds = {row["trip_type"] for row in table("trip_types")}

    assert set(ways.WAYS) == kinds
    for kind in kinds - {"TRANSIT"}:
        way = ways.way_of(kind)
        assert (way[0] == ways.LINE) == (kind in FROM_ABROAD) == (kind not in FROM_INLAND)
        assert kind in (CROSSES_OUT if way[-1] == ways.LINE else LEAVES_INLAND)
