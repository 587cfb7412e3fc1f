"""The two busy moments of a gate: everybody who waits is ranked, and everybody wants the same hour."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tinhso.cli.bench.crowd import QUEUE, crowd
from tinhso.cli.bench.registry import Row, measure, rate_beside, value_of
from tinhso.cli.bench.scene import Scene, inside
from tinhso.cli.steps import command

WAITING, TIMES = 5_000, 5
ASKING, PLACES, AT_ONCE = 500, 35, 50
# What the database alone needs to put them in order; the cycle between the classes and the reasons are ours.
RAW_ORDER = """
select code, row_number() over (partition by priority order by effective_at, buffer_at, code)
from border_gate_trip where is_live and state = 'at_buffer' and holds = 0
"""
RAW_HOUR = """
create table raw_hour (id int primary key, booked int not null, room int not null, check (booked between 0 and room));
create table raw_booking (id bigint generated always as identity primary key, hour int not null,
    who int not null unique);
insert into raw_hour values (1, 0, {places})
"""
RAW_BOOKING = """
with taken as (update raw_hour set booked = booked + 1 where id = 1 and booked < room returning id)
insert into raw_booking (hour, who) select id, %s from taken
"""


@measure("ranking", title=f"{WAITING} waiting vehicles ranked with position, minutes and reason")
def ranking(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        trips = crowd(scene, environment, "bench")
        trips.add(WAITING, "at_buffer", points=1)
        with scene.superuser("bench") as connection:
            connection.execute(QUEUE)
            raw = [_seconds(connection) for _ in range(TIMES)]
        line = [sys.executable, "-m", "tinhso.cli", "bench_border", "--rank", str(TIMES)]
        found = json.loads(command(line, what="bench_border", env=environment).strip().splitlines()[-1])
    pairs = [(1 / ours, 1 / alone) for ours, alone in zip(found["seconds"], raw, strict=True)]
    yield value_of("vehicles ranked", [float(found["ranked"])], "vehicles")
    yield value_of("one ranking", [one * 1000 for one in found["seconds"]], "ms", at_most=1_000)
    yield rate_beside("rankings, beside sorting by class and time alone", pairs, "rankings/s")


def _seconds(connection: psycopg.Connection[tuple[object, ...]]) -> float:
    begun = time.perf_counter()
    connection.execute(RAW_ORDER).fetchall()
    return time.perf_counter() - begun


@measure("booking", title=f"{ASKING} bookings at once for {PLACES} places")
def booking(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        trips = crowd(scene, environment, "bench")
        trips.add(ASKING, "accepted", points=1)
        trips.spread()
        raw, alone = raw_bookings(scene)
        found = inside(environment, "booking", actor=trips.actor, places=PLACES, at_once=AT_ONCE)
    wrong = abs(found["booked"] - PLACES) + abs(found["counted"] - PLACES) + abs(alone - PLACES)
    yield value_of("places given beyond or short of those there are", [float(wrong)], "places", at_most=0)
    yield value_of("all of them answered", [found["seconds"]], "s", at_most=20)
    yield rate_beside("a place asked for", [(ASKING / found["seconds"], ASKING / raw)], "bookings/s")


def raw_bookings(scene: Scene) -> tuple[float, int]:
    """Seconds until as many have asked a bare table for the same places, and how many were given."""
    with scene.superuser("bench") as connection:
        connection.execute(RAW_HOUR.format(places=PLACES))

    def ask(who: int) -> None:
        with scene.superuser("bench") as own:
            own.execute(RAW_BOOKING, [who])

    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(ask, range(ASKING)))
    seconds = time.monotonic() - begun
    with scene.superuser("bench") as connection:
        given = connection.execute("select count(*) from raw_booking").fetchone()
    return seconds, int(given[0]) if given else 0
