"""Who is called, on the hall's screen; how far messages came, for officers; and what a text message may say."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.notices import actions, delivery
from tinhso.kernel.notices.kinds import KINDS, PERSONAL, placeholders
from tinhso.kernel.notices.models import Carrier, Delivery
from tinhso.pillars.border.gate.actions import guidance, links, move
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.handlers.guidance import ORDERED
from tinhso.pillars.border.gate.pages import public_board
from tinhso.pillars.border.gate.queries.called import called_now
from tinhso.pillars.border.gate.queries.sent import how_far
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_driver_pages import opened
from tinhso.pillars.border.gate.tests.test_guidance import trips_of, wanted
from tinhso.pillars.border.gate.tests.test_guidance_pages import officer_page, page

SCREEN = "border_gate:public_screen"
MAY_BE_SAID = {
    "code", "gate", "until", "link", "hour", "left", "count", "ref", "a", "b", "what", "number", "vi", "en", "zh",
    "yard", "area", "bay", "force", "deadline", "fields",
}  # fmt: skip
"""Fields that text messages use: none names a person, a firm or a vehicle."""


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


def called(gate, count: int, point: str = "HN-1119", at=NOON):
    trips = trips_of(gate, count, point)
    for trip in trips:
        TRIP.fire(trip, "enter_buffer", by=gate.everything, at=at, plate=trip.tractor_plate)
        TRIP.fire(trip, "call", by=gate.everything, at=at, first=FirstInLine(trip.pk))
    return trips


def shown(**query: str) -> str:
    return Client().get(reverse(SCREEN), query, headers={"X-Live": "1"}).content.decode()


def serials(text: str) -> list[str]:
    return re.findall(r'tv-call__serial">(\d{6})<', text)


def test_the_hall_reads_code_gate_and_time_and_no_plate(gate, at_noon):
    (trip,) = called(gate, 1)

    text = shown()

    assert serials(text) == [trip.code[9:15]]
    assert all(word in text for word in ("Đang gọi vào cửa khẩu", "Hữu Nghị", "trước 12:45", "vừa gọi"))
    assert not any(word in text for word in ("12C", "Công ty", "Lái xe"))


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", "trước 12:45"), ("zh-hans", "河内时间12:45之前"), ("en", "before 12:45 Hanoi time")],
)
def test_it_is_read_in_three_languages(gate, at_noon, language, words):
    called(gate, 1)

    assert words in shown(tieng=language, trang="goi")


def test_more_calls_than_fit_take_more_pages(gate, at_noon):
    trips = called(gate, 10)
    turns = Client().get(reverse(SCREEN), {"chi": "goi"}).headers["X-Turns"].split()

    found = [serials(Client().get(turn, headers={"X-Live": "1"}).content.decode()) for turn in turns[:2]]

    assert len(turns) == 2 * 3
    assert [len(one) for one in found] == [8, 2]
    assert {*found[0], *found[1]} == {trip.code[9:15] for trip in trips}


def test_a_screen_may_keep_to_one_point(gate, at_noon):
    (here,), (there,) = called(gate, 1), called(gate, 1, "TT-1088")

    assert serials(shown(diem="HN-1119", chi="goi")) == [here.code[9:15]]
    assert serials(shown(diem="TT-1088", chi="goi")) == [there.code[9:15]]
    assert len(serials(shown(diem="none"))) == 2


def test_who_has_come_or_whose_call_has_lapsed_is_shown_no_more(gate, at_noon):
    here, _late = called(gate, 2)
    move.arrive(trip=here, plate=here.tractor_plate, by=gate.everything, at=NOON)

    assert len(called_now(at=NOON)) == 1
    assert called_now(at=NOON + timedelta(minutes=46)) == []
    assert "Lúc này chưa gọi xe nào" in page(Client(), "public_screen", chi="goi", diem="CM-01")


def test_calls_cost_one_query_whatever_their_number(gate, at_noon):
    called(gate, 1)
    with CaptureQueriesContext(connection) as one:
        called_now(at=NOON)

    assert len(one) == 1


def test_those_who_listen_hear_that_the_list_has_changed(gate, at_noon):
    before = public_board.state()["called"]

    called(gate, 1)

    assert public_board.state()["called"] != before


def test_calls_are_read_out_only_where_the_address_asks_for_it(gate, at_noon):
    called(gate, 1)

    aloud, silent = page(Client(), "public_screen", doc="1"), page(Client(), "public_screen")

    assert "data-aloud" in aloud
    assert "data-aloud" not in silent
    assert 'data-say="Lượt xe số' in silent


def tell(trip, **fields):
    link = links.open_links(trip.pk)[0]
    person = actions.Recipient(link.holder_id, phone=link.phone, language=link.language)
    facts = {"code": trip.shown_code(), "gate": "Hữu Nghị", "until": "12:45", "number": "7/LĐT"} | fields
    return actions.send("border_gate.called", to=[person], event_key="e1", by=SYSTEM, at=NOON, **facts)


def test_an_officer_sees_how_far_a_message_came_and_no_number_and_no_link(gate, at_noon):
    (trip,) = trips_of(gate, 1)
    opened(trip)
    Carrier.objects.create(channel="push", wrong=True)
    tell(trip)
    for way in Delivery.objects.filter(state=Delivery.WAITING):
        delivery.deliver(way.pk)

    text = page(officer_page("CSGT", trip.point), "trip_sent", trip.pk)

    assert "Thông báo đẩy: Đã gửi" in text
    assert "SMS: Đã gửi" in text
    assert "+8490" not in text
    assert "/lien-ket/" not in text


def test_who_sees_no_trip_sees_no_message_to_its_driver(gate, at_noon):
    (trip,) = trips_of(gate, 1)

    elsewhere = officer_page("CSGT", gate.points["TT-1088"])

    assert elsewhere.get(reverse("border_gate:trip_sent", args=[trip.pk])).status_code in (403, 404)
    assert Client().get(reverse("border_gate:trip_sent", args=[trip.pk])).status_code in (302, 403)


def test_the_order_says_of_each_driver_how_far_it_came(gate, at_noon):
    heard, silent = trips_of(gate, 2)
    for trip in (heard, silent):
        opened(trip)
    order = guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)
    people = [actions.Recipient(links.open_links(trip.pk)[0].holder_id) for trip in (heard, silent)]
    for person in people:
        facts = {"number": order.number, "gate": "Hữu Nghị", "vi": "Dừng", "en": "Stop", "zh": "停"}
        actions.send(ORDERED.name, to=[person], event_key="o1", by=SYSTEM, at=NOON, **facts)
    delivery.deliver(Delivery.objects.get(notice__recipient=people[0].id).pk)

    found = how_far([heard.pk, silent.pk], kind=ORDERED.name, number=order.number)

    assert {trip: way.tone for trip, way in found.items()} == {heard.pk: "done", silent.pk: "wait"}
    assert "Thông báo đẩy: Đã nhận" in page(officer_page("CSGT", gate.points["HN-1119"]), "movement_order", order.pk)


def test_no_text_message_of_the_gate_can_name_a_person_a_firm_or_a_vehicle():
    told = {one.name: one for one in KINDS if one.name.startswith("border_gate.") and "sms" in one.channels}
    said = {name: {part for text in one.sms.values() for part in placeholders(text)} for name, one in told.items()}

    assert len(told) > 12
    assert {name: parts - MAY_BE_SAID for name, parts in said.items() if parts - MAY_BE_SAID} == {}
    assert not [
        part for parts in said.values() for part in parts if part == "plate" or any(p in part for p in PERSONAL)
    ]


def test_the_drivers_worker_shows_pushes_and_sends_the_receipt():
    script = Client().get(reverse("border_gate:driver_worker")).content.decode()

    assert 'addEventListener("push"' in script
    assert reverse("kernel_notices:received") in script


def test_the_driver_may_ask_for_notices_where_pushes_are_sent(gate, at_noon, settings, monkeypatch):
    client = opened(trips_of(gate, 1)[0])
    without = page(client, "driver")
    settings.PUSH_KEY = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"
    monkeypatch.setenv("TINHSO_NOTICES_PUSH", "webpush")

    shown_there = page(client, "driver")

    assert "Nhận thông báo trên máy này" not in without
    assert "Nhận thông báo trên máy này" in shown_there
    assert len(shown_there) < 50_000
