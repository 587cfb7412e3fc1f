"""Declarations in rows: every error at once, good rows as the form would have made them, nothing twice."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.testing.people import make_person
from tinhso.pillars.border.gate.actions import sheets
from tinhso.pillars.border.gate.actions.firm import declare_trip
from tinhso.pillars.border.gate.actions.firm_forms import What, Who, intent_of
from tinhso.pillars.border.gate.actions.sheet_files import read_sheet
from tinhso.pillars.border.gate.actions.sheet_rows import reader_of
from tinhso.pillars.border.gate.models import (
    ClearanceTask,
    DeclarationRow,
    DeclarationSheet,
    Driver,
    FeeAssessment,
    GoodsLine,
    Moratorium,
    Trip,
    Vehicle,
)
from tinhso.pillars.border.gate.rules.sheets import SheetRow, columns, rows_of, titles
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_firm_pages import WHAT, WHO

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    return make_firm()


def typed(number: int = 0, **other: object) -> dict[str, object]:
    """One good row; each number is another vehicle and driver."""
    return {
        "kind": "EXP_VN",
        "regime": "EXPORT",
        "point": "Hữu Nghị",
        "planned_on": f"{TOMORROW:%d/%m/%Y}",
        "hour": "9h",
        "tractor": f"12C-{10000 + number}",
        "driver_name": f"Lò Văn {number}",
        "paper_no": f"02019{number:07d}",
        "paper_until": date(2030, 12, 31),
        "phone": "0900 000 001",
        "goods_1": "Sầu riêng tươi",
        "kg_1": 18600,
        "puc_1": "DEMO-0123",
        "phc_1": "DEMO-9001",
        **other,
    }


def book(*rows: dict[str, object], head: dict[str, str] | None = None) -> bytes:
    """A workbook with the template's head and these rows."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"strings_to_formulas": False})
    day = made.add_format({"num_format": "dd/mm/yyyy"})
    sheet = made.add_worksheet()
    named = head or titles("vi")
    sheet.write_row(0, 0, list(named.values()))
    for line, row in enumerate(rows, start=1):
        for place, field in enumerate(named):
            value = row.get(field)
            if isinstance(value, date):
                sheet.write_datetime(line, place, value, day)
            elif isinstance(value, str) and value.startswith("=") and field == "kg_1":
                sheet.write_formula(line, place, value)
            elif value is not None:
                sheet.write(line, place, value)
    made.close()
    return file.getvalue()


def take(gate, firm, content: bytes, name: str = "xe.xlsx") -> DeclarationSheet:
    return sheets.take_sheet(firm=firm, content=content, name=name, by=gate.everything, at=NOON)


def told(sheet: DeclarationSheet) -> dict[int, list[tuple[str, str]]]:
    return {row.number: [(one["code"], one["field"]) for one in row.problems] for row in sheet.rows.all()}


def test_all_errors_are_told_at_once_by_row_and_column_and_nothing_is_made(gate, firm):
    content = book(
        typed(0),
        typed(1, tractor="12R-001.23", kg_1=-5, paper_no="123"),
        typed(2, planned_on="01/01/2020", puc_1=""),
        typed(3, tractor="12C-10000"),
        typed(4, kg_1="=18000+600"),
        typed(5, point="Lao Bảo", goods_1="Không có thật (001234)"),
    )

    sheet = take(gate, firm, content)

    assert told(sheet) == {
        2: [],
        3: [("BG-036", "kg_1"), ("BG-002", "tractor"), ("BG-008", "paper_no")],
        4: [("BG-010", "planned_on"), ("BG-018", "puc_1")],
        5: [("BG-346", "tractor")],
        6: [("BG-345", "kg_1")],
        7: [("BG-036", "point"), ("BG-004", "goods_1")],
    }
    assert (Trip.objects.count(), Vehicle.objects.count(), Driver.objects.count()) == (0, 0, 0)


