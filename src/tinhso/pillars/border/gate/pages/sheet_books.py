"""The workbooks of declarations in rows: the template to fill in, and the rows that are to be mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import FileResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.web.export import plain
from tinhso.kernel.web.taken import XLSX, counted
from tinhso.pillars.border.gate.actions.checked_forms import upper
from tinhso.pillars.border.gate.actions.firm_forms import open_points
from tinhso.pillars.border.gate.actions.kind_fields import ROW_NEEDS
from tinhso.pillars.border.gate.actions.sheet_rows import Problem, choices_of
from tinhso.pillars.border.gate.models.trips import KIND_TITLES
from tinhso.pillars.border.gate.rules.kinds import OFFERED
from tinhso.pillars.border.gate.rules.sheets import MOST_ROWS, SheetRow, columns, titles

TEXT = "@"
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def template(*, at: datetime) -> FileResponse:
    """The sheet to fill in with its choices, and a sheet that says what goes where with an example."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, OPTIONS)
    _rows_sheet(book, [])
    _help_sheet(book, at)
    return _answer(book, file, "mau-khai-bao-cua-khau.xlsx")


def wrong_rows(rows: Sequence[SheetRow], problems: Mapping[int, Sequence[Problem]]) -> FileResponse:
    """The rows that were not good, as they were sent, with what to mend; sent again the last column is passed over."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, OPTIONS)
    named = titles(language())
    told = [
        (row, "\n".join(f"{named.get(one['field'], '')} {one['code']}: {one['text']}".strip() for one in found))
        for row in rows
        if (found := problems.get(row.number))
    ]
    _rows_sheet(book, told)
    return counted(_answer(book, file, "dong-loi.xlsx"), len(told))


def _rows_sheet(book: Any, told: Iterable[tuple[SheetRow, str]]) -> None:
    """The head, the choices of each column, and the rows if there are any, all cells as text."""
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": TEXT})
    sheet = book.add_worksheet(_("Declarations"))
    points = list(open_points())
    lists = book.add_worksheet(_("Choices"))
    for place, column in enumerate(columns()):
        mark = " *" if column["required"] == "yes" else ""
        sheet.write_string(0, place, titles(language())[column["field"]] + mark, bold)
        sheet.set_column(place, place, int(column["width"]), text)
        if offered := choices_of(column["reads"], points):
            lists.write_column(0, place, offered)
            source = f"='{lists.name}'!{_cells(place, len(offered))}"
            warning = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.data_validation(1, place, MOST_ROWS, place, warning)
    last = len(columns())
    for line, (row, why) in enumerate(told, start=1):
        for place, column in enumerate(columns()):
            sheet.write_string(line, place, row.values.get(column["field"], ""), text)
        sheet.write_string(0, last, _("What to mend"), bold)
        sheet.write_string(line, last, plain(why))
    sheet.set_column(last, last, 70)
    sheet.freeze_panes(1, 0)


def _help_sheet(book: Any, at: datetime) -> None:
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(_("How to fill in"))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, 2, 60)
    sheet.set_column(3, 3, 30)
    said = (
        _("One row is one vehicle. At most %(most)s rows a file.") % {"most": MOST_ROWS},
        _("Columns marked * have to be filled in, but for what the kind of trip does not have. Keep the titles."),
        _("Formulas are not worked out: paste values."),
        _("All errors are told at once; good rows can be kept, the others mended and sent again."),
    )
    for line, sentence in enumerate(said):
        sheet.write_string(line, 0, sentence)
    sheet.write_row(5, 0, [_("Column"), _("Required"), _("What goes there"), _("Example")], bold)
    tomorrow = show_date(at.astimezone(HANOI).date() + timedelta(days=1))
    for line, column in enumerate(columns(), start=6):
        note = column["note_vi" if language() == "vi" else "note_en"]
        example = column["example"] or (tomorrow if column["field"] == "planned_on" else "")
        needed = _("Yes") if column["required"] == "yes" else ""
        sheet.write_row(line, 0, [titles(language())[column["field"]], needed, note, example], wrap)
    _kinds_told(sheet, 7 + len(columns()), bold, wrap)


def _kinds_told(sheet: Any, line: int, bold: Any, wrap: Any) -> None:
    """What a row of each kind of trip tells, under the columns."""
    sheet.write_row(line, 0, [_("Kind of trip"), "", _("What its row tells")], bold)
    for place, kind in enumerate(OFFERED, start=line + 1):
        sheet.write_row(place, 0, [upper(str(KIND_TITLES[kind])), "", str(ROW_NEEDS[kind])], wrap)


def _cells(place: int, rows: int) -> str:
    name = xlsxwriter.utility.xl_col_to_name(place, col_abs=True)
    return f"{name}$1:{name}${rows}"


def _answer(book: Any, file: Any, name: str) -> FileResponse:
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
