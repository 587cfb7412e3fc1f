"""Firms register, the board confirms them, keeps their standing; a suspended one declares and books nothing new."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.identity.models import AccessLink
from tinhso.kernel.identity.queries import link_of
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.actions import registration as actions
from tinhso.pillars.border.gate.actions.firm_standing import change_firm
from tinhso.pillars.border.gate.handlers import firm_words
from tinhso.pillars.border.gate.handlers import firms as handlers
from tinhso.pillars.border.gate.models import Enterprise, Registration, Standing
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.firms import firms_of
from tinhso.pillars.border.gate.queries.parties import must_be_able_to_book
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_firm

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TYPED = {
    "tax_code": "4900234569",
    "name": "Công ty Thử nghiệm",
    "address": "Số 1 đường Hùng Vương",
    "contact": "Lý Thị Mai",
    "phone": "0900 000 001",
    "email": "",
    "point": "HN-1119",
}
REASON = "Đủ giấy tờ, đã đối chiếu"


@pytest.fixture
def at_noon(gate):
    with clock.frozen(NOON):
        yield gate


@pytest.fixture
def board(at_noon) -> Client:
    person = make_person("Bà Ban")
    grant(person, role_code("BQLKKT"), place=at_noon.points["HN-1119"].pk)
    client = Client()
    client.force_login(make_account(person))
    return client


def typed(gate, **other):
    names = {**TYPED, "point": gate.points["HN-1119"], "phone": "+84900000001", **other}
    return actions.FirmTyped(**names)


def registered(gate) -> tuple[Registration, Actor]:
    wanted, token = actions.begin_registration(typed=typed(gate), at=NOON)
    holder = link_of(token).actor()
    Attachment.objects.create(
        content_id=_content(), kind=actions.KIND, record_id=wanted.pk, name="giay.pdf", original="0" * 64,
        at=NOON, added_by=holder.id,
    )  # fmt: skip
    return actions.send_registration(wanted=wanted, typed=typed(gate), by=holder, at=NOON), holder


def _content() -> str:
    from tinhso.kernel.files.models import Content

    return Content.objects.create(digest="0" * 64, size=1, media_type="application/pdf", stored_at=NOON).pk


def test_a_firm_registers_by_telephone_code_and_sends_its_licence(at_noon, tmp_path, settings):
    settings.FILES_ROOT = tmp_path
    client = Client()
    page = client.post(reverse("border_gate:register"), TYPED)
    link = page.headers["Location"]
    assert "/lien-ket/" in link
    sent = client.post(link, follow=True)
    code = re.search(r"\b\d{6}\b", sent.content.decode()) or re.search(r"\d{6}", str(client.session.items()))
    client.post(sent.request["PATH_INFO"], {"code": code.group()}, follow=True)

    without = client.post(reverse("border_gate:registration"), TYPED)
    licence = SimpleUploadedFile("giay-phep.pdf", PDF, "application/pdf")
    client.post(reverse("border_gate:registration"), {**TYPED, "licence": licence})

    assert without.status_code == 422
    wanted = Registration.objects.get()
    assert (wanted.state, wanted.phone) == (Registration.SENT, "+84900000001")
    assert Attachment.objects.get(kind=actions.KIND, record_id=wanted.pk).name == "giay-phep.pdf"
    assert not Enterprise.objects.exists()


def test_a_wrong_check_digit_is_told_at_its_field(at_noon):
    answer = Client().post(reverse("border_gate:register"), {**TYPED, "tax_code": "4900234568"})

    assert answer.status_code == 422
    assert "tax_code" in answer.context["form"].errors
    assert not Registration.objects.exists()


def test_a_confirmed_firm_has_its_first_person_over_it_alone(at_noon):
    wanted, holder = registered(at_noon)
    other = make_firm("Công ty khác", "4900999996")

    firm = actions.confirm_registration(wanted=wanted, by=at_noon.everything, at=NOON)

    assert (firm.standing, firm.tax_code, firm.agency.name) == (Standing.ACTIVE, "4900234569", TYPED["name"])
    assert list(firms_of(by=holder, at=NOON)) == [firm]
    assert other not in firms_of(by=holder, at=NOON)


def test_what_is_lacking_is_asked_for_and_sent_again(at_noon):
    wanted, holder = registered(at_noon)

    asked = actions.ask_registrant(
        wanted=wanted, reason="Thiếu trang hai của giấy phép", by=at_noon.everything, at=NOON
    )
    again = actions.send_registration(
        wanted=asked, typed=typed(at_noon, name="Công ty Mới", phone="+84911111111"), by=holder, at=NOON
    )

    assert (again.state, again.name, again.phone) == (Registration.SENT, "Công ty Mới", "+84900000001")


def test_a_rejected_registration_says_why_and_makes_no_firm(at_noon):
    wanted, holder = registered(at_noon)
    with pytest.raises(Refusal) as short:
        actions.reject_registration(wanted=wanted, reason="không", by=at_noon.everything, at=NOON)

    done = actions.reject_registration(
        wanted=wanted, reason="Giấy phép đã hết hiệu lực", by=at_noon.everything, at=NOON
    )

    assert short.value.code == "BG-038"
    assert (done.state, Enterprise.objects.count()) == (Registration.REJECTED, 0)
    with pytest.raises(Refusal) as late:
        actions.send_registration(wanted=done, typed=typed(at_noon), by=holder, at=NOON)
    assert late.value.code == "BG-423"


def test_a_firm_that_works_here_is_not_registered_again(at_noon):
    make_firm()

    with pytest.raises(Refusal) as refused:
        actions.begin_registration(typed=typed(at_noon), at=NOON)

    assert refused.value.code == "BG-421"


def test_the_board_of_another_point_does_not_see_the_registration(at_noon):
    wanted, _holder = registered(at_noon)
    person = make_person("Ông Xa")
    grant(person, role_code("BQLKKT"), place=at_noon.points["CM-01"].pk)

    with pytest.raises(Forbidden):
        actions.confirm_registration(wanted=wanted, by=person.actor(), at=NOON)


def test_the_board_reads_and_confirms_on_its_pages(at_noon, board):
    wanted, _holder = registered(at_noon)

    listed = board.get(reverse("border_gate:firms")).content.decode()
    opened = board.get(reverse("border_gate:registration_card", args=[wanted.pk])).content.decode()
    board.post(reverse("border_gate:registration_decide", args=[wanted.pk]), {"decision": "confirm"})

    assert TYPED["name"] in listed
    assert "giay.pdf" in opened
    firm = Enterprise.objects.get(tax_code="4900234569")
    assert TYPED["name"] in board.get(reverse("border_gate:firm_card", args=[firm.pk])).content.decode()


def test_a_suspended_firm_neither_declares_nor_books_and_its_running_trips_go_on(at_noon):
    firm = make_firm()
    everything = {"by": at_noon.everything, "at": NOON}
    running = declare.submit_trip(
        trip=declare.draft_trip(draft=fruit_draft(at_noon, firm=firm), **everything), **everything
    )

    suspended = change_firm(firm=firm, change="suspend", reason=REASON, **everything)
    running.enterprise = suspended
    declare.check_trips(trips=[running], at=NOON, times=False)

    assert running.problems == []
    with pytest.raises(Refusal) as booked:
        must_be_able_to_book(suspended, at=NOON)
    running.enterprise = suspended
    declare.check_trips(trips=[running], at=NOON)
    assert booked.value.code == "BG-420"
    assert [one["code"] for one in running.problems] == ["BG-420"]


def test_a_change_of_standing_is_kept_with_its_reason_and_only_what_fits_is_done(at_noon, board):
    firm = make_firm()
    Enterprise.objects.filter(pk=firm.pk).update(standing=Standing.BOOKING_LOCKED, locked_until=NOON)

    board.post(reverse("border_gate:firm_set", args=[firm.pk]), {"change": "unlock", "reason": REASON})

    firm.refresh_from_db()
    assert (firm.standing, firm.locked_until) == (Standing.ACTIVE, None)
    assert REASON in Entry.objects.get(action="border_gate.firm_unlock", record_id=firm.pk).payload
    with pytest.raises(Refusal) as again:
        change_firm(firm=firm, change="unlock", reason=REASON, by=at_noon.everything, at=NOON)
    assert again.value.code == "BG-424"


def test_the_firm_is_told_of_each_change_of_its_standing():
    assert {"confirm", "suspend", "restore", "unlock"} <= firm_words.CHANGED.keys()


def happened(name: str) -> Event:
    row = Outbox.objects.filter(name=name).order_by("-id").first()
    return Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, row.id)


def test_board_first_person_and_firm_are_told(at_noon, board):
    wanted, holder = registered(at_noon)
    handlers.tell_board(happened(events.REGISTRATION_SENT))
    firm = actions.confirm_registration(wanted=wanted, by=at_noon.everything, at=NOON)
    handlers.tell_registrant(happened(events.REGISTRATION_DECIDED))
    change_firm(firm=firm, change="suspend", reason=REASON, by=at_noon.everything, at=NOON)
    handlers.tell_firm(happened(events.FIRM_CHANGED))

    kinds = set(Notice.objects.filter(recipient=holder.id).values_list("kind", flat=True))
    assert kinds == {"border_gate.registration_confirmed", "border_gate.firm_suspend"}
    assert Notice.objects.filter(kind="border_gate.registration_wanted").exists()
    assert Delivery.objects.filter(channel="sms", address="+84900000001").exists()
    still_open = [link for link in AccessLink.objects.filter(record_id=wanted.pk) if link.is_open(clock.real())]
    assert [link.path for link in still_open] == [reverse("border_gate:firm")]


CHINESE = {**TYPED, "tax_code": "", "uscc": "91110000600037341L", "phone": "+86 771 1234567"}


def chinese(gate, **other):
    return typed(gate, tax_code="", uscc="9111 0000 6000 3734 1L", **other)


def test_a_chinese_firm_registers_by_its_credit_code_and_waits_for_the_board(at_noon):
    wanted, token = actions.begin_registration(typed=chinese(at_noon), at=NOON)
    holder = link_of(token).actor()
    Attachment.objects.create(
        content_id=_content(), kind=actions.KIND, record_id=wanted.pk, name="giay.pdf", original="0" * 64,
        at=NOON, added_by=holder.id,
    )  # fmt: skip
    sent = actions.send_registration(wanted=wanted, typed=chinese(at_noon), by=holder, at=NOON)
    assert (sent.state, Enterprise.objects.exists()) == (Registration.SENT, False)
    assert not firms_of(by=holder, at=NOON)

    firm = actions.confirm_registration(wanted=sent, by=at_noon.everything, at=NOON)

    assert (firm.standing, firm.tax_code, firm.uscc) == (Standing.ACTIVE, "", CHINESE["uscc"])
    assert list(firms_of(by=holder, at=NOON)) == [firm]
    with pytest.raises(Refusal, match="BG-421"):
        actions.begin_registration(typed=chinese(at_noon), at=NOON)


def test_a_credit_code_with_a_wrong_check_digit_is_refused_at_its_field(at_noon):
    wrong = Client().post(reverse("border_gate:register"), {**CHINESE, "uscc": "91110000600037342L"})
    right = Client().post(reverse("border_gate:register"), CHINESE)

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "uscc" in wrong.context["form"].errors


@pytest.mark.parametrize("numbers", [{"tax_code": "", "uscc": ""}, {"uscc": CHINESE["uscc"]}])
def test_a_firm_gives_one_number_not_none_and_not_both(at_noon, numbers):
    answer = Client().post(reverse("border_gate:register"), {**TYPED, **numbers})

    assert answer.status_code == 422
    assert not Registration.objects.exists()


def test_two_chinese_firms_may_wait_at_once(at_noon):
    content = _content()
    for code in (CHINESE["uscc"], "91440300708461136T"):
        wanted, token = actions.begin_registration(typed=typed(at_noon, tax_code="", uscc=code), at=NOON)
        Attachment.objects.create(
            content_id=content, kind=actions.KIND, record_id=wanted.pk, name="giay.pdf", original="0" * 64,
            at=NOON, added_by=wanted.holder_id,
        )  # fmt: skip
        told = typed(at_noon, tax_code="", uscc=code)
        actions.send_registration(wanted=wanted, typed=told, by=link_of(token).actor(), at=NOON)

    assert Registration.objects.filter(state=Registration.SENT).count() == 2
