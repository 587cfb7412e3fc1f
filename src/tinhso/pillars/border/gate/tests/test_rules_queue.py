"""The published order of the queue."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.rules import queue

FIXTURE = Path(__file__).parent / "fixtures" / "queue_fixture.csv"
DAY = datetime(2026, 6, 10, tzinfo=HANOI)
START = DAY.replace(hour=7, minute=20)
TWO_MINUTES = timedelta(minutes=2)
WORDS = {"P0": ("emergency", None), "waited too long": ("waited_too_long", None)}


def at(text):
    hours, minutes = text.split(":")
    return DAY.replace(hour=int(hours), minute=int(minutes))


def fixture_rows():
    with FIXTURE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fixture_tickets():
    tickets = []
    for row in fixture_rows():
        slot = (at(row["slot_start"]), at(row["slot_start"]) + timedelta(hours=1)) if row["slot_start"] else None
        arrived_at = datetime.fromisoformat(row["arrival"]).replace(tzinfo=HANOI)
        tickets.append(queue.ticket(code=row["vehicle"], priority=row["class"], arrived_at=arrived_at, slot=slot))
    return tickets


def truck(code, priority, minute, **more):
    return queue.ticket(code=code, priority=priority, arrived_at=START + timedelta(minutes=minute), **more)


def order(tickets, cycle="season", start=START):
    return "".join(call.ticket.code for call in queue.calls(tickets, queue.Pace(start, TWO_MINUTES, cycle)))


def next_call(tickets, pace):
    return next(queue.calls_now(tickets, pace), None)


def test_the_fixture_is_called_in_the_exact_order_at_the_exact_times_for_the_given_reasons():
    called = list(queue.calls(fixture_tickets(), queue.Pace(START, TWO_MINUTES)))

    assert " ".join(call.ticket.code for call in called) == "J A C B E L I N K F D G M H"
    rows = sorted(fixture_rows(), key=lambda row: int(row["call_no"]))
    for call, row in zip(called, rows, strict=True):
        kind, _, priority = row["reason"].partition(" ")
        wanted = {"P0": "emergency", "waited": "waited_too_long", "cycle": "cycle"}[kind]
        assert call.reason.kind == wanted
        assert call.number == int(row["call_no"])
        assert f"{call.at:%H:%M}" == row["called_at"]
        assert wanted != "cycle" or call.reason.facts["priority"] == priority
        assert f"{call.ticket.effective_at:%Y-%m-%d %H:%M}" == row["effective_time"]


def test_the_off_season_cycle_calls_in_another_order():
    assert order(fixture_tickets(), "off_season") != order(fixture_tickets(), "season")


def test_next_call_goes_on_where_the_cycle_stood():
    waiting = fixture_tickets()
    called = ""
    position = 0
    for beat in range(13):
        pace = queue.Pace(START + beat * TWO_MINUTES, TWO_MINUTES, "season", position)
        call = next_call(waiting, pace)
        called += call.ticket.code
        position = call.position
        waiting.remove(call.ticket)

    assert called == "JACBELINKFDGM"


def test_nobody_here_means_nobody_called():
    assert next_call([truck("A", "P1", 5)], queue.Pace(START, TWO_MINUTES)) is None


@pytest.mark.parametrize(
    ("priority", "arrived", "slot", "declared", "effective"),
    [
        ("P0", 10, None, None, 10),
        ("P1", 10, (0, 60), None, 0),
        ("P1", 60, (0, 60), None, 0),
        ("P1", 61, (0, 60), None, 61),
        ("P3", 10, None, None, 40),
        ("P3", 10, None, 25, 55),
    ],
)
def test_the_effective_time_follows_slot_arrival_and_declaration(priority, arrived, slot, declared, effective):
    moment = lambda minute: START + timedelta(minutes=minute)  # noqa: E731

    found = queue.effective_time(
        priority=priority,
        arrived_at=moment(arrived),
        slot=slot and (moment(slot[0]), moment(slot[1])),
        declared_here_at=None if declared is None else moment(declared),
    )

    assert found == moment(effective)


def test_an_undeclared_truck_may_be_called_from_its_declaration_on():
    late = truck("A", "P3", -60, declared_here_at=START + timedelta(minutes=4))

    (call,) = queue.calls([late], queue.Pace(START, TWO_MINUTES))

    assert call.at == START + timedelta(minutes=4)


def test_waiting_exactly_the_limit_is_not_too_long():
    arrived = -150  # effective 120 minutes before the start
    waiting = [truck("A", "P1", arrived), truck("B", "P3", -31)]

    kinds = [call.reason.kind for call in queue.calls(waiting, queue.Pace(START, TWO_MINUTES))]
    later = next(queue.calls(waiting, queue.Pace(START + TWO_MINUTES, TWO_MINUTES)))

    assert kinds == ["cycle", "cycle"]
    assert later.reason.kind == "waited_too_long"
    assert later.position == 0


def test_a_second_missed_call_puts_a_truck_behind_its_class():
    missed = truck("A", "P3", -300, misses=2, missed_at=START - timedelta(minutes=1))
    waiting = [missed, truck("B", "P3", -31), truck("C", "P3", -30)]

    calls = list(queue.calls(waiting, queue.Pace(START, TWO_MINUTES)))

    assert "".join(call.ticket.code for call in calls) == "BCA"
    assert calls[-1].reason.kind == "last_in_class"


def test_places_tell_position_minutes_and_why():
    places = queue.places([*fixture_tickets(), truck("Z", "P4", -5)], queue.Pace(START, TWO_MINUTES))

    assert (places["J"].position, places["J"].minutes) == (1, 0)
    assert (places["L"].position, places["L"].minutes) == (6, 10)
    assert places["L"].reason.facts["ahead_in_class"] == 2
    assert places["L"].reason.facts["ahead"] == 5
    assert (places["Z"].position, places["Z"].reason.kind) == (1, "own_lane")


def test_the_empty_are_called_beside_the_loaded_and_their_place_is_what_happens():
    waiting = [*fixture_tickets(), truck("Z", "P4", -5), truck("Y", "P4", -3)]
    pace = queue.Pace(START, TWO_MINUTES)

    called = list(queue.calls(waiting, pace))

    assert [call.ticket.code for call in called[:5]] == ["J", "Z", "A", "Y", "C"]
    assert "".join(call.ticket.code for call in called if call.ticket.code not in "YZ") == "JACBELINKFDGMH"
    assert {call.ticket.code: (call.number, call.at) for call in called} == {
        code: (place.position, place.call_at) for code, place in queue.places(waiting, pace).items()
    }


def test_a_beat_of_calls_names_one_of_each_lane_and_the_empty_use_no_step_of_the_cycle():
    waiting = [truck("A", "P3", -31), truck("B", "P3", -30), truck("Y", "P4", -3), truck("Z", "P4", -5)]

    first, *more = queue.beats(waiting, queue.Pace(START, TWO_MINUTES, position=1))

    assert [[call.ticket.code for call in beat] for beat in (first, *more)] == [["A", "Z"], ["B", "Y"]]
    assert [call.position for call in first] == [3, None]
    assert [call.reason.kind for call in first] == ["cycle", "own_lane"]


def test_of_five_thousand_trucks_each_has_a_place_of_its_own():
    waiting = [
        truck(f"{number:05d}", ("P1", "P1", "P2", "P3", "P3")[number % 5], -(number * 37 % 600))
        for number in range(5000)
    ]

    places = queue.places(waiting, queue.Pace(START, TWO_MINUTES))

    assert len(places) == 5000
    assert sorted(one.position for one in places.values()) == list(range(1, 5001))


def test_the_first_places_are_the_first_of_all_places():
    waiting = [*fixture_tickets(), truck("Z", "P4", -5), truck("Y", "P4", -3)]
    pace = queue.Pace(START, TWO_MINUTES)
    every = queue.places(waiting, pace)

    first = queue.first_places(waiting, pace, 6)

    order = sorted(every, key=lambda code: (every[code].call_at, every[code].position))
    assert list(first.items()) == [(code, every[code]) for code in order[:6]]
    assert queue.first_places(waiting, pace, 100) == every


tickets = st.lists(
    st.builds(
        lambda priority, minute, slot: (priority, minute, slot),
        st.sampled_from(queue.CLASSES),
        st.integers(-400, 120),
        st.one_of(st.none(), st.integers(-5, 3)),
    ),
    max_size=30,
).map(
    lambda rows: [
        truck(
            f"{number:03d}",
            priority,
            minute,
            slot=None if slot is None else (START + timedelta(hours=slot), START + timedelta(hours=slot + 1)),
        )
        for number, (priority, minute, slot) in enumerate(rows)
    ]
)


@given(tickets, st.sampled_from(sorted(queue.CYCLES)), st.integers(0, 9))
def test_everybody_is_called_once_and_nobody_waits_while_the_gate_is_free(waiting, cycle, position):
    called = list(queue.calls(waiting, queue.Pace(START, TWO_MINUTES, cycle, position)))

    assert sorted(call.ticket.code for call in called) == sorted(one.code for one in waiting)
    assert all(call.at >= call.ticket.here_from for call in called)
    for empty in (False, True):
        lane = [call for call in called if (call.ticket.priority == queue.EMPTY) == empty]
        moments = [START - TWO_MINUTES, *(call.at for call in lane)]
        for before, call in zip(moments, lane, strict=False):
            first_here = min(later.ticket.here_from for later in lane[call.number - 1 :])
            assert call.at - before == TWO_MINUTES or call.at - first_here < TWO_MINUTES


@given(tickets, st.sampled_from(sorted(queue.CYCLES)))
def test_within_a_class_the_order_is_kept_among_those_here(waiting, cycle):
    called = list(queue.calls(waiting, queue.Pace(START, TWO_MINUTES, cycle)))

    for number, call in enumerate(called):
        for later in called[number + 1 :]:
            if later.ticket.priority == call.ticket.priority and later.ticket.here_from <= call.at:
                assert call.ticket.order() < later.ticket.order()


@given(tickets)
def test_an_emergency_is_always_next(waiting):
    called = list(queue.calls(waiting, queue.Pace(START, TWO_MINUTES)))

    for number, call in enumerate(called):
        if call.ticket.priority not in ("P0", "P4"):
            assert not [x for x in called[number:] if x.ticket.priority == "P0" and x.ticket.here_from <= call.at]


def test_calls_made_at_once_name_the_same_as_one_call_after_the_other():
    tickets, late = fixture_tickets(), DAY.replace(hour=12)
    waiting, position, one_by_one = list(tickets), 0, ""
    while call := next_call(waiting, queue.Pace(late, TWO_MINUTES, position=position)):
        one_by_one += call.ticket.code
        waiting = [one for one in waiting if one.code != call.ticket.code]
        position = call.position

    at_once = "".join(call.ticket.code for call in queue.calls_now(tickets, queue.Pace(late, TWO_MINUTES)))

    assert (at_once, len(at_once)) == (one_by_one, len(tickets))
