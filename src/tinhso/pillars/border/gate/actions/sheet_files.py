"""Open a spreadsheet that a firm sends: its cells as they stand, no formula worked out, nothing that swells."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.files.types import MB, sniff
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.sheets import MOST_ROWS, Formula, SheetRow, rows_of

LARGEST = 5 * MB
LARGEST_UNPACKED = 40 * MB
MOST_COLUMNS = 80
# Empty rows between the filled ones are passed over, but not without end.
MOST_LINES = 5 * MOST_ROWS
BROKEN = (
    *(zipfile.BadZipFile, InvalidFileException, ParseError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError, EOFError, NotImplementedError),
)
ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_sheet(content: bytes) -> tuple[SheetRow, ...]:
    """The rows of an XLSX or CSV file.

    Refusals: BG-344 for what is neither, damaged or too large, BG-341 too many rows, BG-342 and BG-343 for its head.
    """
    if not content or len(content) > LARGEST:
        raise refuse("BG-344", field="file")
    return rows_of(_workbook(content) if content.startswith(b"PK") else _list(content))


def _workbook(content: bytes) -> Iterator[Sequence[Any]]:
    try:
        _refuse_swelling(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_row=MOST_LINES, max_col=MOST_COLUMNS):
            yield [Formula(cell.value) if cell.data_type == "f" else cell.value for cell in row]
    except BROKEN as broken:
        raise refuse("BG-344", field="file") from broken


def _refuse_swelling(content: bytes) -> None:
    """A package of another kind, with macros, or one that would become far too large when opened."""
    try:
        kind = sniff(content)
    except Refusal as refusal:
        raise refuse("BG-344", field="file") from refusal
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        unpacked = sum(part.file_size for part in package.infolist())
    if kind.ending != ".xlsx" or unpacked > LARGEST_UNPACKED:
        raise refuse("BG-344", field="file")


def _list(content: bytes) -> Iterator[Sequence[Any]]:
    try:
        text = content.decode(ENCODINGS.get(content[:2], "utf-8-sig"))
    except UnicodeDecodeError as broken:
        raise refuse("BG-344", field="file") from broken
    if "\x00" in text:
        raise refuse("BG-344", field="file")
    head = text.partition("\n")[0]
    apart = max(",;\t", key=head.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=apart), start=1):
            if number > MOST_LINES:
                raise refuse("BG-341", n=MOST_ROWS)
            yield row[:MOST_COLUMNS]
    except csv.Error as broken:
        raise refuse("BG-344", field="file") from broken
