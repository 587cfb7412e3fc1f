"""Numbers that rules count with, by code (first ones: tables/limits.csv)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from tinhso.pillars.border.gate.rules.tables import table

DWELL, DWELL_TWO_WAY, TRANSIT = "dwell_hours", "dwell_hours_two_way", "transit_hours"
TOLERANCE, YARD_FULL = "transfer_tolerance", "yard_full"
CALL_WAITS, BLOCKED_TOLD = "call_min", "blocked_told_min"
KEPT, QR_LIFE = "fee_kept", "qr_hours"
TARGET_UNDECLARED, TARGET_EARLY = "target_undeclared", "target_early"
CALL_AGAIN, CALL_AGAIN_MOST = "call_again_min", "call_again_most"
REMINDED_FIRST, REMINDED_LAST = "slot_reminder_first_h", "slot_reminder_last_h"
CONGESTED, SURE = "congestion_percent", "camera_sure_percent"
LAST_AFTER, ORDER_HOLDS = "misses_to_the_end", "order_hours"
MANDATE_HOLDS, MARK_HOLDS = "mandate_days", "tax_mark_days"
OVER_A_HUNDRED = frozenset({CONGESTED})
"""Per cent of a whole that may be exceeded."""
SPANS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Number:
    """A number and its unit: minute, hour, day, time, per cent or kg."""

    value: int
    unit: str

    @property
    def span(self) -> timedelta:
        """The number as a span of time. Raises KeyError for a unit that is none."""
        return self.value * SPANS[self.unit]


@cache
def first() -> Mapping[str, Number]:
    """The numbers as the table has them, before anybody changed one."""
    return {row["code"]: Number(int(row["value"]), row["unit"]) for row in table("limits")}


def stay_code(kind: str, *, two_way: bool) -> str:
    """Which number of hours such a trip may stay: a transit's term, a two-way trip's, else everybody's."""
    if kind == "TRANSIT":
        return TRANSIT
    return DWELL_TWO_WAY if two_way else DWELL
