"""Which holding area a vehicle stands in: written down, full ones refused, told by area, also without network."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from tinhso.kernel.base import clock, lately
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.organisations.models import Agency, Post
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.web.offline.inbox import take
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, move
from tinhso.pillars.border.gate.actions.passages import Seen, decide, pass_barrier
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ControlPoint, Trip, Yard
from tinhso.pillars.border.gate.permissions import ROLES, step_permission
from tinhso.pillars.border.gate.queries import statistics
from tinhso.pillars.border.gate.queries.driver import standing
from tinhso.pillars.border.gate.queries.offline import areas_for
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, Gate, fruit_draft, make_driver, make_firm
from tinhso.pillars.border.gate.tests.test_offline import make_device, passing

POINT = "HN-1119"
MINUTE = timedelta(minutes=1)
TAX_CODES = ("4900234569", "0100109106", "0100112437", "0101243150")
STEP = step_permission("enter_buffer")


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


def accepted(gate: Gate, number: int = 0, **fields) -> Trip:
    firm = make_firm(f"Công ty {number}", TAX_CODES[number])
    driver = make_driver(f"Lái xe {number}", f"02009000123{number}", employer=firm)
    draft = fruit_draft(gate, plate=f"12C1234{number}", firm=firm, driver=driver, **fields)
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def area(code: str) -> Yard:
    return Yard.objects.get(code=code)


def operator_of(gate: Gate, code: str, name: str = "Người vận hành") -> Actor:
    """Works at the agency that runs the area, as the holding area's operator at its point."""
    agency, _made = Agency.objects.get_or_create(
        code=f"OP-{code}", defaults={"name": f"Đơn vị {code}", "kind": "firm", "valid_from": date(2020, 1, 1)}
    )
    Yard.objects.filter(code=code).update(operator=agency)
    person = make_person(name)
    Post.objects.create(person=person, agency=agency, title="Nhân viên bãi", valid_from=date(2020, 1, 1))
    actor = Actor(person.pk, "person", name)
    grant(actor, [*ROLES["BUFFER"][1], STEP], place=gate.points[POINT].pk)
    return actor


def enter(trip: Trip, by: Actor, at=NOON, **more) -> Trip:
    return Trip.objects.get(pk=move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=by, at=at, **more).pk)


def barrier(point: str = POINT) -> ControlPoint:
    return ControlPoint.objects.select_related("point").get(point__code=point, kind="buffer")


def refusal_of(trip: Trip, by: Actor, **more) -> GateRefusal:
    with pytest.raises(GateRefusal) as caught:
        enter(trip, by, **more)
    return caught.value


def test_the_area_that_is_said_is_written_down_with_the_step(gate):
    trip = enter(accepted(gate), gate.everything, area="PT")

    assert trip.buffer == area("PT")
    assert History.objects.get(record_id=trip.pk, step="enter_buffer").facts["buffer"] == str(area("PT").pk)


def test_the_only_area_of_a_point_needs_no_saying(gate):
    Yard.objects.filter(code="PT").update(point=gate.points["CM-01"])

    assert enter(accepted(gate), gate.everything).buffer == area("VT")


def test_a_point_without_an_area_lets_in_as_ever(gate):
    trip = enter(accepted(gate, point="TT-1088"), gate.everything)

    assert (trip.state, trip.buffer) == ("at_buffer", None)


def test_unsaid_it_is_the_one_with_most_room(gate):
    Yard.objects.filter(code="VT").update(capacity=10)

    assert enter(accepted(gate), gate.everything).buffer == area("PT")


def test_an_operator_lets_into_his_own_area(gate):
    operator = operator_of(gate, "PT")

    assert enter(accepted(gate), operator).buffer == area("PT")


