"""What a driver declared ahead and an officer sent back he corrects himself, by a link that comes to his telephone."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.may import may
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.identity.actions import send_code
from tinhso.kernel.identity.models import AccessLink
from tinhso.kernel.identity.queries import link_of
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.actions import ahead as actions
from tinhso.pillars.border.gate.actions import declare, links
from tinhso.pillars.border.gate.actions.amend import amend_trip
from tinhso.pillars.border.gate.actions.corrections import correct_trip
from tinhso.pillars.border.gate.handlers import travellers
from tinhso.pillars.border.gate.models import AheadDeclaration, Trip
from tinhso.pillars.border.gate.permissions import DECLARE_AHEAD, role_code
from tinhso.pillars.border.gate.queries.mending import is_drivers_word
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver
from tinhso.pillars.border.gate.tests.test_ahead import PHONE, an, at_noon, begun, firm, page, said  # noqa: F401
from tinhso.pillars.border.gate.tests.test_driver_pages import deliver, event
from tinhso.pillars.border.gate.tests.test_mending import WHY

OTHER_PHONE = "+84900000055"
LIGHTER = {"weight": {"1": {"gross_kg": 17_000}}}


@pytest.fixture
def own(at_noon, firm, an) -> AheadDeclaration:  # noqa: F811
    """Declared ahead by the driver; the firm, not looked at yet, has consented: an officer reads it."""
    firm.standing = "pending"
    firm.save()
    wanted, holder = begun(at_noon)
    wanted = actions.send_ahead(wanted=wanted, answers=said(), by=holder, at=NOON)
    actions.consent_ahead(wanted=wanted, by=an.actor(), at=NOON)
    wanted.refresh_from_db()
    return wanted


@pytest.fixture
def sent_back(at_noon, own):  # noqa: F811
    def now(*fields: str, trip: Trip | None = None) -> Trip:
        found = trip or Trip.objects.get(pk=own.trip_id)
        declare.request_fix(trip=found, fields=fields or ("weight",), reason=WHY, by=at_noon.everything, at=NOON)
        return Trip.objects.get(pk=found.pk)

    return now


def holder_of(wanted: AheadDeclaration) -> Actor:
    return Actor(wanted.holder_id, "link", wanted.plate)


def told(trip: Trip, step: str) -> None:
    deliver(event(f"border_gate.trip_{step}", trip.pk, target=trip.state))


def token_in(text: str) -> str:
    found = re.search(r"/lien-ket/([^/\s]+)/", text)
    assert found, text
    return found.group(1)


def signed_in(token: str) -> Client:
    client = Client()
    link = link_of(token)
    assert link is not None
    client.post(reverse("kernel_login:link_code", args=[token]), {"code": send_code(link=link)})
    return client


def ahead_page(wanted: AheadDeclaration) -> Client:
    """The browser in which he declared: the code has proved his telephone."""
    link, token = links.link_with_role(
        "border_ahead", actions.KIND, wanted.pk, page="border_gate:ahead_form", lives=actions.LIVES,
        name=wanted.plate, phone=wanted.phone, holder_id=wanted.holder_id, by=SYSTEM, at=NOON,
    )  # fmt: skip
    assert link.holder_id == wanted.holder_id
    return signed_in(token)


def test_the_driver_gets_a_link_corrects_and_hears_that_he_is_accepted(at_noon, own, sent_back):  # noqa: F811
    trip = sent_back("weight")

    told(trip, "fix_requested")
    told(trip, "fix_requested")  # a retry

    notice = Notice.objects.get(kind="border_gate.to_mend")
    assert Delivery.objects.get(notice=notice, channel="sms").address == PHONE
    text = travellers.TO_MEND.message("vi", notice.fields)
    assert trip.shown_code() in text
    assert not re.search(r"29H|512|Trần", text)
    assert len(links.open_links(trip.pk)) == 1
    assert not Notice.objects.filter(kind="border_gate.wait_for_fix").exists()

    driver = signed_in(token_in(text))
    fix = reverse("border_gate:driver_fix")
    assert fix in driver.get(reverse("border_gate:driver")).content.decode()
    assert driver.post(fix, {"kg_1": "17000"}).headers["Location"] == reverse("border_gate:driver")
    trip = Trip.objects.get(pk=trip.pk)
    assert (trip.state, trip.gross_kg) == ("submitted", 17_000)

    declare.accept_trips(trips=[trip], by=at_noon.everything, at=NOON)
    told(trip, "accepted")
    told(trip, "accepted")

    (link,) = links.open_links(trip.pk)
    heard = Notice.objects.get(kind="border_gate.accepted", recipient=link.holder_id)
    assert heard.url == reverse("border_gate:driver")
    assert heard.fields["link"].endswith(reverse("border_gate:driver"))
    assert "<svg" in driver.get(reverse("border_gate:driver")).content.decode()


def test_what_is_asked_of_people_the_firm_corrects_and_its_own_declaration_too(at_noon, own, sent_back):  # noqa: F811
    of_firm = declare.draft_trip(
        draft=fruit_draft(at_noon, firm=own.firm, driver=make_driver("Lò Văn Cũ", "020090001242", employer=own.firm)),
        by=at_noon.everything, at=NOON,
    )  # fmt: skip
    declare.submit_trip(trip=of_firm, by=at_noon.everything, at=NOON)
    trips = [sent_back("driver"), sent_back("weight", trip=of_firm)]

    for trip in trips:
        told(trip, "fix_requested")

    kinds = Notice.objects.values_list("kind", flat=True)
    assert "border_gate.to_mend" not in kinds
    assert list(kinds).count("border_gate.wait_for_fix") == 2
    assert not AccessLink.objects.filter(record_id__in=[trip.pk for trip in trips]).exists()


def test_where_a_link_is_open_no_other_is_made(own, sent_back):
    trip = sent_back("weight")
    link, _token = links.link_for_driver(trip=trip, by=SYSTEM, at=NOON, phone=PHONE)

    told(trip, "fix_requested")

    assert [one.pk for one in links.open_links(trip.pk)] == [link.pk]
    notice = Notice.objects.get(kind="border_gate.to_mend")
    assert (notice.recipient, notice.url) == (link.holder_id, reverse("border_gate:driver"))


def test_a_correction_that_is_done_already_is_not_asked_for(own, sent_back):
    trip = sent_back("weight")
    correct_trip(trip=trip, values=LIGHTER, by=_clerk(own), at=NOON)

    deliver(event("border_gate.trip_fix_requested", trip.pk, target="fix_requested"))

    assert not Notice.objects.exclude(kind__startswith="border_gate.ahead").exists()
    assert not links.open_links(trip.pk)


def test_he_opens_his_trip_where_he_declared_it(own, sent_back):
    trip = sent_back("weight")
    driver = ahead_page(own)

    shown = driver.get(reverse("border_gate:ahead_form")).content.decode()
    answer = driver.post(reverse("border_gate:ahead_trip"))
    opened = signed_in(token_in(answer.headers["Location"]))

    assert "Khai báo cần sửa" in shown
    assert "Mở lượt xe của tôi" in shown
    (link,) = links.open_links(trip.pk)
    assert link.phone == PHONE
    assert reverse("border_gate:driver_fix") in opened.get(reverse("border_gate:driver")).content.decode()


def test_the_button_sends_only_so_many_codes(own):
    driver = ahead_page(own)

    answers = [driver.post(reverse("border_gate:ahead_trip")).status_code for _n in range(4)]

    assert answers == [302, 302, 302, 429]
    assert len(links.open_links(own.trip_id)) == 1


def test_strangers_open_no_trip(at_noon, own, an):  # noqa: F811
    other, stranger = begun(at_noon, plate="12C-999.99", phone="+84900000077")
    elsewhere = ahead_page(other)

    refused = elsewhere.post(reverse("border_gate:ahead_trip"))
    clerk = page(an).post(reverse("border_gate:ahead_trip"))
    nobody = Client().post(reverse("border_gate:ahead_trip"))

    assert refused.headers["Location"] == reverse("border_gate:ahead_form")
    assert clerk.status_code == 403
    assert nobody.status_code in {302, 401, 403}
    assert "/lien-ket/" not in nobody.headers.get("Location", "")
    for who in (stranger, an.actor()):
        with pytest.raises(Forbidden):
            actions.open_trip(wanted=own, by=who, at=NOON)
    assert not links.open_links(own.trip_id)


def test_before_the_firms_consent_and_after_its_end_there_is_no_trip_to_open(at_noon, own, an):  # noqa: F811
    early, holder = begun(at_noon, plate="12C-100.01")
    declare.cancel_trip(trip=Trip.objects.get(pk=own.trip_id), by=at_noon.everything, at=NOON)

    for wanted, by in ((early, holder), (own, holder_of(own))):
        with pytest.raises(GateRefusal) as refused:
            actions.open_trip(wanted=wanted, by=by, at=NOON)
        assert refused.value.code == "BG-477"
    assert "Mở lượt xe của tôi" not in ahead_page(own).get(reverse("border_gate:ahead_form")).content.decode()


def test_another_driver_ends_what_the_first_one_opened(at_noon, own, sent_back):  # noqa: F811
    first = ahead_page(own)
    trip = sent_back("driver")
    other = _other_driver(own)
    links.link_for_driver(trip=trip, by=SYSTEM, at=NOON, phone=PHONE)

    correct_trip(trip=trip, values={"driver": {"id": str(other.pk)}}, by=_clerk(own), at=NOON)

    trip = Trip.objects.get(pk=trip.pk)
    assert not links.open_links(trip.pk)
    assert not may(holder_of(own), DECLARE_AHEAD, own, NOON)
    assert first.post(reverse("border_gate:ahead_trip")).status_code in {302, 401, 403}
    assert not links.open_links(trip.pk)
    assert not is_drivers_word(trip)
    declare.accept_trips(trips=[trip], by=at_noon.everything, at=NOON)
    told(trip, "accepted")
    assert [link.phone for link in links.open_links(trip.pk)] == [OTHER_PHONE]


def test_another_driver_after_acceptance_likewise(at_noon, own):  # noqa: F811
    trip = Trip.objects.get(pk=own.trip_id)
    declare.accept_trips(trips=[trip], by=at_noon.everything, at=NOON)
    first = ahead_page(own)
    first.post(reverse("border_gate:ahead_trip"))
    assert len(links.open_links(trip.pk)) == 1
    other = _other_driver(own)

    trip = Trip.objects.get(pk=trip.pk)
    amend_trip(trip=trip, values={"driver": {"id": str(other.pk)}}, reason="Đổi lái xe đường dài",
               by=_clerk(own), at=NOON)  # fmt: skip

    assert not links.open_links(trip.pk)
    assert not AccessLink.objects.filter(record_id=own.pk, revoked_at=None).exists()
    with pytest.raises(Forbidden):
        actions.open_trip(wanted=own, by=holder_of(own), at=NOON)
    assert first.post(reverse("border_gate:ahead_trip")).status_code in {302, 401, 403}
    assert not links.open_links(trip.pk)


def test_a_correction_that_leaves_the_driver_closes_nothing(own, sent_back):
    trip = sent_back("weight")
    links.link_for_driver(trip=trip, by=SYSTEM, at=NOON, phone=PHONE)

    correct_trip(trip=trip, values=LIGHTER, by=_clerk(own), at=NOON)

    assert len(links.open_links(trip.pk)) == 1
    assert may(holder_of(own), DECLARE_AHEAD, own, NOON)


def _other_driver(own: AheadDeclaration):
    other = make_driver("Lò Văn Mới", "020090001242", employer=own.firm)
    other.person.phone = OTHER_PHONE
    other.person.save()
    return other


def _clerk(own: AheadDeclaration) -> Actor:
    person = make_person("Bình")
    grant(person, role_code("ENTERPRISE"), agency=own.firm_id)
    return person.actor()
