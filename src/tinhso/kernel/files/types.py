"""What a file really is, by its content: the name and the sender's word are not believed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import puremagic
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.errors import Refusal

MB = 1024 * 1024
LARGEST_UNPACKED = 300 * MB
MOST_PARTS = 5_000


class FileRefused(Refusal):
    code, status, field = "file-refused", 422, "file"
    message = _("this file is not taken")


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is taken, its own ending and the most bytes of it."""

    media_type: str
    ending: str
    largest: int
    matches: Callable[[bytes], bool]
    is_photo: bool = False


def _is_pdf(content: bytes) -> bool:
    if content.startswith(b"%PDF-") and b"%%EOF" not in content[-2048:]:
        raise damaged()
    return content.startswith(b"%PDF-")


def _is_jpeg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff")


def _is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n")


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _holds(part: str) -> Callable[[bytes], bool]:
    """A package of the office formats with that part, and without macros."""

    def matches(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04"):
            return False
        names = set(parts_of(content))
        return {"[Content_Types].xml", part} <= names and not any(name.endswith("vbaProject.bin") for name in names)

    return matches


def _is_xml(content: bytes) -> bool:
    return _is_text(content) and content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml")


def _is_text(content: bytes) -> bool:
    """UTF-8 without control letters; HTML is not text, since a browser might run it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", text) and not re.search(r"(?i)<\s*(html|script|svg)", text)


TYPES: tuple[FileType, ...] = (
    FileType("application/pdf", ".pdf", 50 * MB, _is_pdf),
    FileType("image/jpeg", ".jpg", 15 * MB, _is_jpeg, is_photo=True),
    FileType("image/png", ".png", 15 * MB, _is_png, is_photo=True),
    FileType("image/webp", ".webp", 15 * MB, _is_webp, is_photo=True),
    FileType(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".docx",
        30 * MB,
        _holds("word/document.xml"),
    ),
    FileType(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", 30 * MB, _holds("xl/workbook.xml")
    ),
    FileType("application/xml", ".xml", 10 * MB, _is_xml),
    FileType("text/plain", ".txt", 10 * MB, _is_text),
)
LARGEST = max(kind.largest for kind in TYPES)
NAMES = "PDF, JPEG, PNG, WebP, DOCX, XLSX, XML, TXT, CSV"


def sniff(content: bytes) -> FileType:
    """The type of this content. Raises FileRefused when it is empty, too large or of no type that is taken."""
    if not content:
        raise FileRefused(_("the file is empty: choose it again"), code="file-empty")
    for kind in TYPES:
        if kind.matches(content):
            if len(content) > kind.largest:
                raise too_large(kind.largest)
            return kind
    raise FileRefused(
        _("files of this kind ({found}) are not taken: send {taken}"),
        code="file-type",
        found=_guess(content),
        taken=NAMES,
    )


def damaged() -> FileRefused:
    return FileRefused(_("the file is damaged: save it anew and send it again"), code="file-damaged")


def too_large(largest: int) -> FileRefused:
    return FileRefused(
        _("the file is larger than {most} MB: send a smaller one"),
        code="file-too-large",
        status=413,
        most=largest // MB,
    )


def parts_of(content: bytes) -> list[str]:
    """Names of a package's parts. Raises FileRefused for a damaged package or one that would swell when opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as broken:
        raise damaged() from broken
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise FileRefused(_("the file would become far too large when opened"), code="file-swells")
    return [part.filename for part in parts]


def _guess(content: bytes) -> str:
    """A word for people on what it may be, for the refusal only."""
    try:
        return puremagic.from_string(content[: 64 * 1024]).lstrip(".").upper() or "?"
    except (puremagic.PureError, ValueError):
        return "?"
