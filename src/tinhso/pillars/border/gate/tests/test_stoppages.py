"""Incidents on lanes: noted and ended with a tap, seen by the board, told behind when they last, counted as blocked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.identity.models import Person
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.pillars.border.gate.actions import move
from tinhso.pillars.border.gate.actions.figures import count_days
from tinhso.pillars.border.gate.actions.platform_calls import call_at
from tinhso.pillars.border.gate.actions.stoppages import begin_stoppage, end_stoppage, watch_stoppages
from tinhso.pillars.border.gate.models import ControlPoint, CrossingPoint, DayFigure, Stoppage, Yard
from tinhso.pillars.border.gate.queries.live_map import live_map
from tinhso.pillars.border.gate.queries.stoppages import open_lanes
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY
from tinhso.pillars.border.gate.tests.test_fairness import waiting
from tinhso.pillars.border.gate.tests.test_order_pages import client_of, text_of
from tinhso.pillars.border.gate.tests.test_orders_of_the_board import board_of, deliver

BARRIER = "HN-1119-B1"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def barrier(gate) -> ControlPoint:
    return ControlPoint.objects.select_related("point").get(code=BARRIER)


def blocked(gate, place, *, lane: int = 3, kind: str = "breakdown", at=NOON) -> Stoppage:
    return begin_stoppage(place=place, kind=kind, lane=lane, by=gate.everything, at=at)


def test_it_is_noted_and_ended_in_taps_on_a_page_of_the_barrier_and_of_the_yard(gate, barrier):
    client = client_of("YARD", place=barrier.point)
    page, tap = (reverse(f"border_gate:{name}", args=[BARRIER]) for name in ("stoppages", "stoppage_begin"))
    with clock.frozen(NOON):
        assert reverse("border_gate:stoppages", args=[BARRIER]) in text_of(
            client.get(reverse("border_gate:barrier", args=[BARRIER]))
        )
        client.post(tap, {"what": "breakdown-3"})
        client.post(reverse("border_gate:stoppage_begin", args=["XC"]), {"what": "blocked"})
        at_barrier = Stoppage.objects.get(barrier=BARRIER)
        shown = text_of(client.get(page))
        client.post(reverse("border_gate:stoppage_end", args=[at_barrier.pk]))

    assert "Xe hỏng" in shown
    assert f"{barrier.name}, làn 3" in shown
    rows = Stoppage.objects.order_by("lane").values_list("yard__code", "barrier", "lane", "kind", "ended_at")
    assert list(rows) == [("XC", None, 0, "blocked", None), (None, BARRIER, 3, "breakdown", NOON)]


def test_said_twice_it_is_one_incident_and_ended_twice_the_first_word_holds(gate, barrier):
    first, again = blocked(gate, barrier), blocked(gate, barrier, at=NOON + MINUTE)

    end_stoppage(stoppage=first, by=gate.everything, at=NOON + 2 * MINUTE)
    end_stoppage(stoppage=again, by=gate.everything, at=NOON + 9 * MINUTE)

    assert (first.pk, again.begun_at) == (again.pk, NOON)
    assert Stoppage.objects.get().ended_at == NOON + 2 * MINUTE
    names = Outbox.objects.filter(record_id=first.pk).order_by("id").values_list("name", flat=True)
    assert list(names) == ["border_gate.way_blocked", "border_gate.way_free"]
    assert blocked(gate, barrier, at=NOON + 10 * MINUTE).pk != first.pk


@pytest.mark.parametrize(
    ("kind", "lane", "code"), [("fire", 3, "BG-645"), ("blocked", 7, "BG-386"), ("blocked", 0, "BG-386")]
)
def test_no_kind_and_no_lane_of_that_barrier_is_refused(gate, barrier, kind, lane, code):
    with pytest.raises(GateRefusal, match=code):
        blocked(gate, barrier, lane=lane, kind=kind)


def test_customs_and_another_points_guard_note_and_end_nothing(gate, barrier):
    stoppage = blocked(gate, barrier)
    guard = client_of("BIENPHONG", place=gate.points["CM-01"])

    assert guard.get(reverse("border_gate:stoppages", args=[BARRIER])).status_code == 404
    assert guard.get(reverse("border_gate:stoppages", args=["XC"])).status_code == 404
    assert guard.post(reverse("border_gate:stoppage_begin", args=["XC"]), {"what": "blocked"}).status_code == 404
    assert guard.post(reverse("border_gate:stoppage_end", args=[stoppage.pk])).status_code == 404
    assert client_of("HAIQUAN").get(reverse("border_gate:stoppages", args=[BARRIER])).status_code == 403
    with pytest.raises(Forbidden):
        end_stoppage(stoppage=stoppage, by=board_of(gate, "CM-01"), at=NOON)


def test_the_board_hears_at_once_and_sees_it_on_the_live_map(gate, barrier):
    board, _elsewhere = board_of(gate), board_of(gate, "TT-1088")
    live_map(at=NOON)  # what the rulebook says of the day is read once
    with CaptureQueriesContext(connection) as before:
        live_map(at=NOON)
    stoppage = blocked(gate, barrier)

    deliver("border_gate.way_blocked", stoppage.pk)

    notice = Notice.objects.get(kind="border_gate.way_blocked")
    assert notice.recipient == board.id
    with CaptureQueriesContext(connection) as after:
        here = next(one for one in live_map(at=NOON + 5 * MINUTE) if one.now.code == "HN-1119")
    assert here.alarms[0].text == "Barie 1 vào khu vực, làn 3: xe hỏng, 5 phút"
    assert len(after) == len(before)


def test_drivers_behind_one_that_lasts_are_told_once_and_again_when_the_way_is_free(gate, barrier):
    here, _there = waiting(gate, 2)
    Person.objects.filter(pk=here.driver.person_id).update(phone="+84900000001")
    move.call_next(point=gate.points["HN-1119"], at=NOON)  # the other one still waits in the holding area
    stoppage = blocked(gate, barrier)
    Notice.objects.all().delete()

    early = watch_stoppages(at=NOON + 14 * MINUTE)
    said = [watch_stoppages(at=NOON + number * MINUTE) for number in (15, 16)]
    deliver("border_gate.way_blocked_long", stoppage.pk)
    end_stoppage(stoppage=stoppage, by=gate.everything, at=NOON + 20 * MINUTE)
    deliver("border_gate.way_free", stoppage.pk)
    deliver("border_gate.way_blocked_long", stoppage.pk)

    assert (early, said) == (0, [1, 0])
    told = Notice.objects.order_by("kind").values_list("kind", "recipient")
    kinds = ["border_gate.way_blocked_long", "border_gate.way_free"]
    assert list(told) == [(kind, here.driver.person_id) for kind in kinds]
    assert sorted(Delivery.objects.filter(channel="sms").values_list("notice__kind", flat=True)) == kinds


def test_nobody_hears_of_a_short_one(gate, barrier):
    waiting(gate, 1)
    move.call_next(point=gate.points["HN-1119"], at=NOON)
    stoppage = blocked(gate, barrier)
    end_stoppage(stoppage=stoppage, by=gate.everything, at=NOON + 3 * MINUTE)
    Notice.objects.all().delete()

    assert watch_stoppages(at=NOON + 30 * MINUTE) == 0
    deliver("border_gate.way_free", stoppage.pk)

    assert not Notice.objects.exists()


def test_it_counts_into_the_blocked_time_of_its_lane_within_the_day(gate, barrier):
    ends = NOON.replace(hour=13)  # the report's day ends at 20:00 of Viet Nam
    short, long = blocked(gate, barrier, lane=1), blocked(gate, barrier, lane=2, at=ends - 10 * MINUTE)
    end_stoppage(stoppage=short, by=gate.everything, at=NOON + 7 * MINUTE)
    end_stoppage(stoppage=long, by=gate.everything, at=ends + 25 * MINUTE)
    blocked(gate, ControlPoint.objects.get(code="HN-1119-B3"), lane=1)
    blocked(gate, Yard.objects.get(code="XC"), lane=0)

    with clock.frozen(ends + timedelta(days=2)):
        count_days(TODAY, TODAY + timedelta(days=1))

    rows = DayFigure.objects.filter(name="lane").order_by("day", "key").values_list("day", "key", "amount")
    assert list(rows) == [
        (TODAY, f"{BARRIER}/1", 7 * 60),
        (TODAY, f"{BARRIER}/2", 10 * 60),
        (TODAY + timedelta(days=1), f"{BARRIER}/2", 25 * 60),
    ]


def test_the_platform_calls_nobody_while_all_lanes_of_barrier_1_are_blocked(gate, barrier):
    waiting(gate, 1)
    CrossingPoint.objects.filter(pk=barrier.point_id).update(platform_calls=True)
    rows = [blocked(gate, barrier, lane=lane) for lane in range(1, barrier.lanes + 1)]

    assert open_lanes(barrier.point_id) == 0
    assert call_at(point=barrier.point, at=NOON) == []
    end_stoppage(stoppage=rows[0], by=gate.everything, at=NOON)

    assert len(call_at(point=barrier.point, at=NOON)) == 1
