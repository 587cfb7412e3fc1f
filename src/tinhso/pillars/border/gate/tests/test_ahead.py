"""A driver declares ahead: his telephone is proved, the firm consents, and only then it is a trip of the firm's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.may import may
from tinhso.kernel.access.models import Grant
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.identity.models import AccessLink, Person
from tinhso.kernel.identity.queries import link_of
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import ahead as actions
from tinhso.pillars.border.gate.actions.undeclared import Answers
from tinhso.pillars.border.gate.handlers import ahead as handlers
from tinhso.pillars.border.gate.models import AheadDeclaration, Driver, Standing, Trip, UndeclaredArrival, Vehicle
from tinhso.pillars.border.gate.permissions import CONSENT_AHEAD, role_code, step_permission
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm

PLATE, PHONE, HERE = "29H-512.70", "+84912345678", "HN-1119"
TYPED = {
    "tax_code": "4900234569",
    "goods": "Tinh bột sắn",
    "kg": "18000",
    "driver_name": "Trần Văn B",
    "paper_no": "020090001235",
    "paper_until": "2030-01-01",
}


@pytest.fixture
def at_noon(gate):
    with clock.frozen(NOON):
        yield gate


@pytest.fixture
def firm(at_noon):
    found = make_firm()
    found.phone = "+84900000001"
    found.save()
    return found


@pytest.fixture
def an(firm):
    person = make_person("An")
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    return person


def begun(gate, *, plate: str = PLATE, phone: str = PHONE, day=TODAY) -> tuple[AheadDeclaration, Actor]:
    coming = actions.Coming(plate=plate, phone=phone, point=gate.points[HERE], planned_on=day)
    wanted, token = actions.begin_ahead(coming=coming, at=NOON)
    return wanted, link_of(token).actor()


def said(**other) -> Answers:
    told = {
        "tax_code": "4900234569", "goods": ("110814", "Tinh bột sắn", "AGRI"), "gross_kg": 18_000,
        "driver_name": "Trần Văn B", "paper_kind": "CCCD", "paper_no": "020090001235",
        "paper_until": TODAY.replace(year=2030), "phone": PHONE,
    }  # fmt: skip
    return Answers(**{**told, **other})


def sent(gate, **other) -> AheadDeclaration:
    wanted, holder = begun(gate, **other)
    return actions.send_ahead(wanted=wanted, answers=said(), by=holder, at=NOON)


def page(person) -> Client:
    client = Client()
    client.force_login(make_account(person), backend="tinhso.kernel.identity.backends.AccountBackend")
    return client


def happened(name: str) -> Event:
    row = Outbox.objects.filter(name=name).order_by("-id").first()
    return Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, row.id)


def test_from_the_public_page_over_the_code_to_the_firms_consent(firm, an):
    driver, clerk = Client(), page(an)
    begin = {"plate": PLATE, "phone": "0912 345 678", "point": HERE, "planned_on": TODAY.isoformat()}
    link = driver.post(reverse("border_gate:ahead"), begin).headers["Location"]
    shown = driver.post(link, follow=True)
    code = re.search(r"\b\d{6}\b", shown.content.decode()) or re.search(r"\d{6}", str(driver.session.items()))
    driver.post(shown.request["PATH_INFO"], {"code": code.group()}, follow=True)

    form = driver.get(reverse("border_gate:ahead_form")).content.decode()
    driver.post(reverse("border_gate:ahead_form"), TYPED)
    before = Trip.objects.count(), Driver.objects.count(), Vehicle.objects.count()
    wanted = AheadDeclaration.objects.get()
    unticked = clerk.post(reverse("border_gate:ahead_consent", args=[wanted.pk]), follow=True)
    clerk.post(reverse("border_gate:ahead_consent", args=[wanted.pk]), {"consent": "on"})

    assert "Gửi doanh nghiệp" in form
    assert before == (0, 0, 0)
    assert "Trần Văn B" in unticked.content.decode()
    trip = Trip.objects.get()
    assert (trip.state, trip.undeclared, trip.source, trip.enterprise_id) == ("accepted", False, "APP", firm.pk)
    assert (trip.tractor_plate, trip.driver_name, trip.gross_kg) == ("29H51270", "Trần Văn B", 18_000)
    assert not UndeclaredArrival.objects.exists()
    told = driver.get(reverse("border_gate:ahead_form")).content.decode()
    assert trip.shown_code() in told


def test_what_was_typed_is_gone_once_it_is_decided(at_noon, firm, an):
    wanted = sent(at_noon)
    sealed = bytes(wanted.paper_sealed)

    actions.decline_ahead(wanted=wanted, reason="Không phải hàng của công ty", by=an.actor(), at=NOON)

    wanted.refresh_from_db()
    assert b"020090001235" not in sealed
    assert (wanted.state, wanted.answers, wanted.paper_sealed) == ("declined", {}, None)
    assert not Trip.objects.exists()
    assert not Driver.objects.exists()


def test_the_firm_consents_by_the_link_to_its_telephone_and_keeps_no_right_of_it(at_noon, firm, an):
    wanted = sent(at_noon)
    handlers.ask_firm(happened(events.AHEAD_SENT))
    link = AccessLink.objects.get(phone=firm.phone)
    holder = Actor(link.holder_id, "link", link.name)
    rights = [step_permission("create"), step_permission("submit"), "border_gate.manage_firm"]
    before = [may(holder, right, firm, NOON) for right in rights]

    trip = actions.consent_ahead(wanted=wanted, by=holder, at=NOON)

    later = NOON + timedelta(seconds=1)
    assert before == [False, False, False]
    assert trip.state == "accepted"
    assert [right for right in (*rights, CONSENT_AHEAD) if may(holder, right, firm, later)] == []
    assert not Grant.objects.filter(holder_id=holder.id, valid_until=None).exists()
    assert Delivery.objects.filter(channel="sms", address=firm.phone).exists()
    assert Notice.objects.get(recipient=an.id).kind == "border_gate.ahead_asked"


def test_nobody_else_consents(at_noon, firm, an):
    wanted, holder = begun(at_noon)
    actions.send_ahead(wanted=wanted, answers=said(), by=holder, at=NOON)
    chi = make_person("Chi")
    grant(chi, role_code("ENTERPRISE"), agency=make_firm("Công ty Chi", "4900234583").pk)
    _other, stranger = begun(at_noon, plate="12C-999.99", phone="+84900000077")

    for who in (holder, stranger, chi.actor()):
        with pytest.raises(Forbidden):
            actions.consent_ahead(wanted=wanted, by=who, at=NOON)
    client = page(chi)
    answer = client.post(reverse("border_gate:ahead_consent", args=[wanted.pk]), {"consent": "on"})

    assert answer.status_code == 404
    assert "Trần Văn B" not in client.get(reverse("border_gate:ahead_asked")).content.decode()
    assert not Trip.objects.exists()


def test_the_last_trip_is_told_to_its_own_drivers_telephone_alone(at_noon, firm):
    from tinhso.pillars.border.gate.actions.declare import draft_trip

    driver = make_driver("Lò Văn Cũ", "020090001242", employer=firm)
    Person.objects.filter(pk=driver.person_id).update(phone=PHONE)
    draft_trip(draft=fruit_draft(at_noon, firm=firm, driver=driver, plate="29H51270"), by=at_noon.everything, at=NOON)

    own, own_holder = begun(at_noon)
    other, other_holder = begun(at_noon, phone="+84900000088")

    assert "Lò Văn Cũ" in form_of(own).content.decode()
    assert "4900234569" in form_of(own).content.decode()
    assert "Lò Văn Cũ" not in form_of(other).content.decode()
    assert "4900234569" not in form_of(other).content.decode()
    bare = said(driver_name="Lò Văn Cũ", paper_no="")
    with pytest.raises(GateRefusal) as refused:
        actions.send_ahead(wanted=other, answers=bare, by=other_holder, at=NOON)
    assert refused.value.code == "BG-271"
    actions.send_ahead(wanted=own, answers=bare, by=own_holder, at=NOON)


def form_of(wanted: AheadDeclaration):
    """The page as its link's holder sees it."""
    from django.test import RequestFactory

    from tinhso.pillars.border.gate.pages.ahead import ahead_form

    request = RequestFactory().get(reverse("border_gate:ahead_form"))
    request.actor, request.moment, request.session = Actor(wanted.holder_id, "link", wanted.plate), NOON, {}
    return ahead_form(request)


