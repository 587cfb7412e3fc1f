"""A vehicle noted as undeclared: how it ends when it drives away, and what takes its arrival over when declared."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.models import Grant
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.workflow.models import History
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import ahead, declare, noted, undeclared
from tinhso.pillars.border.gate.actions.figures import count_days
from tinhso.pillars.border.gate.models import DayFigure, Enterprise, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import day_counts, report
from tinhso.pillars.border.gate.queries.undeclared import standing_undeclared, waiting_arrivals
from tinhso.pillars.border.gate.queries.yard import free_undeclared_bay
from tinhso.pillars.border.gate.tests.conftest import (
    NOON,
    TODAY,
    fruit_draft,
    make_driver,
    make_firm,
    make_vehicle,
)
from tinhso.pillars.border.gate.tests.test_undeclared import deliver_all, path_of, signed_in

PLATE, HERE, THERE = "29H51270", "HN-1119", "TT-1088"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = "Lái xe quay về kho"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    return make_firm()


def note(gate, *, at=NOON, point: str = HERE, plate: str = PLATE) -> UndeclaredArrival:
    return undeclared.record_undeclared(plate=plate, point=gate.points[point], by=gate.everything, at=at)


def drafted(gate, firm, *, at=NOON, number: int = 0, point: str = HERE, plate: str = PLATE, **fields) -> Trip:
    """A usual export of that vehicle, not sent yet."""
    known = undeclared.kept_vehicle(undeclared.plates.read(plate), plate)
    driver = make_driver(f"Lái xe {number}", f"02009000123{number}", employer=firm)
    draft = fruit_draft(gate, firm=firm, point=point, tractor=known, driver=driver, **fields)
    return declare.draft_trip(draft=draft, by=gate.everything, at=at)


def of(arrival: UndeclaredArrival) -> UndeclaredArrival:
    return UndeclaredArrival.objects.select_related("trip").get(pk=arrival.pk)


def test_who_drives_away_frees_the_bay_and_the_list(gate):
    first = free_undeclared_bay(gate.points[HERE].pk)
    arrival = note(gate)
    taken = free_undeclared_bay(gate.points[HERE].pk)

    trip = noted.leave_undeclared(trip=arrival.trip, reason_code="TURNED_HOME", by=gate.everything, at=NOON + HOUR)
    deliver_all()

    assert (arrival.bay, taken == first) == (first, False)
    assert (trip.state, free_undeclared_bay(gate.points[HERE].pk)) == ("cancelled", first)
    assert not waiting_arrivals(by=gate.everything, at=NOON + HOUR).exists()
    assert not Grant.objects.filter(holder_id=arrival.pk, valid_until=None).exists()
    assert Entry.objects.filter(action__contains="leave_undeclared", record_id=trip.pk).exists()
    assert Outbox.objects.filter(name="border_gate.trip_left_undeclared", record_id=trip.pk).exists()
    told = History.objects.get(record_id=trip.pk, step="leave_undeclared").facts
    assert told["reason"] == "Lái xe cho xe quay về, không khai báo"


def test_leaving_wants_a_reason_of_the_list_or_words(gate):
    arrival = note(gate)

    refused = []
    for given in ({}, {"reason_code": "SECURITY"}, {"reason": "đi rồi"}):
        with pytest.raises(Refusal) as told:
            noted.leave_undeclared(trip=arrival.trip, by=gate.everything, at=NOON, **given)
        refused.append(told.value.code)
    trip = noted.leave_undeclared(trip=arrival.trip, reason=WHY, by=gate.everything, at=NOON)

    assert refused == ["BG-038", "BG-251", "BG-038"]
    assert trip.state == "cancelled"


def test_a_firms_own_draft_cannot_be_noted_as_left(gate, one_trip):
    with pytest.raises(Refusal, match="BG-541"):
        noted.leave_undeclared(trip=one_trip, reason=WHY, by=gate.everything, at=NOON)


def test_its_firm_cannot_call_off_a_vehicle_that_stands_there(gate, firm):
    make_vehicle(PLATE, owner=firm)
    arrival = note(gate)

    with pytest.raises(Refusal, match="BG-540"):
        declare.cancel_trip(trip=arrival.trip, by=gate.everything, at=NOON)

    assert of(arrival).trip.state == "draft"


def test_the_officer_of_the_point_says_it_on_a_page_and_another_points_cannot(gate):
    arrival = note(gate)
    officer, stranger = (signed_in("CSGT", place=gate.points[point].pk) for point in (HERE, THERE))
    page = reverse("border_gate:barrier_noted", args=["HN-1119-B1"])
    path = reverse("border_gate:barrier_left", args=["HN-1119-B1", arrival.pk])

    link = officer.get(reverse("border_gate:barrier", args=["HN-1119-B1"])).content.decode()
    listed = officer.get(page).content.decode()
    elsewhere = [stranger.post(one, {"reason_code": "TURNED_HOME"}).status_code for one in (
        path, reverse("border_gate:barrier_left", args=["TT-1088-B1", arrival.pk]))]  # fmt: skip
    without = officer.post(path, {"reason": "đi rồi"})
    answer = officer.post(path, {"reason_code": "OTHER_GATE"}, follow=True).content.decode()

    assert page in link
    assert "29H-512.70" in listed
    assert "Xe đã rời đi" in listed
    assert elsewhere == [404, 404]
    assert (without.status_code, 'value="đi rồi"' in without.content.decode()) == (422, True)
    assert "Đã ghi nhận xe 29H-512.70 rời đi." in answer
    assert "Không có xe nào chờ khai báo" in answer


def test_a_yard_may_not_say_it(gate):
    arrival = note(gate)
    yard = Actor(uuid7(), "person", "Yard")
    grant(yard, role_code("YARD"), place=gate.points[HERE].pk)

    with pytest.raises(Refusal, match="BG-024"):
        noted.leave_undeclared(trip=arrival.trip, reason=WHY, by=yard, at=NOON)
    page = signed_in("YARD", place=gate.points[HERE].pk).get(reverse("border_gate:barrier_noted", args=["HN-1119-B1"]))
    assert page.status_code == 403


def test_after_a_day_without_being_noted_again_it_counts_as_gone(gate):
    gone, stays = note(gate), note(gate, plate="29H51271")
    note(gate, plate="29H51271", at=NOON + 5 * HOUR)

    fire_due_steps(NOON + DAY - timedelta(seconds=1))
    before = of(gone).trip.state
    fire_due_steps(NOON + DAY)
    deliver_all()

    assert (before, of(gone).trip.state, of(stays).trip.state) == ("draft", "expired", "draft")
    assert not Grant.objects.filter(holder_id=gone.pk, valid_until=None).exists()


def test_its_link_declares_nothing_once_it_has_left(gate):
    arrival = note(gate)
    noted.leave_undeclared(trip=arrival.trip, reason=WHY, by=gate.everything, at=NOON)

    page = Client().get(path_of(arrival))

    assert (page.status_code, "Điền 6 ô" in page.content.decode()) == (200, False)


def test_who_comes_again_weeks_later_is_noted_anew_with_a_strike_of_its_own(gate, firm):
    make_vehicle(PLATE, owner=firm)
    first = note(gate, at=NOON - 20 * DAY)

    second = note(gate)
    again = note(gate, at=NOON + HOUR)

    assert (second.pk != first.pk, second.seen_at, again.pk) == (True, NOON, second.pk)
    assert of(first).trip.state == "expired"
    assert noted.arrivals_of(firm, since=NOON - 90 * DAY) == 2


def test_noted_at_another_point_it_has_left_the_first(gate):
    first = note(gate)

    second = note(gate, point=THERE, at=NOON + HOUR)

    assert (of(first).trip.state, of(second).trip.state) == ("cancelled", "draft")
    assert History.objects.get(record_id=first.trip_id, step="leave_undeclared").actor == SYSTEM.id


def by_web(gate, firm) -> Trip:
    return declare.submit_trip(trip=drafted(gate, firm), by=gate.everything, at=NOON + HOUR)


def by_sheet(gate, firm) -> Trip:
    trip = drafted(gate, firm)
    declare.send_trips(trips=[trip], by=gate.everything, at=NOON + HOUR)
    return trip


def by_api(gate, firm) -> Trip:
    trip = drafted(gate, firm)
    client = signed_in("ENTERPRISE", agency=firm.pk)
    with clock.frozen(NOON + HOUR):
        answer = client.post(f"/api/v1/border/gate/trips/{trip.pk}/steps/submit", "{}", content_type="application/json")
    assert answer.status_code == 200
    return trip


def by_its_driver_ahead(gate, firm) -> Trip:
    coming = ahead.Coming(plate=PLATE, phone="+84912345678", point=gate.points[HERE], planned_on=TODAY)
    wanted, _token = ahead.begin_ahead(coming=coming, at=NOON)
    answers = undeclared.Answers(
        tax_code=firm.tax_code, goods=("110814", "Tinh bột sắn", "AGRI"), gross_kg=18_000, driver_name="Lái xe",
        paper_kind="CCCD", paper_no="020090001239", paper_until=(NOON + 900 * DAY).date(),
    )  # fmt: skip
    ahead.send_ahead(wanted=wanted, answers=answers, by=gate.everything, at=NOON)
    return ahead.consent_ahead(wanted=wanted, by=gate.everything, at=NOON + HOUR)


@pytest.mark.parametrize("declared", [by_web, by_sheet, by_api, by_its_driver_ahead])
def test_however_it_is_declared_it_counts_from_there_and_against_its_firm(gate, firm, declared):
    clerk = make_person("An")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)
    arrival = note(gate)
    draft = arrival.trip_id

    trip = Trip.objects.get(pk=declared(gate, firm).pk)
    deliver_all()

    assert (trip.undeclared, trip.state) == (True, "at_buffer")
    assert trip.effective_at == NOON + HOUR + timedelta(minutes=30)
    assert (of(arrival).trip_id, Trip.objects.get(pk=draft).state) == (trip.pk, "cancelled")
    assert not standing_undeclared().exists()
    assert Notice.objects.filter(recipient=clerk.pk, kind="border_gate.warned").count() == 1
    assert Client().get(path_of(arrival)).status_code == 200


def test_three_walked_round_lock_the_firms_booking(gate, firm):
    for number in range(3):
        plate = f"29H5127{number}"
        note(gate, plate=plate)
        trip = drafted(gate, firm, number=number, plate=plate)
        declare.submit_trip(trip=trip, by=gate.everything, at=NOON + HOUR)

    locked = Enterprise.objects.get(pk=firm.pk)

    assert (locked.standing, locked.locked_until) == ("booking_locked", NOON + HOUR + 7 * DAY)


def test_what_a_person_accepts_later_joins_the_queue_from_then_on(gate, firm):
    firm.standing = "pending"
    firm.save()
    note(gate)
    trip = declare.submit_trip(trip=drafted(gate, firm), by=gate.everything, at=NOON)
    before = trip.state

    declare.accept_trips(trips=[trip], by=gate.everything, at=NOON + HOUR)
    deliver_all()

    stored = Trip.objects.get(pk=trip.pk)
    assert (before, stored.state, stored.undeclared) == ("submitted", "at_buffer", True)


def test_noted_while_its_declaration_waits_to_be_accepted_it_is_not_counted(gate, firm):
    firm.standing = "pending"
    firm.save()
    trip = declare.submit_trip(trip=drafted(gate, firm), by=gate.everything, at=NOON - HOUR)
    arrival = note(gate)

    declare.accept_trips(trips=[trip], by=gate.everything, at=NOON + HOUR)
    deliver_all()

    assert (Trip.objects.get(pk=trip.pk).state, of(arrival).trip.state) == ("accepted", "cancelled")
    assert noted.arrivals_of(firm, since=NOON - DAY) == 0


@pytest.mark.parametrize("other", [{"point": THERE}, {"planned_on": TODAY + DAY}])
def test_declared_for_another_point_or_day_it_is_counted_and_comes_as_declared(gate, firm, other):
    arrival = note(gate)

    trip = declare.submit_trip(trip=drafted(gate, firm, **other), by=gate.everything, at=NOON)
    deliver_all()

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.state, stored.undeclared, of(arrival).trip_id) == ("accepted", False, trip.pk)
    assert noted.arrivals_of(firm, since=NOON - DAY) == 1
    assert not standing_undeclared().exists()


def test_what_was_noted_too_long_ago_is_taken_over_by_nobody(gate, firm):
    arrival = note(gate, at=NOON - 2 * DAY)

    trip = declare.submit_trip(trip=drafted(gate, firm), by=gate.everything, at=NOON)

    assert (trip.state, trip.undeclared, of(arrival).trip.state) == ("accepted", False, "expired")


def test_a_refused_declaration_takes_nothing_over(gate, firm):
    arrival = note(gate)
    trip = drafted(gate, firm, planned_on=TODAY - DAY)

    with pytest.raises(Refusal):
        declare.submit_trip(trip=trip, by=gate.everything, at=NOON)

    assert (of(arrival).trip.state, of(arrival).trip_id) == ("draft", arrival.trip_id)


def test_the_report_tells_who_still_stands_undeclared_at_its_moment(gate, firm):
    stays, leaves, declares = (note(gate, plate=f"29H5127{number}") for number in range(3))
    noted.leave_undeclared(trip=leaves.trip, reason=WHY, by=gate.everything, at=NOON + HOUR)
    trip = drafted(gate, firm, plate=declares.plate, planned_on=TODAY + DAY)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON + 10 * HOUR)
    note(gate, plate=stays.plate, at=NOON + 20 * HOUR)
    days = (TODAY, TODAY + DAY, TODAY + 2 * DAY)

    first, second = (report.count(day).blocks[HERE] for day in days[:2])
    fire_due_steps(NOON + 44 * HOUR)
    third = report.count(days[2]).blocks[HERE]

    assert (first.undeclared, first.undeclared_still) == (3, 2)
    assert (second.undeclared, second.undeclared_still) == (0, 1)
    assert (third.undeclared, third.undeclared_still) == (0, 0)
    count_days(days[0], days[2])
    kept = {told.day: told.blocks[HERE].undeclared_still for told in day_counts.reports(days[0], days[2])
            if HERE in told.blocks}  # fmt: skip
    assert [kept.get(day, 0) for day in days] == [2, 1, 0]
    firms = DayFigure.objects.filter(name="undeclared", day=TODAY).values_list("key", "n")
    assert dict(firms) == {"": 2, str(firm.pk): 1}


def test_goods_and_reason_are_said_once_the_lane_is_free_and_can_be_said_anew(gate):
    arrival = note(gate)
    officer, stranger = (signed_in("CSGT", place=gate.points[point].pk) for point in (HERE, THERE))
    page = reverse("border_gate:barrier_noted", args=["HN-1119-B1"])
    path = reverse("border_gate:barrier_said", args=["HN-1119-B1", arrival.pk])
    tap = officer.get(reverse("border_gate:barrier", args=["HN-1119-B1"])).content.decode()

    unknown = officer.post(path, {"goods": "Mít", "late_code": "TURNED_HOME"})
    elsewhere = stranger.post(path, {"goods": "Mít", "late_code": "TRAFFIC"}).status_code
    assert of(arrival).goods_guess == ""
    officer.post(path, {"goods": " Mít  tươi ", "late_code": "GOODS_NOT_READY"})
    officer.post(path, {"goods": "Mít tươi", "late_code": "TRAFFIC"})

    listed = officer.get(page).content.decode()
    form = Client().get(path_of(arrival)).content.decode()
    assert 'name="late_code"' not in tap
    assert (unknown.status_code, 'value="Mít"' in unknown.content.decode(), elsewhere) == (422, True, 404)
    assert (of(arrival).goods_guess, of(arrival).reason_code) == ("Mít tươi", "TRAFFIC")
    assert "Mít tươi · Tắc đường" in listed
    assert 'value="Mít tươi"' in form
    said = Entry.objects.filter(action="border_gate.undeclared_described").order_by("id")
    assert [json.loads(entry.payload)["reason_code"] for entry in said] == ["GOODS_NOT_READY", "TRAFFIC"]


def test_what_was_said_stays_once_it_is_declared_or_gone(gate):
    arrival = note(gate)
    noted.leave_undeclared(trip=arrival.trip, reason_code="OTHER_GATE", by=gate.everything, at=NOON)

    with pytest.raises(Refusal, match="BG-023"):
        noted.describe_arrival(arrival=of(arrival), goods="Mít", reason_code="", by=gate.everything, at=NOON)
    yard = Actor(uuid7(), "person", "Yard")
    grant(yard, role_code("YARD"), place=gate.points[HERE].pk)
    with pytest.raises(Forbidden):
        noted.describe_arrival(arrival=note(gate, plate="12C11111"), goods="Mít", reason_code="", by=yard, at=NOON)
