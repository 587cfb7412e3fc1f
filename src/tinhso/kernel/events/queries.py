"""How the delivery of events stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

STANDING = """
select (select count(*) from (select from kernel_events_outbox limit 100000) waiting),
       (select created_at from kernel_events_outbox order by id limit 1),
       (select sum(delivered) from kernel_events_shard)::bigint,
       (select max(delivered_at) from kernel_events_shard),
       (select count(*) from kernel_events_held where dead_at is null),
       (select count(*) from kernel_events_held where dead_at is not null)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Events that wait (counted up to 100,000), since when; delivered so far; held for a handler; given up."""

    waiting: int
    waiting_since: datetime | None
    delivered: int
    delivered_at: datetime | None
    held: int
    dead: int


def standing() -> Standing:
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        return Standing(*cursor.fetchone())