def test_one_telephone_asks_only_so_often(at_noon, firm):
    for number in range(actions.MOST_OF_A_PHONE):
        begun(at_noon, plate=f"12C-100.0{number}")

    with pytest.raises(GateRefusal) as refused:
        begun(at_noon, plate="12C-100.09")

    assert (refused.value.code, refused.value.status) == ("BG-478", 429)


def test_a_firm_that_said_no_twice_is_not_asked_by_that_telephone_again(at_noon, firm, an):
    for number in range(actions.MOST_DECLINED):
        wanted = sent(at_noon, plate=f"12C-100.0{number}")
        actions.decline_ahead(wanted=wanted, reason="Không phải hàng của công ty", by=an.actor(), at=NOON)

    with pytest.raises(GateRefusal) as refused:
        sent(at_noon, plate="12C-100.09")

    assert refused.value.code == "BG-480"


def test_another_telephone_does_not_bar_a_vehicle_from_its_driver(at_noon, firm, an):
    first = sent(at_noon)
    second = sent(at_noon, phone="+84900000088")

    actions.consent_ahead(wanted=second, by=an.actor(), at=NOON)

    with pytest.raises(Refusal):
        actions.consent_ahead(wanted=first, by=an.actor(), at=NOON)
    assert Trip.objects.count() == 1


