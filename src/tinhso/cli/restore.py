"""`./tinhso restore FILE`: bring a backup back beside what is there, prove it whole, and only then change over."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from tinhso.cli import addresses, archive, backup, database, holder, places, surroundings
from tinhso.cli.archive import DUMP, KEPT, Manifest
from tinhso.cli.cluster import Cluster
from tinhso.cli.steps import Failure, Stamp, step
from tinhso.kernel.base import clock

NEW = "tinhso_restored"
LEFT_OUT = (" EXTENSION ", "COMMENT - EXTENSION", " SCHEMA - public ")  # made beforehand, by who may


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./tinhso restore", description="Bring back what `backup` wrote.")
    parser.add_argument("file")
    parser.add_argument("--yes", action="store_true", help="do not ask before today's data are put aside")
    options = parser.parse_args(args)
    path = backup.called_path(options.file)
    refuse_while_running()
    places.make_private(places.data_folder() / "restore")
    with tempfile.TemporaryDirectory(dir=places.data_folder() / "restore") as folder:
        with step("Take the backup apart, compare digests"):
            manifest = archive.unpack(path, Path(folder))
        if given := os.environ.get("DATABASE_URL"):
            into_given(given, Path(folder), manifest)
        else:
            if addresses.private_cluster().exists() and not (options.yes or agreed(path)):
                print("nothing was changed")
                return 1
            into_private(Path(folder), manifest)
        change_folders(Path(folder))
    print(f"restored as of {manifest.made_at}; ./tinhso up starts it")
    return 0


def refuse_while_running() -> None:
    if holder.found() is not None:
        raise Failure("the platform runs: ./tinhso down first")


def agreed(path: Path) -> bool:
    if not sys.stdin.isatty():
        raise Failure("restore asks before it puts today's data aside; where nobody can answer, say --yes")
    return input(f"Put today's data aside and bring back {path}? Type yes: ").strip().lower() == "yes"


def into_given(url: str, folder: Path, manifest: Manifest) -> None:
    """Restore into the database that DATABASE_URL names; it must be empty."""
    urls = addresses.of_given(url)
    with psycopg.connect(urls["DATABASE_ADMIN_URL"]) as connection:
        if any(backup.counts(connection).values()):
            raise Failure("the database that DATABASE_URL names is not empty: restore into a new one")
    bring_back(urls, folder, manifest)


def into_private(folder: Path, manifest: Manifest) -> None:
    """Restore into a new database of the private cluster; the old one is put aside when the new one is proven."""
    cluster = addresses.private_cluster()
    with step("Database cluster"):
        places.make_private(places.secrets())
        if not cluster.exists():
            cluster.make()
        cluster.start()
    try:
        database.create_roles(cluster.dsn(), addresses.passwords())
        database.drop(cluster.dsn(), NEW)
        database.create_whole(cluster.dsn(), NEW)
        roles = addresses.ROLES.items()
        bring_back({key: cluster.url(role, addresses.secret(role), NEW) for key, role in roles}, folder, manifest)
        put_aside(cluster)
    finally:
        cluster.stop()


def bring_back(urls: dict[str, str], folder: Path, manifest: Manifest) -> None:
    """Fill an empty database from the dump and prove it: every row counted, the audit trail verified."""
    admin = urls["DATABASE_ADMIN_URL"]
    with step("Restore the database"):
        fill(admin, folder / DUMP)
    with step("Compare the rows of every table"):
        compare(admin, manifest)
    if manifest.seal is not None:
        with step("Verify the audit trail"):
            verify(urls, folder)


def fill(admin_url: str, dump: Path) -> None:
    contents = backup.run("pg_restore", admin_url, ["--list", str(dump)], what="Restore", connect=False)
    chosen = dump.with_suffix(".list")
    chosen.write_text("\n".join(line for line in contents.splitlines() if not any(word in line for word in LEFT_OUT)))
    args = ["--exit-on-error", "--no-owner", f"--role={database.OWNER}", f"--use-list={chosen}", "--jobs=2", str(dump)]
    backup.run("pg_restore", admin_url, args, what="Restore")


def compare(admin_url: str, manifest: Manifest) -> None:
    """Raise Failure when a table has not the rows that the manifest names, or the trail another end."""
    with psycopg.connect(admin_url, options=f"-c role={database.OWNER}") as connection:
        found = backup.counts(connection)
        wrong = {name for name in found.keys() | manifest.counts if found.get(name) != manifest.counts.get(name)}
        if wrong:
            name = min(wrong)
            raise Failure(f"{name} has {found.get(name)} rows after the restore, {manifest.counts.get(name)} before")
        if backup.seal_of(connection) != manifest.seal:
            raise Failure("the audit trail ends elsewhere than in the manifest")


def verify(urls: dict[str, str], folder: Path) -> None:
    """Prove the trail with the backup's own keys. Raises Failure with what was found."""
    environment = {**os.environ, **urls, "TINHSO_DATA": str(folder), "DJANGO_SETTINGS_MODULE": surroundings.SETTINGS}
    args = [sys.executable, "-m", "tinhso.cli", "audit", "verify"]
    done = subprocess.run(args, env=environment, cwd=places.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stdout.strip() or done.stderr.strip()).splitlines()
        raise Failure(f"the audit trail does not hold: {told[0] if told else 'no reason was given'}")


def put_aside(cluster: Cluster) -> None:
    """Give the proven database its name; the one before keeps its data under another."""
    old = f"{addresses.NAME}_before_{clock.real():%Y%m%d%H%M%S}"
    with psycopg.connect(cluster.dsn()) as connection:  # both renames or none
        have = connection.execute("select 1 from pg_database where datname = %s", [addresses.NAME]).fetchone()
        rename = sql.SQL("alter database {} rename to {}")
        if have:
            connection.execute(rename.format(sql.Identifier(addresses.NAME), sql.Identifier(old)))
        connection.execute(rename.format(sql.Identifier(NEW), sql.Identifier(addresses.NAME)))


def change_folders(folder: Path) -> None:
    """Put files, keys and anchors of the backup in place; those of today go aside."""
    data = places.data_folder()
    aside = data / "restore" / f"before-{clock.real():%Y%m%d%H%M%S}"
    for name in KEPT:
        if (data / name).exists():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (data / name).replace(aside / name)
        if (folder / name).exists():
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / name, data / name)
    for name in ("migrate", "load_profile", "load_demo", "accounts"):
        Stamp(places.stamps(), name, "").forget()
