"""The terms of booking: how far ahead, how much of one firm, how often moved, kept for a form, and what a miss costs.

Windows lie on the working day after NOON's, so that a place can be moved freely unless a test says otherwise.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.event import Event
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import bookings, declare
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.jobs import give_back_held_places
from tinhso.pillars.border.gate.models import Booking, Enterprise, Holding, SlotWindow, Standing, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import bookings as queries
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EIGHT = NOON - timedelta(hours=4)
"""08:00 of NOON's day in Viet Nam."""


def window(gate, *, begins=EIGHT + DAY, capacity: int = 10, direction: str = "X") -> SlotWindow:
    return SlotWindow.objects.create(
        point=gate.points["HN-1119"], direction=direction, begins_at=begins, ends_at=begins + HOUR, capacity=capacity
    )


def trips_of(gate, firm: Enterprise, count: int, *, first: int = 10_000) -> list[Trip]:
    drafts = [
        fruit_draft(
            gate, firm=firm, plate=f"12C{number:05d}",
            driver=make_driver(f"Lái xe {number}", f"0200{number:08d}", employer=firm),
        )
        for number in range(first, first + count)
    ]  # fmt: skip
    trips = declare.draft_trips(drafts=drafts, by=gate.everything, at=NOON)
    return declare.submit_trips(trips=trips, by=gate.everything, at=NOON)


def book(gate, trip: Trip, slot: SlotWindow, *, at=NOON) -> Trip:
    return bookings.book_slot(trip=trip, slot_id=slot.pk, by=gate.everything, at=at)


def refused(code: str):
    return pytest.raises(Refusal, match=code)


def clerk_of(firm: Enterprise) -> Actor:
    person = make_person("Người khai")
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    return person.actor()


def states(slot: SlotWindow) -> list[str]:
    return sorted(Booking.objects.filter(slot=slot).values_list("state", flat=True))


def test_a_firm_has_a_fifth_of_a_window_and_is_told_the_next_one(gate):
    slot, later = window(gate), window(gate, begins=EIGHT + DAY + HOUR)
    first, second, third = trips_of(gate, make_firm(), 3)
    book(gate, first, slot)
    book(gate, second, slot)

    with refused("BG-014") as told:
        book(gate, third, slot)

    assert queries.show_window(later) in told.value.for_people()
    assert SlotWindow.objects.get(pk=slot.pk).booked == 2


def test_a_full_window_names_the_next_one_that_has_room(gate):
    slot, full, free = (window(gate, begins=EIGHT + DAY + n * HOUR, capacity=1) for n in range(3))
    trips = [trips_of(gate, make_firm(f"C{n}", f"490023456{n}"), 1, first=10_000 + n)[0] for n in range(3)]
    book(gate, trips[0], slot)
    book(gate, trips[1], full)

    with refused("BG-014") as told:
        book(gate, trips[2], slot)

    assert queries.show_window(slot) in told.value.for_people()
    assert queries.show_window(free) in told.value.for_people()


@pytest.mark.parametrize(("days", "hour", "code"), [(6, 6, ""), (7, 6, "BG-301"), (7, 7, ""), (8, 12, "BG-011")])
def test_the_seventh_day_opens_at_seven(gate, days, hour, code):
    slot = window(gate, begins=EIGHT + days * DAY)
    (trip,) = trips_of(gate, make_firm(), 1)
    at = EIGHT + (hour - 8) * HOUR

    if not code:
        assert book(gate, trip, slot, at=at).state == "accepted"
        return
    with refused(code):
        book(gate, trip, slot, at=at)


def test_an_hour_is_moved_freely_until_two_hours_before_it_then_once(gate):
    slots = [window(gate, begins=EIGHT + DAY + n * HOUR) for n in range(5)]
    (trip,) = trips_of(gate, make_firm(), 1)
    for slot in slots[:3]:
        book(gate, trip, slot)
    near = slots[2].begins_at - HOUR

    book(gate, trip, slots[3], at=near)
    with refused("BG-300"):
        book(gate, trip, slots[4], at=slots[3].begins_at - HOUR)

    assert [SlotWindow.objects.get(pk=slot.pk).booked for slot in slots] == [0, 0, 0, 1, 0]


def test_who_gives_his_hour_up_goes_without_one(gate):
    slot = window(gate)
    (trip,) = trips_of(gate, make_firm(), 1)
    book(gate, trip, slot)

    bookings.give_up_slot(trip=trip, by=gate.everything, at=NOON)

    assert Trip.objects.get(pk=trip.pk).slot_id is None
    assert (states(slot), SlotWindow.objects.get(pk=slot.pk).booked) == (["released"], 0)


