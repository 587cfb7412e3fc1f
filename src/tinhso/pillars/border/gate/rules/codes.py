"""The catalogue of refusals: `tables/error_codes.csv` gives each its code, HTTP status and sentence.

Codes BG-001 to BG-038 are the province's; BG-101 and up are ours, for input that its list does not name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.errors import Refusal
from tinhso.pillars.border.gate.rules.tables import Row, table

# What a step refuses by itself, in each of the gate's flows.
FLOW_CODES = {
    "FI403": "BG-024",
    "FI404": "BG-214",
    "FI409": "BG-032",
    "FI423": "BG-023",
    "FI401": "BG-024",
    "elsewhere": "BG-025",
}


class GateRefusal(Refusal):
    """A refusal of the border gate; `code` is one of the catalogue's."""


Newer = Callable[[str], Bilingual | None]


def _none(code: str) -> Bilingual | None:
    return None


_newer: list[Newer] = [_none]


def say_by(newer: Newer) -> None:
    """From now on a sentence that the board has put in place of ours is said: `newer(code)`, or None for ours."""
    _newer[0] = newer


class Sentence(Bilingual):
    """The sentence of a code, as it holds when it is shown."""

    __slots__ = ("code",)

    def __init__(self, code: str, vi: str, en: str, zh: str) -> None:
        super().__init__(vi, en, zh)
        self.code = code

    def __str__(self) -> str:
        newer = _newer[0](self.code)
        return str(newer) if newer else super().__str__()


# What a sentence says where the one who refuses does not know better.
UNSAID: dict[str, dict[str, Any]] = {
    "BG-024": {"f": Bilingual("của bạn", "of yours")},
    "BG-032": {
        "who": Bilingual("người khác", "Somebody else", "他人"),
        "t": Bilingual("nãy", "this very moment", "刚才"),
    },
}


@cache
def catalogue() -> dict[str, Row]:
    """All refusals by code."""
    return {row["code"]: row for row in table("error_codes")}


def refuse(code: str, *, field: str | None = None, **facts: Any) -> GateRefusal:
    """The refusal of that code, to be raised by the caller; `facts` fill its sentence. Raises KeyError."""
    row = catalogue()[code]
    facts = {**UNSAID.get(code, {}), **facts}
    message = Sentence(code, row["message_vi"], row["message_en"], row["message_zh"])
    return GateRefusal(message, code=code, status=int(row["http"]), field=field, **facts)


def code_of(key: str) -> str:
    """The code of a key such as PLATE_FORMAT. Raises LookupError when there is none."""
    for row in table("error_codes"):
        if row["key"] == key:
            return row["code"]
    raise LookupError(f"no refusal has the key {key!r}")
