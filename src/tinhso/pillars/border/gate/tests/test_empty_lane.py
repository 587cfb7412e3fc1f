"""The lane of the empty vehicles: called beside the loaded ones, with room of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import move
from tinhso.pillars.border.gate.models import Bay, QueueState, Trip
from tinhso.pillars.border.gate.queries.queue import places_in_queue
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_guidance_pages import officer_page
from tinhso.pillars.border.gate.tests.test_order_pages import text_of
from tinhso.pillars.border.gate.tests.test_transfers import Yard, fruit_draft_lines

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def waiting(gate) -> dict[str, Trip]:
    """Three loaded and two empty vehicles in the holding area, the loaded ones before the empty ones."""
    yard, found = Yard(gate), {}
    loaded = {"lines": fruit_draft_lines(), "regime": "EXPORT"}
    plates = [(f"12C1111{number}", "EXP_VN", loaded) for number in (1, 2, 3)]
    plates += [(f"12C2222{number}", "IMP_VN_PICKUP", {}) for number in (1, 2)]
    for number, (plate, kind, fields) in enumerate(plates):
        trip = yard.declared(kind, plate, **fields)
        at = NOON + timedelta(minutes=number)
        found[plate] = move.enter_buffer(trip=trip, plate=plate, by=yard.people["BUFFER"], at=at)
    return found


def test_in_the_peak_an_empty_vehicle_is_called_beside_each_loaded_one(gate, waiting):
    point = gate.points["HN-1119"]
    places = places_in_queue(point=point, at=LATER)

    called = move.call_many(point=point, count=2, at=LATER, by=gate.everything)

    assert [trip.tractor_plate for trip in called] == ["12C11111", "12C22221", "12C11112", "12C22222"]
    assert {trip.tractor_plate: places[trip.code].position for trip in called} == {
        "12C11111": 1, "12C22221": 1, "12C11112": 2, "12C22222": 2,
    }  # fmt: skip
    assert QueueState.objects.get(point=point).position == 2


def test_a_lane_without_room_does_not_stop_the_other(gate, waiting):
    point = gate.points["HN-1119"]
    Bay.objects.filter(yard__point=point, kind="empty").update(closed=True)

    called = move.call_lanes(point=point, count=3, at=LATER, by=gate.everything)

    assert [trip.tractor_plate for trip in called.trips] == ["12C11111", "12C11112", "12C11113"]
    ((trip, refused),) = called.refused
    assert (trip.tractor_plate, refused.code) == ("12C22221", "BG-030")
    with pytest.raises(StepRefused, match="BG-030"):
        move.call_many(point=point, count=1, at=LATER, by=gate.everything)


def test_the_queues_page_names_both_lanes_and_one_tap_calls_both(gate, waiting):
    point = gate.points["HN-1119"]
    client = officer_page("BQLKKT", point)
    with clock.frozen(LATER):
        shown = text_of(client.get(reverse("border_gate:queue")))
        said = text_of(client.post(reverse("border_gate:queue_call", args=[point.code]), follow=True))

    assert "Xe tiếp theo: mỗi làn một xe" in shown
    assert "Làn xe rỗng, gọi song song" in shown
    assert "Đã gọi xe 12C-111.11 vào cổng" in said
    assert "Đã gọi xe 12C-222.21 vào cổng" in said