def test_a_place_is_kept_for_the_form_and_becomes_the_trips(gate):
    slot, other = window(gate, capacity=1), window(gate, begins=EIGHT + DAY + HOUR, capacity=1)
    firm = make_firm()
    by = clerk_of(firm)
    bookings.hold_place(slot_id=other.pk, firm=firm, by=by, at=NOON)
    bookings.hold_place(slot_id=slot.pk, firm=firm, by=by, at=NOON)
    (trip,) = trips_of(gate, firm, 1)
    assert [SlotWindow.objects.get(pk=one.pk).booked for one in (slot, other)] == [1, 0]

    bookings.book_slot(trip=trip, slot_id=slot.pk, by=by, at=NOON + timedelta(minutes=4))

    assert states(slot) == ["confirmed"]
    assert SlotWindow.objects.get(pk=slot.pk).booked == 1


def test_a_kept_place_is_free_again_after_five_minutes(gate):
    slot, firm = window(gate, capacity=1), make_firm()
    bookings.hold_place(slot_id=slot.pk, firm=firm, by=clerk_of(firm), at=NOON)
    other = make_firm("Công ty Bình", "4900345678")

    with refused("BG-014"):
        bookings.hold_place(slot_id=slot.pk, firm=other, by=clerk_of(other), at=NOON)
    give_back_held_places(NOON + timedelta(minutes=5))
    bookings.hold_place(slot_id=slot.pk, firm=other, by=clerk_of(other), at=NOON + timedelta(minutes=5))

    assert states(slot) == ["held", "released"]
    assert SlotWindow.objects.get(pk=slot.pk).booked == 1


def test_a_stranger_keeps_no_place_and_books_none_for_the_firm(gate):
    slot, firm = window(gate), make_firm()
    stranger = clerk_of(make_firm("Công ty Chi", "4900456789"))
    (trip,) = trips_of(gate, firm, 1)

    with pytest.raises(Forbidden):
        bookings.hold_place(slot_id=slot.pk, firm=firm, by=stranger, at=NOON)
    with pytest.raises(Refusal, match="BG-024"):
        bookings.book_slot(trip=trip, slot_id=slot.pk, by=stranger, at=NOON)

    assert (states(slot), SlotWindow.objects.get(pk=slot.pk).booked) == ([], 0)


def test_a_window_of_another_point_is_not_the_trips(gate):
    slot = window(gate)
    SlotWindow.objects.filter(pk=slot.pk).update(point=gate.points["TT-1088"])
    (trip,) = trips_of(gate, make_firm(), 1)

    with refused("BG-302"):
        book(gate, trip, slot)


def test_who_comes_through_barrier_1_has_used_his_booking(gate):
    slot = window(gate, begins=NOON)
    (trip,) = trips_of(gate, make_firm(), 1)
    book(gate, trip, slot)
    for step, facts in (
        ("enter_buffer", {"plate": trip.tractor_plate}),
        ("call", {"first": FirstInLine(trip.pk)}),
        ("arrive", {"plate": trip.tractor_plate}),
    ):
        TRIP.fire(trip, step, by=gate.everything, at=NOON, **facts)

    assert states(slot) == ["used"]


def test_three_no_shows_in_thirty_days_lock_the_firm_for_seven(gate):
    firm = make_firm()
    slots = [window(gate, begins=EIGHT + DAY + n * HOUR) for n in range(3)]
    trips = trips_of(gate, firm, 3)
    for trip, slot in zip(trips, slots, strict=True):
        book(gate, trip, slot)
    ends = slots[2].ends_at + HOUR

    fire_due_steps(ends - timedelta(seconds=1))
    _count_misses(ends)
    assert Enterprise.objects.get(pk=firm.pk).standing == Standing.ACTIVE
    fire_due_steps(ends)
    _count_misses(ends)
    _count_misses(ends)

    firm.refresh_from_db()
    assert (firm.standing, firm.locked_until) == (Standing.BOOKING_LOCKED, ends + 7 * DAY)
    with refused("BG-037") as locked:
        bookings.hold_place(slot_id=slots[0].pk, firm=firm, by=clerk_of(firm), at=ends)
    with override("vi"):
        assert "3 lần không đến đúng giờ hẹn trong 30 ngày" in str(locked.value.for_people())


def _count_misses(at) -> None:
    for trip in Trip.objects.filter(state="no_show"):
        bookings.count_no_show(trip=trip, at=at)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(("book", "hold", "give_up", "cancel", "arrive", "lapse", "no_show")),
        st.integers(0, 5),
        st.integers(0, 2),
    ),
    max_size=25,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_booked_is_the_number_of_living_places_whatever_is_done(gate, moves):
    from django.db import transaction

    with transaction.atomic():
        _walk(gate, moves)
        transaction.set_rollback(True)


