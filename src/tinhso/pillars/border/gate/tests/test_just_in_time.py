"""Electronics that a production line waits for: claimed by the firm, and counted where the rulebook names them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tinhso.kernel.base.errors import Refusal
from tinhso.pillars.border.gate.actions import amend, declare
from tinhso.pillars.border.gate.models import Enterprise, Trip
from tinhso.pillars.border.gate.queries.declared_facts import priority_of
from tinhso.pillars.border.gate.rules import queue
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm
from tinhso.pillars.border.gate.tests.test_api import signed_in
from tinhso.pillars.border.gate.tests.test_api_declarations import declare as declared_by
from tinhso.pillars.border.gate.tests.test_firm_pages import WHAT, WHO, at_noon, clerk, text  # noqa: F401
from tinhso.pillars.border.gate.tests.test_rulebook import TOMORROW, changed, two  # noqa: F401
from tinhso.pillars.border.gate.tests.test_rules_queue import START, TWO_MINUTES, truck

CHIPS = declare.DraftLine(hs6="854231", title="Vi mạch xử lý", group="ELECTRONICS", gross_kg=9_000)
SCREWS = declare.DraftLine(hs6="731815", title="Vít, bu lông", group="OTHER", gross_kg=9_000)


def sent(gate, *, line=CHIPS, on=TOMORROW, claims=True) -> Trip:
    firm = Enterprise.objects.first() or make_firm()
    draft = fruit_draft(
        gate, firm=firm, driver=make_driver(employer=firm), lines=(line,), planned_on=on, just_in_time=claims
    )
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def named(two, **values):  # noqa: F811
    changed(two, "just_in_time", values, key={"code": "J1"})


def test_as_long_as_nobody_is_named_a_claim_gives_no_class_and_says_why(gate):
    trip = sent(gate)

    assert (trip.priority, trip.priority_basis) == ("P3", "just_in_time_unlisted")
    assert "sổ quy định chưa nêu tên" in priority_of(trip)


def test_goods_that_the_rulebook_names_are_preferred_when_it_is_claimed(gate, two):  # noqa: F811
    named(two, hs_prefixes=["8542"])

    trip = sent(gate)

    assert (trip.priority, trip.priority_basis) == ("P2", "just_in_time")


def test_without_the_claim_the_same_goods_are_ordinary(gate, two):  # noqa: F811
    named(two, hs_prefixes=["8542"])

    trip = sent(gate, claims=False)

    assert (trip.priority, trip.priority_basis) == ("P3", "ordinary")


@pytest.mark.parametrize(
    ("values", "line", "expected"),
    [
        ({"tax_codes": ["4900234569"]}, CHIPS, "P2"),
        ({"tax_codes": ["4900234569"]}, SCREWS, "P3"),
        ({"tax_codes": ["4900234569"], "hs_prefixes": ["8517"]}, CHIPS, "P3"),
        ({"tax_codes": ["0100109106"]}, CHIPS, "P3"),
        ({"hs_prefixes": ["7318"]}, SCREWS, "P3"),
    ],
)
def test_a_row_speaks_of_its_firms_and_of_electronics_alone(gate, two, values, line, expected):  # noqa: F811
    named(two, **values)

    assert sent(gate, line=line).priority == expected


def test_the_queue_calls_them_with_priority_firms_and_before_ordinary_goods(gate, two):  # noqa: F811
    named(two, hs_prefixes=["8542"])
    waited, plain = sent(gate).priority, "P3"
    waiting = [truck("A", plain, -60), truck("B", plain, -59), truck("C", waited, -50)]

    pace = queue.Pace(START, TWO_MINUTES, steps=("P2", "P3", "P3"))
    called = [call.ticket.code for call in queue.calls(waiting, pace)]

    assert called == ["C", "A", "B"]


def test_a_firm_claims_it_on_screen_and_reads_it_before_sending(gate, at_noon):  # noqa: F811
    firm = make_firm()
    browser = clerk(firm)
    what = {**WHAT, "goods_1": "Vi mạch xử lý (854231)", "puc_1": "", "phc_1": "", "just_in_time": "on"}

    browser.post(reverse("border_gate:declare"), what)
    browser.post(reverse("border_gate:declare_who"), WHO)
    page = text(browser.get(reverse("border_gate:declare_review")))

    assert "Linh kiện điện tử mà dây chuyền sản xuất đang chờ" in page


@pytest.mark.parametrize(("cell", "claimed"), [("Có", True), ("không", False), (None, False)])
def test_a_program_claims_it_in_words(gate, at_noon, cell, claimed):  # noqa: F811
    firm = make_firm()
    program = signed_in("ENTERPRISE", agency=firm.pk)
    row = {**WHAT, **WHO, "goods_1": "Vi mạch xử lý (854231)", "just_in_time": cell}

    (told,) = declared_by(program, row).json()["rows"]

    assert Trip.objects.get(pk=told["id"]).declaration.just_in_time is claimed


@pytest.mark.parametrize(
    ("values", "code"), [({"tax_codes": ["4900234560"]}, "BG-006"), ({"hs_prefixes": ["8x"]}, "BG-547")]
)
def test_a_row_names_firms_and_goods_that_can_be(gate, two, values, code):  # noqa: F811
    with pytest.raises(Refusal) as refused:
        changed(two, "just_in_time", values, key={"code": "J1"}, decide=False)

    assert refused.value.code == code


def test_the_claim_is_corrected_alone_and_the_class_follows(gate, two):  # noqa: F811
    named(two, hs_prefixes=["8542"])
    trip = sent(gate, claims=False)

    amend.amend_trip(
        trip=trip, values={"just_in_time": True}, reason="Dây chuyền đang chờ linh kiện", by=gate.everything, at=NOON
    )

    trip.refresh_from_db()
    assert (trip.priority, trip.priority_basis) == ("P2", "just_in_time")
