"""Positions of vehicles under way: what can be one, how fresh it must be, and what lies in the province."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SOUTH, NORTH, WEST, EAST = 21.325, 22.461, 106.095, 107.364
"""The box of Lạng Sơn (OpenStreetMap, ODbL). Outside it a vehicle is on its way, which is no error."""
MOST = 500
"""Positions in one message."""
KEPT_FOR = timedelta(days=90)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
OLDEST, AHEAD = timedelta(hours=24), timedelta(minutes=2)
"""A telephone without network sends later; one whose clock is ahead by more has to be set."""
FRESH = timedelta(minutes=15)
"""Older last positions are shown as old: twice the pace of a parked vehicle (300 s), and some network."""
SHOWN = timedelta(hours=1)
"""Assumed: a position older than that says nothing of where a vehicle is now, and is no dot."""


def in_province(lat: float, lon: float) -> bool:
    return SOUTH <= lat <= NORTH and WEST <= lon <= EAST


def in_time(seen_at: datetime, at: datetime) -> bool:
    return at - OLDEST <= seen_at <= at + AHEAD


def set_right(seen_at: datetime, sent_at: datetime | None, at: datetime) -> datetime:
    """The device's time by our clock: what its clock is off, in whole minutes, so that a repeat says the same.

    A clock so far off that no calendar holds the time gives the end of all time, which every reader refuses.
    """
    if sent_at is None:
        return seen_at
    off = timedelta(minutes=round((at - sent_at) / timedelta(minutes=1)))
    try:
        return seen_at + off
    except OverflowError:
        return LAST if off > timedelta(0) else FIRST
