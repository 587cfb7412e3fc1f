"""Plates read by cameras: how sure is sure, and how long a reading stands before a barrier."""

from __future__ import annotations

from datetime import timedelta

SURE = 0.90
"""Below this an officer looks with his own eyes (brief 6.6, guard G-PLATE)."""
STANDS = timedelta(minutes=5)
"""A vehicle that was read longer ago is not before the barrier any more (assumed)."""
OLDEST, AHEAD = timedelta(hours=72), timedelta(minutes=2)
"""What a camera kept while its network was cut is taken for the record, not for the barrier."""


def is_sure(confidence: float) -> bool:
    return confidence >= SURE
