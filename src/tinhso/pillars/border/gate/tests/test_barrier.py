"""A barrier answers open or not with the force, the missing thing and the place; forged codes do not open it."""

from __future__ import annotations

import pytest

from tinhso.pillars.border.gate.actions import declare, move, tasks
from tinhso.pillars.border.gate.actions.passages import Seen, decide, pass_barrier
from tinhso.pillars.border.gate.models import ClearanceTask, ControlPoint, Force, Trip
from tinhso.pillars.border.gate.queries.missing import Missing
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft


@pytest.fixture
def accepted(gate) -> Trip:
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def barrier(kind: str, point: str = "HN-1119") -> ControlPoint:
    return ControlPoint.objects.select_related("point").get(point__code=point, kind=kind)


def test_the_buffer_opens_for_a_declared_vehicle(gate, accepted):
    passage = pass_barrier(barrier=barrier("buffer"), seen=Seen(plate="12c-123.45"), by=gate.everything, at=NOON)

    assert (passage.open, passage.step) == (True, "enter_buffer")
    assert Trip.objects.get(pk=accepted.pk).state == "at_buffer"


def test_to_decide_changes_nothing(gate, accepted):
    passage = decide(barrier=barrier("buffer"), seen=Seen(plate="12C-123.45"), by=gate.everything, at=NOON)

    assert passage.open
    assert Trip.objects.get(pk=accepted.pk).state == "accepted"


def test_a_held_vehicle_is_told_by_whom_and_where_to_go(gate, accepted):
    move.enter_buffer(trip=accepted, plate="12C12345", by=gate.everything, at=NOON)
    from tinhso.pillars.border.gate.flows import TRIP

    TRIP.fire(accepted, "call", by=gate.everything, at=NOON, first=FirstInLine(accepted.pk))
    tasks.place_hold(
        trip=accepted,
        force=Force.objects.get(code="KDTV"),
        reason="Mã vùng trồng ghi khác nhau",
        reason_code="DOC_MISMATCH",
        by=gate.everything,
        at=NOON,
    )

    passage = pass_barrier(barrier=barrier("entry"), seen=Seen(plate="12C12345"), by=gate.everything, at=NOON)

    assert (passage.open, passage.refusal.code) == (False, "BG-026")
    assert passage.explanation.force == "Kiểm dịch thực vật vùng VII"
    assert passage.explanation.missing == "Chứng từ không khớp"


def test_a_vehicle_that_is_not_called_yet_is_sent_to_wait(gate, accepted):
    move.enter_buffer(trip=accepted, plate="12C12345", by=gate.everything, at=NOON)

    passage = pass_barrier(barrier=barrier("entry"), seen=Seen(plate="12C12345"), by=gate.everything, at=NOON)

    assert (passage.open, passage.explanation.place) == (False, "Bãi chờ")


def test_a_vehicle_in_the_yard_is_told_what_its_release_waits_for(gate, accepted):
    who = {"by": gate.everything, "at": NOON}
    move.enter_buffer(trip=accepted, plate="12C12345", **who)
    move.call_next(point=accepted.point, at=NOON)
    accepted.refresh_from_db()
    move.arrive(trip=accepted, plate="12C12345", **who)
    move.enter_yard(trip=accepted, **who)

    passage = pass_barrier(barrier=barrier("line"), seen=Seen(plate="12C12345"), **who)

    first = ClearanceTask.objects.filter(trip=accepted).select_related("force").order_by("due_at", "kind").first()
    assert (passage.open, passage.refusal.code) == (False, "BG-023")
    assert passage.explanation.force == first.force.short
    assert "phí hạ tầng" in passage.explanation.missing_more.lower()


def into_the_yard(gate, trip: Trip) -> Trip:
    who = {"by": gate.everything, "at": NOON}
    move.enter_buffer(trip=trip, plate="12C12345", **who)
    move.call_next(point=trip.point, at=NOON)
    trip.refresh_from_db()
    move.arrive(trip=trip, plate="12C12345", **who)
    return trip


