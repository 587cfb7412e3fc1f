"""Positions of vehicles: taken in batches while a trip is under way and its driver agrees, forgotten after 90 days.

They move nothing and decide nothing, so they leave no trail of their own: the consent does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.base.rows import rows
from tinhso.pillars.border.gate.models import LastPosition, Trip
from tinhso.pillars.border.gate.permissions import SEND_POSITION
from tinhso.pillars.border.gate.queries.guidance import TRACKED
from tinhso.pillars.border.gate.rules import positions as rules
from tinhso.pillars.border.gate.rules.codes import refuse

# Trips that are under way and whose driver agrees now; since when he does.
FOLLOWED = """
select t.id, c.given_at from border_gate_trip t join border_gate_trackingconsent c on c.trip_id = t.id
where t.id = any(%s::uuid[]) and t.state = any(%s::text[]) and c.withdrawn_at is null
"""
# One statement for a batch: a position sent twice is one, and the last one never goes back in time.
PUT = """
with given as (
    select * from unnest(%s::uuid[], %s::timestamptz[], %s::float8[], %s::float8[], %s::integer[])
        as g (trip_id, seen_at, lat, lon, accuracy_m)
), put as (
    insert into border_gate_position (trip_id, seen_at, lat, lon, accuracy_m, received_at)
    select trip_id, seen_at, lat, lon, accuracy_m, %s::timestamptz from given
    on conflict do nothing returning trip_id, seen_at, lat, lon, accuracy_m
), last as (
    insert into border_gate_lastposition (trip_id, seen_at, lat, lon, accuracy_m)
    select distinct on (trip_id) trip_id, seen_at, lat, lon, accuracy_m from put order by trip_id, seen_at desc
    on conflict (trip_id) do update set seen_at = excluded.seen_at, lat = excluded.lat, lon = excluded.lon,
        accuracy_m = excluded.accuracy_m where border_gate_lastposition.seen_at < excluded.seen_at
)
select count(*) from put
"""


@dataclass(frozen=True, slots=True)
class Ping:
    """Where a trip's vehicle was; `accuracy_m`: the radius in metres that the device claims."""

    trip: UUID
    seen_at: datetime
    lat: float
    lon: float
    accuracy_m: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many were new; trips of which none may be taken now; how many were out of time."""

    taken: int
    refused: frozenset[UUID]
    untimely: int


def keep_positions(*, pings: Sequence[Ping], by: Actor, at: datetime) -> Kept:
    """Keep what may be kept; two questions and one statement, whatever the batch.

    A trip that is not the sender's, is not under way or whose driver has not agreed is refused as a whole, all
    alike. Raises NotFound when none of them is the sender's. Refusal: BG-385 for more than 500 at once.
    """
    if len(pings) > rules.MOST:
        raise refuse("BG-385", n=rules.MOST)
    since = _followed({ping.trip for ping in pings}, by, at)
    wanted = [ping for ping in pings if ping.trip in since]
    good = [ping for ping in wanted if rules.in_time(ping.seen_at, at) and ping.seen_at >= since[ping.trip]]
    refused = frozenset(ping.trip for ping in pings if ping.trip not in since)
    return Kept(_put(good, at), refused, len(wanted) - len(good))


def forget_positions(*, at: datetime) -> int:
    """Drop what is older than 90 days, make the months to come, and forget where ended trips were last."""
    LastPosition.objects.exclude(trip__state__in=TRACKED).delete()
    return int(rows("select border_gate_keep_positions(%s::timestamptz)", at)[0][0])


def _followed(trips: set[UUID], by: Actor, at: datetime) -> dict[UUID, datetime]:
    """Since when each may be followed; only the sender's own trips."""
    own = list(visible(Trip.objects.filter(pk__in=trips), by, SEND_POSITION, at).values_list("pk", flat=True))
    if not own:
        raise NotFound
    return dict(rows(FOLLOWED, own, list(TRACKED)))


def _put(pings: Sequence[Ping], at: datetime) -> int:
    if not pings:
        return 0
    columns: tuple[list[Any], ...] = (
        [ping.trip for ping in pings],
        [ping.seen_at for ping in pings],
        [ping.lat for ping in pings],
        [ping.lon for ping in pings],
        [ping.accuracy_m for ping in pings],
    )
    with connection.cursor() as cursor:
        cursor.execute(PUT, [*columns, at])
        return int(cursor.fetchone()[0])
