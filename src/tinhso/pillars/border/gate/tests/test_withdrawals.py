"""A vehicle noted as undeclared by mistake: its force takes it back, and it counts nowhere though the log keeps it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, undeclared
from tinhso.pillars.border.gate.actions.figures import count_days
from tinhso.pillars.border.gate.actions.withdrawals import withdraw_arrival
from tinhso.pillars.border.gate.models import DayFigure, Enterprise, Standing, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import report
from tinhso.pillars.border.gate.queries.figures import undeclared_share
from tinhso.pillars.border.gate.queries.firm_list import firms
from tinhso.pillars.border.gate.queries.parties import must_be_able_to_book
from tinhso.pillars.border.gate.queries.undeclared import arrivals_of, standing_undeclared
from tinhso.pillars.border.gate.queries.yard import free_undeclared_bay
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_noted import drafted
from tinhso.pillars.border.gate.tests.test_undeclared import deliver_all, path_of, signed_in

PLATE, HERE, BARRIER = "29H51270", "HN-1119", "HN-1119-B1"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = "Bấm nhầm biển số xe bên cạnh"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    return make_firm()


def officer(gate, force: str = "BIENPHONG") -> Actor:
    person = make_person(force)
    grant(person, role_code(force), place=gate.points[HERE].pk)
    return Actor(person.pk, "person", force)


def note(gate, by: Actor, *, at=NOON, plate: str = PLATE) -> UndeclaredArrival:
    return undeclared.record_undeclared(plate=plate, point=gate.points[HERE], by=by, at=at)


def withdraw(arrival: UndeclaredArrival, by: Actor, *, at=NOON + HOUR, reason: str = WHY) -> UndeclaredArrival:
    return withdraw_arrival(arrival=arrival, reason=reason, by=by, at=at)


def test_withdrawn_it_counts_nowhere_and_stays_in_the_log(gate, firm):
    make_vehicle(PLATE, owner=firm)
    by = officer(gate)
    first = free_undeclared_bay(gate.points[HERE].pk)
    arrival = note(gate, by)
    assert (arrivals_of(firm, since=NOON - DAY), undeclared_share(at=NOON)) == (1, 100.0)

    withdraw(arrival, by)
    deliver_all()

    trip = Trip.objects.get(pk=arrival.trip_id)
    assert (trip.state, trip.undeclared, free_undeclared_bay(gate.points[HERE].pk)) == ("cancelled", False, first)
    assert not standing_undeclared().exists()
    assert (arrivals_of(firm, since=NOON - DAY), undeclared_share(at=NOON + HOUR)) == (0, 0.0)
    assert firms(at=NOON + HOUR).get().undeclared == 0
    told = report.count(TODAY).whole
    assert (told.undeclared, told.undeclared_still) == (0, 0)
    count_days(TODAY, TODAY)
    assert not DayFigure.objects.filter(name__in=("undeclared", "undeclared_still"), n__gt=0).exists()
    row = UndeclaredArrival.objects.get()
    assert (row.withdrawn_at, row.withdrawn_by, row.withdrawn_why) == (NOON + HOUR, by.id, WHY)
    assert list(History.objects.filter(record_id=trip.pk).values_list("step", flat=True).order_by("version")) == [
        "walk_up", "leave_undeclared",
    ]  # fmt: skip
    assert Entry.objects.filter(action="border_gate.arrival_withdrawn", record_id=trip.pk).exists()
    assert Client().get(path_of(arrival)).status_code == 410


def test_the_firm_hears_that_it_was_a_mistake(gate, firm):
    clerk = make_person("An")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)
    make_vehicle(PLATE, owner=firm)
    by = officer(gate)

    withdraw(note(gate, by), by)
    deliver_all()

    assert Notice.objects.filter(recipient=clerk.id, kind="border_gate.noted_by_mistake").exists()


def test_another_of_the_same_force_may_withdraw_another_force_may_not(gate):
    arrival = note(gate, officer(gate))

    with pytest.raises(Refusal, match="BG-582"):
        withdraw(arrival, officer(gate, "CSGT"))
    withdraw(arrival, officer(gate))

    assert UndeclaredArrival.objects.get().withdrawn_at == NOON + HOUR


def test_withdrawing_wants_a_reason_is_done_once_and_not_after_a_day(gate):
    by = officer(gate)
    arrival, other = note(gate, by), note(gate, by, plate="29H99999")

    with pytest.raises(Refusal, match="BG-038"):
        withdraw(arrival, by, reason="nhầm")
    with pytest.raises(Refusal, match="BG-581"):
        withdraw(other, by, at=NOON + DAY + timedelta(seconds=1))
    withdraw(arrival, by)
    with pytest.raises(Refusal, match="BG-580"):
        withdraw(arrival, by)


def test_who_works_elsewhere_or_for_a_firm_withdraws_nothing(gate, firm):
    arrival = note(gate, officer(gate))
    elsewhere = make_person("CSGT")
    grant(elsewhere, role_code("BIENPHONG"), place=gate.points["TT-1088"].pk)
    clerk = make_person("An")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)

    for person in (elsewhere, clerk):
        with pytest.raises(Forbidden):
            withdraw(arrival, Actor(person.pk, "person", ""))
    assert UndeclaredArrival.objects.get().withdrawn_at is None


def test_the_lock_by_the_third_arrival_opens_when_it_was_a_mistake(gate, firm):
    by = officer(gate)
    for number in range(3):
        arrival = note(gate, by, plate=f"29H5127{number}")
        trip = drafted(gate, firm, number=number, plate=f"29H5127{number}")
        declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    locked = Enterprise.objects.get(pk=firm.pk)
    assert locked.standing == Standing.BOOKING_LOCKED

    withdraw(UndeclaredArrival.objects.get(pk=arrival.pk), by)

    opened = Enterprise.objects.get(pk=firm.pk)
    must_be_able_to_book(opened, at=NOON + HOUR)
    assert (opened.standing, opened.locked_until, arrivals_of(firm, since=NOON - DAY)) == (Standing.ACTIVE, None, 2)
    assert Entry.objects.filter(action="border_gate.booking_unlocked", record_id=firm.pk).exists()


def test_a_declaration_that_took_the_arrival_over_goes_on_as_any_other(gate, firm):
    by = officer(gate)
    arrival = note(gate, by)
    trip = declare.submit_trip(trip=drafted(gate, firm), by=gate.everything, at=NOON)
    assert Trip.objects.get(pk=trip.pk).undeclared

    withdraw(UndeclaredArrival.objects.get(pk=arrival.pk), by)

    after = Trip.objects.get(pk=trip.pk)
    assert (after.is_live, after.undeclared) == (True, False)
    assert report.count(TODAY).whole.undeclared == 0


def test_the_barriers_page_withdraws_and_keeps_what_was_typed(gate, firm):
    desk = signed_in("BIENPHONG", place=gate.points[HERE].pk)
    desk.post(reverse("border_gate:barrier_undeclared", args=[BARRIER]), {"xe": PLATE})
    arrival = UndeclaredArrival.objects.get()
    path = reverse("border_gate:barrier_mistaken", args=[BARRIER, arrival.pk])

    short = desk.post(path, {"reason": "nhầm xe"})
    stranger = signed_in("BIENPHONG", place=gate.points["TT-1088"].pk).post(path, {"reason": WHY})
    other = desk.post(reverse("border_gate:barrier_mistaken", args=["TT-1088-B1", arrival.pk]), {"reason": WHY})
    done = desk.post(path, {"reason": WHY}, follow=True)

    assert short.status_code == 422
    assert 'value="nhầm xe"' in short.content.decode()
    assert stranger.status_code == 404
    assert other.status_code == 404
    assert "29H-512.70 không tính là xe chưa khai báo" in done.content.decode()
    assert Trip.objects.get().state == "cancelled"


def test_who_was_noted_lately_and_is_declared_by_now_is_listed_for_withdrawal(gate, firm):
    by = officer(gate)
    note(gate, by)
    declare.submit_trip(trip=drafted(gate, firm), by=gate.everything, at=NOON)

    page = signed_in("CSGT", place=gate.points[HERE].pk).get(reverse("border_gate:barrier_noted", args=[BARRIER]))

    assert "29H-512.70" in page.content.decode()