def test_good_rows_are_kept_and_equal_what_the_form_would_have_made(gate, firm):
    what = {**WHAT, "packages_1": "1860", "customs_no": "307000123450"}
    first, second = What(what), Who({**WHO, "container_no": "CSQU3054383", "container_type": "22G1"}, firm=firm)
    assert first.is_valid()
    assert second.is_valid()
    row = typed(7, tractor="12C-123.45", packages_1=1860, customs_no="307000123450", container_no="CSQU3054383")
    row |= {"container_type": "22g1", "driver_name": WHO["driver_name"], "paper_no": WHO["paper_no"]}
    intent, problems = reader_of(firm).read(SheetRow(2, {name: _cell(value) for name, value in row.items()}))

    assert (intent, problems) == (intent_of(first, second), [])

    sheet = take(gate, firm, book(row))
    sheets.keep_sheet(sheet=sheet, by=gate.everything, at=NOON)
    of_sheet = _whole(Trip.objects.get())
    other = make_firm("Công ty Bình", "4900234576")
    make_vehicle("12C54321", owner=other)
    first, second = What(what), Who({**WHO, "tractor": "12C-543.21", "paper_no": "020190000018"}, firm=other)
    assert first.is_valid()
    assert second.is_valid()
    by_form = declare_trip(firm=other, intent=intent_of(first, second), by=gate.everything, at=NOON)
    assert of_sheet["source"] == "EXCEL"
    own = {"source", "tractor_plate", "container_no", "container_type", "fee"}
    assert {k: v for k, v in of_sheet.items() if k not in own} == {
        k: v for k, v in _whole(by_form).items() if k not in own
    }


