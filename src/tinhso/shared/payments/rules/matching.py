"""Which part of money that came pays what is owed, and which is to be given back."""

from __future__ import annotations

from dataclasses import dataclass

MATCHED, OVER, TWICE, LATE, UNKNOWN, TOP_UP, OUT = "matched", "over", "twice", "late", "unknown", "top_up", "out"
OWED_BACK = (OVER, TWICE, LATE)
"""Money that nobody owes: a refund is proposed at once."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`applied` pays the obligation, `surplus` does not; together they are what came."""

    standing: str
    applied: int
    surplus: int


def judge(*, came: int, state: str, missing: int) -> Verdict:
    """What becomes of `came` for an obligation in that state with so much missing."""
    if state == "open":
        applied = min(came, missing)
        return Verdict(OVER if came > missing else MATCHED, applied, came - applied)
    if state in ("cancelled", "expired"):
        return Verdict(LATE, 0, came)
    return Verdict(TWICE, 0, came)
