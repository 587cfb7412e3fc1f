"""Positions of vehicles: taken in batches with rights, consent and last place, beside COPY of the same rows."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tinhso.cli.bench.crowd import Crowd, crowd
from tinhso.cli.bench.registry import Row, measure, rate_beside, value_of
from tinhso.cli.bench.scene import Scene, inside

VEHICLES, BATCH = 1_000, 50
ASKED = 50
"""Positions a second (border brief 15)."""
AGREED = """
insert into border_gate_trackingconsent (trip_id, given_at)
select id, now() - interval '1 day' from border_gate_trip where state = 'en_route' on conflict do nothing
"""
FLOOR = "create table if not exists raw_position (like border_gate_position including all)"
COLUMNS = "trip_id, seen_at, lat, lon, accuracy_m, received_at"


@measure("positions", title="Positions of vehicles in batches of 50, one process, beside COPY of the same rows")
def positions(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        trips = crowd(scene, environment, "bench")
        trips.add(VEHICLES, "en_route")
        with scene.superuser("bench") as connection:
            connection.execute(AGREED)
        pairs, worst = [], []
        for _ in range(scene.repeats):
            with scene.superuser("bench") as connection:
                connection.execute("truncate border_gate_position")
            found = inside(environment, "positions", actor=trips.actor, seconds=scene.seconds, count=VEHICLES)
            worst.append(float(found["p95"]))
            pairs.append((float(found["rate"]), copied(trips)))
        yield rate_beside("keep positions", pairs, "positions/s")
        slowest = min(ours for ours, _raw in pairs)
        yield Row(f"slowest run over the {ASKED}/s that are asked", slowest / ASKED, "times", at_least=1, goal=10)
        yield value_of("a batch of 50, p95", worst, "ms", at_most=500)


def copied(trips: Crowd) -> float:
    """Rows a second when the rows that were kept are copied in batches of 50, each committed, without any check."""
    with trips.scene.superuser("bench") as connection:
        connection.execute(FLOOR)
        connection.execute("truncate raw_position")
        rows = connection.execute(f"select {COLUMNS} from border_gate_position").fetchall()  # noqa: S608
        begun = time.perf_counter()
        for first in range(0, len(rows), BATCH):
            with connection.cursor() as cursor, cursor.copy(f"copy raw_position ({COLUMNS}) from stdin") as copy:
                for row in rows[first : first + BATCH]:
                    copy.write_row(row)
        return len(rows) / (time.perf_counter() - begun)
