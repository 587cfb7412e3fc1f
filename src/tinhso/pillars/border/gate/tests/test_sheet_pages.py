"""The firm's page of spreadsheets: the template comes back filled in, errors are shown, the good rows are kept."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.models import DeclarationSheet, Trip
from tinhso.pillars.border.gate.rules.sheets import columns, titles
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_firm_pages import clerk, text
from tinhso.pillars.border.gate.tests.test_sheets import book, typed

PAGE = "border_gate:firm_sheets"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def client(gate) -> Client:
    return clerk(make_firm())


def send(client: Client, content: bytes, name: str = "chuyen.xlsx"):
    return client.post(reverse(PAGE), {"file": SimpleUploadedFile(name, content)}, follow=True)


def opened(answer) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_template_filled_in_is_taken_and_its_good_rows_kept(client):
    template = opened(client.get(reverse("border_gate:firm_sheet_template")))
    sheet = template.worksheets[0]
    for line, row in enumerate((typed(0), typed(1, kg_1="nặng")), start=2):
        for place, column in enumerate(columns(), start=1):
            sheet.cell(line, place, row.get(column["field"]))
    file = io.BytesIO()
    template.save(file)

    page = text(send(client, file.getvalue()))
    assert "nặng" in page
    assert titles("vi")["kg_1"] in page
    assert not Trip.objects.exists()
    one = DeclarationSheet.objects.get()
    client.post(reverse("border_gate:firm_sheet_keep", args=[one.pk]))
    client.post(reverse("border_gate:firm_sheet_keep", args=[one.pk]))

    assert list(Trip.objects.values_list("state", "source")) == [("accepted", "EXCEL")]


def test_the_rows_to_mend_come_back_with_what_to_mend_and_are_taken_again(client):
    send(client, book(typed(0), typed(1, tractor="=xe tải")))
    one = DeclarationSheet.objects.get()

    back = opened(client.get(reverse("border_gate:firm_sheet_wrong", args=[one.pk])))
    head, row = list(back.worksheets[0].iter_rows(values_only=True))[:2]
    assert head[0] == titles("vi")["kind"] + " *"
    assert "BG-001" in row[-1]
    back.worksheets[0].cell(2, [column["field"] for column in columns()].index("tractor") + 1, "12C-777.77")
    file = io.BytesIO()
    back.save(file)
    send(client, file.getvalue(), "sua.xlsx")

    mended = DeclarationSheet.objects.exclude(pk=one.pk).get()
    assert [row.problems for row in mended.rows.all()] == [[]]


def test_a_file_that_is_none_is_told_with_its_code(client):
    answer = send(client, b"PK\x03\x04", "x.xlsx")

    assert answer.status_code == 422
    assert "BG-344" in text(answer)


def test_nothing_typed_is_run_as_script(client):
    page = text(send(client, book(typed(0, tractor="<script>alert(1)</script>"))))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_another_firms_sheet_is_not_there(client):
    send(client, book(typed(0)))
    one = DeclarationSheet.objects.get()
    other = clerk(make_firm("Công ty Chi", "4900999995"), "Chi")

    assert other.get(reverse("border_gate:firm_sheet", args=[one.pk])).status_code == 404
    assert other.get(reverse("border_gate:firm_sheet_wrong", args=[one.pk])).status_code == 404
    for name in ("firm_sheet_keep", "firm_sheet_drop"):
        assert other.post(reverse(f"border_gate:{name}", args=[one.pk])).status_code == 404
    assert Client().get(reverse(PAGE)).status_code == 302
    assert not Trip.objects.exists()
