"""Tables as files: CSV that Excel opens in Vietnamese, XLSX written row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any

import django_tables2
import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse

from tinhso.kernel.base.clock import HANOI

KINDS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "\ufeff"  # Excel reads UTF-8 only when the file says so


def as_file(table: django_tables2.Table, kind: str, name: str) -> StreamingHttpResponse | FileResponse:
    """All rows of `table`, in its order and with its columns, as CSV or XLSX."""
    return as_csv(table, name) if kind == "csv" else as_xlsx(table, name)


def as_csv(table: django_tables2.Table, name: str) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())
    lines = (writer.writerow([plain(value) for value in row]) for row in table.as_values())
    response = StreamingHttpResponse(_marked(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def as_xlsx(table: django_tables2.Table, name: str) -> FileResponse:
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "remove_timezone": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "hh:mm dd/mm/yyyy"})
    for line, row in enumerate(table.as_values()):
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(line, place, value.astimezone(HANOI).replace(tzinfo=None), moment)
            elif isinstance(value, date):
                sheet.write_datetime(line, place, datetime.combine(value, datetime.min.time()), day)
            else:
                shown = value if isinstance(value, int | float | Decimal) else plain(value)
                sheet.write(line, place, shown, bold if line == 0 else None)
    sheet.freeze_panes(1, 0)
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def plain(value: Any) -> str:
    """Text for a cell; what a spreadsheet would take for a formula is kept as text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(HANOI):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = str(value)
    dangerous = isinstance(value, str) and text.startswith(FORMULA)
    return f"'{text}" if dangerous else text


def _marked(lines: Iterator[str]) -> Iterator[str]:
    yield MARK
    yield from lines


class _Echo:
    """A file that gives back what is written to it, so that a CSV can be streamed."""

    def write(self, line: str) -> str:
        return line
