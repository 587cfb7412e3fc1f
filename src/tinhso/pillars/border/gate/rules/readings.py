"""Plates read by cameras: when one is sure, and how long a reading stands before a barrier."""

from __future__ import annotations

from datetime import timedelta

STANDS = timedelta(minutes=5)
"""A vehicle that was read longer ago is not before the barrier any more (assumed)."""
OLDEST, AHEAD = timedelta(hours=72), timedelta(minutes=2)
"""What a camera kept while its network was cut is taken for the record, not for the barrier."""


def is_sure(confidence: float, percent: int) -> bool:
    """Whether a confidence from 0 to 1 reaches the rulebook's per cent; below an officer looks himself (G-PLATE)."""
    return round(confidence * 100, 6) >= percent
