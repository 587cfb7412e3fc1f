"""How many vehicles come on a day ahead: the level of the last weeks, the weekday, the season's curve, what is booked.

expected = level x weekday x season of the month, at least what is booked; nought on a day on which the point is
closed. Level: the mean of the last eight weeks with the season and weekday taken out, a day counting 5 % less than
the one after it. Without a week of days of our own the published daily average stands in. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import sqrt
from statistics import fmean

from tinhso.pillars.border.gate.rules.tables import table

DAYS_BACK, DAYS_AHEAD = 56, 7
ENOUGH, WEEKDAYS_FROM = 7, 14
FADES = 0.95
NARROWEST = 0.08
"""The range is at least so wide on either side: a share of what is expected."""
EIGHTY = 1.28
"""Eight of ten days lie within so many standard deviations."""
OWN_DAYS, PUBLISHED, SHUT = "own_days", "published", "closed"


@dataclass(frozen=True, slots=True)
class Expected:
    """Vehicles expected, the range in which eight of ten days should lie, and what it rests on."""

    expected: int
    low: int
    high: int
    basis: str


@cache
def season_of(month: int) -> float:
    """The factor of a month (tables/load_profile.csv); 1 is an ordinary one."""
    rows = {int(row["key"]): float(row["factor_or_share"]) for row in table("load_profile") if row["kind"] == "month"}
    return rows.get(month, 1.0)


def forecast(
    history: Mapping[date, int], day: date, *, made_on: date, booked: int = 0, usual: int = 0, closed: bool = False
) -> Expected:
    """What to expect on `day`, said on `made_on` from the days before it; `usual` is the published daily average."""
    if closed:
        return Expected(booked, booked, booked, SHUT)
    known = {one: count for one, count in history.items() if 0 < (made_on - one).days <= DAYS_BACK}
    if len(known) < ENOUGH:
        return _ranged(usual * season_of(day.month) / season_of(7), booked, 0.25, PUBLISHED)
    weekdays = _weekdays(known)
    plain = {one: count / (season_of(one.month) * weekdays[one.isoweekday()]) for one, count in known.items()}
    weights = {one: FADES ** (made_on - one).days for one in plain}
    level = sum(plain[one] * weights[one] for one in plain) / sum(weights.values())
    spread = sqrt(fmean((value - level) ** 2 for value in plain.values())) / level if level else 0.0
    ahead = (day - made_on).days
    width = max(NARROWEST, EIGHTY * spread) * sqrt(1 + 0.05 * ahead)
    return _ranged(level * season_of(day.month) * weekdays[day.isoweekday()], booked, width, OWN_DAYS)


def _weekdays(known: Mapping[date, int]) -> dict[int, float]:
    """How a weekday differs from the mean; all alike while fewer than two weeks are known."""
    whole = fmean(known.values())
    if len(known) < WEEKDAYS_FROM or not whole:
        return dict.fromkeys(range(1, 8), 1.0)
    by_day = {
        weekday: [count / season_of(one.month) for one, count in known.items() if one.isoweekday() == weekday]
        for weekday in range(1, 8)
    }
    mean = fmean(count / season_of(one.month) for one, count in known.items())
    return {weekday: fmean(counts) / mean if counts and fmean(counts) else 1.0 for weekday, counts in by_day.items()}


def _ranged(value: float, booked: int, width: float, basis: str) -> Expected:
    expected = max(round(value), booked)
    low, high = max(round(expected * (1 - width)), booked, 0), round(expected * (1 + width))
    return Expected(expected, min(low, expected), max(high, expected), basis)


def error(expected: int, came: int) -> float | None:
    """The error of one forecast as a share of what came; none for a day on which nothing came."""
    return abs(expected - came) / came if came else None
