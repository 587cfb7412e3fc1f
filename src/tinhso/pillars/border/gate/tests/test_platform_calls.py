"""The platform calls by itself where an order says so: in the published order, at its pace, while the gate has room."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import move
from tinhso.pillars.border.gate.actions.calls import pause_calls
from tinhso.pillars.border.gate.actions.platform_calls import call_at, call_everywhere
from tinhso.pillars.border.gate.actions.stays import switch_point
from tinhso.pillars.border.gate.models import CrossingPoint, Moratorium, Trip, Yard
from tinhso.pillars.border.gate.queries.platform_calls import calls_made, why_quiet
from tinhso.pillars.border.gate.rules import platform_calls as rules
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_fairness import waiting
from tinhso.pillars.border.gate.tests.test_order_pages import client_of, text_of

PACE = timedelta(seconds=3600 / 35)
READY = rules.Gate(
    on=True,
    is_open=True,
    paused=False,
    yard_has_room=True,
    per_hour=35,
    call_waits=timedelta(minutes=45),
    ahead=0,
    waiting=3,
    last_called_at=None,
    open_lanes=6,
)


@pytest.fixture
def point(gate) -> CrossingPoint:
    """Hữu Nghị, where the platform calls by order."""
    point = gate.points["HN-1119"]
    order = {"switch": "platform_calls", "document_no": "12/QĐ-BQL", "by": gate.everything, "at": NOON}
    switch_point(point=point, on=True, **order)
    return CrossingPoint.objects.get(pk=point.pk)


def called() -> set:
    return set(Trip.objects.filter(state="called").values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"on": False}, rules.OFF),
        ({"is_open": False}, rules.CLOSED),
        ({"paused": True}, rules.PAUSED),
        ({"open_lanes": 0}, rules.BLOCKED),
        ({"open_lanes": None}, ""),
        ({"yard_has_room": False}, rules.YARDS_FULL),
        ({"waiting": 0}, rules.NOBODY),
        ({"ahead": 25}, ""),
        ({"ahead": 26}, rules.GATE_FULL),  # 35 an hour let 26 through in the 45 minutes of a call
        ({"last_called_at": NOON - PACE + timedelta(seconds=1)}, rules.TOO_SOON),
        ({"last_called_at": NOON - PACE}, ""),
    ],
)
def test_the_platform_calls_only_while_all_is_ready(change, reason):
    assert rules.why_not(replace(READY, **change), NOON) == reason


def test_it_is_off_until_an_order_switches_it_on(gate):
    waiting(gate, 1)

    assert not CrossingPoint.objects.filter(platform_calls=True).exists()
    assert call_everywhere(at=NOON) == []
    assert why_quiet(gate.points["HN-1119"], at=NOON) == ""


def test_it_calls_whom_the_order_names_once_a_pace_as_the_platforms_own_and_with_the_reason(gate, point):
    first, second, _third = waiting(gate, 3)

    made = [[trip.pk for trip in call_everywhere(at=NOON + number * PACE / 2)] for number in range(3)]

    assert made == [[first.pk], [], [second.pk]]
    row = History.objects.get(record_id=first.pk, step="call")
    assert row.actor == SYSTEM.id
    assert (row.facts["reason"], row.facts["class"], row.facts["cycle_step"]) == ("cycle", "P1", 1)
    newest, oldest = calls_made(point, at=NOON + PACE)
    assert (newest.trip, oldest.trip, oldest.at) == (second.pk, first.pk, NOON)
    assert oldest.why.startswith("Bước 1 của chu kỳ")


def test_an_officers_tap_counts_into_the_pace_and_is_not_shown_as_the_platforms(gate, point):
    first, second = waiting(gate, 2)
    move.call_lanes(point=point, count=1, at=NOON, by=gate.everything)

    assert call_at(point=point, at=NOON) == []
    assert [trip.pk for trip in call_at(point=point, at=NOON + PACE)] == [second.pk]
    assert [one.trip for one in calls_made(point, at=NOON + PACE)] == [second.pk]
    assert called() == {first.pk, second.pk}


def test_nobody_is_called_into_full_yards_closed_hours_a_pause_or_a_moratorium(gate, point):
    waiting(gate, 1)
    night = NOON + timedelta(hours=12)

    Yard.objects.filter(point=point, level="border").update(capacity=0)
    assert call_at(point=point, at=NOON) == []
    assert "bãi đều quá đầy" in str(why_quiet(point, at=NOON))
    Yard.objects.filter(point=point, level="border").update(capacity=300)
    assert call_at(point=point, at=night) == []
    assert "đóng cửa" in str(why_quiet(point, at=night))
    stop = Moratorium.objects.create(
        begins_at=NOON, ends_at=night, document_no="12/CV", text_vi="Dừng hoa quả tươi", groups=["FRUIT"]
    )
    assert call_at(point=point, at=NOON) == []
    stop.delete()
    pause_calls(point=point, reason="Đường vào bị ùn", by=gate.everything, at=NOON)
    assert call_at(point=point, at=NOON) == []
    assert called() == set()


def test_the_queue_page_says_that_the_platform_calls_what_it_does_and_why(gate, point):
    waiting(gate, 2)
    call_everywhere(at=NOON)
    with clock.frozen(NOON):
        shown = text_of(client_of("BQLKKT", place=point).get(reverse("border_gate:queue")))

    assert "Nền tảng tự gọi xe tại đây" in shown
    assert "Lần gọi kế tiếp theo nhịp đã công bố" in shown
    assert "Nền tảng đã gọi, 2 giờ qua" in shown
