"""Papers of drivers: citizen identity card (CCCD), Chinese identity card, passport, border pass."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.cn import ric

from tinhso.kernel.base.dates import show_date
from tinhso.pillars.border.gate.rules.codes import refuse

KINDS = ("CCCD", "PASSPORT", "BORDER_PASS", "CN_ID")
SEPARATORS = re.compile(r"[\s.\-–—]+")


def read(kind: str, text: str) -> str:
    """The number of a paper of that kind, normalised. Refusals: BG-008, BG-104, BG-108."""
    number = SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:60]).upper())
    if kind == "CCCD":
        return _citizen_card(number)
    if kind == "CN_ID":
        return _chinese_card(number)
    if kind not in KINDS or not re.fullmatch(r"[A-Z0-9]{6,12}", number):
        raise refuse("BG-108", field="id_number", v=text[:24])
    return number


def kind_of(text: str) -> str:
    """Which paper a number most likely is: 12 digits a citizen card, 18 signs a Chinese card, else a passport."""
    number = SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:60]).upper())
    if re.fullmatch(r"[0-9]{12}", number):
        return "CCCD"
    return "CN_ID" if re.fullmatch(r"[0-9]{17}[0-9X]", number) else "PASSPORT"


def nationality_of(kind: str, *, said: str, plate_country: str = "") -> str:
    """Whose citizen a driver is: of two papers there is no doubt, of others what is said, else the vehicle's country.

    A passport and a border pass are carried by Vietnamese and Chinese drivers alike.
    """
    certain = {"CCCD": "VN", "CN_ID": "CN"}.get(kind)
    return certain or said or plate_country or "VN"


def must_be_valid_on(day: date, *, expires_on: date | None) -> None:
    """Refuse BG-007 when the paper's last day lies before `day`; a paper without an end is for ever."""
    if expires_on is not None and expires_on < day:
        raise refuse("BG-007", field="id_expires_on", d=show_date(expires_on))


def masked(number: str) -> str:
    """What may be shown to those who must tell papers apart but not know them: only the last three characters."""
    return "•" * max(len(number) - 3, 0) + number[-3:]


def _citizen_card(number: str) -> str:
    if not re.fullmatch(r"[0-9]{12}", number):
        raise refuse("BG-008", field="id_number")
    return number


def _chinese_card(number: str) -> str:
    """18 characters with a birth date and a check digit (GB 11643); county codes change too often to be tested."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number) or ric.calc_check_digit(number) != number[17]:
        raise refuse("BG-104", field="id_number", v=masked(number))
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise refuse("BG-104", field="id_number", v=masked(number)) from None
    return number
