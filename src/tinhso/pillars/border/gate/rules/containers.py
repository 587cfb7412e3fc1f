"""Container numbers and size-type codes: ISO 6346."""

from __future__ import annotations

import re
import unicodedata

from stdnum import iso6346

from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.plates import LOOK_ALIKES

SHAPE = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
# Length, height and width, type group, type: 22G1, 45R1. Signs of the lengths recalled from ISO 6346; others exist,
# of which the tariff says nothing.
TYPE = re.compile(r"[24L][0-9C-FL-P][A-Z][0-9]")
FEET = {"2": 20, "4": 40, "L": 45}
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


def numbered(owner: str, serial: int) -> str:
    """The number of an owner's container (code and category: four letters) with its check digit."""
    stem = f"{owner}{serial:06d}"
    return f"{stem}{iso6346.calc_check_digit(stem)}"


def read_type(text: str) -> str:
    """The size-type code in `text`, normalised. Refusal: BG-110 when there is none, or none of 20, 40 or 45 feet."""
    code = normalise(text)
    if not TYPE.fullmatch(code):
        raise refuse("BG-110", field="container_type", v=text[:12])
    return code


def must_stand_together(*, first: str, first_type: str, second: str, second_type: str) -> None:
    """Two containers on one vehicle. Refusals: BG-628 for a second one without a first, BG-629 for the same number
    twice, BG-630 unless both are of 20 feet.
    """
    if not first:
        raise refuse("BG-628", field="container_no")
    if first == second:
        raise refuse("BG-629", field="second_container_no", v=second)
    if {first_type[:1], second_type[:1]} != {"2"}:
        raise refuse("BG-630", field="second_container_type")


def feet(code: str) -> int:
    """The length that a size-type code tells. Raises KeyError for a code that `read_type` refuses."""
    return FEET[code[0]]


def show(number: str) -> str:
    """How people write it: CSQU 305438-3."""
    return f"{number[:4]} {number[4:10]}-{number[10:]}"
