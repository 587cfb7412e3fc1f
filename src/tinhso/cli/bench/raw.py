"""The floor: PostgreSQL alone with the same writes, as pgbench drives it (-M prepared)."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from psycopg import conninfo

from tinhso.cli.bench.registry import Row, measure, value_of
from tinhso.cli.bench.scene import Scene
from tinhso.cli.cluster import programs_for
from tinhso.cli.steps import Failure, Line, command

RECORDS = 200_000

# The same shapes as our tables: a record found by uuid, its history, its audit entry and its outbox event.
TABLES = f"""
create table raw_number (n int primary key, id uuid not null);
create table raw_record (id uuid primary key, state text not null, version int not null, at timestamptz not null)
    with (fillfactor = 80);
create table raw_history (id bigint generated always as identity primary key, record_id uuid not null,
    version int not null, source text, target text, at timestamptz not null, actor uuid not null);
create table raw_audit (id bigint generated always as identity, tx xid8 not null default pg_current_xact_id(),
    at timestamptz not null, actor uuid not null, action text not null, kind text not null, record_id uuid,
    version int, payload text not null, primary key (tx, id));
create table raw_outbox (id bigint generated always as identity primary key, shard smallint not null,
    record_id uuid not null, version int not null, name text not null, payload jsonb not null);
insert into raw_number select n, gen_random_uuid() from generate_series(1, {RECORDS}) n;
insert into raw_record select id, 'waiting', 1, now() from raw_number;
vacuum analyze raw_number;
vacuum analyze raw_record;
"""  # noqa: S608 (a number of our own)
SCRIPT = f"""
\\set n random(1, {RECORDS})
begin;
update raw_record set state = 'ready', version = version + 1, at = now()
    where id = (select id from raw_number where n = :n);
insert into raw_history (record_id, version, source, target, at, actor)
    select id, 2, 'waiting', 'ready', now(), id from raw_number where n = :n;
insert into raw_audit (at, actor, action, kind, record_id, version, payload)
    select now(), id, 'step', 'raw', id, 2, '{{"step": "release", "from": "waiting"}}' from raw_number where n = :n;
insert into raw_outbox (shard, record_id, version, name, payload)
    select :n % 16, id, 2, 'raw.released', '{{"step": "release"}}' from raw_number where n = :n;
commit;
"""  # noqa: S608


def floor(scene: Scene, *, clients: int = 8) -> float:
    """Transactions a second of update + 3 inserts, committed, now."""
    return pgbench(scene, scene.once("bench_raw", fill), SCRIPT, clients=clients)


def fill(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in filter(str.strip, TABLES.split(";\n")):
            connection.execute(statement)


def beside(scene: Scene, ours: Callable[[], float], *, clients: int = 8) -> list[tuple[float, float]]:
    """Pairs of our rate and the floor's, each measured right before ours."""
    pairs = []
    for _ in range(scene.repeats):
        raw = floor(scene, clients=clients)
        pairs.append((ours(), raw))
    return pairs


def pgbench(scene: Scene, dsn: str, script: str, *, clients: int) -> float:
    """Transactions a second of a pgbench script on this database."""
    parts = conninfo.conninfo_to_dict(dsn)
    where = {"PGHOST": parts["host"], "PGPORT": parts["port"], "PGUSER": parts["user"], "PGPASSWORD": parts["password"]}
    programs = programs_for((scene.cluster.store / "PG_VERSION").read_text().strip())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script)
        counts = ["-c", str(clients), "-j", str(min(clients, os.cpu_count() or 2)), "-T", f"{scene.seconds:.0f}"]
        args: Line = [programs / "pgbench", "-n", "-M", "prepared", *counts, "-f", file, str(parts["dbname"])]
        told = command(args, what="pgbench", env={**os.environ, **{key: str(value) for key, value in where.items()}})
    found = re.search(r"tps = ([\d.]+)", told)
    if not found:
        raise Failure(f"pgbench told no rate: {told[-300:]}")
    return float(found[1])


@measure("raw", title="PostgreSQL alone: update + 3 inserts, committed (the floor)")
def raw(scene: Scene) -> Iterator[Row]:
    for clients in (1, 8):
        yield value_of(f"pgbench, {clients} clients", [floor(scene, clients=clients)], "transactions/s")
