"""A Chinese vehicle that comes for goods of the yard: declared on the spot or ahead without goods of its own."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.pillars.border.gate.actions import ahead as ahead_actions
from tinhso.pillars.border.gate.actions import declare, move, undeclared
from tinhso.pillars.border.gate.models import GoodsLine, Trip
from tinhso.pillars.border.gate.rules import tripcodes
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_ahead import begun, said
from tinhso.pillars.border.gate.tests.test_undeclared import ANSWERS, noted, path_of

CHINESE = "桂F12345"
DRIVER = {"driver_name": "王强", "paper_no": "11010519491231002X"}
EMPTY = {**{name: typed for name, typed in ANSWERS.items() if name not in ("goods", "kg")}, **DRIVER, "empty": "on"}


@pytest.fixture(autouse=True)
def at_noon(gate):
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    return make_firm()


def test_who_comes_empty_is_declared_without_goods_and_let_in(gate, firm):
    arrival = noted(gate, plate=CHINESE)

    page = Client().get(path_of(arrival)).content.decode()
    answer = Client().post(path_of(arrival), EMPTY)

    trip = Trip.objects.get(pk=arrival.trip_id)
    assert 'name="empty"' in page
    assert answer.status_code == 302
    assert (trip.state, trip.kind, trip.direction, trip.goods_group) == ("accepted", "CN_EMPTY_IN", "X", "EMPTY")
    assert (trip.declaration.regime, trip.gross_kg, trip.balance_kg) == ("EXPORT", 0, 0)
    assert not GoodsLine.objects.filter(declaration=trip.declaration).exists()
    assert tripcodes.is_right(trip.code)
    came = move.cross_in(trip=trip, plate=arrival.plate, by=gate.everything, at=NOON, confirmed=True)
    assert came.state == "crossed_in"


def test_goods_typed_before_the_tick_are_not_kept(gate, firm):
    arrival = noted(gate, plate=CHINESE)

    Client().post(path_of(arrival), {**EMPTY, "goods": "Tỏi", "kg": "18000"})

    assert (Trip.objects.get().goods_title, Trip.objects.get().gross_kg) == ("", 0)


def test_loaded_vehicles_name_their_goods_as_before(gate, firm):
    loaded = {name: typed for name, typed in EMPTY.items() if name != "empty"}
    arrival = noted(gate, plate=CHINESE)

    answer = Client().post(path_of(arrival), loaded)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert ('id="id_goods_error"' in text, 'id="id_kg_error"' in text) == (True, True)
    assert Trip.objects.get().state == "draft"


def test_a_vietnamese_vehicle_is_not_asked_and_cannot_say_so(gate, firm):
    arrival = noted(gate)

    page = Client().get(path_of(arrival)).content.decode()
    answer = Client().post(path_of(arrival), {**EMPTY, "driver_name": "Trần Văn B", "paper_no": "020090001235"})

    assert 'name="empty"' not in page
    assert answer.status_code == 422
    with pytest.raises(Refusal, match="BG-583"):
        undeclared.load_of(said(empty=True), foreign=False)


def test_the_last_trip_tells_that_it_comes_empty(gate, firm):
    first = noted(gate, plate=CHINESE)
    Client().post(path_of(first), EMPTY)
    declare.cancel_trip(trip=Trip.objects.get(pk=first.trip_id), by=gate.everything, at=NOON)

    page = Client().get(path_of(noted(gate, plate=CHINESE))).content.decode()

    assert 'id="id_empty" checked' in page


def test_ahead_the_firm_consents_to_a_vehicle_that_comes_empty(gate, firm):
    wanted, holder = begun(gate, plate=CHINESE)
    answers = said(
        empty=True, goods=("", "", ""), gross_kg=0, driver_name="王强", paper_kind="CN_ID",
        paper_no="11010519491231002X",
    )  # fmt: skip
    ahead_actions.send_ahead(wanted=wanted, answers=answers, by=holder, at=NOON)

    trip = ahead_actions.consent_ahead(wanted=wanted, by=gate.everything, at=NOON)

    assert (trip.state, trip.kind, trip.direction, trip.goods_group) == ("accepted", "CN_EMPTY_IN", "X", "EMPTY")
    assert tripcodes.read(trip.code).direction == "X"