def _cell(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _whole(trip: Trip) -> dict[str, object]:
    stored = Trip.objects.get(pk=trip.pk)
    names = (
        *("state", "kind", "direction", "point_id", "yard_id", "tractor_plate", "driver_name", "container_no"),
        *("container_type", "goods_title", "goods_group", "gross_kg", "balance_kg", "customs_no", "eta", "planned_on"),
        *("expires_at", "priority", "risk", "problems", "source", "tasks_opened", "open_entry", "open_exit"),
    )
    lines = GoodsLine.objects.filter(declaration_id=stored.declaration_id)
    listed = ("hs6", "title", "group", "gross_kg", "packages", "growing_areas", "packing_houses", "origin")
    tasks = ClearanceTask.objects.filter(trip=stored).order_by("kind", "stage").values_list("kind", "stage")
    return {
        **{name: getattr(stored, name) for name in names},
        "lines": list(lines.values_list(*listed)),
        "tasks": list(tasks),
        "fee": list(FeeAssessment.objects.filter(trip=stored).values_list("amount", flat=True)),
    }


def test_nationality_and_licence_stand_on_the_drivers_card_and_the_country_agrees_with_the_plate(gate, firm):
    licence = {"licence_no": "790123456789", "licence_class": "FC", "licence_until": "31/12/2029"}
    good = typed(0, nationality="Việt Nam", vehicle_country="VN", **licence)
    abroad = typed(1, vehicle_country="Trung Quốc")
    content = book(good, abroad, typed(2, nationality="Sao Hỏa"), typed(3, licence_until="2029"))
    sheet = take(gate, firm, content)

    assert told(sheet) == {
        2: [],
        3: [("BG-476", "vehicle_country")],
        4: [("BG-036", "nationality")],
        5: [("BG-036", "licence_until")],
    }

    sheets.keep_sheet(sheet=sheet, by=gate.everything, at=NOON)
    driver = Driver.objects.select_related("person").get()
    assert (driver.licence_no, driver.licence_class, driver.licence_until) == ("790123456789", "FC", date(2029, 12, 31))
    assert driver.person.nationality == "VN"


def test_a_known_drivers_licence_is_brought_up_to_date_by_his_own_firm_alone(gate, firm):
    make_driver("Lò Văn 0", "020190000000", employer=firm)
    make_driver("Lò Văn 1", "020190000001", employer=make_firm("Công ty Bình", "4900234576"))
    rows = [typed(number, licence_no="790999", licence_until="31/12/2031") for number in (0, 1)]

    sheets.keep_sheet(sheet=take(gate, firm, book(*rows)), by=gate.everything, at=NOON)

    kept = dict(Driver.objects.values_list("person__full_name", "licence_no"))
    assert kept == {"Lò Văn 0": "790999", "Lò Văn 1": ""}


def test_the_same_file_sent_twice_makes_nothing_twice(gate, firm):
    content = book(typed(0), typed(1), typed(2, kg_1=0))
    sheet = take(gate, firm, content)
    first = sheets.keep_sheet(sheet=sheet, by=gate.everything, at=NOON)

    again = take(gate, firm, content, "ten khac.xlsx")
    second = sheets.keep_sheet(sheet=again, by=gate.everything, at=NOON)

    assert (again.pk, len(first.trips), len(second.trips)) == (sheet.pk, 2, 0)
    assert (Trip.objects.count(), Driver.objects.count(), Vehicle.objects.count()) == (2, 2, 2)
    assert {row.number: row.trip is not None for row in sheet.rows.all()} == {2: True, 3: True, 4: False}
    assert set(Trip.objects.values_list("state", "source")) == {("accepted", "EXCEL")}


def test_the_file_of_another_firm_is_another_sheet(gate, firm):
    content = book(typed(0))

    own = take(gate, firm, content)
    other = take(gate, make_firm("Công ty Bình", "4900234576"), content)

    assert own.pk != other.pk


def test_what_happened_since_the_preview_stops_its_row_alone(gate, firm):
    sheet = take(gate, firm, book(typed(0), typed(1)))
    other = take(gate, firm, book(typed(1, packages_1=7)))
    sheets.keep_sheet(sheet=other, by=gate.everything, at=NOON)

    made = sheets.keep_sheet(sheet=sheet, by=gate.everything, at=NOON)

    assert list(made.trips) == [2]
    assert [one["code"] for one in made.problems[3]] == ["BG-012"]
    assert told(sheet)[3] == [("BG-012", "tractor")]


def test_a_moratorium_is_told_with_its_notice(gate, firm):
    Moratorium.objects.create(
        groups=["FRUIT"],
        begins_at=NOON - timedelta(days=1),
        ends_at=NOON + timedelta(days=3),
        document_no="12/TB-BQL",
        text_vi="Tạm dừng",
    )

    sheet = take(gate, firm, book(typed(0), typed(1)))

    assert told(sheet) == {2: [("BG-016", "")], 3: [("BG-016", "")]}
    assert "12/TB-BQL" in sheet.rows.first().problems[0]["text"]


def test_a_driver_of_the_firm_is_named_by_his_paper_alone(gate, firm):
    driver = make_driver("Nguyễn Văn A", "020090001234", employer=firm)
    known = typed(0, paper_no="020090001234", driver_name="", paper_until=None, phone="")

    sheet = take(gate, firm, book(known, typed(1, paper_no="020090001299", driver_name="")))
    made = sheets.keep_sheet(sheet=sheet, by=gate.everything, at=NOON)

    assert {trip.driver_id for trip in made.trips.values()} == {driver.pk}
    assert told(sheet)[3] == [("BG-036", "paper_no")]


def test_the_number_of_queries_does_not_grow_with_the_rows(gate, firm):
    counts = []
    sheets.keep_sheet(sheet=take(gate, firm, book(typed(900))), by=gate.everything, at=NOON)
    for begin, rows in ((0, 4), (100, 60)):
        content = book(*(typed(begin + number, point=("HN-1119", "TT-1088")[number % 2]) for number in range(rows)))
        with CaptureQueriesContext(connection) as asked:
            sheet = take(gate, firm, content)
            made = sheets.keep_sheet(sheet=sheet, by=gate.everything, at=NOON)
        assert len(made.trips) == rows
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_two_thousand_rows_are_read_and_one_more_is_refused_whole(gate, firm):
    rows = [typed(number) for number in range(2_000)]

    assert len(read_sheet(book(*rows))) == 2_000
    with pytest.raises(Refusal) as refused:
        read_sheet(book(*rows, typed(2_000)))
    assert refused.value.code == "BG-341"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "BG-344"),
        (b"PK\x03\x04 not a package", "BG-344"),
        (b"%PDF-1.4 ... %%EOF", "BG-342"),
        (b"\xff\xfe\x00", "BG-344"),
        ("Loại lượt xe;Loại hình\nEXP_VN;EXPORT".encode(), "BG-342"),
        (";".join(titles("vi").values()).encode(), "BG-343"),
    ],
)
def test_what_is_no_sheet_is_refused_as_a_whole(content, code):
    with pytest.raises(Refusal) as refused:
        read_sheet(content)

    assert refused.value.code == code


