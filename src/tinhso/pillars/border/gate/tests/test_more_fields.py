"""Optional particulars: temperatures, UN numbers, the partner's telephone, TIR, e-CMR; read, kept, corrected."""

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
from tinhso.pillars.border.gate.rules import corrections, particulars
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.sheets import SheetRow
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_api import BASE, signed_in
from tinhso.pillars.border.gate.tests.test_api_declarations import declare
from tinhso.pillars.border.gate.tests.test_firm_pages import WHAT, WHO, clerk, text

MORE_WHAT = {
    "temperature_1": "−18 °C",
    "un_number_1": "un 1845",
    "contract_no": "HD-7",
    "partner": "凭祥市示范贸易有限公司",
    "partner_phone": "+86 771 123 4567",
}
MORE_WHO = {"reefer_temp": "2,5", "tir_carnet_no": "xa 12345678", "ecmr_ref": "e-cmr/2026/7"}


@pytest.mark.parametrize(
    ("read", "typed", "kept"),
    [
        (particulars.temperature, "−18 °C", Decimal("-18.0")),
        (particulars.temperature, "2,5", Decimal("2.5")),
        (particulars.temperature, "0", Decimal("0.0")),
        (particulars.un_number, "1263", "UN1263"),
        (particulars.un_number, "un 1263", "UN1263"),
        (particulars.partner_phone, "+86 (771) 123-4567", "+867711234567"),
        (particulars.tir_carnet, "xa 12345678", "XA12345678"),
        (particulars.ecmr, "e-cmr/2026/7", "E-CMR/2026/7"),
    ],
)
def test_what_is_typed_is_read(read, typed, kept):
    assert read(typed) == kept


@pytest.mark.parametrize(
    ("read", "typed", "code"),
    [
        *((particulars.temperature, typed, "BG-530") for typed in ("lạnh", "61", "-60,1", "2,55", "nan", "1e1", "")),
        *((particulars.un_number, typed, "BG-531") for typed in ("126", "UN12634", "0000", "XX1263")),
        *((particulars.partner_phone, typed, "BG-532") for typed in ("123", "gọi sau", "1" * 16)),
        *((particulars.tir_carnet, typed, "BG-533") for typed in ("12345678", "XA12", "XA123456789")),
        *((particulars.ecmr, typed, "BG-534") for typed in ("a", "có dấu", "X" * 41)),
    ],
)
def test_what_is_no_such_thing_is_refused(read, typed, code):
    with pytest.raises(GateRefusal, match=code):
        read(typed)


@pytest.fixture
def firm(gate):
    with clock.frozen(NOON):
        yield make_firm()


@pytest.fixture
def trip(gate, firm) -> Trip:
    """Declared on the pages, with all of it; accepted."""
    return declare_trip(firm=firm, intent=intent_of(*forms(firm)), by=gate.everything, at=NOON)


def forms(firm):
    first, second = What({**WHAT, **MORE_WHAT}), Who({**WHO, **MORE_WHO}, firm=firm)
    assert first.is_valid(), first.errors
    assert second.is_valid(), second.errors
    return first, second


def stored(pk):
    trip = Trip.objects.select_related("declaration").get(pk=pk)
    line = GoodsLine.objects.get(declaration=trip.declaration)
    words = trip.declaration
    return (
        *(line.temperature_c, line.dangerous_un_no, words.contract_no, words.partner_phone),
        *(trip.reefer_temp, trip.tir_carnet_no, trip.ecmr_ref),
    )


KEPT = (Decimal("-18.0"), "UN1845", "HD-7", "+867711234567", Decimal("2.5"), "XA12345678", "E-CMR/2026/7")
SHOWN = ("-18 °C", "UN1845", "HD-7", "+867711234567", ">2,5<", "XA12345678", "E-CMR/2026/7")


def test_what_the_form_tells_is_kept_and_shown_to_the_firm(trip, firm):
    page = text(clerk(firm).get(reverse("border_gate:firm_trip", args=[trip.pk])))

    assert stored(trip.pk) == KEPT
    assert [word for word in SHOWN if word not in page] == []


def test_a_row_of_a_sheet_tells_the_same(gate, firm):
    row = SheetRow(2, {**WHAT, **WHO, **MORE_WHAT, **MORE_WHO})
    intent, problems = reader_of(firm).read(row)

    assert (intent, problems) == (intent_of(*forms(firm)), [])
    _none, told = reader_of(firm).read(SheetRow(2, {**row.values, "un_number_1": "7", "reefer_temp": "99"}))
    assert {(one["code"], one["field"]) for one in told} == {("BG-531", "un_number_1"), ("BG-530", "reefer_temp")}


