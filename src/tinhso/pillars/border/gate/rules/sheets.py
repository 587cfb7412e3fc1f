"""Declarations in rows: the columns of a spreadsheet (tables/sheet_columns.csv) and how a cell is read as text.

What the text means is for the forms to say; here a cell only becomes what a person would have typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from tinhso.kernel.base.text import fold
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.tables import Row, table

MOST_ROWS = 2_000
"""Rows of one file (border brief §14); a program sends fewer at a time."""
MOST_ROWS_OF_A_CALL = 500
LONGEST_CELL = 400
DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
HOUR = re.compile(r"(\d{1,2})(?:[:hg][0-5]?\d?(?::\d\d)?)?", re.IGNORECASE)


class Formula(str):
    """A cell that holds a formula: it is never worked out."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in the file (from 1), what was typed by field, and which fields hold a formula."""

    number: int
    values: Mapping[str, str]
    formulas: tuple[str, ...] = ()


@cache
def columns() -> tuple[Row, ...]:
    """The columns in their order."""
    return table("sheet_columns")


@cache
def fields_by_title() -> dict[str, str]:
    """The field of a column by its title in either language, or by its own name; all without accents."""
    return {fold(row[name]): row["field"] for row in columns() for name in ("title_vi", "title_en", "field")}


def titles(language: str) -> dict[str, str]:
    """What the column of a field is called."""
    return {row["field"]: row["title_vi" if language == "vi" else "title_en"] for row in columns()}


def fields_of(head: Sequence[Any]) -> dict[int, str]:
    """Which column holds which field; columns of other titles are passed over. Refusal: BG-342 for what is missing."""
    known = fields_by_title()
    titled = ((place, known.get(fold(as_text(cell).rstrip(" *")))) for place, cell in enumerate(head))
    found: dict[int, str] = {}
    for place, field in titled:
        if field and field not in found.values():
            found[place] = field
    missing = [row["title_vi"] for row in columns() if row["required"] == "yes" and row["field"] not in found.values()]
    if missing:
        raise refuse("BG-342", list=", ".join(missing))
    return found


def rows_of(cells: Iterable[Sequence[Any]]) -> tuple[SheetRow, ...]:
    """The rows under the head, empty ones left out. Refusals: BG-342 for the head, BG-341 for too many rows."""
    found: list[SheetRow] = []
    fields: dict[int, str] = {}
    for number, row in enumerate(cells, start=1):
        if not any(as_text(cell) for cell in row):
            continue
        if not fields:
            fields = fields_of(row)
            continue
        values = {fields[place]: as_text(cell) for place, cell in enumerate(row) if place in fields}
        if any(values.values()):
            formulas = tuple(
                fields[place] for place, cell in enumerate(row) if isinstance(cell, Formula) and place in fields
            )
            found.append(SheetRow(number, values, formulas))
        if len(found) > MOST_ROWS:
            raise refuse("BG-341", n=MOST_ROWS)
    if not found:
        raise refuse("BG-343")
    return tuple(found)


def as_text(cell: Any) -> str:
    """A cell as a person would have typed it, at most 400 letters."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ", "minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return unicodedata.normalize("NFC", str(cell)).strip()[:LONGEST_CELL]


def day(text: str) -> str:
    """A day written as in Viet Nam, as a form wants it; what is no such day stays as it is and is refused there."""
    if found := DAY.fullmatch(text):
        return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    return text


def hour(text: str) -> str:
    """9, 09:00, 9h, 9g30: the hour in two digits."""
    found = HOUR.fullmatch(text)
    return f"{int(found[1]):02d}" if found else text
