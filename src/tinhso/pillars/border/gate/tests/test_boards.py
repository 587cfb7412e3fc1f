"""Boards: what they count, what they say of it, what the public does not see; the yard's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare, move
from tinhso.pillars.border.gate.models import Trip, Yard
from tinhso.pillars.border.gate.pages import board, flow_map
from tinhso.pillars.border.gate.pages.public_board import _space, state
from tinhso.pillars.border.gate.permissions import VIEW_BOARD, role_code
from tinhso.pillars.border.gate.queries import statistics
from tinhso.pillars.border.gate.queries.live_map import live_map
from tinhso.pillars.border.gate.queries.statistics import Hours, Pace
from tinhso.pillars.border.gate.rules import crowding
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft
from tinhso.pillars.border.gate.tests.test_rulebook import DAY, changed, two

__all__ = ["two"]

PLATE = "12C12345"


@pytest.fixture
def waiting(gate) -> Trip:
    """One export of fruit waits at Hữu Nghị since noon."""
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    trip = declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    return move.enter_buffer(trip=trip, plate=PLATE, by=gate.everything, at=NOON)


def visitor(*rights: str, **scope: object) -> Client:
    person = make_person("Người xem")
    if rights:
        grant(person, rights[0] if len(rights) == 1 and "." not in rights[0] else rights, **scope)
    client = Client()
    client.force_login(make_account(person))
    return client


@pytest.mark.parametrize(
    ("count", "minutes", "word"),
    [
        (0, 90, crowding.CLEAR),
        (5, 14, crowding.CLEAR),
        (5, 15, crowding.NORMAL),
        (5, 44, crowding.NORMAL),
        (5, 45, crowding.BUSY),
    ],
)
def test_crowding_is_said_in_three_words(count, minutes, word):
    assert crowding.crowding(count, minutes) == word


def test_a_point_is_silent_only_while_it_should_be_working():
    long_ago = NOON - timedelta(minutes=21)

    assert crowding.is_silent(last_at=long_ago, is_open=True, at=NOON)
    assert not crowding.is_silent(last_at=long_ago, is_open=False, at=NOON)
    assert not crowding.is_silent(last_at=NOON - timedelta(minutes=20), is_open=True, at=NOON)


def test_a_waiting_truck_is_counted_at_its_point_and_in_its_group(waiting):
    later = NOON + timedelta(minutes=30)

    points = {point.code: point for point in statistics.points(at=later)}
    groups = {group.priority: group for group in statistics.groups(at=later)}

    assert [(code, point.waiting) for code, point in points.items() if point.waiting] == [("HN-1119", 1)]
    assert (groups["P1"].waiting, groups["P1"].longest) == (1, 30)
    assert points["HN-1119"].silent_since == NOON


def test_the_title_of_the_day_says_more_or_fewer_than_yesterday():
    more = board.day_finding(Hours(today={8: 10}, yesterday={8: 7}, booked={}, yesterday_by_now=7))
    fewer = board.day_finding(Hours(today={8: 10}, yesterday={8: 12}, booked={}, yesterday_by_now=12))

    assert more == "Hôm nay 10 xe qua, hơn cùng giờ hôm qua 3"
    assert fewer == "Hôm nay 10 xe qua, kém cùng giờ hôm qua 2"


def test_the_title_of_the_checks_names_the_one_furthest_over():
    paces = [Pace("PERSON", 6, 5, 9), Pace("PLANT_Q", 38, 30, 9), Pace("CUSTOMS_DOC", 12, 15, 9)]

    assert board.pace_finding(paces) == "Kiểm dịch thực vật quá mức 8 phút"
    assert board.pace_finding(paces[2:]) == "Các lực lượng đều trong hạn mức"


def test_the_map_marks_a_yard_that_is_nearly_full(waiting):
    point = statistics.points(at=NOON)[0]
    full = flow_map._row(type(point)(**{**_fields(point), "in_yard": 90, "yard_capacity": 100}), 62, 1)

    assert (full.hot, full.fill) == (True, 115)


def _fields(point: statistics.PointNow) -> dict[str, object]:
    return {name: getattr(point, name) for name in point.__dataclass_fields__}


def test_the_wall_board_shows_the_points_and_takes_few_queries(waiting, django_assert_max_num_queries):
    client = visitor(VIEW_BOARD)

    with clock.frozen(NOON + timedelta(minutes=1)):
        page = client.get("/cua-khau-so/bang/").content.decode()
        with django_assert_max_num_queries(24):
            living = client.get("/cua-khau-so/bang/", headers={"X-Live": "1"}).content.decode()

    assert "Hữu Nghị" in page
    assert "1 xe chờ theo nhóm" in living
    assert "<html" not in living


def test_the_wall_board_is_for_those_who_may(waiting):
    assert visitor().get("/cua-khau-so/bang/").status_code == 403


@pytest.mark.parametrize(
    ("address", "told"),
    [("/cua-khau-so/bang-cong-khai/", "Hàng tươi sống"), ("/cua-khau-so/bang-cong-khai/man-hinh/", "Hữu Nghị")],
)
def test_the_public_board_tells_counts_and_nobody(waiting, address, told):
    with clock.frozen(NOON + timedelta(minutes=1)):
        page = Client().get(address).content.decode()

    assert told in page
    for secret in (waiting.tractor_plate, "12C-123.45", waiting.driver_name, "Công ty An", waiting.code):
        assert secret not in page


def test_the_state_pushed_to_the_public_is_numbers_only(waiting):
    with clock.frozen(NOON + timedelta(minutes=1)):
        now = state()["points"]["HN-1119"]

    assert (now["waiting"], now["P1"], now["P3"]) == ("1", 1, 0)
    assert now["level"] in ("clear", "normal", "busy")


def test_the_public_board_speaks_chinese(waiting):
    client = Client(headers={"Accept-Language": "zh-CN"})

    with clock.frozen(NOON + timedelta(minutes=1)):
        assert "友谊" in client.get("/cua-khau-so/bang-cong-khai/").content.decode()


def test_the_yard_lets_in_with_one_tap(gate, waiting):
    client = visitor(role_code("YARD"), place=gate.points["HN-1119"])
    later = NOON + timedelta(minutes=31)
    move.call_next(point=waiting.point, at=later)
    waiting.refresh_from_db()
    move.arrive(trip=waiting, plate=PLATE, by=gate.everything, at=later)

    with clock.frozen(later):
        before = client.get("/cua-khau-so/bai/").content.decode()
        client.post(f"/cua-khau-so/bai/{waiting.pk}/vao/", {"bay": "b07"})
        after = client.get("/cua-khau-so/bai/").content.decode()

    assert "Chờ vào bãi (1)" in before
    assert "Chờ vào bãi (0)" in after
    assert Trip.objects.get(pk=waiting.pk).bay == "B07"


def test_the_yard_of_another_point_lets_nobody_in(gate, waiting):
    client = visitor(role_code("YARD"), place=gate.points["CM-01"])

    with clock.frozen(NOON):
        assert client.post(f"/cua-khau-so/bai/{waiting.pk}/vao/").status_code == 404


def test_boards_show_the_room_of_the_holding_areas_beside_that_of_the_yards(waiting):
    with clock.frozen(NOON + timedelta(minutes=1)):
        phone = Client().get("/cua-khau-so/bang-cong-khai/").content.decode()
        hall = Client().get("/cua-khau-so/bang-cong-khai/man-hinh/?trang=bai&tieng=en").content.decode()
        told = state()["points"]

    assert (told["HN-1119"]["buffer"], told["HN-1119"]["yard"]) == ("1.799/1.800", "300/300")
    assert told["CM-01"]["buffer"] == "–"  # no holding area of its own
    assert "Chỗ trống tại các bãi" in phone
    for shown in (phone, hall):
        assert ">1.799/1.800<" in shown
    assert "Free places in yards" in hall


def test_who_was_called_or_waits_undeclared_at_the_gate_takes_no_place_of_the_holding_area(gate, waiting):
    assert points_of("HN-1119").buffer_room == 1_799
    Trip.objects.filter(pk=waiting.pk).update(undeclared=True)
    assert points_of("HN-1119").buffer_room == 1_800
    Trip.objects.filter(pk=waiting.pk).update(undeclared=False)

    move.call_next(point=gate.points["HN-1119"], at=NOON)

    assert points_of("HN-1119").buffer_room == 1_800


def points_of(code: str) -> statistics.PointNow:
    return next(point for point in statistics.points(at=NOON) if point.code == code)


def test_the_map_says_how_full_the_holding_area_is_and_when_it_is_full(waiting):
    Yard.objects.filter(level="buffer").update(capacity=1)

    here = next(one for one in live_map(at=NOON) if one.now.code == "HN-1119")
    station = next(one for one in here.stations if one.key == "buffer")
    Yard.objects.filter(level="buffer", code="PT").update(capacity=0)
    full = next(one for one in live_map(at=NOON) if one.now.code == "HN-1119")

    assert (station.count, station.room, station.tone) == (1, 2, "calm")
    assert "Bãi chờ đã kín: 1/1" in [alarm.text for alarm in full.alarms]


@pytest.mark.parametrize(
    ("taken", "full", "tone"), [(84, 95, "calm"), (94, 95, "wait"), (95, 95, "stop"), (80, 80, "stop")]
)
def test_a_yard_is_full_from_the_limit_on(taken, full, tone):
    assert crowding.tone_of_room(taken, 100, full=full) == tone


def test_boards_call_full_what_the_rulebook_calls_full_on_the_day(gate, two):
    changed(two, "limit", {"value": 60}, key={"code": "yard_full"})

    tones = [space.tone for moment in (NOON, NOON + DAY) if (space := _space(70, 30, moment))]

    assert tones == ["calm", "stop"]
