"""A firm named by a driver or the help desk: told at once, free to disown, and no vehicle leaves without a true one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.models import Grant
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, NotFound, Refusal
from tinhso.kernel.identity.models import Account
from tinhso.kernel.identity.queries import link_of
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import declare, move, namings, tasks, undeclared
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import Enterprise, FirmNaming, Hold, Standing, Trip
from tinhso.pillars.border.gate.models.namings import DISOWNED
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.namings import nameless_trips, naming_for, open_namings
from tinhso.pillars.border.gate.queries.undeclared import arrivals_of
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_firm
from tinhso.pillars.border.gate.tests.test_undeclared import ANSWERS, declared, deliver_all, noted, path_of, signed_in

HERE, DAY = "HN-1119", timedelta(days=1)
WHY = "Công ty không có xe và lô hàng này"
TRUE_FIRM = {"tax_code": "4900234576", "consent": "on"}


@pytest.fixture(autouse=True)
def at_noon(gate):
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    found = make_firm()
    found.phone = "+84900000001"
    found.save()
    return found


@pytest.fixture
def other(gate):
    return make_firm("Công ty Chi", "4900234576")


@pytest.fixture
def an(firm):
    person = make_person("An")
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    return person


@pytest.fixture
def desk(gate) -> Client:
    return signed_in("HELPDESK", place=gate.points[HERE].pk)


def page(person) -> Client:
    client = Client()
    account = Account.objects.filter(person_id=person.pk).first() or make_account(person)
    client.force_login(account, backend="tinhso.kernel.identity.backends.AccountBackend")
    return client


def named(gate) -> FirmNaming:
    arrival = noted(gate)
    Client().post(path_of(arrival), ANSWERS)
    return FirmNaming.objects.get(trip=arrival.trip_id)


def disowned(gate, by) -> Trip:
    naming = namings.disown(naming=named(gate), reason=WHY, by=by, at=NOON)
    return Trip.objects.get(pk=naming.trip_id)


def test_the_vehicle_goes_on_and_the_firm_hears_at_once(gate, firm, an):
    naming = named(gate)
    deliver_all()

    trip = Trip.objects.get(pk=naming.trip_id)
    assert (trip.state, trip.effective_at, trip.agency_id) == ("at_buffer", NOON + timedelta(minutes=30), firm.pk)
    assert Notice.objects.get(recipient=an.pk, kind="border_gate.firm_named").fields["plate"] == "29H-512.70"
    by_link = Delivery.objects.get(notice__kind="border_gate.firm_named_by_link", channel="sms")
    assert by_link.address == "+84900000001"
    assert "29H" not in str(by_link.notice.fields)
    assert "29H-512.70" in page(an).get(reverse("border_gate:ahead_asked")).content.decode()
    assert "Xe được người khác khai cho doanh nghiệp" in page_of_board(an)


def page_of_board(person) -> str:
    return page(person).get(reverse("border_gate:firm")).content.decode()


def test_disowned_it_belongs_to_nobody_counts_for_nobody_and_is_held(gate, firm, an):
    trip = disowned(gate, an.actor())
    deliver_all()

    assert (trip.state, trip.enterprise_id, trip.agency_id, trip.holds) == ("at_buffer", None, None, 1)
    assert (arrivals_of(firm, since=NOON - DAY), arrivals_of(firm, since=NOON - 90 * DAY)) == (0, 0)
    hold = Hold.objects.get(trip=trip)
    assert (hold.force.code, hold.reason_code, hold.note) == ("BQLKKT", DISOWNED, WHY)
    assert move.call_next(point=trip.point, at=NOON + timedelta(hours=1)) is None
    told = Entry.objects.get(action="border_gate.firm_disowned", record_id=trip.pk)
    assert str(firm.pk) in told.payload
    assert str(trip.pk) not in page_of_board(an)


def test_officers_read_a_vehicle_without_a_firm_like_any_other(gate, firm, an):
    trip = disowned(gate, an.actor())
    board = signed_in("BQLKKT", place=gate.points[HERE].pk)
    guard = signed_in("BIENPHONG", place=gate.points[HERE].pk)

    dossier = board.get(reverse("border_gate:trip", args=[trip.pk]))
    listed = board.get(reverse("border_gate:trips"))
    queue = board.get(reverse("border_gate:queue"))
    card = guard.get(reverse("border_gate:barrier", args=["HN-1119-B1"]), {"xe": "29H51270"})
    told = board.get(f"/api/v1/border/gate/trips/{trip.pk}")

    assert [one.status_code for one in (dossier, listed, queue, card, told)] == [200] * 5
    assert WHY in dossier.content.decode()
    assert "29H-512.70" in listed.content.decode()


def test_in_the_yard_it_is_not_released_until_the_true_firm_is_named(gate, firm, an, other):
    naming = named(gate)
    trip = in_the_yard(gate, naming.trip_id)
    namings.disown(naming=naming, reason=WHY, by=an.actor(), at=NOON)

    with pytest.raises(StepRefused) as refused:
        TRIP.fire(Trip.objects.get(pk=trip.pk), "release_out", by=gate.everything, at=NOON)
    namings.name_true_firm(trip=trip, tax_code="4900234576", consent=True, by=gate.everything, at=NOON)

    after = Trip.objects.get(pk=trip.pk)
    assert refused.value.code in ("BG-026", "BG-027", "BG-028")
    assert (after.holds, after.agency_id, after.declaration.enterprise_id) == (0, other.pk, other.pk)


def in_the_yard(gate, trip_id) -> Trip:
    trip = Trip.objects.get(pk=trip_id)
    move.call_next(point=trip.point, at=NOON)
    move.arrive(trip=Trip.objects.get(pk=trip_id), plate=trip.tractor_plate, by=gate.everything, at=NOON)
    move.enter_yard(trip=Trip.objects.get(pk=trip_id), by=gate.everything, at=NOON)
    return Trip.objects.get(pk=trip_id)


def test_the_hold_is_not_lifted_by_hand_while_there_is_no_firm(gate, firm, an):
    hold = Hold.objects.get(trip=disowned(gate, an.actor()))

    with pytest.raises(Refusal, match="BG-589"):
        tasks.lift_hold(hold=hold, by=gate.everything, at=NOON)

    assert Hold.objects.get().state == "active"


def test_the_help_desk_names_the_true_firm_and_the_record_keeps_both(gate, firm, an, other, desk):
    clerk = make_person("Chi")
    grant(clerk, role_code("ENTERPRISE"), agency=other.pk)
    trip = disowned(gate, an.actor())
    deliver_all()
    form = reverse("border_gate:name_firm", args=[trip.pk])

    listed = desk.get(reverse("border_gate:quick_waiting")).content.decode()
    shown = desk.get(form).content.decode()
    without = desk.post(form, {"tax_code": "4900234576"})
    answer = desk.post(form, TRUE_FIRM)
    deliver_all()

    assert form in listed
    assert WHY in shown
    assert without.status_code == 422
    assert answer.status_code == 302
    after = Trip.objects.get(pk=trip.pk)
    assert (after.agency_id, after.holds, after.state) == (other.pk, 0, "at_buffer")
    assert after.effective_at == NOON + timedelta(minutes=30)
    assert (arrivals_of(firm, since=NOON - DAY), arrivals_of(other, since=NOON - DAY)) == (0, 1)
    both = FirmNaming.objects.filter(trip=trip).order_by("named_at", "pk").values_list("firm_id", "reason")
    assert list(both) == [(firm.pk, WHY), (other.pk, "")]
    assert Notice.objects.filter(recipient=clerk.pk, kind="border_gate.firm_named").exists()
    assert Notice.objects.filter(recipient=clerk.pk, kind="border_gate.warned").exists()
    assert Entry.objects.filter(action="border_gate.consent_said", record_id=trip.pk).exists()
    assert not nameless_trips(by=gate.everything, at=NOON).exists()


def test_the_help_desk_hears_that_a_vehicle_has_no_firm(gate, firm, an):
    person = make_person("HELPDESK")
    grant(person, role_code("HELPDESK"), place=gate.points[HERE].pk)
    trip = disowned(gate, an.actor())

    deliver_all()

    told = Notice.objects.get(recipient=person.pk, kind="border_gate.firm_disowned")
    assert (told.fields["reason"], told.url) == (WHY, reverse("border_gate:name_firm", args=[trip.pk]))


def test_a_firm_that_has_disowned_it_is_not_named_again(gate, firm, an, other):
    trip = disowned(gate, an.actor())

    with pytest.raises(Refusal, match="BG-588"):
        namings.name_true_firm(trip=trip, tax_code="4900234569", consent=True, by=gate.everything, at=NOON)
    Enterprise.objects.filter(pk=other.pk).update(standing=Standing.SUSPENDED)
    with pytest.raises(Refusal, match="BG-420"):
        namings.name_true_firm(trip=trip, tax_code="4900234576", consent=True, by=gate.everything, at=NOON)

    assert Trip.objects.get(pk=trip.pk).enterprise_id is None


def test_disowning_wants_a_reason_and_is_said_once_and_before_the_release(gate, firm, an):
    naming = named(gate)

    with pytest.raises(Refusal, match="BG-038"):
        namings.disown(naming=naming, reason="sai", by=an.actor(), at=NOON)
    TRIP.fire(Trip.objects.get(pk=naming.trip_id), "turn_back", by=gate.everything, at=NOON,
              reason_code="DOC_MISMATCH", reason="Quay đầu theo yêu cầu", customs_consent="có")  # fmt: skip
    with pytest.raises(Refusal, match="BG-586"):
        namings.disown(naming=naming, reason=WHY, by=an.actor(), at=NOON)

    assert FirmNaming.objects.get().disowned_at is None


def test_said_twice_is_told(gate, firm, an):
    naming = named(gate)
    namings.disown(naming=naming, reason=WHY, by=an.actor(), at=NOON)

    with pytest.raises(Refusal, match="BG-585"):
        namings.disown(naming=naming, reason=WHY, by=an.actor(), at=NOON)

    assert Hold.objects.count() == 1


def test_a_stranger_disowns_nothing_and_names_nothing(gate, firm, an, other):
    naming = named(gate)
    chi = make_person("Chi")
    grant(chi, role_code("ENTERPRISE"), agency=other.pk)
    path = reverse("border_gate:named_disown", args=[naming.pk])

    with pytest.raises(Forbidden):
        namings.disown(naming=naming, reason=WHY, by=chi.actor(), at=NOON)
    assert page(chi).post(path, {"reason": WHY}).status_code == 404
    assert "29H-512.70" not in page(chi).get(reverse("border_gate:ahead_asked")).content.decode()
    driver = undeclared.declarer(Trip.objects.get(pk=naming.trip_id).undeclared_arrival)
    with pytest.raises(NotFound):
        naming_for(naming.pk, by=driver, at=NOON)

    namings.disown(naming=naming, reason=WHY, by=an.actor(), at=NOON)
    form = reverse("border_gate:name_firm", args=[naming.trip_id])
    elsewhere = signed_in("HELPDESK", place=gate.points["TT-1088"].pk)
    assert elsewhere.post(form, TRUE_FIRM).status_code == 404
    assert page(chi).post(form, TRUE_FIRM).status_code == 403
    assert Trip.objects.get(pk=naming.trip_id).enterprise_id is None


def test_the_firms_page_keeps_what_was_typed(gate, firm, an):
    naming = named(gate)
    client, path = page(an), reverse("border_gate:named_disown", args=[naming.pk])

    short = client.post(path, {"reason": "sai xe"})
    done = client.post(path, {"reason": WHY}, follow=True)

    assert short.status_code == 422
    assert 'value="sai xe"' in short.content.decode()
    assert "cửa khẩu đã được báo" in done.content.decode()
    assert FirmNaming.objects.get().disowned_by == an.pk


def test_the_link_to_the_firms_telephone_disowns_this_one_and_nothing_else(gate, firm):
    naming = named(gate)
    second = noted(gate, plate="29H99999")
    more = {**ANSWERS, "driver_name": "Lê Văn C", "paper_no": "020090001236", "phone": "0912 345 679"}
    Client().post(path_of(second), more)
    deliver_all()
    links = Notice.objects.filter(kind="border_gate.firm_named_by_link").order_by("pk")
    holders = [link_of(re.search(r"/([^/]+)/?$", one.fields["link"]).group(1)).actor() for one in links]
    (mine,) = [one for one in holders if open_namings(by=one, at=NOON).filter(pk=naming.pk).exists()]

    assert open_namings(by=mine, at=NOON).count() == 1
    with pytest.raises(Forbidden):
        namings.disown(naming=FirmNaming.objects.get(trip=second.trip_id), reason=WHY, by=mine, at=NOON)
    namings.disown(naming=naming, reason=WHY, by=mine, at=NOON)

    assert Trip.objects.get(pk=naming.trip_id).enterprise_id is None
    assert not Grant.objects.filter(record_id=naming.pk, valid_until=None).exists()


def test_the_lock_by_a_vehicle_that_is_not_the_firms_is_opened(gate, firm, an):
    for number in range(3):
        declared(gate, number, NOON)
    assert Enterprise.objects.get(pk=firm.pk).standing == Standing.BOOKING_LOCKED

    namings.disown(naming=FirmNaming.objects.last(), reason=WHY, by=an.actor(), at=NOON)

    assert Enterprise.objects.get(pk=firm.pk).standing == Standing.ACTIVE


def test_who_acts_for_the_firm_names_it_without_asking(gate, firm, an):
    arrival = noted(gate)
    declare_for = Actor(an.pk, "person", "An")
    draft = fruit_draft(gate, firm=firm, tractor=arrival.trip.tractor)
    trip = declare.submit_trip(trip=declare.draft_trip(draft=draft, by=declare_for, at=NOON), by=declare_for, at=NOON)

    assert trip.undeclared
    assert namings.note_naming(trip=trip, firm=firm, by=declare_for, at=NOON) is None
    assert not FirmNaming.objects.exists()
