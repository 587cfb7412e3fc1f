"""Tables as files: CSV that Excel opens in Vietnamese, XLSX written row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any

import django_tables2
import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.web.taken import XLSX, counted

KINDS = ("csv", "xlsx")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "\ufeff"  # Excel reads UTF-8 only when the file says so


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of plain values with a title: one sheet of a workbook, or one part of a list."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]


def as_book(grids: Sequence[Grid], name: str) -> FileResponse:
    """Several tables as one XLSX, each on a sheet of its own."""
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    numbers = book.add_format({"num_format": "#,##0"})
    for number, grid in enumerate(grids, start=1):
        sheet = book.add_worksheet(_sheet_name(grid.title, number))
        sheet.write_row(0, 0, grid.head, bold)
        for line, row in enumerate(grid.rows, start=1):
            for place, value in enumerate(row):
                shown = value if isinstance(value, int | float) else plain(value)
                sheet.write(line, place, shown, numbers if isinstance(value, int) else None)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    book.close()
    return counted(_book(file, name), sum(len(grid.rows) for grid in grids))


def _book(file: Any, name: str) -> FileResponse:
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def as_list(grids: Sequence[Grid], name: str) -> StreamingHttpResponse:
    """Several tables as one CSV, each under its title and apart by an empty line."""
    writer = csv.writer(_Echo())
    rows = (row for grid in grids for row in ((grid.title,), grid.head, *grid.rows, ()))
    lines = (writer.writerow([plain(value) for value in row]) for row in rows)
    response = StreamingHttpResponse(_marked(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return counted(response, sum(len(grid.rows) for grid in grids))


def _sheet_name(title: str, number: int) -> str:
    """What a spreadsheet takes as the name of a sheet: 31 signs, none of its own, no two alike."""
    known = "".join(sign for sign in title if sign not in "[]:*?/\\'")
    return f"{number} {known}"[:31]


def as_file(table: django_tables2.Table, kind: str, name: str) -> StreamingHttpResponse | FileResponse:
    """All rows of `table`, in its order and with its columns, as CSV or XLSX."""
    return as_csv(table, name) if kind == "csv" else as_xlsx(table, name)


def as_csv(table: django_tables2.Table, name: str) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())
    lines = (writer.writerow([plain(value) for value in row]) for row in table.as_values())
    response = StreamingHttpResponse(_marked(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return counted(response, len(table.rows))


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
    return counted(_book(file, name), len(table.rows))


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
