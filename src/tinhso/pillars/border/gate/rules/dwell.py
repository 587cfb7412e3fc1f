"""How long a foreign truck may stay: 24 hours, 36 when it carries goods both ways; alarms at 80 and 100 per cent."""

from __future__ import annotations

from datetime import datetime, timedelta

ONE_WAY, TWO_WAY = timedelta(hours=24), timedelta(hours=36)
WARN_PERCENT = 80


def limit(*, two_way: bool) -> timedelta:
    """The longest stay."""
    return TWO_WAY if two_way else ONE_WAY


def warns_at(since: datetime, longest: timedelta) -> datetime:
    """When the first alarm is due: after 19 h 12 min of 24 h."""
    return since + longest * WARN_PERCENT / 100


def level(since: datetime, longest: timedelta, at: datetime) -> int:
    """0 while all is well, 80 from the first alarm on, 100 when the stay is over."""
    if at >= since + longest:
        return 100
    return WARN_PERCENT if at >= warns_at(since, longest) else 0
