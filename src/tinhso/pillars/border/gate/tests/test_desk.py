"""The help desk: a firm not known here is registered while declaring, and vehicles are declared before they come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.notices.models import Delivery
from tinhso.kernel.organisations.models import Agency
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.actions import ahead as ahead_actions
from tinhso.pillars.border.gate.actions.desk_ahead import declare_at_desk
from tinhso.pillars.border.gate.actions.firm_standing import change_firm
from tinhso.pillars.border.gate.actions.for_others import register_at_desk
from tinhso.pillars.border.gate.models import AheadDeclaration, Driver, Enterprise, FirmNaming, Standing, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_firm
from tinhso.pillars.border.gate.tests.test_ahead import said
from tinhso.pillars.border.gate.tests.test_undeclared import ANSWERS, deliver_all, noted, path_of, signed_in

HERE, PLATE = "HN-1119", "29H51270"
NEW = {"firm_name": "Công ty TNHH Nông sản Chi Lăng", "firm_phone": "0205 381 2345", "consent": "on"}
WHEN = {"plate": "29H-512.70", "point": HERE, "planned_on": TODAY.isoformat()}


@pytest.fixture(autouse=True)
def at_noon(gate):
    with clock.frozen(NOON):
        yield


@pytest.fixture
def desk(gate) -> Client:
    return signed_in("HELPDESK", place=gate.points[HERE].pk)


def test_a_firm_not_known_is_asked_for_and_registered_with_nothing_typed_twice(gate, desk):
    arrival = noted(gate)
    path = reverse("border_gate:quick_for", args=[arrival.pk])

    first = desk.get(path).content.decode()
    asked = desk.post(path, {**ANSWERS, "consent": "on"})
    done = desk.post(path, {**ANSWERS, **NEW})

    text = asked.content.decode()
    assert 'name="firm_name"' not in first
    assert (asked.status_code, 'name="firm_name"' in text, 'value="Trần Văn B"' in text) == (422, True, True)
    assert "Doanh nghiệp này chưa có ở đây" in text
    assert done.status_code == 302
    firm = Enterprise.objects.select_related("agency").get()
    assert (firm.agency.name, firm.tax_code, firm.phone) == (NEW["firm_name"], "4900234569", "+842053812345")
    assert firm.standing == Standing.PENDING
    trip = Trip.objects.get(pk=arrival.trip_id)
    assert (trip.state, trip.agency_id) == ("submitted", firm.pk)
    assert FirmNaming.objects.get().firm_id == firm.pk
    kept = Entry.objects.get(action="border_gate.firm_registered_at_desk", record_id=firm.pk)
    assert kept.actor not in (None, arrival.pk)
    assert Entry.objects.filter(action="border_gate.consent_said", record_id=trip.pk).exists()


def test_the_board_confirms_a_firm_of_the_desk_as_any_other(gate, desk):
    arrival = noted(gate)
    desk.post(reverse("border_gate:quick_for", args=[arrival.pk]), {**ANSWERS, **NEW})
    firm = Enterprise.objects.get()

    change_firm(firm=firm, change="confirm", reason="Đã đối chiếu đăng ký kinh doanh", by=gate.everything, at=NOON)

    assert Enterprise.objects.get().standing == Standing.ACTIVE


def test_what_is_wrong_leaves_no_firm_behind(gate, desk):
    path = reverse("border_gate:quick_for", args=[noted(gate).pk])

    for wrong in ({"tax_code": "4900234568"}, {"firm_phone": "09"}, {"firm_name": ""}, {"consent": ""}, {"kg": "0"}):
        answer = desk.post(path, {**ANSWERS, **NEW, **wrong})
        assert answer.status_code == 422, wrong
        assert 'value="Trần Văn B"' in answer.content.decode()

    assert not Enterprise.objects.exists()
    assert not Agency.objects.filter(kind="firm").exists()


def test_a_known_firm_keeps_its_name_whatever_is_typed(gate, desk):
    make_firm()

    desk.post(reverse("border_gate:quick_for", args=[noted(gate).pk]), {**ANSWERS, **NEW})

    assert Enterprise.objects.select_related("agency").get().agency.name == "Công ty An"


def test_only_the_help_desk_registers_and_only_at_its_point(gate):
    arrival = noted(gate)
    given = {"tax_code": "4900234569", "name": NEW["firm_name"], "phone": "+842053812345", "at": NOON}

    by_link = Client().post(path_of(arrival), {**ANSWERS, **NEW})
    for role, point in (("HELPDESK", "TT-1088"), ("BQLKKT", HERE), ("ENTERPRISE", HERE)):
        person = make_person(role)
        grant(person, role_code(role), place=gate.points[point].pk)
        with pytest.raises(Forbidden):
            register_at_desk(point=gate.points[HERE], by=person.actor(), **given)
    with pytest.raises(Refusal, match="BG-006"):
        register_at_desk(point=gate.points[HERE], by=gate.everything, **{**given, "tax_code": "4900234568"})

    assert by_link.status_code == 422
    assert not Enterprise.objects.exists()


def test_before_it_comes_the_desk_declares_with_consent_and_the_driver_gets_his_link(gate, desk):
    firm = make_firm()
    path = reverse("border_gate:desk_ahead")

    asked = desk.get(path).content.decode()
    form = desk.get(path, WHEN).content.decode()
    without = desk.post(path, {**WHEN, **ANSWERS})
    none_yet = Trip.objects.count()
    answer = desk.post(path, {**WHEN, **ANSWERS, "consent": "on"})
    deliver_all()

    assert 'name="plate"' in asked
    assert ('name="tax_code"' in form, 'type="hidden" name="plate"' in form) == (True, True)
    assert (without.status_code, none_yet) == (422, 0)
    assert 'value="Trần Văn B"' in without.content.decode()
    assert answer.status_code == 302
    trip = Trip.objects.get()
    assert (trip.state, trip.source, trip.undeclared, trip.agency_id) == ("accepted", "DESK", False, firm.pk)
    assert Entry.objects.filter(action="border_gate.consent_said", record_id=trip.pk).exists()
    assert FirmNaming.objects.get().firm_id == firm.pk
    row = AheadDeclaration.objects.get()
    assert (row.state, row.trip_id, row.answers, row.paper_sealed) == ("desk", trip.pk, {}, None)
    sent = Delivery.objects.filter(notice__kind="border_gate.accepted", channel="sms")
    assert [way.address for way in sent] == ["+84912345678"]


def test_a_new_firm_is_registered_on_the_way(gate, desk):
    path = reverse("border_gate:desk_ahead")

    asked = desk.post(path, {**WHEN, **ANSWERS, "consent": "on"})
    answer = desk.post(path, {**WHEN, **ANSWERS, **NEW})

    assert (asked.status_code, 'name="firm_name"' in asked.content.decode()) == (422, True)
    assert answer.status_code == 302
    assert (Trip.objects.get().state, Enterprise.objects.get().standing) == ("submitted", Standing.PENDING)


def test_a_chinese_vehicle_that_comes_empty_names_no_goods(gate, desk):
    make_firm()
    typed = {name: value for name, value in ANSWERS.items() if name not in ("goods", "kg")}
    driver = {"driver_name": "王强", "paper_no": "11010519491231002X", "empty": "on", "consent": "on"}

    answer = desk.post(reverse("border_gate:desk_ahead"), {**WHEN, **typed, **driver, "plate": "桂F12345"})

    assert answer.status_code == 302
    assert (Trip.objects.get().kind, Trip.objects.get().direction) == ("CN_EMPTY_IN", "X")


def test_the_vehicles_last_trip_fills_the_form(gate, desk):
    make_firm()
    desk.post(reverse("border_gate:desk_ahead"), {**WHEN, **ANSWERS, "consent": "on"})

    form = desk.get(reverse("border_gate:desk_ahead"), WHEN).content.decode()

    assert ('value="4900234569"' in form, 'value="Trần Văn B"' in form) == (True, True)
    assert "020090001235" not in form


def test_refused_as_everywhere_and_nothing_stays(gate, desk):
    make_firm()
    path = reverse("border_gate:desk_ahead")
    yesterday, late = (TODAY + timedelta(days=days) for days in (-1, 30))

    wrong_plate = desk.get(path, {**WHEN, "plate": "29H"})
    for wrong in (
        {"planned_on": yesterday.isoformat()},
        {"planned_on": late.isoformat()},
        {"paper_until": "2020-01-01"},
    ):
        answer = desk.post(path, {**WHEN, **ANSWERS, "consent": "on", **wrong})
        assert answer.status_code == 422, wrong
    Enterprise.objects.update(standing=Standing.SUSPENDED)
    suspended = desk.post(path, {**WHEN, **ANSWERS, "consent": "on"})

    assert wrong_plate.status_code == 422
    assert suspended.status_code == 422
    assert (Trip.objects.count(), Driver.objects.count(), AheadDeclaration.objects.count()) == (0, 0, 0)


def test_without_consent_or_elsewhere_nothing_is_declared(gate):
    make_firm()
    coming = ahead_actions.Coming(plate=PLATE, phone="+84912345678", point=gate.points[HERE], planned_on=TODAY)

    def declared_by(role: str, point: str, *, consent: bool) -> None:
        person = make_person(role)
        grant(person, role_code(role), place=gate.points[point].pk)
        declare_at_desk(coming=coming, answers=said(), consent=consent, by=person.actor(), at=NOON)

    with pytest.raises(Refusal, match="BG-482"):
        declared_by("HELPDESK", HERE, consent=False)
    for role, point in (("HELPDESK", "TT-1088"), ("DRIVER", HERE)):
        with pytest.raises(Forbidden):
            declared_by(role, point, consent=True)

    assert not Trip.objects.exists()
    assert signed_in("BIENPHONG", place=gate.points[HERE].pk).get(reverse("border_gate:desk_ahead")).status_code == 403


def test_a_vehicle_that_stands_there_undeclared_is_taken_over_by_it(gate, desk):
    make_firm()
    noted(gate)

    desk.post(reverse("border_gate:desk_ahead"), {**WHEN, **ANSWERS, "consent": "on"})

    trip = Trip.objects.get(source="DESK")
    assert (trip.undeclared, trip.effective_at) == (True, NOON + timedelta(minutes=30))
