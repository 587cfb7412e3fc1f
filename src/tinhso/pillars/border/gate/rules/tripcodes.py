"""Trip codes, which can be read over a radio: `PP D YYMMDD NNNNNN CC`.

First two letters of the crossing point's code, direction, date, serial number, and the ISO 7064 mod 97-10
check number that catches one wrong digit and two swapped ones.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from stdnum.iso7064 import mod_97_10

from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

EXPORT, IMPORT, TRANSIT, OTHER = "X", "N", "T", "O"
SHAPE = re.compile(
    r"(?P<point>[A-Z]{2})(?P<direction>[XNTO])(?P<yy>\d\d)(?P<mm>\d\d)(?P<dd>\d\d)(?P<serial>\d{6})(?P<check>\d\d)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class TripCode:
    """A code taken apart."""

    text: str
    point: str
    direction: str
    day: date
    serial: int


def make(*, point: str, direction: str, day: date, serial: int) -> str:
    """The code of the trip with that serial number (1 to 999,999) of the point, direction and day.

    Raises ValueError when a part does not fit, which is an error of ours and not of the caller's input.
    """
    if not 0 < serial <= 999_999:
        raise ValueError(f"serial {serial} does not fit into six digits")
    body = f"{point[:2]}{direction}{day:%y%m%d}{serial:06d}"
    code = body + mod_97_10.calc_check_digits(body)
    if not SHAPE.fullmatch(code):
        raise ValueError(f"{code} is not a trip code")
    return code


def read(text: str) -> TripCode:
    """The code in `text`, taken apart; spaces and hyphens do not matter. Refusal: BG-105."""
    code = re.sub(r"[\s.\-]+", "", unicodedata.normalize("NFKC", text[:60]).upper())
    found = SHAPE.fullmatch(code)
    if not found or not mod_97_10.is_valid(code):
        raise refuse("BG-105", field="trip_code", v=text[:24])
    try:
        day = date(2000 + int(found["yy"]), int(found["mm"]), int(found["dd"]))
    except ValueError:
        raise refuse("BG-105", field="trip_code", v=text[:24]) from None
    return TripCode(code, found["point"], found["direction"], day, int(found["serial"]))


def is_right(text: str) -> bool:
    """Whether the code's parts and check number are right."""
    try:
        read(text)
    except GateRefusal:
        return False
    return True


def show(code: str) -> str:
    """The code in groups, as it is read out: HNX 261122 000123 53."""
    return f"{code[:3]} {code[3:9]} {code[9:15]} {code[15:]}"
