"""Tables: columns kept per person, exports, empty states."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from django.template import engines

from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.testing.people import make_account, make_person
from tinhso.kernel.web import columns, export
from tinhso.kernel.web.pages.pieces import ExampleTable, example_rows
from tinhso.kernel.web.tables import prepare, show_table


@pytest.fixture
def asked(rf):
    def ask(address="/", by=NOBODY):
        request = rf.get(address)
        request.actor = by
        request.user = type("User", (), {"is_authenticated": by != NOBODY})()
        return request

    return ask


def drawn(table, request):
    template = engines["django"].from_string("{% load render_table from django_tables2 %}{% render_table table %}")
    return template.render({"table": table, "request": request}, request)


def text_of(answer):
    text = b"".join(answer.streaming_content)
    for close in answer._resource_closers:  # answer.close() would end the test's connection as well
        close()
    return text


def test_a_table_is_sorted_and_cut_by_the_query(asked):
    table = prepare(asked("/?xep=-weight&trang=2"), ExampleTable, example_rows(), per_page=10)

    weights = [row.record["weight"] for row in table.paginated_rows]
    assert weights == sorted(weights, reverse=True)
    assert table.page.number == 2


def test_the_sorted_column_says_so_to_those_who_listen(asked):
    request = asked("/?xep=-weight")

    shown = drawn(prepare(request, ExampleTable, example_rows()), request)

    assert 'aria-sort="descending"' in shown
    assert "199.850" in shown


def test_an_empty_table_says_that_it_is(asked):
    request = asked()

    assert "Chưa có dòng nào" in drawn(prepare(request, ExampleTable, []), request)


def test_a_csv_opens_in_vietnamese_and_holds_all_rows(asked):
    answer = show_table(asked("/?xuat=csv"), ExampleTable, example_rows(), "unused.html", per_page=5)

    text = text_of(answer).decode("utf-8")
    assert text.startswith("\ufeffMã,Hàng hóa,kg,Trạng thái")
    assert text.count("\n") == len(example_rows()) + 1
    assert "Chưa nhận" in text


def test_an_xlsx_holds_numbers_as_numbers(asked):
    answer = show_table(asked("/?xuat=xlsx"), ExampleTable, example_rows(), "unused.html")

    sheet = openpyxl.load_workbook(io.BytesIO(text_of(answer))).active
    assert [cell.value for cell in sheet[1]] == ["Mã", "Hàng hóa", "kg", "Trạng thái"]
    assert sheet["C2"].value == 6800


@pytest.mark.parametrize("typed", ["=1+1", "+84", "@x", "-2"])
def test_what_a_spreadsheet_would_run_is_kept_as_text(typed):
    assert export.plain(typed) == f"'{typed}"


def test_a_moment_is_written_in_the_time_of_hanoi():
    assert export.plain(datetime(2026, 11, 24, 18, 30, tzinfo=UTC)) == "25/11/2026 01:30"


@pytest.mark.django_db
def test_columns_left_out_stay_out_for_that_person_only(client, asked):
    an, binh = make_person("An"), make_person("Bình")
    client.force_login(make_account(an))

    client.post("/bang/x/cot/", {"table": ExampleTable.key, "known": ["name", "weight"], "shown": ["name"]})

    assert "weight" not in prepare(asked(by=an.actor()), ExampleTable, example_rows()).columns.names()
    assert "weight" in prepare(asked(by=binh.actor()), ExampleTable, example_rows()).columns.names()


@pytest.mark.django_db
def test_a_column_that_must_stay_cannot_be_left_out(asked):
    an = make_person("An").actor()

    columns.keep(table=ExampleTable.key, hidden=["code"], by=an)

    assert "code" in prepare(asked(by=an), ExampleTable, example_rows()).columns.names()


@pytest.mark.django_db
def test_nobody_keeps_nothing():
    columns.keep(table="x", hidden=["a"], by=NOBODY)

    assert columns.hidden(table="x", by=NOBODY) == set()
