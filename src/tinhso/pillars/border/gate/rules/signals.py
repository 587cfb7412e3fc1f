"""Weekly signals for auditors (border brief §13): figures worth a look at the records, no word on anybody.

Each is counted by numbers of the rulebook (rules.limits), ours by design; the page says how, in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tinhso.pillars.border.gate.rules.limits import Number

CALLS, FAST, SWAPS, HOARDING, CLAIMS = "calls", "fast", "swaps", "hoarding", "claims"
SIGNALS = (CALLS, FAST, SWAPS, HOARDING, CLAIMS)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From which number on something is shown. Shares in per cent; `free` is the rule of booking (models.bookings)."""

    calls_least: int
    fast_percent: int
    fast_least: int
    fast_points: int
    swap_within: timedelta
    swap_least: int
    hoard_least: int
    hoard_percent: int
    free: timedelta


def bounds(number: Callable[[str], Number], *, free_minutes: int) -> Bounds:
    """The bounds by the numbers of a day."""
    return Bounds(
        calls_least=number("signal_calls_least").value,
        fast_percent=number("signal_fast_percent").value,
        fast_least=number("signal_fast_least").value,
        fast_points=number("signal_fast_points").value,
        swap_within=number("signal_swap_min").span,
        swap_least=number("signal_swap_least").value,
        hoard_least=number("signal_hoard_least").value,
        hoard_percent=number("signal_hoard_percent").value,
        free=timedelta(minutes=free_minutes),
    )
