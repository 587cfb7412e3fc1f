"""Numbers that the rules go by (tables/limits.csv), each a dated row: hours of stay, per cent of tolerance."""

from __future__ import annotations

from tinhso.pillars.border.gate.rules.tables import table

DWELL, DWELL_TWO_WAY, TRANSIT = "dwell_hours", "dwell_hours_two_way", "transit_hours"
TOLERANCE, YARD_FULL = "transfer_tolerance", "yard_full"
CODES = (DWELL, DWELL_TWO_WAY, TRANSIT, TOLERANCE, YARD_FULL)


def stay_code(kind: str, *, two_way: bool) -> str:
    """Which limit of stay holds for such a trip: a transit's term, a two-way trip's 36 hours, else 24."""
    if kind == "TRANSIT":
        return TRANSIT
    return DWELL_TWO_WAY if two_way else DWELL


def usual(code: str) -> int:
    """The amount as the table has it. Raises LookupError for a code that is none."""
    for row in table("limits"):
        if row["code"] == code:
            return int(row["amount"])
    raise LookupError(code)
