"""Words of the platform's notices are dated rows: of every room, said from their day on, by two people."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.modules.rule_tables import RULE_TABLES
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.notices.channels.codes import CODE
from tinhso.kernel.notices.kinds import KINDS
from tinhso.kernel.notices.models import Notice, NoticeText
from tinhso.kernel.notices.permissions import TEXT_APPROVER, TEXT_WRITER
from tinhso.kernel.notices.profile import texts
from tinhso.kernel.notices.texts import TEXT_TABLES
from tinhso.kernel.notices.wording import kinds_of, places_of, said_of
from tinhso.kernel.rulebook import actions, permissions, rehearsing
from tinhso.kernel.rulebook.models import Rehearsal, RuleChange
from tinhso.kernel.testing.people import grant

NOON = datetime(2026, 11, 26, 12, tzinfo=HANOI)
TOMORROW = date(2026, 11, 27)
TABLE = "kernel_notices.notice_text"
LINK = "kernel_console.password_link_sent"
NEW = {"text_vi": "Mở {link} để đặt mật khẩu, chỉ một lần."}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_rows():
    texts(NOON)


@pytest.fixture
def writer() -> Actor:
    return _holder(TEXT_WRITER)


@pytest.fixture
def approver() -> Actor:
    return _holder(TEXT_APPROVER)


def _holder(role: str) -> Actor:
    actor = Actor(uuid7(), "person", "Nguyễn Văn Mẫu")
    grant(actor, role)
    return actor


def drafted(writer: Actor, values: dict[str, str], kind: str = LINK) -> RuleChange:
    change = actions.draft_change(
        title="Sửa câu", document_no="1/QĐ", source="Quyết định", effective_on=TOMORROW, by=writer, at=NOON
    )
    row = NoticeText.objects.get(kind=kind)
    actions.put_row(change=change, table=RULE_TABLES.get(TABLE), values=values, base=row, by=writer, at=NOON)
    return change


def told(at: datetime) -> Notice:
    person = notices.Recipient(uuid7(), phone="+84912345678")
    (made,) = notices.send(LINK, to=[person], event_key=str(at), by=SYSTEM, at=at, link="https://x.example/1")
    return Notice.objects.get(pk=made.pk)


def test_every_kind_of_every_room_has_its_words_in_one_table():
    known = [name for table in TEXT_TABLES.values() for name in table.kinds]

    assert sorted(known) == sorted(kind.name for kind in KINDS)
    assert {LINK, CODE.name, "shared_payments.money_unknown"} <= set(kinds_of(NoticeText))


def test_the_first_rows_say_what_the_release_says_and_are_put_in_once():
    texts(NOON)

    found = {row.kind: said_of(row) for row in NoticeText.objects.all()}
    assert found == {name: kind.release for name, kind in kinds_of(NoticeText).items()}


def test_every_place_of_every_kind_has_an_example():
    for table in TEXT_TABLES.values():
        for kind in table.kinds.values():
            assert places_of(kind.texts) | places_of(kind.sms) <= set(table.examples_of(kind)), kind.name


def test_new_words_are_told_from_their_day_on_after_two_people(writer, approver):
    change = drafted(writer, NEW)
    actions.propose_change(change=change, by=writer, at=NOON)
    actions.approve_change(change=change, by=approver, at=NOON)

    assert told(NOON).text == KINDS.get(LINK).release.texts["vi"].format(link="https://x.example/1")
    assert told(NOON + timedelta(days=1)).text == "Mở https://x.example/1 để đặt mật khẩu, chỉ một lần."


def test_a_code_by_message_is_said_in_the_words_of_the_day():
    NoticeText.objects.filter(kind=CODE.name).update(text_vi="Mã: {code}")

    assert CODE.message("vi", {"code": "123456"}, at=NOON) == "Mã: 123456"
    assert CODE.message("en", {"code": "123456"}, at=clock.now()).startswith("123456 is your")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"text_vi": "Mở {link}, {amount}"}, "NT-001"),
        ({"text_vi": "Mở liên kết."}, "NT-002"),
        ({"text_vi": "{full_name}: {link}"}, "NT-003"),
        ({"text_vi": "Mở {link"}, "NT-004"),
        ({"text_en": ""}, "NT-006"),
        ({"text_vi": "{link}" + " x" * 90}, "NT-008"),
    ],
)
def test_words_that_tell_too_little_or_too_much_are_refused(writer, values, code):
    row = NoticeText.objects.get(kind=LINK)
    for name, value in values.items():
        setattr(row, name, value)

    with pytest.raises(Refusal) as refused:
        RULE_TABLES.get(TABLE).check(row, TOMORROW)

    assert (refused.value.code, refused.value.field) == (code, next(iter(values)))


def test_nobody_decides_his_own_and_a_stranger_writes_nothing(writer):
    change = drafted(writer, NEW)
    actions.propose_change(change=change, by=writer, at=NOON)
    grant(writer, TEXT_APPROVER)
    stranger = Actor(uuid7(), "person", "Chi")
    grant(stranger, permissions.DRAFT)

    with pytest.raises(Refusal) as refused:
        actions.approve_change(change=change, by=writer, at=NOON)
    with pytest.raises(Forbidden):
        drafted(stranger, NEW)

    assert refused.value.code == "RB-004"


def test_the_preview_and_the_dry_run_fill_in_examples_and_nobodys_link(writer):
    told(NOON - timedelta(days=1))
    change = drafted(writer, NEW)

    rehearsing.ask(change=change, by=writer, at=NOON)
    rehearsing.play_asked()
    kept = Rehearsal.objects.get(change=change)

    assert kept.error == ""
    whole, first = kept.result["sections"][0]["texts"]
    assert (whole["used"], first["new"]) == (1, "Mở https://vi-du.example/abc để đặt mật khẩu, chỉ một lần.")
    assert "x.example/1" not in str(kept.result)
    row = NoticeText.objects.get(kind=LINK)
    assert "https://vi-du.example/abc" in RULE_TABLES.get(TABLE).preview(None, row)[0]
