"""Days of a generated year put in by the replay form, beside COPY of the very same rows without any check."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Iterator

import psycopg
from psycopg import sql

from tinhso.cli.bench.registry import Row, measure, rate_beside, value_of
from tinhso.cli.bench.scene import Scene
from tinhso.cli.steps import Failure, command

LAST_DAY = "2025-01-04"
TRIPS = 700_000  # a year: its days are as full as in the year's own run
# What a trip leaves; parents first, so that nothing points to what is not there yet.
TABLES = (
    "border_gate_declaration", "border_gate_goodsline", "border_gate_trip", "border_gate_clearancetask",
    "border_gate_hold", "border_gate_feeassessment", "kernel_workflow_history", "kernel_audit_entry",
)  # fmt: skip
WRITTEN = """
select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped
    and attgenerated = '' and attidentity <> 'a' order by attnum
"""
PUT_IN = re.compile(r"put in (?P<seconds>[\d,]+) s.*?(?P<rate>[\d,]+) trips/s, (?P<each>[\d,]+) trips a processor")


@measure("replay", title="A generated year by the replay form, 2 processes, beside raw COPY of the same rows")
def replay(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        words = ["simulate", "border", "--year", "2025", "--trips", str(TRIPS), "--last-day", LAST_DAY, "--verify"]
        told = command([sys.executable, "-m", "tinhso.cli", *words], what="the year", env=environment)
        found = PUT_IN.search(told)
        if found is None:
            raise Failure(f"the year told no rate: {told[-500:]}")
        raw = copied(scene)
    yield rate_beside("trips with all their rows", [(_number(found["rate"]), raw)], "trips/s")
    yield value_of("trips a second of one processor", [_number(found["each"])], "trips/s")


def copied(scene: Scene) -> float:
    """Trips a second when all their rows are copied into tables of the same columns and indexes, two at once."""
    with scene.superuser("bench") as connection:
        trips = int(connection.execute("select count(*) from border_gate_trip").fetchone()[0])  # type: ignore[index]
        rows = {table: _read(connection, table) for table in TABLES}
        for table in TABLES:
            connection.execute(f"create table raw_{table} (like {table} including all)")
    halves = [TABLES[:7], TABLES[7:]]
    begun = time.monotonic()
    workers = [threading.Thread(target=_write, args=(scene, tables, rows)) for tables in halves]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return trips / (time.monotonic() - begun)


def _columns(connection: psycopg.Connection, table: str) -> sql.Composed:
    names = [row[0] for row in connection.execute(WRITTEN, [table]).fetchall()]
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _read(connection: psycopg.Connection, table: str) -> bytes:
    query = sql.SQL("copy {} ({}) to stdout").format(sql.Identifier(table), _columns(connection, table))
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        return b"".join(bytes(part) for part in copy)


def _write(scene: Scene, tables: tuple[str, ...], rows: dict[str, bytes]) -> None:
    with scene.superuser("bench") as connection:
        for table in tables:
            query = sql.SQL("copy {} ({}) from stdin").format(
                sql.Identifier(f"raw_{table}"), _columns(connection, table)
            )
            with connection.cursor() as cursor, cursor.copy(query) as copy:
                copy.write(rows[table])


def _number(text: str) -> float:
    return float(text.replace(",", ""))
