"""An hour that is booked is held by one live trip; when the trip will not come, the place is free again."""

from __future__ import annotations

import contextlib
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db.models import Count

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import bookings, declare
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import SlotWindow, Trip
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm

HOUR = timedelta(hours=1)
PAPER = "020090{:06d}"
REASON = {"reason": "Chủ hàng xin quay về", "reason_code": "OWNER_REQUEST", "customs_consent": "HQ-1"}


def window(gate, *, capacity: int = 2, hours: int = 1) -> SlotWindow:
    begins = NOON + hours * HOUR
    return SlotWindow.objects.create(
        point=gate.points["HN-1119"], direction="X", begins_at=begins, ends_at=begins + HOUR, capacity=capacity
    )


def accepted(gate, count: int) -> list[Trip]:
    """Each of a firm of its own: what one firm may have of a window is not the question here."""
    firms = [make_firm(f"Công ty {number}", f"49002{number:05d}") for number in range(10_000, 10_000 + count)]
    drafts = [
        fruit_draft(
            gate, firm=firm, plate=f"12C{number:05d}",
            driver=make_driver(f"Lái xe {number}", PAPER.format(number), employer=firm),
        )
        for number, firm in enumerate(firms, start=10_000)
    ]  # fmt: skip
    trips = declare.draft_trips(drafts=drafts, by=gate.everything, at=NOON)
    return declare.submit_trips(trips=trips, by=gate.everything, at=NOON)


def book(gate, trip: Trip, slot: SlotWindow) -> None:
    bookings.book_slot(trip=trip, slot_id=slot.pk, by=gate.everything, at=NOON)


def booked(*slots: SlotWindow) -> list[int]:
    return [SlotWindow.objects.get(pk=slot.pk).booked for slot in slots]


def step(gate, trip: Trip, name: str, at=NOON, **facts) -> None:
    TRIP.fire(trip, name, by=gate.everything, at=at, **facts)


def to_buffer(gate, trip: Trip) -> None:
    step(gate, trip, "enter_buffer", plate=trip.tractor_plate)


def to_barrier(gate, trip: Trip) -> None:
    to_buffer(gate, trip)
    step(gate, trip, "call", first=FirstInLine(trip.pk))
    step(gate, trip, "arrive", plate=trip.tractor_plate)


