"""The code that the driver's telephone and the officer's screen at the line both show, new each minute."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from tinhso.pillars.border.gate.flows.states import RELEASED
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.rules import overlay

LINE = "line"


@dataclass(frozen=True, slots=True)
class LineCode:
    """The code of now, how many seconds it holds, and for the driver's page the trip's key and the time (ms)."""

    code: str
    seconds: int
    key: str
    now: int


def shown(trip: Trip, real: datetime) -> LineCode | None:
    """The code of a vehicle released over the line; none before or after. By the real clock, as one-time codes are."""
    return code_of(trip, real) if trip.state == RELEASED and trip.released_to == LINE else None


def code_of(trip: Trip, real: datetime) -> LineCode:
    """The code of a vehicle before the line's barrier, whose trip may have been asked for the step already."""
    key = _key(trip)
    text = base64.b64encode(key).decode()
    return LineCode(overlay.code_at(key, real), overlay.seconds_left(real), text, int(real.timestamp() * 1000))


def codes_taken(trip: Trip, real: datetime) -> list[str]:
    """What the officer may read on the telephone now."""
    return overlay.codes_taken(_key(trip), real)


def _key(trip: Trip) -> bytes:
    return overlay.key_of(settings.SECRET_KEY.encode(), trip=trip.code, nonce=trip.nonce, leg=trip.leg)
