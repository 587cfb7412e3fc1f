"""Pages of A4 as PDF: text and tables set by typst in the project's font, the same file from the same content.

What is set comes as values, never as markup: a name with a `#` in it is a name. A sheet has a letterhead, a title, and
sections of a table each; figures stand right, text left.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from django.contrib.staticfiles import finders
from django.http import FileResponse
from fontTools.ttLib import TTFont

from tinhso.kernel.base.dates import show_moment

PDF = "application/pdf"
FONT = "Be Vietnam Pro"
WEIGHTS = (400, 700)
SHEET = Path(__file__).parent / "papers" / "sheet.typ"


@dataclass(frozen=True, slots=True)
class Table:
    """One table; the first `texts` columns hold text, the others figures. `note` stands under it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the paper, from the letterhead down."""

    office: str
    title: str
    subtitle: str
    tables: Sequence[Table] = field(default_factory=tuple)
    foot: str = ""
    signs: Sequence[str] = ()
    """Who signs below, from the left."""
    language: str = "vi"


def as_pdf(sheet: Sheet, *, at: datetime) -> bytes:
    """The sheet as a PDF. Raises typst.TypstError when it cannot be set, which is an error of ours."""
    content = json.dumps({**asdict(sheet), "made": show_moment(at)}, ensure_ascii=False)
    with TemporaryDirectory() as folder:
        for number, font in enumerate(_fonts()):
            (Path(folder) / f"{number}.ttf").write_bytes(font)
        found = typst.compile(
            str(SHEET), font_paths=[folder], ignore_system_fonts=True, sys_inputs={"content": content},
            timestamp=int(at.timestamp()),
        )  # fmt: skip
    assert isinstance(found, bytes)
    return found


def as_paper(sheet: Sheet, name: str, *, at: datetime) -> FileResponse:
    """The answer to a request for the PDF."""
    file = io.BytesIO(as_pdf(sheet, at=at))
    return FileResponse(file, as_attachment=True, filename=f"{name}.pdf", content_type=PDF)


@cache
def _fonts() -> tuple[bytes, ...]:
    """The pages' own fonts, unpacked once a process: typst reads no woff2. Without built assets its own are used."""
    found = []
    for weight in WEIGHTS:
        path = finders.find(f"web/fonts/be-vietnam-{weight}.woff2")
        if path:
            font = TTFont(path)
            font.flavor = None
            # The pages need no such name; without it typst does not know the font.
            font["name"].setName(f"BeVietnamPro-{weight}", 6, 3, 1, 0x409)
            kept = io.BytesIO()
            font.save(kept)
            found.append(kept.getvalue())
    return tuple(found)
