"""Numbers by which firms are known: the Vietnamese tax code (MST), the Chinese unified credit code (USCC)."""

from __future__ import annotations

import re
import unicodedata

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError
from stdnum.vn import mst

from tinhso.pillars.border.gate.rules.codes import refuse

SEPARATORS = re.compile(r"[\s.\-–—]+")


def read(text: str) -> str:
    """The tax code in `text`: 10 digits, or 13 for a branch. Refusals: BG-107 (shape), BG-006 (check digit)."""
    number = _plain(text)
    if not re.fullmatch(r"[0-9]{10}(?:[0-9]{3})?", number):
        raise refuse("BG-107", field="tax_code", v=text[:24])
    if not mst.is_valid(number):
        raise refuse("BG-006", field="tax_code", v=number)
    return number


def read_chinese(text: str) -> str:
    """The unified credit code in `text`, 18 characters. Refusal: BG-103."""
    try:
        return str(uscc.validate(_plain(text)))
    except ValidationError:
        raise refuse("BG-103", field="uscc", v=text[:24]) from None


def show(number: str) -> str:
    """How people write a tax code: 4900234569, 4900234569-001."""
    return number if len(number) == 10 else f"{number[:10]}-{number[10:]}"


def _plain(text: str) -> str:
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:60]).upper())
