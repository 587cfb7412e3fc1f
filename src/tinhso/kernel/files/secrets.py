"""State secrets may not lie on a system of this kind: what is marked so is refused (brief X8).

The marks Mật, Tối mật, Tuyệt mật are looked for where a mark is set: what the sender declares, the file's
name, and a paragraph of its own in a Word document. A scan or a PDF cannot be read here.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.files.types import FileRefused

MARKS = ("Mật", "Tối mật", "Tuyệt mật")
_DECLARED = {mark.casefold() for mark in MARKS}
_IN_NAME = re.compile(
    r"(?<![^\W_])(?i:(tối|tuyệt|toi|tuyet)[ _.-]?(mật|mat))(?![^\W_])|(^|[-_(\[])\s*MẬT\s*([-_)\].]|$)"
)
_STAMP = re.compile(r"(TUYỆT |TỐI )?MẬT")
_TEXT = re.compile(r"<w:t(?: [^<>]*)?>([^<]*)</w:t>")
_PARTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
MOST_READ = 20 * 1024 * 1024


def refuse_secrets(content: bytes, *, name: str, marking: str, ending: str) -> None:
    """Raise FileRefused when the file bears one of the three marks."""
    composed = unicodedata.normalize("NFC", name)
    if (
        unicodedata.normalize("NFC", marking).strip().casefold() in _DECLARED
        or _IN_NAME.search(composed)
        or (ending == ".docx" and _is_stamped(content))
    ):
        raise FileRefused(
            _(
                "files marked Mật, Tối mật or Tuyệt mật may not be put on this system: "
                "send them by the way laid down for state secrets"
            ),
            code="file-secret",
        )


def _is_stamped(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for part in package.infolist():
            if _PARTS.fullmatch(part.filename) and part.file_size <= MOST_READ:
                xml = package.read(part).decode("utf-8", "replace")
                if any(_is_stamp(paragraph) for paragraph in _paragraphs(xml)):
                    return True
    return False


def _paragraphs(xml: str) -> Iterator[str]:
    """The innermost paragraphs (a stamp may stand in a text box inside another one), in one walk over the text."""
    *closed, _ = xml.split("</w:p>")
    for piece in closed:
        yield piece[max(piece.rfind("<w:p>"), piece.rfind("<w:p "), 0) :]


def _is_stamp(paragraph: str) -> bool:
    text = unicodedata.normalize("NFC", "".join(_TEXT.findall(paragraph))).strip()
    return bool(_STAMP.fullmatch(text))
