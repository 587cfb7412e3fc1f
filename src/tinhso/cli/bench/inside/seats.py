"""An hour of some places, and the trips that will all ask for it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection

from tinhso.cli.bench.inside.booking import SAME_PLACE, make_hour
from tinhso.kernel.base import clock


def run(places: int) -> dict[str, Any]:
    """The hour (its id) is one of the next working day, at a time when every point is open."""
    with connection.cursor() as cursor:
        cursor.execute(SAME_PLACE)
        rows = cursor.fetchall()
        slot = make_hour(cursor, rows[0][1], rows[0][2], places, _tomorrow())
    return {"slot": str(slot), "trips": [str(row[0]) for row in rows]}


def _tomorrow() -> datetime:
    day = clock.real().astimezone(clock.HANOI).date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(10), clock.HANOI)