WAYS = {
    "cancel": lambda gate, trip: declare.cancel_trip(trip=trip, by=gate.everything, at=NOON),
    "cancel on the way": lambda gate, trip: (step(gate, trip, "depart"), step(gate, trip, "cancel")),
    "cancel in the holding area": lambda gate, trip: (to_buffer(gate, trip), step(gate, trip, "cancel")),
    "no_show": lambda gate, trip: step(gate, trip, "no_show", NOON + 3 * HOUR),
    "expire": lambda gate, trip: step(gate, trip, "expire", NOON + 80 * HOUR),
    "turn_back": lambda gate, trip: (to_buffer(gate, trip), step(gate, trip, "turn_back", **REASON)),
    "divert": lambda gate, trip: (
        to_buffer(gate, trip), step(gate, trip, "divert", point=str(gate.points["TT-1088"].pk), **REASON),
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_who_will_not_come_gives_the_place_back(gate, way):
    (trip,) = accepted(gate, 1)
    slot = window(gate)
    book(gate, trip, slot)
    assert booked(slot) == [1]

    WAYS[way](gate, trip)

    assert booked(slot) == [0]
    assert Trip.objects.get(pk=trip.pk).slot_id is None


def test_the_platforms_own_no_show_gives_the_places_back_in_one_go(gate):
    trips, slots = accepted(gate, 3), [window(gate), window(gate, hours=2)]
    for trip, slot in zip(trips, (slots[0], slots[0], slots[1]), strict=True):
        book(gate, trip, slot)

    fire_due_steps(NOON + 3 * HOUR)

    assert booked(*slots) == [0, 1]
    assert sorted(Trip.objects.values_list("state", flat=True)) == ["accepted", "no_show", "no_show"]


def test_who_came_through_barrier_1_has_used_his_hour(gate):
    (trip,) = accepted(gate, 1)
    slot = window(gate)
    book(gate, trip, slot)
    to_barrier(gate, trip)

    step(gate, trip, "turn_back", **REASON)

    assert booked(slot) == [1]
    assert Trip.objects.get(pk=trip.pk).slot_id == slot.pk


def test_another_hour_frees_the_first_and_the_same_hour_counts_once(gate):
    (trip,) = accepted(gate, 1)
    first, second = window(gate, capacity=1), window(gate, capacity=1, hours=2)
    book(gate, trip, first)

    book(gate, trip, second)
    assert booked(first, second) == [0, 1]

    book(gate, trip, second)
    assert booked(first, second) == [0, 1]


def test_a_full_hour_leaves_the_trip_the_hour_it_has(gate):
    trip, other = accepted(gate, 2)
    first, full = window(gate), window(gate, capacity=1, hours=2)
    book(gate, trip, first)
    book(gate, other, full)

    with pytest.raises(StepRefused, match="BG-014"):
        book(gate, trip, full)

    assert booked(first, full) == [1, 1]
    assert Trip.objects.get(pk=trip.pk).slot_id == first.pk


def test_a_refused_end_gives_nothing_back(gate):
    (trip,) = accepted(gate, 1)
    slot = window(gate)
    book(gate, trip, slot)

    for early in ("no_show", "expire"):
        with pytest.raises(StepRefused, match="BG-208"):
            step(gate, trip, early)

    assert booked(slot) == [1]


@pytest.mark.parametrize("seed", range(4))
def test_booked_is_always_the_number_of_trips_that_hold_the_hour(gate, seed):
    """A walk without plan: whatever is done or refused, each hour counts who holds it."""
    chance = random.Random(seed)
    trips, slots = accepted(gate, 6), [window(gate, hours=hours) for hours in (1, 2, 3)]
    moves = [
        *(lambda trip, slot=slot: book(gate, trip, slot) for slot in slots * 2),
        lambda trip: step(gate, trip, "depart"),
        lambda trip: to_buffer(gate, trip),
        lambda trip: step(gate, trip, "cancel"),
        lambda trip: step(gate, trip, "turn_back", **REASON),
        lambda trip: step(gate, trip, "no_show", NOON + 3 * HOUR),
        lambda trip: step(gate, trip, "divert", point=str(gate.points["TT-1088"].pk), **REASON),
    ]

    for _ in range(60):
        trip = Trip.objects.get(pk=chance.choice(trips).pk)
        with contextlib.suppress(Refusal):
            chance.choice(moves)(trip)
        holders = dict(Trip.objects.exclude(slot=None).values_list("slot").annotate(Count("id")))
        assert dict(SlotWindow.objects.filter(booked__gt=0).values_list("id", "booked")) == holders


def test_many_who_book_change_and_cancel_at_once_leave_an_exact_count(gate, as_owner):
    trips, slots = accepted(gate, 12), [window(gate, capacity=5, hours=24), window(gate, capacity=5, hours=25)]
    orders = [(trip, n) for n, trip in enumerate(trips)]

    with ThreadPoolExecutor(6) as pool:
        failed = [told for told in pool.map(lambda order: _restless(as_owner, gate, slots, *order), orders) if told]

    assert failed == []
    for slot in SlotWindow.objects.all():
        assert slot.booked == Trip.objects.filter(slot=slot).count() <= 5
    assert Trip.objects.filter(state="cancelled").count() == 3


def _restless(address: str, gate, slots, trip: Trip, number: int) -> str:
    """One trip books to and fro on a connection of its own; every fourth is cancelled in the end."""
    with psycopg.connect(address, autocommit=True) as database:
        database.execute("select set_config('tinhso.actor', %s, false)", [str(gate.everything.id)])
        asked = [("book_slot", slots[(number + turn) % 2].pk) for turn in range(6)]
        for name, slot in (*asked, *([("cancel", None)] if number % 4 == 0 else [])):
            facts = psycopg.types.json.Jsonb({"slot": str(slot)} if slot else {})
            try:
                database.execute("select border_gate_trip_fire(%s, %s, %s, null, %s)", [trip.pk, name, NOON, facts])
            except psycopg.Error as error:
                if error.diag.message_detail != "BG-014":
                    return f"{name}: {error}"
    return ""