def test_another_operators_area_is_refused(gate):
    operator, _other = operator_of(gate, "PT"), operator_of(gate, "VT")
    trip = accepted(gate)

    refusal = refusal_of(trip, operator, area="VT")

    assert (refusal.code, refusal.status) == ("BG-651", 403)
    assert "Bãi khu phi thuế quan (PT)" in refusal.for_people()
    assert Trip.objects.get(pk=trip.pk).state == "accepted"


def test_a_force_lets_into_any_area(gate):
    operator_of(gate, "PT")
    police = Actor(make_person("Cảnh sát giao thông").pk, "person", "")
    grant(police, [*ROLES["CSGT"][1], STEP], place=gate.points[POINT].pk)

    assert enter(accepted(gate), police, area="PT").buffer == area("PT")


@pytest.mark.parametrize("code", ["XC", "BN", "nothing"])
def test_what_is_no_holding_area_of_the_point_is_refused(gate, code):
    trip = accepted(gate)

    assert refusal_of(trip, gate.everything, area=code).code == "BG-650"
    assert Trip.objects.get(pk=trip.pk).state == "accepted"


def test_a_full_area_is_refused_with_the_one_that_has_room(gate):
    Yard.objects.filter(code="PT").update(capacity=1)
    enter(accepted(gate), gate.everything, area="PT")
    late = accepted(gate, 1)

    refusal = refusal_of(late, gate.everything, area="PT")

    assert refusal.code == "BG-652"
    assert refusal.for_people() == (
        "Bãi khu phi thuế quan đã đầy (1/1). Đưa xe sang Công viên Logistics Viettel Lạng Sơn: còn 1500 chỗ."
    )
    assert enter(late, gate.everything).buffer == area("VT")


def test_the_last_places_are_counted_anew_however_lately_they_were(gate, monkeypatch):
    monkeypatch.setattr(lately, "SECONDS", 60.0)
    Yard.objects.filter(code="PT").update(capacity=2)
    Yard.objects.filter(code="VT").update(capacity=1)

    entered = [enter(accepted(gate, number), gate.everything).buffer for number in range(3)]

    assert sorted(one.code for one in entered) == ["PT", "PT", "VT"]
    assert refusal_of(accepted(gate, 3), gate.everything).code == "BG-653"


def test_when_all_areas_are_full_the_board_is_to_be_told(gate):
    Yard.objects.filter(level="buffer").update(capacity=0)

    assert refusal_of(accepted(gate), gate.everything).code == "BG-653"


def test_who_stands_there_already_is_told_that_and_not_that_it_is_full(gate):
    trip = enter(accepted(gate), gate.everything, area="PT")
    Yard.objects.filter(level="buffer").update(capacity=1)

    passage = pass_barrier(barrier=barrier(), seen=Seen(plate=trip.tractor_plate), by=gate.everything, at=NOON)

    assert passage.refusal.code == "BG-023"


def test_the_barriers_card_asks_beforehand_what_the_tap_then_says(gate):
    Yard.objects.filter(code="PT").update(capacity=0)
    trip = accepted(gate)
    full = Seen(plate=trip.tractor_plate, area="PT")

    asked = decide(barrier=barrier(), seen=full, by=gate.everything, at=NOON)
    done = pass_barrier(barrier=barrier(), seen=full, by=gate.everything, at=NOON)

    assert asked.refusal.code == done.refusal.code == "BG-652"
    assert done.explanation.place == "Công viên Logistics Viettel Lạng Sơn"
    assert done.explanation.say == "Cho xe chạy đến Công viên Logistics Viettel Lạng Sơn: bãi còn chỗ."


# ---- told by area


def called(gate: Gate, trip: Trip, at=NOON) -> Trip:
    TRIP.fire(trip, "call", by=gate.everything, at=at, first=FirstInLine(trip.pk))
    return trip


def serials(page: str) -> set[str]:
    return set(re.findall(r'data-call="(\w+)"', page))


