"""What a movement order may say. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tinhso.pillars.border.gate.rules.codes import refuse

SHORTEST, LONGEST = 5, 160
PLACES = frozenset({"from", "to"})
"""What is left open in usual words and filled when the order is given."""
_PHONE = re.compile(r"\+?\d(?:[ .-]?\d){8,}")
_PLATE = re.compile(r"\b\d{2}[A-ZĐ]{1,2}[ -]?\d{3}[. ]?\d{1,2}\b|[\u4e00-\u9fff][A-Z][·. ]?[A-Z0-9]{5,6}\b")


def check_text(text: str, *, field: str = "text_vi") -> str:
    """The text without spaces around. Refusals: BG-350 too short or long, BG-352 with a plate or telephone number."""
    said = " ".join(text.split())
    if not SHORTEST <= len(said) <= LONGEST:
        raise refuse("BG-350", field=field)
    found = _PHONE.search(said) or _PLATE.search(said.upper())
    if found:
        raise refuse("BG-352", field=field, v=found[0])
    return said


def check_times(*, begins_at: datetime, ends_at: datetime, longest: timedelta, at: datetime) -> None:
    """Refusal BG-351: ends before it begins, lies in the past, or holds longer than the longest."""
    if not begins_at < ends_at <= begins_at + longest or ends_at <= at:
        raise refuse("BG-351", field="ends_at", n=longest // timedelta(hours=1))
