"""A broker acts for a firm by its mandate: not before, not after, not beyond its scope, and for no other firm."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.may import may
from tinhso.kernel.access.models import Grant
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import handlers_of
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import ahead
from tinhso.pillars.border.gate.actions.amend import want_amendment
from tinhso.pillars.border.gate.actions.declare import draft_trip, submit_trip
from tinhso.pillars.border.gate.actions.mandates import follow_staff, give_mandate, revoke_mandate
from tinhso.pillars.border.gate.handlers import ahead as ahead_handlers
from tinhso.pillars.border.gate.handlers import audience
from tinhso.pillars.border.gate.models import FeeAssessment, Mandate, Standing
from tinhso.pillars.border.gate.permissions import VIEW_PAPERS, role_code, step_permission
from tinhso.pillars.border.gate.queries.firms import firms_of, home_firm
from tinhso.pillars.border.gate.queries.trips import visible_trips
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_ahead import happened, sent

SUBMIT, BOOK, WALLET = step_permission("submit"), step_permission("book_slot"), "shared_payments.use_wallet"
REASON = "Chấm dứt hợp đồng đại lý"


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def broker(gate):
    return make_firm("Đại lý Bình", "4900234576")


@pytest.fixture
def an(firm):
    """Administrator of the firm."""
    person = make_person("An")
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    grant(person, "border_firm_admin", agency=firm.pk)
    return person.actor()


@pytest.fixture
def binh(broker):
    """Works for the broker."""
    person = make_person("Bình")
    grant(person, role_code("ENTERPRISE"), agency=broker.pk)
    return person.actor()


def mandated(firm, broker, an, *, scope=(), since=TODAY, days=30, at=NOON) -> Mandate:
    until = since + timedelta(days=days)
    return give_mandate(principal=firm, broker=broker, scope=scope, valid_from=since, valid_until=until, by=an, at=at)


def declared(gate, firm, by, *, at=NOON, plate="12C12345", number="020090001234"):
    driver, tractor = make_driver(number=number, employer=firm), make_vehicle(plate, owner=firm)
    draft = fruit_draft(gate, firm=firm, driver=driver, tractor=tractor)
    return submit_trip(trip=draft_trip(draft=draft, by=by, at=at), by=by, at=at)


def test_before_within_and_after_a_mandate(gate, firm, broker, an, binh):
    begins = TODAY + timedelta(days=2)
    mandate = mandated(firm, broker, an, since=begins, days=3)
    before, within = mandate.begins_at - timedelta(seconds=1), mandate.begins_at
    last, after = mandate.ends_at - timedelta(seconds=1), mandate.ends_at

    held = [may(binh, SUBMIT, firm, at) for at in (NOON, before, within, last, after)]

    assert held == [False, False, True, True, False]


def test_the_brokers_name_stands_on_what_he_declared(gate, firm, broker, an, binh):
    mandated(firm, broker, an)

    by_broker = declared(gate, firm, binh)
    by_firm = declared(gate, firm, an, plate="12C54321", number="020090001242")

    assert (by_broker.state, by_broker.enterprise_id, by_broker.declaration.broker_id) == (
        "accepted",
        firm.pk,
        broker.pk,
    )
    assert by_firm.declaration.broker_id is None
    assert {trip.pk for trip in visible_trips(by=binh, at=NOON)} == {by_broker.pk, by_firm.pk}


def test_a_mandate_gives_its_scope_and_no_more(gate, firm, broker, an, binh):
    mandated(firm, broker, an, scope=["book"])
    trip = declared(gate, firm, an)

    held = {right: may(binh, right, trip, NOON) for right in (SUBMIT, BOOK, WALLET, VIEW_PAPERS)}

    assert held == {SUBMIT: True, BOOK: True, WALLET: False, VIEW_PAPERS: False}
    assert not may(binh, "border_gate.manage_firm", firm, NOON)


def test_a_revoked_mandate_ends_at_once(gate, firm, broker, an, binh):
    mandate = mandated(firm, broker, an)
    trip = declared(gate, firm, binh)

    revoke_mandate(mandate=mandate, reason=REASON, by=an, at=NOON)

    assert not may(binh, SUBMIT, firm, NOON)
    assert not visible_trips(by=binh, at=NOON).filter(pk=trip.pk).exists()
    with pytest.raises(Refusal):
        declared(gate, firm, binh, plate="12C54321", number="020090001242")
    entry = Entry.objects.get(action="border_gate.mandate_revoked")
    assert (entry.actor, REASON in entry.payload) == (an.id, True)


def test_a_mandate_reaches_no_other_firm_and_no_stranger(gate, firm, broker, an, binh):
    other = make_firm("Công ty Chi", "4900234583")
    chi = make_person("Chi").actor()
    mandated(firm, broker, an)
    trip = declared(gate, other, gate.everything)

    assert not may(binh, SUBMIT, other, NOON)
    assert not visible_trips(by=binh, at=NOON).filter(pk=trip.pk).exists()
    assert not may(chi, SUBMIT, firm, NOON)
    assert set(firms_of(by=binh, at=NOON)) == {firm, broker}


def test_nobody_but_the_firms_administrator_gives_one(gate, firm, broker, an, binh):
    clerk = make_person("Dung")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)

    for stranger in (clerk.actor(), binh, make_person("Chi").actor()):
        with pytest.raises(Forbidden):
            mandated(firm, broker, stranger)

    assert not Mandate.objects.exists()


def test_a_broker_does_not_pass_his_mandate_on(gate, firm, broker, an, binh):
    third = make_firm("Đại lý Chi", "4900234583")
    chi = make_person("Chi")
    grant(chi, role_code("ENTERPRISE"), agency=third.pk)
    grant(binh.id, "border_firm_admin", agency=broker.pk)
    mandated(firm, broker, an)

    mandated(broker, third, binh)

    assert may(chi.actor(), SUBMIT, broker, NOON)
    assert not may(chi.actor(), SUBMIT, firm, NOON)


@pytest.mark.parametrize(
    ("since", "days", "code"),
    [(TODAY - timedelta(days=1), 5, "BG-348"), (TODAY, 0, "BG-348"), (TODAY, 367, "BG-348"), (TODAY, 366, None)],
)
def test_days_of_a_mandate(gate, firm, broker, an, since: date, days, code):
    if code is None:
        assert mandated(firm, broker, an, since=since, days=days).pk
        return

    with pytest.raises(Refusal) as refused:
        mandated(firm, broker, an, since=since, days=days)

    assert refused.value.code == code


def test_who_may_be_a_broker(gate, firm, broker, an):
    broker.standing = Standing.SUSPENDED
    broker.save()

    codes = []
    for one in (firm, None, broker):
        with pytest.raises(Refusal) as refused:
            mandated(firm, one, an)
        codes.append(refused.value.code)

    assert codes == ["BG-349"] * 3


def test_one_mandate_at_a_time_and_a_reason_to_end_it(gate, firm, broker, an, binh):
    mandate = mandated(firm, broker, an)

    with pytest.raises(Refusal) as twice:
        mandated(firm, broker, an, scope=["pay"], since=TODAY + timedelta(days=29))
    with pytest.raises(Refusal) as mute:
        revoke_mandate(mandate=mandate, reason="thôi", by=an, at=NOON)

    assert (twice.value.code, mute.value.code) == ("BG-340", "BG-038")
    assert may(binh, SUBMIT, firm, NOON)
    assert mandated(firm, broker, an, since=TODAY + timedelta(days=30)).pk


def test_newcomers_get_the_rights_and_leavers_lose_them(gate, firm, broker, an, binh):
    mandated(firm, broker, an)
    newcomer = make_person("Giang")
    grant(newcomer, role_code("ENTERPRISE"), agency=broker.pk)
    Grant.objects.filter(holder_id=binh.id, agency_id=broker.pk).update(valid_until=NOON)

    changed, again = follow_staff(at=NOON), follow_staff(at=NOON)

    assert (changed, again) == (2, 0)
    assert may(newcomer.actor(), SUBMIT, firm, NOON)
    assert not may(binh, SUBMIT, firm, NOON)


def test_a_right_by_mandate_never_outlasts_the_work_for_the_broker(gate, firm, broker, an):
    machine = Actor(uuid7(), "machine", "ERP")
    tomorrow = NOON + timedelta(days=1)
    grant(machine, role_code("ENTERPRISE"), agency=broker.pk, valid_until=tomorrow)
    Grant.objects.filter(holder_id=machine.id).update(only=[SUBMIT])

    mandated(firm, broker, an, scope=["book"])

    own = Grant.objects.get(holder_id=machine.id, agency_id=firm.pk)
    assert (own.only, own.valid_until) == ([SUBMIT], tomorrow)


def test_ones_own_firm_is_meant_when_none_is_named(gate, firm, broker, an, binh):
    mandated(firm, broker, an)

    assert firms_of(by=binh, at=NOON).first() == firm
    assert home_firm(by=binh, at=NOON) == broker


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


def signed_in(actor: Actor) -> Client:
    from tinhso.kernel.identity.models import Person

    client = Client()
    client.force_login(make_account(Person.objects.get(pk=actor.id)))
    return client


def test_give_and_revoke_on_the_page(at_noon, gate, firm, broker, an, binh):
    page = reverse("border_gate:mandates")
    client = signed_in(an)
    typed = {"broker": "4900234576", "valid_from": TODAY.isoformat(), "last_day": TODAY.isoformat(), "scope": ["pay"]}

    wrong = client.post(page, {**typed, "broker": "4900234583"})
    given = client.post(page, typed, follow=True).content.decode()
    mandate = Mandate.objects.get()
    mute = client.post(reverse("border_gate:mandate_revoke", args=[mandate.pk]), {"reason": "x"}, follow=True)
    held = may(binh, SUBMIT, firm, NOON)
    revoked = client.post(reverse("border_gate:mandate_revoke", args=[mandate.pk]), {"reason": REASON}, follow=True)

    assert (wrong.status_code, "kiểm tra mã số thuế" in wrong.content.decode()) == (422, True)
    assert ("Đại lý Bình" in given, "Còn hiệu lực" in given) == (True, True)
    assert (mandate.scope, mandate.valid_until) == (["declare", "pay"], TODAY + timedelta(days=1))
    assert ("ít nhất 10 ký tự" in mute.content.decode(), held) == (True, True)
    assert REASON in revoked.content.decode()
    assert not may(binh, SUBMIT, firm, NOON)


def test_the_broker_works_for_the_firm_and_sees_neither_its_drivers_nor_its_mandates(
    at_noon, gate, firm, broker, an, binh
):
    mandated(firm, broker, an)
    trip = declared(gate, firm, an)
    trip.driver.person.phone = "+84912345678"
    trip.driver.person.save()
    client = signed_in(binh)

    listed = client.get(reverse("border_gate:mandates")).content.decode()
    chosen = client.get(reverse("border_gate:firm"), {"dn": firm.pk}).content.decode()
    page = client.get(reverse("border_gate:firm_trip", args=[trip.pk])).content.decode()
    own = signed_in(an).get(reverse("border_gate:firm_trip", args=[trip.pk])).content.decode()

    assert ("Công ty An" in listed, "Làm thay doanh nghiệp này" in listed) == (True, True)
    assert "12C-123.45" in chosen
    assert ("+84912345678" in page, "+84912345678" in own) == (False, True)
    assert client.get(reverse("border_gate:firm_drivers")).status_code == 403
    assert "Ai làm thay doanh nghiệp" not in client.get(reverse("border_gate:mandates")).content.decode()


def test_a_stranger_revokes_nothing(at_noon, gate, firm, broker, an, binh):
    mandate = mandated(firm, broker, an)
    other = make_firm("Công ty Chi", "4900234583")
    chi = make_person("Chi")
    grant(chi, role_code("ENTERPRISE"), agency=other.pk)
    grant(chi, "border_firm_admin", agency=other.pk)

    answer = signed_in(chi.actor()).post(reverse("border_gate:mandate_revoke", args=[mandate.pk]), {"reason": REASON})

    assert answer.status_code == 404
    assert may(binh, SUBMIT, firm, NOON)


def test_a_broker_consents_to_what_a_driver_declares_ahead_while_his_mandate_holds(gate, firm, broker, an, binh):
    mandated(firm, broker, an)
    with clock.frozen(NOON):
        wanted = sent(gate)
        ahead_handlers.ask_firm(happened(events.AHEAD_SENT))

        trip = ahead.consent_ahead(wanted=wanted, by=binh, at=NOON)

    assert Notice.objects.filter(recipient=binh.id, kind="border_gate.ahead_asked").exists()
    assert (trip.state, trip.enterprise_id, trip.declaration.broker_id) == ("accepted", firm.pk, broker.pk)


def test_without_a_mandate_or_after_it_the_broker_neither_consents_nor_is_asked(gate, firm, broker, an, binh):
    mandate = mandated(firm, broker, an)
    revoke_mandate(mandate=mandate, reason=REASON, by=an, at=NOON)
    stranger = make_person("Chi")
    grant(stranger, role_code("ENTERPRISE"), agency=make_firm("Đại lý Chi", "4900234583").pk)
    with clock.frozen(NOON + timedelta(minutes=1)):
        wanted = sent(gate)
        ahead_handlers.ask_firm(happened(events.AHEAD_SENT))

        for actor in (binh, stranger.actor()):
            with pytest.raises(Forbidden):
                ahead.consent_ahead(wanted=wanted, by=actor, at=NOON + timedelta(minutes=1))

    assert not Notice.objects.filter(recipient__in=[binh.id, stranger.pk], kind="border_gate.ahead_asked").exists()


def told(kind: str) -> set:
    return set(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def deliver(event: Event) -> None:
    for handler in handlers_of(event.name):
        handler.handle(event)


def of_trip(trip, name: str, **payload) -> Event:
    return Event(name, "border_gate.trip", trip.pk, trip.version, NOON, uuid7(), payload, 5)


def test_the_broker_who_declared_hears_what_the_firm_hears_and_other_brokers_do_not(gate, firm, broker, an, binh):
    third = make_firm("Đại lý Chi", "4900234583")
    chi = make_person("Chi")
    grant(chi, role_code("ENTERPRISE"), agency=third.pk)
    mandated(firm, broker, an)
    mandated(firm, third, an)
    trip = declared(gate, firm, binh)
    fee = FeeAssessment.objects.get(trip=trip)

    deliver(of_trip(trip, events.TRIP_ACCEPTED))
    deliver(Event(events.FEE_ASSESSED, "border_gate.fee", fee.pk, 1, NOON, uuid7(), {}, 6))
    wanted = want_amendment(
        trip=trip, fields=["tractor"], reason="Biển số khác với khai báo", force=None, by=gate.everything, at=NOON
    )
    deliver(Event("border_gate.amendment_wanted", "border_gate.amendment", wanted.pk, 1, NOON, uuid7(), {}, 7))
    deliver(of_trip(trip, events.TRIP_FIX_REQUESTED, target=trip.state, reason="Thiếu số chì"))

    for kind in ("accepted", "fee_due", "correction_wanted", "to_fix"):
        assert told(f"border_gate.{kind}") - {trip.driver.person_id} == {an.id, binh.id}, kind


def test_a_broker_hears_although_nobody_works_for_the_firm_here(gate, firm, broker, an, binh):
    mandated(firm, broker, an)
    trip = declared(gate, firm, binh)
    Grant.objects.filter(holder_id=an.id).update(valid_until=NOON)

    deliver(of_trip(trip, events.TRIP_EXPIRED))

    assert told("border_gate.expired") == {binh.id}


def test_of_what_the_firm_declared_itself_and_after_its_mandate_a_broker_hears_nothing(gate, firm, broker, an, binh):
    mandate = mandated(firm, broker, an)
    own = declared(gate, firm, an)
    by_broker = declared(gate, firm, binh, plate="12C54321", number="020090001242")
    assert audience.firms_of_many([own.pk], at=NOON) == audience.people_of_firm(firm, at=NOON)
    assert {one.id for one in audience.firms_of_many([by_broker.pk], at=NOON)} == {an.id, binh.id}

    deliver(of_trip(own, events.TRIP_EXPIRED))
    revoke_mandate(mandate=mandate, reason=REASON, by=an, at=NOON)
    deliver(of_trip(by_broker, events.TRIP_EXPIRED))

    assert told("border_gate.expired") == {an.id}
    assert {one.id for one in audience.firms_of_many([by_broker.pk], at=NOON)} == {an.id}


def test_who_may_not_follow_trips_for_the_broker_is_told_nothing_of_them(gate, firm, broker, an, binh):
    clerk = make_person("Dung")
    grant(clerk, role_code("ENTERPRISE"), agency=broker.pk)
    Grant.objects.filter(holder_id=clerk.pk).update(only=[BOOK])
    mandated(firm, broker, an, scope=["book"])
    trip = declared(gate, firm, binh)
    assert may(clerk.actor(), BOOK, firm, NOON)

    deliver(of_trip(trip, events.TRIP_EXPIRED))

    assert told("border_gate.expired") == {an.id, binh.id}


def test_both_sides_hear_of_a_mandate_and_of_its_end_and_nobody_else(gate, firm, broker, an, binh):
    chi = make_person("Chi")
    grant(chi, role_code("ENTERPRISE"), agency=make_firm("Công ty Chi", "4900234583").pk)
    mandate = mandated(firm, broker, an, days=30)

    deliver(happened(events.MANDATE_GIVEN))
    revoke_mandate(mandate=mandate, reason=REASON, by=an, at=NOON)
    deliver(happened(events.MANDATE_REVOKED))

    given = Notice.objects.filter(kind="border_gate.mandate_given").first()
    assert (given.fields["firm"], given.fields["broker"]) == ("Công ty An", "Đại lý Bình")
    assert given.fields["last"] == show_date(TODAY + timedelta(days=29))
    assert told("border_gate.mandate_given") == told("border_gate.mandate_revoked") == {an.id, binh.id}
    assert REASON in Notice.objects.filter(kind="border_gate.mandate_revoked").first().text
