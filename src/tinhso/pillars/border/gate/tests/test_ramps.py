"""A bay with a ramp for each inspection: given when free, asked of the yard when not, left when customs are done."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant
from tinhso.pillars.border.gate.actions import filing, move, orders, ramps, tasks
from tinhso.pillars.border.gate.actions.bays import set_bay
from tinhso.pillars.border.gate.handlers import ramps as heard
from tinhso.pillars.border.gate.models import Bay, ClearanceTask, RampTurn, Trip, Yard
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.driver import standing
from tinhso.pillars.border.gate.queries.yard import yard_now
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_filing import picture
from tinhso.pillars.border.gate.tests.test_order_pages import client_of, text_of
from tinhso.pillars.border.gate.tests.test_told import deliver
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC
from tinhso.pillars.border.gate.tests.test_transfers import Yard as At

OTHER = "桂F54321"


@pytest.fixture
def at_yard(gate):
    return At(gate)


@pytest.fixture
def xuan_cuong(gate):
    return Yard.objects.get(code="XC")


def ramp_codes(yard) -> list[str]:
    return list(Bay.objects.filter(yard=yard, kind="ramp").order_by("number").values_list("code", flat=True))


def only_ramps(at_yard, yard, *left: str) -> None:
    for code in ramp_codes(yard):
        if code not in left:
            set_bay(yard=yard, code=code, closed=True, reason="Sửa cầu", by=at_yard.people["YARD"], at=NOON)


def inside(at_yard, plate: str = CHINESE) -> Trip:
    return at_yard.inside(at_yard.declared("IMP_CN", plate, lines=(GARLIC,)))


def inspected(at_yard, plate: str = CHINESE) -> ClearanceTask:
    """Customs say red of a vehicle that stands in the yard."""
    trip = inside(at_yard, plate)
    papers = ClearanceTask.objects.select_related("force", "trip").get(trip=trip, kind="CUSTOMS_DOC")
    tasks.pass_task(task=papers, result="RED", by=at_yard.people["HAIQUAN"], at=NOON)
    return ClearanceTask.objects.select_related("force", "trip").get(trip=trip, kind="CUSTOMS_INSPECT")


def finish(at_yard, task: ClearanceTask, seal: str = "") -> None:
    by = at_yard.people["HAIQUAN"]
    filing.pass_with_photos(task=task, photos=[picture()], seal_no=seal, by=by, at=NOON)
    deliver("border_gate.task_passed", task.pk)


def bays_of(*found: ClearanceTask) -> list[str]:
    return [RampTurn.objects.get(task=one).bay for one in found]


def test_the_first_free_ramp_is_given_and_the_vehicle_keeps_its_own_bay(at_yard, xuan_cuong):
    task = inspected(at_yard)

    turn = RampTurn.objects.get()
    assert (turn.task_id, turn.bay, turn.given_at) == (task.pk, ramp_codes(xuan_cuong)[0], NOON)
    trip = Trip.objects.get(pk=task.trip_id)
    assert trip.bay not in ramp_codes(xuan_cuong)
    zone = next(zone for zone in yard_now(xuan_cuong, at=NOON).zones if zone.kind == "ramp")
    assert [(place.bay.code, place.trip.pk) for place in zone.busy] == [(turn.bay, trip.pk)]


def test_who_finds_none_free_is_asked_of_the_yard_and_gets_the_one_that_is_left(at_yard, xuan_cuong):
    last = ramp_codes(xuan_cuong)[-1]
    only_ramps(at_yard, xuan_cuong, last)
    first, second = inspected(at_yard), inspected(at_yard, OTHER)

    before = bays_of(first, second)
    finish(at_yard, first, seal="HQ12345")

    assert before == [last, ""]
    assert bays_of(first, second) == [last, last]
    assert RampTurn.objects.get(task=first).ended_at == NOON
    assert first.trip.seal_events.get().seal_no == "HQ12345"


def test_an_inspection_that_was_open_before_gets_its_ramp_when_the_vehicle_comes_in(at_yard):
    trip = at_yard.declared("IMP_CN", CHINESE, lines=(GARLIC,), channel=3)
    wanted = ClearanceTask.objects.filter(trip=trip, kind="CUSTOMS_INSPECT")
    assert wanted.exists()
    assert not RampTurn.objects.exists()

    at_yard.inside(trip)
    deliver("border_gate.trip_yarded", trip.pk, target="in_yard", source="crossed_in")

    assert RampTurn.objects.get(trip=trip).bay


def test_a_ramp_in_which_somebody_stands_is_given_to_nobody(at_yard, xuan_cuong):
    first = ramp_codes(xuan_cuong)[0]
    other = at_yard.declared("IMP_CN", OTHER, lines=(GARLIC,))
    move.cross_in(trip=other, plate=OTHER, by=at_yard.people["BIENPHONG"], at=NOON)
    move.enter_yard(trip=Trip.objects.get(pk=other.pk), bay=first, by=at_yard.people["YARD"], at=NOON)

    assert bays_of(inspected(at_yard)) == [ramp_codes(xuan_cuong)[1]]


def test_the_yard_gives_a_ramp_that_is_open_again_and_no_other(at_yard, xuan_cuong):
    only_ramps(at_yard, xuan_cuong)
    task, by = inspected(at_yard), at_yard.people["YARD"]
    turn, code = RampTurn.objects.get(), ramp_codes(xuan_cuong)[2]
    set_bay(yard=xuan_cuong, code=code, closed=False, reason="Đã sửa xong", by=by, at=NOON)

    for wrong in ("A01", ramp_codes(xuan_cuong)[0], ""):
        with pytest.raises(GateRefusal, match="BG-640"):
            ramps.give_ramp(turn=turn, bay=wrong, by=by, at=NOON)
    ramps.give_ramp(turn=turn, bay=code.lower(), by=by, at=NOON)

    assert bays_of(task) == [code]
    finish(at_yard, task)
    with pytest.raises(GateRefusal, match="BG-641"):
        ramps.give_ramp(turn=turn, bay=ramp_codes(xuan_cuong)[3], by=by, at=NOON)


def test_another_points_yard_and_customs_give_no_ramp(gate, at_yard, xuan_cuong):
    inspected(at_yard)
    stranger = Actor(uuid7(), "person", "Chi")
    grant(stranger, role_code("YARD"), place=gate.points["CM-01"])

    for who in (stranger, at_yard.people["HAIQUAN"]):
        with pytest.raises(Forbidden):
            ramps.give_ramp(turn=RampTurn.objects.get(), bay=ramp_codes(xuan_cuong)[1], by=who, at=NOON)


def test_a_vehicle_that_is_sent_away_leaves_the_ramp_to_the_next(gate, at_yard, xuan_cuong):
    last = ramp_codes(xuan_cuong)[-1]
    only_ramps(at_yard, xuan_cuong, last)
    gone, waits = inspected(at_yard), inspected(at_yard, OTHER)
    orders.seize_trip(trip=gone.trip, decision_no="12/QĐ", by=at_yard.people["HAIQUAN"], at=NOON)
    ramps.follow_all(at=NOON)
    assert bays_of(waits) == [""]  # seized it stands there still

    Trip.objects.filter(pk=gone.trip_id).update(yard=Yard.objects.get(code="BN"))
    ramps.follow_all(at=NOON)

    assert bays_of(waits) == [last]


def test_yard_customs_and_driver_are_told_and_read_it_on_their_pages(gate, at_yard, xuan_cuong):
    only_ramps(at_yard, xuan_cuong, ramp_codes(xuan_cuong)[0])
    first, second = inspected(at_yard), inspected(at_yard, OTHER)
    code, here = ramp_codes(xuan_cuong)[0], {"place": gate.points["HN-1119"]}

    with clock.frozen(NOON):
        deliver("border_gate.ramp_given", first.trip_id, 1, bay=code, yard=str(xuan_cuong.pk))
        deliver("border_gate.ramp_asked", second.trip_id, 2, bay="", yard=str(xuan_cuong.pk))
        yard_page = text_of(client_of("YARD", **here).get(reverse("border_gate:yards")))
        dossiers = [
            text_of(client_of("HAIQUAN", **here).get(reverse("border_gate:trip", args=[one.trip_id])))
            for one in (first, second)
        ]

    assert "Kiểm hóa tại ô có cầu (2)" in yard_page
    assert "hết ô có cầu, đề nghị từ 12:00" in yard_page
    assert f"Kiểm hóa tại ô có cầu {code}, Bãi Xuân Cương" in dossiers[0]
    assert "Bãi Xuân Cương hết ô có cầu kiểm hóa" in dossiers[1]
    assert f"Lái xe vào ô có cầu {code}" in standing(Trip.objects.get(pk=first.trip_id), at=NOON).text
    assert "Ở lại ô đang đỗ" in standing(Trip.objects.get(pk=second.trip_id), at=NOON).text
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert {heard.TO_RAMP.name, heard.ON_RAMP.name, heard.RAMP_WANTED.name} <= kinds


def test_the_yard_changes_the_ramp_with_a_form_and_a_stranger_finds_nothing(gate, at_yard, xuan_cuong):
    inspected(at_yard)
    turn, code = RampTurn.objects.get(), ramp_codes(xuan_cuong)[4]
    tap = reverse("border_gate:ramp_give", args=[turn.pk])
    with clock.frozen(NOON):
        elsewhere = client_of("YARD", place=gate.points["CM-01"]).post(tap, {"bay": code})
        client_of("YARD", place=gate.points["HN-1119"]).post(tap, {"bay": code})

    assert elsewhere.status_code == 404
    assert RampTurn.objects.get().bay == code
