"""Who was called and stands behind an incident loses neither his call nor his hour: the time lost is added."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.events.event import Event
from tinhso.kernel.machines.outward import OUTWARD
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.web.offline.inbox import take
from tinhso.kernel.web.offline.models import OfflineEvent
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import move
from tinhso.pillars.border.gate.actions.stoppages import end_stoppage
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ControlPoint, Trip, Yard
from tinhso.pillars.border.gate.queries import driver, firms
from tinhso.pillars.border.gate.queries.called import called_now
from tinhso.pillars.border.gate.queries.stoppages import kept_calls
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_api import BASE, signed_in
from tinhso.pillars.border.gate.tests.test_fairness import waiting
from tinhso.pillars.border.gate.tests.test_offline import make_device, passing
from tinhso.pillars.border.gate.tests.test_orders_of_the_board import deliver
from tinhso.pillars.border.gate.tests.test_slots import accepted, book, booked, window
from tinhso.pillars.border.gate.tests.test_stoppages import BARRIER, blocked

MINUTE = timedelta(minutes=1)
LAPSES = NOON + 45 * MINUTE


@pytest.fixture
def barrier(gate) -> ControlPoint:
    return ControlPoint.objects.select_related("point").get(code=BARRIER)


def called(gate, count: int = 1) -> list[Trip]:
    trips = waiting(gate, count)
    for _trip in trips:
        move.call_next(point=gate.points["HN-1119"], at=NOON)
    return trips


def stored(trip: Trip) -> Trip:
    return Trip.objects.select_related("point", "yard", "driver").get(pk=trip.pk)


def over(gate, stoppage, minutes: int) -> None:
    end_stoppage(stoppage=stoppage, by=gate.everything, at=NOON + minutes * MINUTE)


def test_no_call_lapses_while_an_incident_stands_and_the_minutes_are_added(gate, barrier):
    here, other = called(gate, 2)
    stoppage = blocked(gate, barrier, at=NOON + 10 * MINUTE)

    fire_due_steps(NOON + 60 * MINUTE)
    assert {stored(trip).state for trip in (here, other)} == {"called"}
    with pytest.raises(StepRefused, match="BG-208"):
        TRIP.fire(stored(here), "call_timeout", by=gate.everything, at=NOON + 60 * MINUTE)
    over(gate, stoppage, 70)

    assert {stored(trip).call_expires_at for trip in (here, other)} == {LAPSES + 60 * MINUTE}
    fire_due_steps(NOON + 104 * MINUTE)
    assert stored(here).state == "called"
    fire_due_steps(NOON + 105 * MINUTE)
    assert {(stored(trip).state, stored(trip).miss_count) for trip in (here, other)} == {("at_buffer", 1)}


def test_incidents_at_once_count_once_and_nothing_is_added_before_the_last_is_over(gate, barrier):
    (trip,) = called(gate)
    first = blocked(gate, barrier, lane=1, at=NOON + 5 * MINUTE)
    second = blocked(gate, barrier, lane=2, at=NOON + 10 * MINUTE)
    early = blocked(gate, barrier, lane=3, kind="blocked", at=NOON + 10 * MINUTE)

    over(gate, first, 20)
    over(gate, early, 20)
    assert stored(trip).call_expires_at == LAPSES
    over(gate, second, 25)
    assert stored(trip).call_expires_at == LAPSES + 20 * MINUTE

    again = blocked(gate, barrier, lane=1, at=NOON + 30 * MINUTE)
    over(gate, again, 33)
    assert stored(trip).call_expires_at == LAPSES + 23 * MINUTE


def test_only_what_stood_after_the_call_and_before_barrier_1_counts(gate, barrier):
    line, yard = ControlPoint.objects.get(code="HN-1119-B3"), Yard.objects.get(code="XC")
    elsewhere = ControlPoint.objects.filter(kind="entry").exclude(point=barrier.point).first()
    before = blocked(gate, barrier, at=NOON - 30 * MINUTE)
    over(gate, before, -5)
    standing = blocked(gate, barrier, at=NOON - 2 * MINUTE)
    (trip,) = called(gate)

    over(gate, standing, 3)
    for place, lane in ((line, 1), (yard, 0), (elsewhere, 1)):
        over(gate, blocked(gate, place, lane=lane, at=NOON + 5 * MINUTE), 20)

    assert stored(trip).call_expires_at == LAPSES + 3 * MINUTE
    fire_due_steps(LAPSES + 3 * MINUTE)
    assert stored(trip).state == "at_buffer"


def test_driver_and_firm_are_told_until_when_and_why_and_the_trail_keeps_it(gate, barrier):
    (trip,) = called(gate)
    stoppage = blocked(gate, barrier)
    over(gate, stoppage, 20)
    Notice.objects.all().delete()

    deliver("border_gate.trip_call_extended", trip.pk)

    (notice,) = Notice.objects.filter(recipient=trip.driver.person_id)
    assert notice.kind == "border_gate.call_extended"
    assert "dời đến 13:05" in notice.text
    assert "làn 3, xe hỏng, 12:00–12:20" in notice.text
    entry = Entry.objects.get(record_id=trip.pk, action="extend_call")
    assert str(stoppage.pk) in entry.payload


def test_everybody_reads_why_the_call_holds(gate, barrier):
    (trip,) = called(gate)
    stoppage = blocked(gate, barrier)
    late = LAPSES + 5 * MINUTE

    standing = driver.standing(stored(trip), at=late)
    (call,) = called_now(at=late)
    assert "không mất lượt gọi" in standing.kept
    assert "làn 3, xe hỏng, từ 12:00" in standing.kept
    assert (call.code, call.is_kept) == (trip.code, True)
    over(gate, stoppage, 50)
    (call,) = called_now(at=late)

    (row,) = firms.board([stored(trip)], at=late)
    assert not call.is_kept
    assert "13:35" in row.next
    assert "12:00–12:50" in row.next
    with CaptureQueriesContext(connection) as asked:
        kept_calls([stored(trip)] * 3)
    assert len(asked) == 2


def test_an_hour_is_not_missed_while_the_way_is_blocked_and_gets_the_minutes(gate, barrier):
    trip, early = accepted(gate, 2)
    slot = window(gate)  # 13:00 to 14:00, not kept from 15:00 on
    for one in (trip, early):
        book(gate, one, slot)
    stoppage = blocked(gate, barrier, at=NOON + 30 * MINUTE)

    fire_due_steps(NOON + 190 * MINUTE)
    assert stored(trip).state == "accepted"
    over(gate, stoppage, 190)
    fire_due_steps(NOON + 309 * MINUTE)
    assert (stored(trip).state, booked(slot)) == ("accepted", [2])
    TRIP.fire(stored(early), "enter_buffer", by=gate.everything, at=NOON + 249 * MINUTE, plate=early.tractor_plate)
    assert stored(early).effective_at == slot.begins_at
    fire_due_steps(NOON + 310 * MINUTE)

    assert (stored(trip).state, booked(slot)) == ("no_show", [1])


@pytest.mark.parametrize(("minutes", "passes"), [(139, True), (141, False)])
def test_who_comes_late_to_his_hour_by_what_the_way_was_blocked_is_let_through(gate, barrier, minutes, passes):
    (trip,) = accepted(gate, 1)
    slot = window(gate)
    book(gate, trip, slot)
    over(gate, blocked(gate, barrier, at=NOON + 70 * MINUTE), 90)

    def arrive():
        TRIP.fire(stored(trip), "arrive", by=gate.everything, at=NOON + minutes * MINUTE, plate=trip.tractor_plate)

    if passes:
        arrive()
        assert stored(trip).effective_at == slot.begins_at
    else:
        with pytest.raises(StepRefused, match="BG-205"):
            arrive()


def test_who_came_while_the_network_was_cut_is_taken_though_his_call_was_extended_meanwhile(gate, barrier):
    (trip,) = called(gate)
    device = make_device(gate)
    over(gate, blocked(gate, barrier), 20)

    take(device=device, events=[passing(gate, trip, 1, kind="entry", step="arrive", at=NOON + 15 * MINUTE)], at=LAPSES)

    assert OfflineEvent.objects.get().state == "applied"
    assert stored(trip).state == "arrived"


def test_the_firms_program_is_told_the_new_time_and_why(gate, barrier):
    (trip,) = called(gate)
    own = signed_in("ENTERPRISE", agency=trip.agency_id)
    with clock.frozen(NOON + 20 * MINUTE):
        over(gate, blocked(gate, barrier), 20)
        told = own.get(f"{BASE}/status", {"code": trip.code}).json()
    event = Event("border_gate.trip_call_extended", TRIP.name, trip.pk, 9, NOON, trip.pk, {}, 1)

    sent = OUTWARD.get(event.name).tell(event, gate.everything, NOON)

    until = (LAPSES + 20 * MINUTE).isoformat()
    assert (sent["state"], sent["call_expires_at"]) == ("called", until)
    assert datetime.fromisoformat(told["call_expires_at"]) == LAPSES + 20 * MINUTE
    assert "12:00–12:20" in told["call_kept"]
