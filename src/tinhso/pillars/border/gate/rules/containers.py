"""Container numbers: ISO 6346, owner code, category and check digit."""

from __future__ import annotations

import re
import unicodedata

from stdnum import iso6346

from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.plates import LOOK_ALIKES

SHAPE = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
SEPARATORS = re.compile(r"[\s.\-–—_/]+")


def normalise(text: str) -> str:
    """Upper case without separators, full-width and look-alike characters brought to the plain ones."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:60]).upper().translate(LOOK_ALIKES))


def read(text: str) -> str:
    """The container number in `text`, normalised.

    Refusals: BG-106 when it has another shape, BG-003 with the right digit when the last one is wrong.
    """
    number = normalise(text)
    if not SHAPE.fullmatch(number):
        raise refuse("BG-106", field="container", v=text[:24])
    digit = iso6346.calc_check_digit(number[:10])
    if number[10] != digit:
        raise refuse("BG-003", field="container", v=number, d=digit)
    return number


def show(number: str) -> str:
    """How people write it: CSQU 305438-3."""
    return f"{number[:4]} {number[4:10]}-{number[10:]}"
