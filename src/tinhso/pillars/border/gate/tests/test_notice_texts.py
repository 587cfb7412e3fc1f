"""Words of notices are dated rows: said from their day on, their places checked, tried on yesterday's notices."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.modules.rule_tables import RULE_TABLES
from tinhso.kernel.notices import actions as notices
from tinhso.kernel.notices.delivery import message_of
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.notices.wording import kinds_of, places_of, said_of
from tinhso.kernel.rulebook import actions
from tinhso.kernel.testing.people import grant
from tinhso.pillars.border.gate.handlers.travellers import BOOKED, CALLED
from tinhso.pillars.border.gate.models import NoticeText
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.rules.tables import table
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY
from tinhso.pillars.border.gate.tests.test_dry_runs import shown
from tinhso.pillars.border.gate.tests.test_rulebook import DAY, TOMORROW, changed, two

__all__ = ["two"]
NEW = {"text_vi": "Xe của lượt {code} vào {gate} ngay, trước {until}."}
OTHER = "Lượt {code}: vào {gate} trước {until}."
KEY = {"kind": CALLED.name}


def told(at, *, code="LX-1", language="vi") -> Notice:
    """A call to a driver, by app and text message."""
    person = notices.Recipient(uuid7(), phone="+84912345678", language=language)
    facts = {"code": code, "gate": "Hữu Nghị", "until": "10:30"}
    (made,) = notices.send(CALLED.name, to=[person], event_key=f"{at}{code}", by=SYSTEM, at=at, **facts)
    return Notice.objects.get(pk=made.pk)


def message(notice: Notice) -> str:
    return message_of(Delivery.objects.get(notice=notice, channel=Delivery.SMS)).text


def test_the_first_rows_say_what_the_release_says(gate):
    assert {row.kind: said_of(row) for row in NoticeText.objects.all()} == {
        name: kind.release for name, kind in kinds_of(NoticeText).items()
    }


def test_the_first_rows_are_such_as_people_could_have_put_in(gate):
    check = RULE_TABLES.get("border_gate.notice_text").check
    for row in NoticeText.objects.all():
        check(row, TODAY)
        row.clean_fields()


def test_new_words_are_told_from_their_day_on_and_not_before(gate, two):
    changed(two, "notice_text", NEW, key=KEY)

    before, after, chinese = told(NOON), told(NOON + DAY), told(NOON + DAY, language="zh-hans")

    assert before.text == message(before) == "Lượt LX-1: mời vào Hữu Nghị, barie 1, có mặt trước 10:30."
    assert after.text == message(after) == "Xe của lượt LX-1 vào Hữu Nghị ngay, trước 10:30."
    assert message(chinese) == CALLED.message("zh-hans", chinese.fields)


def test_words_for_the_message_alone_leave_the_application_as_it_is(gate, two):
    short = {f"sms_{name}": "{code} {gate} {until}" for name in ("vi", "en", "zh")}
    changed(two, "notice_text", short, key=KEY)

    notice = told(NOON + DAY)

    assert message(notice) == "LX-1 Hữu Nghị 10:30"
    assert notice.text == CALLED.text("vi", notice.fields)


def test_without_a_row_and_with_one_that_fits_no_more_the_release_speaks(gate):
    NoticeText.objects.filter(kind=CALLED.name).delete()
    NoticeText.objects.filter(kind=BOOKED.name).update(text_vi="{gone}")

    assert CALLED.said(NOON) == CALLED.release
    assert BOOKED.said(NOON) == BOOKED.release
    assert told(NOON).text.startswith("Lượt LX-1: mời vào")


@pytest.mark.parametrize(
    ("values", "kind", "code"),
    [
        ({"text_vi": "Lượt {code} {gate} {until} {colour}"}, "called", "NT-001"),
        ({"text_vi": "Lượt {code} vào {gate}."}, "called", "NT-002"),
        ({"text_vi": "{code} {gate} {until} {driver_name}"}, "called", "NT-003"),
        ({"sms_vi": "Lượt {code}: {reason}"}, "correction_wanted", "NT-003"),
        ({"text_vi": "{code.__class__} {gate} {until}"}, "called", "NT-004"),
        ({"text_vi": "{code} {gate} {until} {"}, "called", "NT-004"),
        ({"text_zh": ""}, "called", "NT-006"),
        ({"sms_en": ""}, "correction_wanted", "NT-006"),
        ({"sms_vi": "", "sms_en": ""}, "correction_wanted", "NT-006"),
        ({"sms_vi": "{code} {plate}"}, "buffered", "NT-007"),
        ({"text_vi": "{code} {gate} {until}" + " x" * 80}, "called", "NT-008"),
    ],
)
def test_words_that_would_tell_too_little_or_too_much_are_refused(gate, two, values, kind, code):
    with pytest.raises(Refusal) as refused:
        changed(two, "notice_text", values, key={"kind": f"border_gate.{kind}"}, decide=False)

    assert (refused.value.code, refused.value.field) == (code, next(iter(values)))


def test_an_unknown_kind_is_refused(gate, two):
    with pytest.raises(Refusal) as refused:
        changed(two, "notice_text", {"kind": "border_gate.gone", "text_vi": "x", "text_en": "x"}, decide=False)

    assert refused.value.code == "NT-005"


def test_a_stranger_drafts_nothing_and_nobody_decides_his_own(gate, two):
    rules, row = RULE_TABLES.get("border_gate.notice_text"), NoticeText.objects.get(**KEY)
    change, chi = changed(two, "notice_text", NEW, key=KEY, decide=False), Actor(uuid7(), "person", "Chi")

    with pytest.raises(Forbidden):
        actions.put_row(change=change, table=rules, values={"text_vi": OTHER}, base=row, by=chi, at=NOON)
    actions.propose_change(change=change, by=two.deputy, at=NOON)
    grant(two.deputy, role_code("LEADER"))
    with pytest.raises(Refusal) as refused:
        actions.approve_change(change=change, by=two.deputy, at=NOON)

    assert refused.value.code == "RB-004"
    assert change.rows.get().values["text_vi"] == NEW["text_vi"]
    assert not NoticeText.objects.filter(valid_from=TOMORROW).exists()


def test_the_dry_run_counts_yesterdays_notices_and_tells_the_first_three_anew(gate, two):
    for number in range(4):
        told(NOON - DAY + timedelta(minutes=number), code=f"LX-{number}")
    told(NOON)

    (section,) = shown(two, "notice_text", NEW, key=KEY)

    whole, *first = section["texts"]
    assert (whole["used"], whole["new"], len(first)) == (4, NEW["text_vi"], 3)
    assert first[0]["label"]["vi"] == "lúc 12:00"
    assert first[0]["new"] == "Xe của lượt 7K3M 9Q2T vào Hữu Nghị ngay, trước 10:30."
    assert "LX-0" not in str(section)


def test_the_preview_fills_each_language_with_an_example(gate):
    preview, row = RULE_TABLES.get("border_gate.notice_text").preview, NoticeText.objects.get(**KEY)

    assert preview(None, row)[0] == "Lượt 7K3M 9Q2T: mời vào Hữu Nghị, barie 1, có mặt trước 10:30."
    assert len(preview(None, row)) == 3
    assert preview(row, None)[1] == preview(None, row)[0]


def test_every_place_of_every_notice_has_an_example():
    kinds = kinds_of(NoticeText).values()
    wanted = {place for kind in kinds for words in (kind.texts, kind.sms) for place in places_of(words)}

    assert wanted == {row["place"] for row in table("notice_examples")}
