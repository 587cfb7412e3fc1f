"""What is published of the order: the cycle and its switches, calls out of order, appeals and their answers."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import appeals
from tinhso.pillars.border.gate.actions.calls import call_out_of_order
from tinhso.pillars.border.gate.actions.cycle import switch_cycle
from tinhso.pillars.border.gate.actions.move import call_next
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import CrossingPoint, CycleChange, QueueState, Standing
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.fairness import called_out_of_order, count_out_of_order, cycle_of, cycles
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.queue import pace_of
from tinhso.pillars.border.gate.rules import queue
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_bookings import clerk_of, refused, trips_of
from tinhso.pillars.border.gate.tests.test_orders_of_the_board import board_of
from tinhso.pillars.border.gate.tests.test_rulebook import DAY, changed, two

__all__ = ["two"]

REASON = "Xe chở vắc-xin theo công điện"


def waiting(gate, count: int):
    trips = trips_of(gate, make_firm(), count)
    for trip in trips:
        TRIP.fire(trip, "enter_buffer", by=gate.everything, at=NOON, plate=trip.tractor_plate)
    return trips


def test_the_board_switches_the_cycle_and_the_switch_is_published(gate):
    point, by = gate.points["HN-1119"], board_of(gate)

    switch_cycle(point=point, in_season=False, reason="Hết vụ vải thiều", by=by, at=NOON)
    again = switch_cycle(point=point, in_season=False, reason="Hết vụ vải thiều", by=by, at=NOON)

    assert again is None
    assert list(CycleChange.objects.values_list("in_season", "by", "at")) == [(False, by.id, NOON)]
    cycle = cycle_of(CrossingPoint.objects.get(pk=point.pk), at=NOON)
    assert [turn.code for turn in cycle.turns] == ["P1", "P3", "P2", "P3", "P1", "P3", "P3", "P2", "P3", "P3"]
    assert (cycle.since, cycle.step) == (NOON, 1)


def test_the_published_cycle_is_that_of_the_rulebook_from_its_day_on(gate, two):
    point = CrossingPoint.objects.get(code="HN-1119")
    QueueState.objects.create(point=point, position=4)
    changed(two, "queue_cycle", {"steps": ["P3", "P1", "P3"]}, key={"season": "season"})

    today, (_point, tomorrow) = cycle_of(point, at=NOON), *cycles([point], at=NOON + DAY)

    assert [turn.code for turn in today.turns] == list(queue.CYCLES["season"])
    assert [(turn.code, turn.is_next) for turn in tomorrow.turns] == [("P3", False), ("P1", True), ("P3", False)]
    assert tomorrow == cycle_of(point, at=NOON + DAY)
    # Calls take their turns from the same row.
    assert pace_of(point, None, NOON + DAY).classes == tuple(turn.code for turn in tomorrow.turns)


def test_queue_pages_show_the_cycle_of_the_day(gate, two):
    changed(two, "queue_cycle", {"steps": ["P2"]}, key={"season": "season"})
    board = make_person("Ban Quản lý")
    grant(board, role_code("BQLKKT"), place=gate.points["HN-1119"])
    client = Client()
    client.force_login(make_account(board))
    shown = {}

    for moment in (NOON, NOON + DAY):
        with clock.frozen(moment):
            page = client.get("/cua-khau-so/hang-cho/?diem=HN-1119")
            shown[moment] = [turn.code for turn in page.context["cycle"].turns]
            order = Client().get("/cua-khau-so/xep-hang/").context["points"]
            told = {str(title): cycle for title, cycle, _broken in order}
            assert told[str(title_of("point", "HN-1119"))].turns == page.context["cycle"].turns

    assert shown == {NOON: list(queue.CYCLES["season"]), NOON + DAY: ["P2"]}


def test_another_points_board_switches_nothing(gate):
    with pytest.raises(Forbidden):
        switch_cycle(
            point=gate.points["HN-1119"], in_season=False, reason=REASON, by=board_of(gate, "TT-1088"), at=NOON
        )


def test_a_call_out_of_order_has_a_reason_and_is_counted(gate):
    first, other = waiting(gate, 2)
    by = board_of(gate)

    call_out_of_order(trip=other, document_no="7/CĐ-UBND", reason=REASON, by=by, at=NOON)
    called = call_next(point=gate.points["HN-1119"], by=by, at=NOON)

    assert called.pk == first.pk
    ((row, name),) = called_out_of_order(point=gate.points["HN-1119"], at=NOON)
    assert (row.record_id, row.facts["why"], name) == (other.pk, REASON, "Ban Quản lý")
    assert count_out_of_order(at=NOON) == {gate.points["HN-1119"].pk: 1}


def test_a_request_cannot_say_that_it_is_out_of_order(gate):
    (trip,) = waiting(gate, 1)

    with pytest.raises(StepRefused, match="BG-207"):
        TRIP.fire(trip, "call", by=gate.everything, at=NOON, first=str(trip.pk), out_of_order=True, reason=REASON)


def test_a_granted_appeal_unlocks_booking_and_a_second_answer_changes_nothing(gate):
    firm = make_firm()
    firm.standing = Standing.BOOKING_LOCKED
    firm.save()
    by = clerk_of(firm)
    appeal = appeals.appeal_lock(firm=firm, text="Xe hỏng trên đường, có biên bản", by=by, at=NOON)
    with refused("BG-308"):
        appeals.appeal_lock(firm=firm, text="Xe hỏng trên đường, có biên bản", by=by, at=NOON)
    board = make_person("Ban Quản lý")
    grant(board, role_code("BQLKKT"))

    appeals.answer_appeal(appeal=appeal, granted=True, answer="Chấp nhận theo biên bản", by=board.actor(), at=NOON)
    again = appeals.answer_appeal(appeal=appeal, granted=False, answer="Không chấp nhận", by=board.actor(), at=NOON)

    firm.refresh_from_db()
    assert (firm.standing, again.state) == (Standing.ACTIVE, "granted")


def test_an_appeal_is_filed_by_ones_own_and_answered_by_the_board_there(gate):
    (trip,) = waiting(gate, 1)
    stranger = clerk_of(make_firm("Công ty Chi", "4900456789"))
    with pytest.raises(Forbidden):
        appeals.appeal_place(trip=trip, text="Xe tôi đến trước", by=stranger, at=NOON)
    filed = appeals.appeal_place(trip=trip, text="Xe tôi đến trước", by=clerk_of(trip.enterprise), at=NOON)

    with pytest.raises(Forbidden):
        appeals.answer_appeal(
            appeal=filed, granted=True, answer="Đã kiểm tra lại", by=board_of(gate, "TT-1088"), at=NOON
        )
    assert (
        appeals.answer_appeal(
            appeal=filed, granted=False, answer="Xe có giờ hẹn đi trước", by=board_of(gate), at=NOON
        ).state
        == "dismissed"
    )