def test_a_package_that_swells_is_not_opened():
    file = io.BytesIO(book(typed(0)))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/x.bin", b"0" * (41 * 1024 * 1024))

    with pytest.raises(Refusal) as refused:
        read_sheet(file.getvalue())

    assert (refused.value.code, len(file.getvalue()) < 1024 * 1024) == ("BG-344", True)


def test_a_list_with_semicolons_and_html_stays_text(gate, firm):
    row = typed(0, driver_name="<script>alert(1)</script>", planned_on=f"{TOMORROW:%d/%m/%Y}", paper_until="31/12/2030")
    lines = [";".join(titles("vi").values()), ";".join(str(row.get(one["field"], "")) for one in columns())]

    sheet = take(gate, firm, "\n".join(lines).encode("utf-8-sig"), "xe.csv")
    sheets.keep_sheet(sheet=sheet, by=gate.everything, at=NOON)

    assert Trip.objects.get().driver_name == "<script>alert(1)</script>"


def test_a_stranger_gives_no_file_and_keeps_none(gate, firm):
    chi = make_person("Chi").actor()
    sheet = take(gate, firm, book(typed(0)))

    for attempt in (
        lambda: sheets.take_sheet(firm=firm, content=book(typed(1)), name="x", by=chi, at=NOON),
        lambda: sheets.keep_sheet(sheet=sheet, by=chi, at=NOON),
        lambda: sheets.drop_sheet(sheet=sheet, by=chi, at=NOON),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert not Trip.objects.exists()


def test_a_dropped_sheet_leaves_nothing_and_old_ones_lose_their_rows(gate, firm):
    dropped, kept = take(gate, firm, book(typed(0))), take(gate, firm, book(typed(1)))
    assert b"02019" not in bytes(kept.sealed)

    sheets.drop_sheet(sheet=dropped, by=gate.everything, at=NOON)
    forgotten = sheets.forget_sheets(at=NOON + timedelta(days=4))

    assert list(DeclarationSheet.objects.all()) == [kept]
    assert (forgotten, sheets.rows_kept(DeclarationSheet.objects.get()), DeclarationRow.objects.count()) == (1, [], 1)


CELL = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.sampled_from(["=1+1", "12C-123.45", "12С12345", "１２C12345", "桂F·12345", "HN-1119", "EXP_VN", "CSQU3054384"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(other=st.dictionaries(st.sampled_from([row["field"] for row in columns()]), CELL, max_size=6))
def test_whatever_stands_in_a_row_it_is_read_or_refused_with_codes(gate, firm, other):
    row = {**typed(0), **other}
    names = [one["field"] for one in columns()]
    try:
        (read,) = rows_of([list(titles("vi").values()), [row.get(name) for name in names]])
    except Refusal:
        return  # nothing stood in the row

    made = sheets.preview_rows(firm=firm, rows=[read], source="EXCEL", by=gate.everything, at=NOON)

    assert set(made) <= {2}
    assert all(one["code"].startswith("BG-") and one["text"] for one in made.get(2, []))
    assert not Trip.objects.exists()
