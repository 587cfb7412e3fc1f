"""Quantity, value and net weight of a goods line: read, kept, shown to whom they concern, corrected."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.actions.amend import amend_trip
from tinhso.pillars.border.gate.actions.firm import declare_trip
from tinhso.pillars.border.gate.actions.firm_forms import What, Who, intent_of
from tinhso.pillars.border.gate.actions.sheet_rows import reader_of
from tinhso.pillars.border.gate.models import GoodsLine, Trip
from tinhso.pillars.border.gate.queries.declared_facts import declared_facts
from tinhso.pillars.border.gate.queries.words import UNIT_TITLES
from tinhso.pillars.border.gate.rules import corrections, quantities
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.sheets import SheetRow
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_api import BASE, signed_in
from tinhso.pillars.border.gate.tests.test_api_declarations import declare
from tinhso.pillars.border.gate.tests.test_firm_pages import WHAT, WHO, clerk, text

TOLD = {"quantity_1": "12,5", "unit_1": "TNE", "value_1": "48000", "currency_1": "USD", "net_kg_1": "17800"}
KEPT = (Decimal("12.50"), "TNE", 48_000, "USD", 17_800)
SHOWN = ("12,5 tấn", "17.800 kg", "48.000 USD")
NAMES = ("quantity", "unit", "value", "currency", "net_kg")
REASON = "Ghi nhầm khi khai báo"


@pytest.mark.parametrize(
    ("typed", "amount"), [("1860", "1860.00"), ("12,5", "12.50"), ("12.55", "12.55"), (" 0,01 ", "0.01")]
)
def test_a_quantity_is_read_as_people_write_it(typed, amount):
    assert quantities.quantity(typed) == Decimal(amount)


@pytest.mark.parametrize(
    ("read", "typed", "code"),
    [
        *(
            (quantities.quantity, typed, "BG-620")
            for typed in ("0", "-1", "1.860", "1,234", "1e3", "nan", "", "9" * 10)
        ),
        *((quantities.unit, typed, "BG-621") for typed in ("KG", "tạ", "", "ZZZ")),
        *((quantities.currency, typed, "BG-622") for typed in ("RMB", "US", "đồng", "XXX")),
    ],
)
def test_what_is_no_amount_unit_or_currency_is_refused(read, typed, code):
    with pytest.raises(GateRefusal, match=code):
        read(typed)


NOTHING = {"quantity": None, "unit": "", "value": None, "currency": "", "net_kg": None, "gross_kg": 100}


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        ({"quantity": Decimal(1)}, "BG-623", "unit"),
        ({"unit": "KGM"}, "BG-623", "quantity"),
        ({"value": 1}, "BG-624", "currency"),
        ({"currency": "VND"}, "BG-624", "value"),
        ({"net_kg": 101}, "BG-625", "net_kg"),
    ],
)
def test_half_an_amount_and_a_net_weight_above_the_gross_one_are_refused(told, code, field):
    quantities.must_agree(**{**NOTHING, "net_kg": 100})

    with pytest.raises(GateRefusal, match=code) as caught:
        quantities.must_agree(**{**NOTHING, **told})
    assert caught.value.field == field


def test_every_unit_that_is_offered_is_one_of_the_rule():
    assert set(UNIT_TITLES) == set(quantities.UNITS)


@pytest.fixture
def firm(gate):
    with clock.frozen(NOON):
        yield make_firm()


@pytest.fixture
def trip(gate, firm) -> Trip:
    first, second = What({**WHAT, **TOLD}), Who(WHO, firm=firm)
    assert first.is_valid(), first.errors
    assert second.is_valid(), second.errors
    return declare_trip(firm=firm, intent=intent_of(first, second), by=gate.everything, at=NOON)


def stored(pk):
    line = GoodsLine.objects.get(declaration__trips=pk)
    return tuple(getattr(line, name) for name in NAMES)


def test_what_the_form_tells_is_kept_shown_and_copied(trip, firm):
    client = clerk(firm)
    page = text(client.get(reverse("border_gate:firm_trip", args=[trip.pk])))
    copied = text(client.post(reverse("border_gate:declare_copy", args=[trip.pk]), follow=True))

    assert stored(trip.pk) == KEPT
    assert [word for word in SHOWN if word not in page] == []
    assert [word for word in ("12,5", "48000", "17800") if f'value="{word}"' not in copied] == []
    assert '<option value="TNE" selected>' in copied


def test_the_form_says_beside_the_field_what_is_missing_and_keeps_what_was_typed(firm):
    page = text(clerk(firm).post(reverse("border_gate:declare"), {**WHAT, **TOLD, "unit_1": "", "net_kg_1": "20000"}))

    assert "Số lượng và đơn vị tính phải đi cùng nhau" in page
    assert 'value="12,5"' in page
    assert '<details class="more section" open><summary>Thêm thông tin</summary>' in page


def test_a_row_of_a_sheet_tells_units_by_name_or_code(gate, firm):
    row = SheetRow(2, {**WHAT, **WHO, **TOLD, "unit_1": "Tấn", "currency_1": "usd"})
    intent, problems = reader_of(firm).read(row)

    assert problems == []
    assert tuple(getattr(intent.lines[0], name) for name in NAMES) == KEPT
    _none, told = reader_of(firm).read(SheetRow(2, {**row.values, "currency_1": "RMB", "net_kg_1": "19000"}))
    assert {(one["code"], one["field"]) for one in told} == {("BG-622", "currency_1")}
    _none, told = reader_of(firm).read(SheetRow(2, {**row.values, "net_kg_1": "19000"}))
    assert [(one["code"], one["field"]) for one in told] == [("BG-625", "net_kg_1")]


def test_a_program_tells_them_and_is_told_them(gate, firm):
    program = signed_in("ENTERPRISE", agency=firm.pk)

    made = declare(program, {**WHAT, **WHO, **TOLD, "quantity_1": 12.5, "value_1": 48_000})

    (row,) = made.json()["rows"]
    assert stored(row["id"]) == KEPT
    (line,) = program.get(f"{BASE}/status", {"code": row["code"]}).json()["lines"]
    assert tuple(line[name] for name in NAMES) == (12.5, *KEPT[1:])


@pytest.mark.parametrize(("role", "sees"), [("HAIQUAN", True), ("QLTT", True), ("YARD", False)])
def test_a_yard_sees_none_of_it(gate, trip, role, sees):
    reader = signed_in(role, place=gate.points["HN-1119"].pk)
    page = text(reader.get(reverse("border_gate:trip", args=[trip.pk])))
    told = reader.get(f"{BASE}/status", {"code": trip.code}).json()

    assert {word in page for word in SHOWN} == {sees}
    assert bool(told["lines"]) == sees


def test_what_goods_are_worth_is_told_to_who_sees_the_parties_only(trip):
    lines = list(GoodsLine.objects.filter(declaration=trip.declaration_id))

    told = {
        sees: [value for group in declared_facts(trip, lines, goods=True, parties=sees) for _name, value in group.facts]
        for sees in (True, False)
    }

    assert "48.000 USD" in told[True]
    assert "48.000 USD" not in told[False]
    assert "12,5 tấn" in told[False]


def test_a_correction_shows_both_values_and_rests_on_the_customs_papers_alone(trip, firm):
    client = clerk(firm)
    address = f"{reverse('border_gate:firm_amend_change', args=[trip.pk])}?o=quantity"
    assert 'value="12,5"' in text(client.get(address))

    page = text(client.post(address, {"quantity_1": "1860", "unit_1": "H87", "reason": REASON}, follow=True))

    assert stored(trip.pk)[:2] == (Decimal("1860.00"), "H87")
    assert [words for words in ("12,5 tấn", "1860 cái, chiếc") if words not in page] == []
    assert corrections.reopened(["quantity"]) == {"CUSTOMS_DOC"}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"quantity": {"1": {"quantity": "1.860"}}}, "BG-620"),
        ({"quantity": {"1": {"unit": ""}}}, "BG-623"),
        ({"value": {"1": {"currency": "RMB"}}}, "BG-622"),
        ({"value": {"1": {"value": -1}}}, "BG-286"),
        ({"weight": {"1": {"net_kg": 19_000}}}, "BG-625"),
    ],
)
def test_a_wrong_correction_is_refused_and_changes_nothing(trip, gate, values, code):
    with pytest.raises(GateRefusal, match=code):
        amend_trip(trip=trip, values=values, reason=REASON, by=gate.everything, at=NOON)

    assert stored(trip.pk) == KEPT


def test_a_program_corrects_them_and_takes_them_back(trip, firm):
    program, address = signed_in("ENTERPRISE", agency=firm.pk), f"{BASE}/trips/{trip.pk}/steps/amend"
    none = {"quantity": {"1": {"quantity": None, "unit": ""}}, "value": {"1": {"value": None, "currency": ""}}}

    answers = [
        program.post(address, {"values": told, "reason": REASON}, content_type="application/json")
        for told in (none, {"weight": {"1": {"net_kg": None}}}, {"quantity": {"1": {"quantity": 5, "unit": "KG"}}})
    ]

    assert [(one.status_code, one.json().get("code")) for one in answers] == [(200, None), (200, None), (422, "BG-621")]
    assert stored(trip.pk) == (None, "", None, "", None)
