"""HS codes: the 5,613 subheadings of HS 2022 (codes only: datasets/harmonized-system, public domain)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.tables import table


@cache
def codes() -> frozenset[str]:
    """All six-digit codes of HS 2022."""
    return frozenset(row["heading"] + end for row in table("hs2022_codes") for end in row["subheadings"].split())


def read(text: str) -> str:
    """The code in `text`: 6 digits, or a national code of 8 whose first 6 exist. Refusals: BG-005, BG-004."""
    code = re.sub(r"[\s.]+", "", unicodedata.normalize("NFKC", text[:40]))
    if not re.fullmatch(r"[0-9]{6,}", code):
        raise refuse("BG-005" if re.fullmatch(r"[0-9]{0,5}", code) else "BG-004", field="hs", v=text[:16])
    if len(code) not in (6, 8) or code[:6] not in codes():
        raise refuse("BG-004", field="hs", v=code[:16])
    return code


def show(code: str) -> str:
    """How people write it: 0810.60, 0810.60.00."""
    return ".".join(filter(None, (code[:4], code[4:6], code[6:])))
