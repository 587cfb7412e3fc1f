"""Sheets of paper: what comes in is what stands there, and nothing of it is taken for markup."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime

from tinhso.kernel.web.paper import Sheet, Table, as_paper, as_pdf

NOW = datetime(2026, 6, 10, 5, tzinfo=UTC)


def sheet(**changed: object) -> Sheet:
    table = Table("Xe thông quan", ("Cửa khẩu", "Xe"), (("Hữu Nghị", "870"), ("Tân Thanh #panic()", "583")))
    values: dict[str, object] = {"office": "Ban Quản lý", "title": "Báo cáo tuần", "subtitle": "", "tables": (table,)}
    return Sheet(**{**values, **changed})  # type: ignore[arg-type]


def test_a_sheet_is_a_pdf_and_the_same_one_each_time():
    first, second = as_pdf(sheet(), at=NOW), as_pdf(sheet(), at=NOW)

    assert first.startswith(b"%PDF-")
    assert first == second


def test_what_looks_like_markup_is_text():
    made = as_pdf(sheet(title="#panic(“không”) $x$ *đậm*"), at=NOW)

    assert made.startswith(b"%PDF-")


def test_a_long_table_goes_on_over_the_pages():
    rows = tuple((f"Dòng {number}", str(number)) for number in range(200))

    made = as_pdf(sheet(tables=(Table("Dài", ("Tên", "Số"), rows),)), at=NOW)

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", made + _unpacked(made))) >= 4


def _unpacked(made: bytes) -> bytes:
    """The parts of a PDF that are packed, unpacked."""
    found = b""
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        try:
            found += zlib.decompress(part)
        except zlib.error:
            continue
    return found


def test_the_answer_is_a_file():
    answer = as_paper(sheet(), "bao-cao", at=NOW)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert "bao-cao.pdf" in answer.headers["Content-Disposition"]
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
