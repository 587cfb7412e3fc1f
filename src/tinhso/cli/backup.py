"""`./tinhso backup FILE`: database, files and keys in one file with a manifest; the platform may go on working."""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from tinhso.cli import addresses, archive, database, places, surroundings
from tinhso.cli.archive import DUMP, Manifest
from tinhso.cli.cluster import newest_programs
from tinhso.cli.steps import Failure, command, step
from tinhso.kernel.base import clock

TABLES = """
select format('%I.%I', schemaname, tablename) from pg_tables
where schemaname not in ('pg_catalog', 'information_schema') and tablename <> 'spatial_ref_sys' order by 1
"""
SEAL = "select no, encode(hash, 'hex') from kernel_audit_seal order by no desc limit 1"


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./tinhso backup", description="Write all data into one file.")
    parser.add_argument("file", help="where to write; an existing file is not overwritten")
    path = called_path(parser.parse_args(args).file)
    if path.exists():
        raise Failure(f"{path} is there already; a backup is never overwritten")
    if not path.parent.is_dir():
        raise Failure(f"there is no folder {path.parent}")
    with database_at_hand() as urls:
        with step("Seal the audit trail"):
            seal_everything(urls)
        with step("Backup") as told:
            manifest = write(path, urls["DATABASE_ADMIN_URL"], places.data_folder())
            rows = sum(manifest.counts.values())
            told.skip(f"{rows} rows, {len(manifest.members)} members, {path.stat().st_size >> 10} KB")
    print(f"{path} holds all data and the keys: keep it where only you can read it")
    return 0


def write(path: Path, admin_url: str, data: Path) -> Manifest:
    """Write the backup of one database and of the files beside it, all of one moment of the database."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, psycopg.connect(admin_url) as connection:
        connection.execute("set transaction isolation level repeatable read, read only")
        snapshot = str(one(connection, "select pg_export_snapshot()"))
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(database.OWNER)))
        manifest = Manifest(
            made_at=clock.real().isoformat(),
            postgres=connection.info.server_version // 10000,
            counts=counts(connection),
            seal=seal_of(connection),
        )
        dump = Path(folder) / DUMP
        args = ["--format=custom", f"--snapshot={snapshot}", f"--role={database.OWNER}", f"--file={dump}"]
        run("pg_dump", admin_url, args, what="Backup")
        return archive.pack(path, manifest, [(DUMP, dump), *archive.of_folders(data)])


def run(program: str, url: str, args: list[str], *, what: str, connect: bool = True) -> str:
    """Run one of PostgreSQL's programs on a database; the password goes by the environment, not the command line."""
    parts = {key: str(value) for key, value in conninfo.conninfo_to_dict(url).items()}
    secret = {"PGPASSWORD": parts.pop("password")} if "password" in parts else {}
    where = [f"--dbname={conninfo.make_conninfo(**parts)}"] if connect else []
    return command([newest_programs() / program, *where, *args], what=what, env={**os.environ, **secret})


def counts(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every table of ours, as the connection's snapshot sees them."""
    names = [row[0] for row in connection.execute(TABLES)]
    return {name: int(str(one(connection, f"select count(*) from {name}"))) for name in names}  # noqa: S608 (quoted)


def seal_of(connection: psycopg.Connection) -> list[object] | None:
    """Number and hash of the newest seal; None where nothing was ever sealed."""
    if one(connection, "select to_regclass('kernel_audit_seal')") is None:
        return None
    row = connection.execute(SEAL).fetchone()
    return list(row) if row else None


def one(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query).fetchone()
    return row and row[0]


def seal_everything(urls: dict[str, str]) -> None:
    """Seal what is written, so that the backup carries a trail proven to its end.

    A sealer that is at work does the same within a second; entries younger than that stay unsealed in the
    backup and are sealed after a restore.
    """
    os.environ.update(urls)
    import django

    django.setup()
    from tinhso.kernel.audit import keys, sealer

    with psycopg.connect(urls["DATABASE_SEALER_URL"], autocommit=True) as connection:
        work = sealer.Sealer(connection, keys.seal_key())
        while work.seal() >= sealer.LIMIT:
            pass


@contextlib.contextmanager
def database_at_hand() -> Iterator[dict[str, str]]:
    """The addresses of the platform's database; the private cluster is started for the occasion if it is down."""
    surroundings.enter(database=False)
    if os.environ["DATABASE_URL"] != surroundings.NOWHERE:
        yield {name: os.environ[name] for name in surroundings.DATABASES}
        return
    cluster = addresses.private_cluster()
    if not cluster.exists():
        raise Failure("there are no data yet: ./tinhso up makes them")
    started = cluster.postmaster() is None
    cluster.start()
    try:
        yield addresses.of_private(cluster)
    finally:
        if started:
            cluster.stop()


def called_path(given: str) -> Path:
    """A path as the caller means it, who may stand in another folder than the checkout."""
    return (Path(os.environ.get("TINHSO_CALLED_FROM", ".")) / given).absolute()
