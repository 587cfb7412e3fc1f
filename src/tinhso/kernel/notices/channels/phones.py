"""Telephone numbers as carriers want them."""

from __future__ import annotations

import re

from tinhso.kernel.notices.channels.contract import Refused

VIETNAM, CHINA = "84", "86"
CHINESE_MOBILE = re.compile(r"1\d{10}")
WHOLE = re.compile(r"\d{8,15}")


def international(phone: str) -> str:
    """Digits with the country first and no plus: 84900000001. A number without a country is Vietnamese, unless it
    looks like a Chinese mobile. Raises Refused for what is no number."""
    text = re.sub(r"[\s().\-]", "", phone)
    digits = text.removeprefix("+")
    if text.startswith("00"):
        digits = text[2:]
    elif text.startswith("0"):
        digits = VIETNAM + text[1:]
    elif not text.startswith("+") and CHINESE_MOBILE.fullmatch(text):
        digits = CHINA + text
    if not WHOLE.fullmatch(digits):
        raise Refused("this is no telephone number")
    return digits


def national(phone: str) -> str:
    """As it is dialled in Viet Nam: 0900000001, or 00 and the country."""
    digits = international(phone)
    return "0" + digits.removeprefix(VIETNAM) if is_vietnamese(phone) else "00" + digits


def is_vietnamese(phone: str) -> bool:
    return international(phone).startswith(VIETNAM)