def test_a_program_tells_them_and_is_told_them(gate, firm):
    program = signed_in("ENTERPRISE", agency=firm.pk)

    made = declare(program, {**WHAT, **WHO, **MORE_WHAT, **MORE_WHO, "temperature_1": -18, "reefer_temp": 2.5})

    (row,) = made.json()["rows"]
    assert stored(row["id"]) == KEPT
    told = program.get(f"{BASE}/status", {"code": row["code"]}).json()
    names = ("contract_no", "partner_phone", "reefer_temp", "tir_carnet_no", "ecmr_ref")
    assert tuple(told[name] for name in names) == ("HD-7", "+867711234567", 2.5, "XA12345678", "E-CMR/2026/7")
    assert told["lines"] == [
        {
            "number": 1, "title": "Sầu riêng tươi", "temperature_c": -18.0, "dangerous_un_no": "UN1845",
            "packages": 0, "package_kind": "", "quantity": None, "unit": "",
            "net_kg": None, "value": None, "currency": "",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(("role", "sees"), [("HAIQUAN", True), ("YARD", False), ("BUFFER", False)])
def test_a_yard_sees_none_of_it(gate, trip, role, sees):
    reader = signed_in(role, place=gate.points["HN-1119"].pk)
    page = text(reader.get(reverse("border_gate:trip", args=[trip.pk])))
    told = reader.get(f"{BASE}/status", {"code": trip.code}).json()

    assert {word in page for word in SHOWN} == {sees}
    assert {bool(told[name]) for name in ("partner", "partner_phone", "tir_carnet_no", "lines")} == {sees}


def test_the_page_folds_them_and_keeps_what_was_typed(firm):
    client = clerk(firm)
    address = reverse("border_gate:declare")
    assert '<details class="more section"><summary>Thêm thông tin</summary>' in text(client.get(address))

    page = text(client.post(address, {**WHAT, **MORE_WHAT, "un_number_1": "7"}))

    assert '<details class="more section" open><summary>Thêm thông tin</summary>' in page
    assert "UN và 4 chữ số" in page
    assert 'value="+86 771 123 4567"' in page
    assert client.post(address, {**WHAT, **MORE_WHAT}).status_code == 302
    assert 'value="un 1845"' in text(client.get(address))


def test_a_copy_begins_with_them_but_not_with_the_papers_of_that_journey(trip, firm):
    client = clerk(firm)

    first = text(client.post(reverse("border_gate:declare_copy", args=[trip.pk]), follow=True))
    second = text(client.get(reverse("border_gate:declare_who")))

    assert [word for word in ("-18", "UN1845", "HD-7", "+867711234567") if f'value="{word}"' not in first] == []
    assert 'value="2,5"' in second
    assert 'value="XA12345678"' not in second


def test_one_of_them_is_corrected_on_the_page_as_people_write_it(trip, firm):
    client = clerk(firm)
    address = f"{reverse('border_gate:firm_amend_change', args=[trip.pk])}?o=reefer_temp&o=temperature"
    assert 'value="2,5"' in text(client.get(address))

    sent = {"reefer_temp": "-1,5", "temperature_1": "", "reason": "Ghi nhầm khi khai báo"}
    page = text(client.post(address, sent, follow=True))

    assert stored(trip.pk)[0::4] == (None, Decimal("-1.5"))
    assert [words for words in ("2,5 °C", "-1,5 °C", "-18 °C") if words not in page] == []


def test_a_program_corrects_them_by_their_fields(trip, firm):
    program, address = signed_in("ENTERPRISE", agency=firm.pk), f"{BASE}/trips/{trip.pk}/steps/amend"
    values = {"reefer_temp": -20.5, "un_number": {"1": {"dangerous_un_no": "1263"}}, "tir": ""}

    answers = [
        program.post(address, {"values": told, "reason": "Ghi nhầm khi khai báo"}, content_type="application/json")
        for told in (values, {"ecmr": "có dấu"})
    ]

    assert [(one.status_code, one.json().get("code")) for one in answers] == [(200, None), (422, "BG-534")]
    assert stored(trip.pk) == (KEPT[0], "UN1263", *KEPT[2:4], Decimal("-20.5"), "", KEPT[6])


def test_a_wrong_one_is_refused_by_its_rule(trip, gate):
    with pytest.raises(GateRefusal, match="BG-532"):
        amend_trip(
            trip=trip, values={"partner_phone": "gọi sau"}, reason="Ghi nhầm khi khai báo", by=gate.everything, at=NOON
        )

    assert stored(trip.pk) == KEPT


def test_what_each_correction_reopens():
    quarantine = {"PLANT_Q", "ANIMAL_Q"}
    assert corrections.reopened(["temperature"]) == corrections.reopened(["reefer_temp"]) == quarantine
    assert corrections.reopened(["un_number"]) == {"CUSTOMS_DOC", "CUSTOMS_INSPECT"}
    assert corrections.reopened(["partner_phone", "tir", "ecmr"]) == frozenset()


@pytest.mark.parametrize(("degrees", "written"), [(-18.0, "-18"), (2.5, "2,5"), (Decimal("0.0"), "0"), (None, "")])
def test_degrees_are_written_with_a_comma(degrees, written):
    assert particulars.show_degrees(degrees) == written
