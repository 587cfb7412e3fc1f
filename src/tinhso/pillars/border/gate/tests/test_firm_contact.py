"""A firm changes where it is reached: at once what no code has to prove, the telephone once its code came back."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden, Invalid, Refusal
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.identity.models import AccessLink, Person
from tinhso.kernel.notices.models import Delivery
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import firm_contact as actions
from tinhso.pillars.border.gate.actions import registration
from tinhso.pillars.border.gate.handlers import firms as handlers
from tinhso.pillars.border.gate.models import ContactChange, Enterprise
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_firms import registered

OLD, NEW = "+84900000001", "+84900000077"
ADDRESS = "Số 1 đường Hùng Vương"


@pytest.fixture
def at_noon(gate):
    with clock.frozen(NOON):
        yield gate


@pytest.fixture
def firm(at_noon):
    """Registered by its own first person, who comes by a link."""
    wanted, _holder = registered(at_noon)
    found = registration.confirm_registration(wanted=wanted, by=at_noon.everything, at=NOON)
    registration.link_for_firm(wanted=wanted, at=NOON)
    return found


@pytest.fixture
def an(firm):
    person = make_person("An")
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    return person


@pytest.fixture
def chi(at_noon):
    person = make_person("Chi")
    grant(person, role_code("ENTERPRISE"), agency=make_firm("Công ty khác", "4900999996").pk)
    return person


def page(person) -> Client:
    client = Client()
    client.force_login(make_account(person))
    return client


def asked(firm, an, phone=NEW, email="", address=ADDRESS) -> ContactChange:
    contact = actions.Contact(phone=phone, email=email, address=address)
    return actions.ask_contact(firm=firm, contact=contact, by=an.actor(), at=NOON)


def told(change: str) -> None:
    row = Outbox.objects.filter(name=events.FIRM_CHANGED, payload__change=change).latest("id")
    event = Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, row.id)
    handlers.tell_firm(event)


def test_an_address_holds_at_once(firm, an):
    change = asked(firm, an, phone=OLD, email="an@example.vn", address="Số 2 đường Trần Đăng Ninh")

    firm.refresh_from_db()
    assert (firm.phone, firm.email, firm.address) == (OLD, "an@example.vn", "Số 2 đường Trần Đăng Ninh")
    assert change.confirmed_at == NOON
    entry = Entry.objects.get(action="border_gate.firm_contact_changed")
    assert json.loads(entry.payload)["changed"] == ["address", "email"]


def test_a_telephone_holds_once_its_code_has_come_back(firm, an):
    change = asked(firm, an)
    code = actions.send_contact_code(change=change, by=an.actor(), at=NOON)
    firm.refresh_from_db()
    before = firm.phone
    with pytest.raises(Invalid):
        actions.confirm_contact(change=change, code="000000" if code != "000000" else "111111", by=an.actor(), at=NOON)

    actions.confirm_contact(change=change, code=code, by=an.actor(), at=NOON)

    firm.refresh_from_db()
    assert (before, firm.phone) == (OLD, NEW)


def test_who_registered_the_firm_is_reached_at_the_new_number_and_so_are_his_codes(firm, an):
    change = asked(firm, an)
    code = actions.send_contact_code(change=change, by=an.actor(), at=NOON)
    told("contact_asked")
    warned = set(Delivery.objects.filter(channel="sms").values_list("address", flat=True))

    actions.confirm_contact(change=change, code=code, by=an.actor(), at=NOON)
    told("contact")

    assert warned == {OLD}
    assert NEW in set(Delivery.objects.filter(channel="sms").values_list("address", flat=True))
    first = Person.objects.get(full_name="Lý Thị Mai")
    assert first.phone == NEW
    assert set(AccessLink.objects.filter(holder_id=first.pk, revoked_at=None).values_list("phone", flat=True)) == {NEW}


def test_a_person_with_an_account_keeps_his_own_number(firm, an):
    first = Person.objects.get(full_name="Lý Thị Mai")
    make_account(first)
    change = asked(firm, an)

    code = actions.send_contact_code(change=change, by=an.actor(), at=NOON)
    actions.confirm_contact(change=change, code=code, by=an.actor(), at=NOON)

    first.refresh_from_db()
    assert first.phone == OLD


def test_a_stranger_changes_nothing_and_finds_no_page_of_it(firm, an, chi):
    change = asked(firm, an)
    code = actions.send_contact_code(change=change, by=an.actor(), at=NOON)

    with pytest.raises(Forbidden):
        asked(firm, chi)
    with pytest.raises(Forbidden):
        actions.confirm_contact(change=change, code=code, by=chi.actor(), at=NOON)
    client = page(chi)
    assert client.get(reverse("border_gate:firm_contact_code", args=[change.pk])).status_code == 404
    shown = client.get(reverse("border_gate:firm_contact"), {"dn": str(firm.pk)})
    assert shown.context["firm"].pk != firm.pk


def test_nothing_new_and_too_many_numbers_are_refused(firm, an):
    with pytest.raises(Refusal, match="BG-284"):
        asked(firm, an, phone=OLD)
    for last in range(actions.ASKED_AN_HOUR):
        asked(firm, an, phone=f"{NEW[:-1]}{last}")
    with pytest.raises(Refusal, match="BG-601"):
        asked(firm, an, phone="+84900000088")


def test_on_the_page_the_number_is_typed_and_its_code_entered(firm, an):
    client = page(an)
    wrong = client.post(reverse("border_gate:firm_contact"), {"phone": "12", "email": "", "address": ADDRESS})
    sent = client.post(reverse("border_gate:firm_contact"), {"phone": "0900 000 077", "email": "", "address": ADDRESS})
    assert (wrong.status_code, sent.status_code) == (422, 302)
    code = client.session["border_gate.contact_code"]

    bad = client.post(sent["Location"], {"code": "x"})
    client.post(sent["Location"], {"again": "1"})
    newer = client.session["border_gate.contact_code"]
    client.post(sent["Location"], {"code": newer})

    assert bad.status_code == 422
    assert code != newer
    assert Enterprise.objects.get(pk=firm.pk).phone == NEW