@pytest.mark.parametrize("kind", ["yard", "line", "entry"])
def test_the_card_names_all_that_is_missing_and_what_the_driver_does_next(gate, accepted, kind):
    who = {"by": gate.everything, "at": NOON}
    move.enter_yard(trip=into_the_yard(gate, accepted), **who)

    told = pass_barrier(barrier=barrier(kind), seen=Seen(plate="12C12345"), **who).explanation

    tasks_open = ClearanceTask.objects.filter(trip=accepted, state="open").order_by("due_at", "kind")
    named = [(str(task.title).lower(), task.force.short) for task in tasks_open.select_related("force")]
    seen = [(told.missing.lower(), told.force), *((one.what.lower(), one.force) for one in told.left)]
    assert seen == [*named, ("phí hạ tầng 1.000.000 đ", seen[-1][1])]
    assert (told.say, told.say_zh) == (f"Đến quầy {told.force}; xe đỗ nguyên chỗ.", "")


def test_without_a_customs_number_the_driver_asks_his_firm_for_it(gate, accepted):
    who = {"by": gate.everything, "at": NOON}
    move.enter_yard(trip=into_the_yard(gate, accepted), **who)
    Trip.objects.filter(pk=accepted.pk).update(customs_no="")

    told = pass_barrier(barrier=barrier("line"), seen=Seen(plate="12C12345"), **who).explanation

    said = {one.what: one.say for one in (Missing(told.force, told.missing, told.place, told.say), *told.left)}
    assert said["Số tờ khai hải quan chưa có"] == "Hỏi doanh nghiệp số tờ khai hải quan, rồi đến quầy hải quan."


def test_a_secret_hold_in_the_yard_names_the_force_and_no_reason(gate, accepted):
    who = {"by": gate.everything, "at": NOON}
    move.enter_yard(trip=into_the_yard(gate, accepted), **who)
    force = Force.objects.get(code="BIENPHONG")
    tasks.place_hold(
        trip=accepted, force=force, reason="Nghi vấn theo tin báo", reason_code="DOC_MISMATCH", secret=True, **who
    )

    told = pass_barrier(barrier=barrier("line"), seen=Seen(plate="12C12345"), **who).explanation

    assert (told.force, told.missing) == (force.short, "Tạm giữ vì lý do nghiệp vụ")
    assert told.left
    assert "Nghi vấn" not in str(told)
    assert "Chứng từ không khớp" not in str(told)


def test_before_the_yard_the_line_sends_it_into_the_yard(gate, accepted):
    trip = into_the_yard(gate, accepted)

    told = pass_barrier(barrier=barrier("line"), seen=Seen(plate="12C12345"), by=gate.everything, at=NOON).explanation

    assert told.missing == "Xe chưa vào bãi"
    assert told.say == f"Vào {trip.yard} trước."


def test_a_vehicle_nobody_declared_is_sent_to_its_bay(gate):
    passage = pass_barrier(barrier=barrier("entry"), seen=Seen(plate="29H-512.70"), by=gate.everything, at=NOON)

    assert (passage.open, passage.trip, passage.refusal.code) == (False, None, "BG-209")


def test_a_trip_of_another_point_is_not_let_through(gate, accepted):
    passage = pass_barrier(
        barrier=barrier("buffer", "TT-1088"), seen=Seen(plate="12C12345"), by=gate.everything, at=NOON
    )

    assert (passage.open, passage.refusal.code) == (False, "BG-025")


def test_the_signed_code_opens_and_a_changed_one_does_not(gate, accepted):
    token = token_of(accepted, at=NOON)
    forged = token[:-3] + ("ABC" if token[-3:] != "ABC" else "DEF")

    with pytest.raises(GateRefusal, match="BG-020"):
        pass_barrier(barrier=barrier("buffer"), seen=Seen(qr=forged), by=gate.everything, at=NOON)
    passage = pass_barrier(barrier=barrier("buffer"), seen=Seen(qr=token), by=gate.everything, at=NOON)

    assert passage.open


def test_a_code_is_dead_once_the_driver_has_changed(gate, accepted):
    token = token_of(accepted, at=NOON)
    accepted.nonce = "00" * 8
    accepted.save(update_fields=["nonce"])

    with pytest.raises(GateRefusal, match="BG-020"):
        pass_barrier(barrier=barrier("buffer"), seen=Seen(qr=token), by=gate.everything, at=NOON)


def test_a_code_that_has_run_out_is_refused_with_its_time(gate, accepted):
    with pytest.raises(GateRefusal, match="BG-021"):
        pass_barrier(
            barrier=barrier("buffer"),
            seen=Seen(qr=token_of(accepted, at=NOON)),
            by=gate.everything,
            at=accepted.expires_at.replace(year=accepted.expires_at.year + 1),
        )