def _walk(gate, moves) -> None:
    firms = [make_firm(f"C{n}", f"490023456{n}") for n in range(3)]
    clerks = [clerk_of(firm) for firm in firms]
    slots = [window(gate, begins=NOON + n * HOUR, capacity=2) for n in range(3)]
    trips = [trips_of(gate, firms[n % 3], 1, first=10_000 + n)[0] for n in range(6)]
    for turn, (move, which, where) in enumerate(moves):
        at = NOON + turn * timedelta(minutes=2)
        trip, slot = Trip.objects.get(pk=trips[which].pk), slots[where]
        try:
            if move == "hold":
                bookings.hold_place(slot_id=slot.pk, firm=firms[where], by=clerks[where], at=at)
            elif move == "lapse":
                bookings.lapse_holds(at=at)
            elif move == "book":
                bookings.book_slot(trip=trip, slot_id=slot.pk, by=clerks[which % 3], at=at)
            elif move == "give_up":
                bookings.give_up_slot(trip=trip, by=gate.everything, at=at)
            elif move == "no_show":
                fire_due_steps(at + 3 * HOUR)
            else:
                _step(gate, trip, move, at)
        except Refusal:
            pass
        assert not queries.wrong_counts().exists()
        held = dict(Trip.objects.exclude(slot=None).values_list("pk", "slot"))
        living = Booking.objects.filter(state__in=(Holding.CONFIRMED, Holding.USED))
        assert dict(living.values_list("trip", "slot")) == held


def _step(gate, trip: Trip, move: str, at) -> None:
    if move == "cancel":
        declare.cancel_trip(trip=trip, by=gate.everything, at=at)
        return
    for step, facts in (
        ("enter_buffer", {"plate": trip.tractor_plate}),
        ("call", {"first": FirstInLine(trip.pk)}),
        ("arrive", {"plate": trip.tractor_plate}),
    ):
        TRIP.fire(trip, step, by=gate.everything, at=at, **facts)


def test_firms_who_ask_at_once_stay_within_their_share(gate, as_owner):
    slot = window(gate, capacity=10)
    firms = [make_firm(f"C{n}", f"490023456{n}") for n in range(6)]
    trips = [trip for n, firm in enumerate(firms) for trip in trips_of(gate, firm, 5, first=10_000 + 5 * n)]

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda trip: _ask(as_owner, gate, trip, slot), trips))

    assert sorted(set(told)) == ["", "BG-014"]
    assert told.count("") == SlotWindow.objects.get(pk=slot.pk).booked == 10
    assert max(Booking.objects.filter(slot=slot, agency_id=firm.pk).count() for firm in firms) <= 2


def _ask(address: str, gate, trip: Trip, slot: SlotWindow) -> str:
    with psycopg.connect(address, autocommit=True) as database:
        database.execute("select set_config('tinhso.actor', %s, false)", [str(gate.everything.id)])
        facts = psycopg.types.json.Jsonb({"slot": str(slot.pk)})
        try:
            database.execute("select border_gate_trip_fire(%s, 'book_slot', %s, null, %s)", [trip.pk, NOON, facts])
        except psycopg.Error as error:
            return error.diag.message_detail or str(error)
    return ""


def test_an_event_of_a_no_show_counts_it(gate):
    """The handler is the one that counts: asked for by name, as the relay does."""
    from tinhso.pillars.border.gate.handlers.bookings import count_misses

    firm = make_firm()
    slots = [window(gate, begins=EIGHT + DAY + n * HOUR) for n in range(3)]
    trips = trips_of(gate, firm, 3)
    for trip, slot in zip(trips, slots, strict=True):
        book(gate, trip, slot)
    at = slots[2].ends_at + HOUR
    fire_due_steps(at)

    count_misses(Event("border_gate.trip_not_shown", TRIP.name, trips[0].pk, 1, at, uuid7(), {}, 1))

    assert Enterprise.objects.get(pk=firm.pk).standing == Standing.BOOKING_LOCKED


def test_a_place_that_lapses_while_another_hour_is_chosen_is_freed_once(gate, as_owner):
    slot, other = window(gate, capacity=3), window(gate, begins=EIGHT + DAY + HOUR, capacity=3)
    firm = make_firm()
    by = clerk_of(firm)
    bookings.hold_place(slot_id=slot.pk, firm=firm, by=by, at=NOON)
    later = NOON + timedelta(minutes=5)

    def choose() -> None:
        try:
            bookings.hold_place(slot_id=other.pk, firm=firm, by=by, at=later)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            SlotWindow.objects.select_for_update(no_key=True).get(pk=slot.pk)
            chosen = pool.submit(choose)
            _until_somebody_waits(as_owner)
            bookings.lapse_holds(at=later)
        chosen.result(10)

    assert [SlotWindow.objects.get(pk=one.pk).booked for one in (slot, other)] == [0, 1]
    assert (states(slot), states(other)) == (["released"], ["held"])


def _until_somebody_waits(address: str) -> None:
    """Until another connection waits for a lock that is held here."""
    with psycopg.connect(address, autocommit=True) as database:
        for _look in range(100):
            asked = (
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
            )
            (waiting,) = database.execute(asked).fetchone()
            if waiting:
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")
