"""What is asked for many at once is asked once: the ranking of a batch of calls, the points of all figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.metrics.live import compute
from tinhso.kernel.metrics.together import together
from tinhso.kernel.modules.declare import METRICS
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import declare, move
from tinhso.pillars.border.gate.models import Trip, Yard
from tinhso.pillars.border.gate.queries import statistics
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm

LATER = NOON + timedelta(hours=3)
PLATES = ("12C11111", "12C22222", "12C33333")


@pytest.fixture
def three(gate) -> list[Trip]:
    """Three vehicles in the holding area, in the order of their coming."""
    firm, found = make_firm(), []
    for number, plate in enumerate(PLATES):
        driver = make_driver(f"Lái xe {number}", f"02009000123{number}", employer=firm)
        draft = fruit_draft(gate, plate=plate, firm=firm, driver=driver)
        trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
        declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
        at = NOON + timedelta(minutes=number)
        found.append(move.enter_buffer(trip=trip, plate=plate, by=gate.everything, at=at))
    return found


def test_a_batch_of_calls_ranks_the_queue_once(gate, three, monkeypatch):
    ranked = []
    real = move.waiting_tickets
    monkeypatch.setattr(move, "waiting_tickets", lambda **asked: ranked.append(1) or real(**asked))

    called = move.call_many(point=three[0].point, count=2, at=LATER, by=gate.everything)

    assert [trip.tractor_plate for trip in called] == list(PLATES[:2])
    assert (len(ranked), Trip.objects.get(pk=three[2].pk).state) == (1, "at_buffer")


def test_a_batch_ends_where_a_call_is_refused_and_keeps_those_before(gate, three):
    without_bays = Yard.objects.create(
        place=type(three[1].point.place).objects.create(code="Y9", name="Bãi 9", kind="yard"),
        code="Y9",
        name="Bãi 9",
        level="border",
        point=three[1].point,
        capacity=5,
    )
    Trip.objects.filter(pk=three[1].pk).update(yard=without_bays)

    called = move.call_many(point=three[0].point, count=3, at=LATER, by=gate.everything)

    assert [trip.pk for trip in called] == [three[0].pk]
    assert [trip.state for trip in Trip.objects.order_by("tractor_plate")] == ["called", "at_buffer", "at_buffer"]
    with pytest.raises(StepRefused, match="BG-030"):
        move.call_many(point=three[0].point, count=1, at=LATER, by=gate.everything)


def test_the_points_are_asked_once_for_all_figures(gate, three, monkeypatch):
    asked = []
    real = statistics.points
    monkeypatch.setattr(statistics, "points", lambda **now: asked.append(1) or real(**now))
    names = ("waiting", "at_barrier", "in_yard", "yard_room", "wait_minutes", "crowding", "open_minutes")

    with together():
        taken = [compute(METRICS.get(f"border_gate.{name}")) for name in names]

    assert (None in taken, len(asked)) == (False, 1)
