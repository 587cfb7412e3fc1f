"""Vehicle identification numbers (ISO 3779): 17 characters, never I, O or Q."""

from __future__ import annotations

import re
import unicodedata

from tinhso.pillars.border.gate.rules.codes import refuse

SHAPE = re.compile(r"[A-HJ-NPR-Z0-9]{17}")


def read(text: str) -> str:
    """The VIN in `text`, normalised; makers outside North America need no check digit. Refusal: BG-102."""
    number = re.sub(r"[\s.\-]+", "", unicodedata.normalize("NFKC", text[:60]).upper())
    if not SHAPE.fullmatch(number):
        raise refuse("BG-102", field="vin", v=text[:24])
    return number
