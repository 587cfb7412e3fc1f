"""The tax force marks firms: its check opens, officers see why, the firm in public words; lifted by it or by order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.actions.tax_marks import Mark, follow_turning_marks, lift_mark, mark_firm
from tinhso.pillars.border.gate.handlers import tax_marks as handlers
from tinhso.pillars.border.gate.models import ClearanceTask, Force, ReasonCode, TaxMark
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.queries.tax_marks import marked, marks_of, told_to
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft
from tinhso.pillars.border.gate.tests.test_firm_pages import at_noon, firm  # noqa: F401
from tinhso.pillars.border.gate.tests.test_orders import of_force

DAY = timedelta(days=1)
WHY = "Đã nộp đủ tiền thuế"
DEBT = Mark(reason_code="TAX_DEBT", document_no="15/CV-CT", first_day=TODAY)


def officer(gate, role: str, *, force: str = "") -> Actor:
    person = make_person(role)
    grant(person, role_code(role), place=gate.points["HN-1119"])
    if force:
        grant(person, FORCE_ROLE, place=gate.points["HN-1119"], agency=Force.objects.get(code=force).pk)
    return person.actor()


@pytest.fixture
def tax(gate) -> Actor:
    return officer(gate, "THUE", force="THUE")


def declared(gate, firm):  # noqa: F811
    draft = declare.draft_trip(draft=fruit_draft(gate, firm=firm), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=draft, by=gate.everything, at=NOON)


def tax_tasks(trip) -> list[str]:
    return list(ClearanceTask.objects.filter(trip=trip, kind="TAX").values_list("state", flat=True))


def refused(code: str):
    return pytest.raises(Refusal, match=code)


def test_a_marked_firms_new_trip_gets_the_tax_check_and_others_do_not(gate, firm, tax):  # noqa: F811
    before = declared(gate, firm)
    assert tax_tasks(before) == []

    mark_firm(firm=firm, mark=DEBT, by=tax, at=NOON)

    assert tax_tasks(before) == ["open"]
    assert marked([firm.pk], at=NOON) == {firm.pk}
    (entry,) = Entry.objects.filter(action="border_gate.firm_tax_marked", record_id=firm.pk)
    assert "15/CV-CT" in entry.payload


def test_a_trip_declared_while_the_mark_holds_gets_the_check(gate, firm, tax):  # noqa: F811
    mark_firm(firm=firm, mark=DEBT, by=tax, at=NOON)

    assert tax_tasks(declared(gate, firm)) == ["open"]


def test_a_mark_holds_on_its_days_alone(gate, firm, tax):  # noqa: F811
    days = {"first_day": TODAY + DAY, "last_day": TODAY + 2 * DAY}
    mark_firm(firm=firm, mark=Mark(reason_code="INVOICE", document_no="16/CV-CT", **days), by=tax, at=NOON)

    held = [bool(marked([firm.pk], at=NOON + number * DAY)) for number in range(4)]

    assert held == [False, True, True, False]
    assert tax_tasks(declared(gate, firm)) == []
    assert TaxMark.objects.get().last_day == TODAY + 2 * DAY


def test_trips_under_way_follow_on_the_first_day_and_when_the_last_is_over(gate, firm, tax):  # noqa: F811
    trip = declared(gate, firm)
    days = {"first_day": TODAY + DAY, "last_day": TODAY + DAY}
    mark_firm(firm=firm, mark=Mark(reason_code="INVOICE", document_no="16/CV-CT", **days), by=tax, at=NOON)

    seen = []
    for number in range(3):
        for _again in range(2):
            follow_turning_marks(at=NOON + number * DAY)
        seen.append(tax_tasks(trip))

    assert seen == [[], ["open"], ["not_needed"]]


def test_a_first_and_a_last_day_on_which_the_platform_was_down_are_followed_afterwards(gate, firm, tax):  # noqa: F811
    trip = declared(gate, firm)
    days = {"first_day": TODAY + DAY, "last_day": TODAY + 4 * DAY}
    mark_firm(firm=firm, mark=Mark(reason_code="INVOICE", document_no="16/CV-CT", **days), by=tax, at=NOON)

    followed = follow_turning_marks(at=NOON + 3 * DAY)
    while_it_holds = tax_tasks(trip)
    follow_turning_marks(at=NOON + 9 * DAY)

    assert (followed, while_it_holds, tax_tasks(trip)) == (1, ["open"], ["not_needed"])


def test_a_firm_without_a_trip_under_way_is_not_asked_about(gate, firm, tax):  # noqa: F811
    mark_firm(firm=firm, mark=DEBT, by=tax, at=NOON)

    assert follow_turning_marks(at=NOON + DAY) == 0


def test_the_force_lifts_with_a_reason_and_an_idle_check_goes(gate, firm, tax):  # noqa: F811
    trip = declared(gate, firm)
    mark = mark_firm(firm=firm, mark=DEBT, by=tax, at=NOON)

    for _again in range(2):
        lift_mark(mark=mark, reason=WHY, document_no="", by=tax, at=NOON + DAY)

    mark.refresh_from_db()
    assert (mark.lifted_at, mark.by_order, mark.lift_reason) == (NOON + DAY, False, WHY)
    assert tax_tasks(trip) == ["not_needed"]
    assert Entry.objects.filter(action="border_gate.firm_tax_unmarked").count() == 1
    with refused("BG-038"):
        lift_mark(mark=mark_firm(firm=firm, mark=DEBT, by=tax, at=NOON), reason="x", document_no="", by=tax, at=NOON)


def test_while_another_mark_stands_the_check_stays(gate, firm, tax):  # noqa: F811
    trip = declared(gate, firm)
    mark = mark_firm(firm=firm, mark=DEBT, by=tax, at=NOON)
    mark_firm(firm=firm, mark=Mark(reason_code="INVOICE", document_no="2", first_day=TODAY), by=tax, at=NOON)

    lift_mark(mark=mark, reason=WHY, document_no="", by=tax, at=NOON)

    assert tax_tasks(trip) == ["open"]


def test_a_leader_lifts_by_a_document_only(gate, firm, tax):  # noqa: F811
    mark, leader = mark_firm(firm=firm, mark=DEBT, by=tax, at=NOON), officer(gate, "LEADER")
    with refused("BG-216"):
        lift_mark(mark=mark, reason=WHY, document_no=" ", by=leader, at=NOON)

    lift_mark(mark=mark, reason=WHY, document_no="40/UBND", by=leader, at=NOON)

    mark.refresh_from_db()
    assert (mark.by_order, mark.lift_document_no) == (True, "40/UBND")
    with pytest.raises(Forbidden):
        mark_firm(firm=firm, mark=DEBT, by=leader, at=NOON)


def test_strangers_and_other_forces_neither_mark_nor_lift(gate, firm, tax):  # noqa: F811
    mark = mark_firm(firm=firm, mark=DEBT, by=tax, at=NOON)
    other = officer(gate, "THUE", force="KDTV")  # the role without a post in the force
    invoice = Mark(reason_code="INVOICE", document_no="2", first_day=TODAY)
    with refused("BG-024"):
        mark_firm(firm=firm, mark=invoice, by=other, at=NOON)
    with refused("BG-024"):
        lift_mark(mark=mark, reason=WHY, document_no="1", by=other, at=NOON)
    for stranger in (make_person("Người lạ").actor(), officer(gate, "BQLKKT", force="BQLKKT")):
        with pytest.raises(Forbidden):
            mark_firm(firm=firm, mark=invoice, by=stranger, at=NOON)
        with pytest.raises(Forbidden):
            lift_mark(mark=mark, reason=WHY, document_no="1", by=stranger, at=NOON)

    mark.refresh_from_db()
    assert (mark.lifted_at, TaxMark.objects.count()) == (None, 1)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"reason_code": "WANTED"}, "BG-251"),
        ({"document_no": "  "}, "BG-216"),
        ({"first_day": TODAY - DAY}, "BG-681"),
        ({"last_day": TODAY - DAY}, "BG-681"),
        ({"last_day": TODAY + 800 * DAY}, "BG-681"),
        ({}, "BG-680"),
    ],
)
def test_marks_that_make_no_sense_are_refused(gate, firm, tax, values, code):  # noqa: F811
    mark_firm(firm=firm, mark=DEBT, by=tax, at=NOON)
    asked = {"reason_code": "TAX_DEBT", "document_no": "17/CV-CT", "first_day": TODAY, **values}

    with refused(code):
        mark_firm(firm=firm, mark=Mark(**asked), by=tax, at=NOON)


def test_the_firm_reads_public_words_and_officers_the_reason(gate, firm, tax):  # noqa: F811
    mark_firm(firm=firm, mark=Mark(reason_code="TAX_RISK", document_no="9", first_day=TODAY), by=tax, at=NOON)

    (seen,), (told,) = marks_of(firm, at=NOON), told_to(firm, at=NOON)

    assert "không hiển thị" in str(seen.reason)
    assert str(told.reason) == "theo yêu cầu của cơ quan thuế"
    assert set(ReasonCode.objects.filter(kind="TAX").values_list("status", flat=True)) == {"assumed"}


def test_the_firms_people_are_told_once_and_nothing_secret(gate, firm, tax):  # noqa: F811
    person = make_person("Người của doanh nghiệp")
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    mark = mark_firm(firm=firm, mark=Mark(reason_code="TAX_RISK", document_no="9", first_day=TODAY), by=tax, at=NOON)
    lift_mark(mark=mark, reason=WHY, document_no="", by=tax, at=NOON)
    happened = [_event(events.FIRM_TAX_MARKED), _event(events.FIRM_TAX_UNMARKED)]

    handlers.tell_mark(happened[0])
    for _again in range(2):
        handlers.tell_unmark(happened[1])

    (notice,) = Notice.objects.filter(recipient=person.pk)
    assert notice.text == "Đã bỏ đánh dấu của cơ quan thuế theo văn bản 9."


def test_pages_mark_and_lift_and_keep_what_was_typed(gate, firm, at_noon):  # noqa: F811
    client = of_force(gate, "THUE")
    typed = {"tax_code": firm.tax_code, "reason_code": "TAX_DEBT", "document_no": "", "first_day": str(TODAY)}

    again = client.post(reverse("border_gate:tax_mark_set"), typed)
    unknown = client.post(reverse("border_gate:tax_mark_set"), {**typed, "tax_code": "0000000000"})
    done = client.post(reverse("border_gate:tax_mark_set"), {**typed, "document_no": "15/CV-CT"})

    assert (again.status_code, unknown.status_code, done.status_code) == (422, 422, 302)
    assert firm.tax_code in again.content.decode()
    page = client.get(reverse("border_gate:tax_marks")).content.decode()
    assert "15/CV-CT" in page
    mark = TaxMark.objects.get()
    client.post(reverse("border_gate:tax_mark_lift", args=[mark.pk]), {"reason": WHY})
    mark.refresh_from_db()
    assert mark.lifted_at is not None
    assert WHY in client.get(reverse("border_gate:tax_marks")).content.decode()


def test_strangers_do_not_reach_the_pages(gate, firm, at_noon):  # noqa: F811
    client = of_force(gate, "KDTV")

    asked = [
        client.get(reverse("border_gate:tax_marks")),
        client.post(reverse("border_gate:tax_mark_set"), {"tax_code": firm.tax_code}),
    ]

    assert {one.status_code for one in asked} <= {403, 404}


def test_officers_see_the_mark_on_the_trip(gate, firm, tax, at_noon):  # noqa: F811
    trip = declared(gate, firm)
    mark_firm(firm=firm, mark=DEBT, by=tax, at=NOON)

    page = of_force(gate, "HAIQUAN").get(reverse("border_gate:trip", args=[trip.pk])).content.decode()

    assert "15/CV-CT" in page
    assert "Nợ thuế" in page


def _event(name: str) -> Event:
    row = Outbox.objects.filter(name=name).order_by("-id").first()
    return Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, row.id)