def test_a_halls_screen_shows_the_calls_of_those_who_stand_there(gate, client, at_noon):
    here = called(gate, enter(accepted(gate), gate.everything, area="VT"))
    there = called(gate, enter(accepted(gate, 1), gate.everything, area="PT"))
    unknown = enter(accepted(gate, 2), gate.everything, area="PT")
    Trip.objects.filter(pk=unknown.pk).update(buffer=None)
    called(gate, unknown)

    def shown(query: str) -> set[str]:
        return serials(client.get(f"/cua-khau-so/bang-cong-khai/man-hinh/?trang=goi&{query}").content.decode())

    assert shown("bai=VT") == {here.code, unknown.code}
    assert shown("bai=PT") == {there.code, unknown.code}
    assert shown(f"diem={POINT}") == shown("bai=XC") == {here.code, there.code, unknown.code}
    assert "bai=VT" in client.get("/cua-khau-so/bang-cong-khai/man-hinh/?trang=goi&bai=VT").headers["X-Turns"]


def test_room_is_told_by_area_and_who_is_in_none_counts_for_the_point(gate):
    enter(accepted(gate), gate.everything, area="VT")
    unknown = enter(accepted(gate, 1), gate.everything, area="PT")
    Trip.objects.filter(pk=unknown.pk).update(buffer=None)

    point = next(one for one in statistics.points(at=NOON) if one.code == POINT)

    assert {one.code: (one.standing, one.room) for one in point.areas} == {"VT": (1, 1_499), "PT": (0, 300)}
    assert (point.in_buffer, point.buffer_room) == (2, 1_798)


def test_the_public_board_and_the_map_show_each_area(gate, client, at_noon):
    enter(accepted(gate), gate.everything, area="PT")
    board = client.get("/cua-khau-so/bang-cong-khai/").content.decode()

    assert "Bãi phi thuế quan" in board
    assert ">299/300<" in board


def test_a_driver_is_told_in_which_area_he_waits(gate):
    assert standing(accepted(gate, 1), at=NOON).text.count("bãi Logistics Viettel") == 1

    trip = enter(accepted(gate), gate.everything, area="PT")

    assert standing(trip, at=NOON).title == "Đang chờ gọi tại bãi phi thuế quan"


# ---- a device without network


def recorded(gate: Gate, trip: Trip, **more) -> str:
    """What became of a passage that a device recorded and sent later."""
    (event,) = take(device=make_device(gate), events=[passing(gate, trip, 1, **more)], at=NOON + 5 * MINUTE)
    return event.state


def test_a_device_tells_the_area_that_was_chosen_on_it(gate):
    trip = accepted(gate)

    assert recorded(gate, trip, area="PT") == "applied"
    assert Trip.objects.get(pk=trip.pk).buffer == area("PT")


def test_who_drove_in_without_network_is_in_a_full_area_all_the_same(gate):
    Yard.objects.filter(code="PT").update(capacity=0)
    trip = accepted(gate)

    assert recorded(gate, trip, area="PT") == "applied"
    assert Trip.objects.get(pk=trip.pk).buffer == area("PT")


def test_what_a_device_did_not_tell_is_not_made_up(gate):
    trip = accepted(gate)

    assert recorded(gate, trip) == "applied"
    assert (Trip.objects.get(pk=trip.pk).state, Trip.objects.get(pk=trip.pk).buffer) == ("at_buffer", None)


def test_an_area_that_is_none_waits_for_the_board(gate):
    trip = accepted(gate)

    assert recorded(gate, trip, area="XC") == "waiting"
    assert Trip.objects.get(pk=trip.pk).state == "accepted"


def test_on_duty_one_is_offered_ones_own_area(gate):
    operator = operator_of(gate, "PT")

    assert areas_for(operator, gate.points[POINT].pk, NOON) == [{"code": "PT", "name": "Bãi khu phi thuế quan"}]
    assert [one["code"] for one in areas_for(gate.everything, gate.points[POINT].pk, NOON)] == ["VT", "PT"]