def test_what_is_not_answered_by_its_day_goes_with_all_that_was_typed(at_noon, firm):
    wanted = sent(at_noon)
    handlers.ask_firm(happened(events.AHEAD_SENT))

    same_day = actions.lapse_ahead(at=NOON)
    next_day = actions.lapse_ahead(at=NOON + timedelta(days=1))

    wanted.refresh_from_db()
    assert (same_day, next_day, wanted.state, wanted.answers, wanted.paper_sealed) == (0, 1, "lapsed", {}, None)
    assert not Grant.objects.filter(role__code="border_ahead_firm", valid_until=None).exists()


def test_one_telephone_asks_once_for_a_vehicle_and_a_suspended_or_unknown_firm_never(at_noon, firm):
    sent(at_noon)
    codes = []
    for answers in (said(), said(tax_code="4900999996")):
        wanted, holder = begun(at_noon)
        with pytest.raises(GateRefusal) as refused:
            actions.send_ahead(wanted=wanted, answers=answers, by=holder, at=NOON)
        codes.append(refused.value.code)
    firm.standing = Standing.SUSPENDED
    firm.save()
    wanted, holder = begun(at_noon, plate="12C-100.01", phone="+84900000109")
    with pytest.raises(GateRefusal) as suspended:
        actions.send_ahead(wanted=wanted, answers=said(), by=holder, at=NOON)

    assert codes == ["BG-481", "BG-270"]
    assert suspended.value.code == "BG-420"


def test_a_day_long_past_or_far_ahead_and_no_plate_are_told_at_their_fields(at_noon):
    wrong = {"plate": "12C-123", "phone": "12", "point": HERE, "planned_on": "2026-01-01"}
    first = Client().post(reverse("border_gate:ahead"), wrong)
    past = Client().post(reverse("border_gate:ahead"), {**wrong, "plate": PLATE, "phone": "0912 345 678"})

    assert {"plate", "phone"} <= first.context["form"].errors.keys()
    assert past.context["form"].errors.keys() == {"planned_on"}
    assert not AheadDeclaration.objects.exists()


def test_the_public_form_is_rate_limited(at_noon):
    client = Client(REMOTE_ADDR="203.0.113.9")
    answers = [client.post(reverse("border_gate:ahead"), {"plate": "x"}).status_code for _n in range(14)]

    assert answers[0] == 422
    assert answers[-1] == 429


def test_the_page_speaks_three_languages(at_noon):
    seen = {}
    for language in ("vi", "zh-hans", "en"):
        client = Client()
        client.cookies["django_language"] = language
        seen[language] = client.get(reverse("border_gate:ahead")).content.decode()

    assert "Khai trước khi đến" in seen["vi"]
    assert "到达前申报" in seen["zh-hans"]
    assert "Declare before you come" in seen["en"]


def test_the_driver_hears_what_the_firm_said(at_noon, firm, an):
    wanted = sent(at_noon)
    actions.decline_ahead(wanted=wanted, reason="Không phải hàng của công ty", by=an.actor(), at=NOON)

    handlers.tell_decided(happened(events.AHEAD_DECIDED))

    assert Notice.objects.get(recipient=wanted.holder_id).kind == "border_gate.ahead_declined"
    assert Delivery.objects.filter(channel="sms", address=PHONE).exists()
