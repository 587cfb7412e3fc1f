"""Particulars that a declaration may carry: temperatures, UN numbers, references, telephones of partners abroad."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from tinhso.pillars.border.gate.rules.codes import refuse

COLDEST, WARMEST = -60, 60
"""Degrees Celsius: beyond what a cooled or heated box can do. Assumed."""
TENTH = Decimal("0.1")
LONGEST = 40
DEGREES = re.compile(r"([+-]?[0-9]{1,2}(?:\.[0-9])?)\s*°?\s*C?")
SEPARATORS = re.compile(r"[\s.\-–()]+")
UN_NUMBER = re.compile(r"(?:UN)?([0-9]{4})")
# Recalled: two letters, then up to eight digits.
TIR_CARNET = re.compile(r"[A-Z]{2}[0-9]{6,8}")
PHONE = re.compile(r"\+?[0-9]{9,15}")
REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9./-]{2,39}")


def temperature(text: str) -> Decimal:
    """Degrees Celsius to a tenth, as −18, 2,5 °C. Refusal: BG-530."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).replace("−", "-").replace("–", "-").replace(",", ".")
    found = DEGREES.fullmatch(plain.strip().upper())
    if not found or not COLDEST <= Decimal(found[1]) <= WARMEST:
        raise refuse("BG-530", field="temperature", v=text[:24], min=COLDEST, max=WARMEST)
    return Decimal(found[1]).quantize(TENTH)


def un_number(text: str) -> str:
    """The number of dangerous goods: UN and four digits. Refusal: BG-531."""
    found = UN_NUMBER.fullmatch(_plain(text))
    if not found or found[1] == "0000":
        raise refuse("BG-531", field="un_number", v=text[:24])
    return f"UN{found[1]}"


def partner_phone(text: str) -> str:
    """A telephone of any country, as dialled. Refusal: BG-532."""
    number = _plain(text)
    if not PHONE.fullmatch(number):
        raise refuse("BG-532", field="partner_phone")
    return number


def tir_carnet(text: str) -> str:
    """The number of a TIR carnet. Refusal: BG-533."""
    number = _plain(text)
    if not TIR_CARNET.fullmatch(number):
        raise refuse("BG-533", field="tir", v=text[:24])
    return number


def ecmr(text: str) -> str:
    """The reference of an electronic consignment note. Refusal: BG-534."""
    reference = unicodedata.normalize("NFKC", text).strip().upper()
    if not REFERENCE.fullmatch(reference):
        raise refuse("BG-534", field="ecmr", v=text[:24])
    return reference


def show_degrees(degrees: Decimal | float | None) -> str:
    """As people write it: -18, 2,5; empty for none."""
    return "" if degrees is None else f"{degrees:.1f}".removesuffix(".0").replace(".", ",")


def show_temperature(degrees: Decimal | float | None) -> str:
    """With its unit: -18 °C, 2,5 °C; empty for none."""
    return "" if degrees is None else f"{show_degrees(degrees)} °C"


def _plain(text: str) -> str:
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:60]).upper())
