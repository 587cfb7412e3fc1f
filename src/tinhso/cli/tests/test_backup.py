from __future__ import annotations

import os
import tarfile
import time
from pathlib import Path

import psycopg
import pytest

from tinhso.cli import archive, backup, restore
from tinhso.cli.archive import Manifest
from tinhso.cli.steps import Failure
from tinhso.kernel.audit import keys, sealer, verify
from tinhso.kernel.base.actor import SYSTEM

WRITE = """
select set_config('tinhso.actor', %s, false),
       kernel_audit_record('kept', 'book', gen_random_uuid(), now(), '{"n": ' || n || '}') from generate_series(1, 50) n
"""


@pytest.fixture
def kept(tmp_path, settings) -> Path:
    settings.DATA = tmp_path / "data"
    (settings.DATA / "files" / "ab").mkdir(parents=True)
    (settings.DATA / "files" / "ab" / "letter.pdf").write_bytes(b"letter" * 100_000)
    (settings.DATA / "secrets").mkdir()
    (settings.DATA / "secrets" / "secret_key").write_text("key")
    (settings.DATA / "secrets" / "tinhso_app").write_text("not to be kept")
    return settings.DATA


def write_and_seal(urls: dict[str, str]) -> None:
    with psycopg.connect(urls["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(WRITE, [str(SYSTEM.id)])
    with psycopg.connect(urls["DATABASE_SEALER_URL"], autocommit=True) as connection:
        work = sealer.Sealer(connection, keys.seal_key())
        work.begin_epoch_if_moved()
        assert sealed_within(work, 50, seconds=30) == 50


def sealed_within(work: sealer.Sealer, wanted: int, *, seconds: int) -> int:
    """Seal until that many rows are sealed: any open transaction of the cluster holds the horizon back a while."""
    until, sealed = time.monotonic() + seconds, 0
    while sealed < wanted and time.monotonic() < until:
        sealed += work.seal()
        time.sleep(0.05)
    return sealed


@pytest.mark.xdist_group("cluster")
def test_what_is_backed_up_comes_back_whole_in_another_cluster(own_database, empty_database, kept, tmp_path):
    here = {name: os.environ[name] for name in ("DATABASE_URL", "DATABASE_ADMIN_URL", "DATABASE_SEALER_URL")}
    write_and_seal(here)
    with psycopg.connect(here["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(WRITE, [str(SYSTEM.id)])  # younger than the last seal

    made = backup.write(tmp_path / "kept.tar", here["DATABASE_ADMIN_URL"], kept)
    manifest = archive.unpack(tmp_path / "kept.tar", tmp_path / "out")
    restore.bring_back(empty_database, tmp_path / "out", manifest)

    assert manifest == made
    assert manifest.counts["public.kernel_audit_entry"] == 100
    assert manifest.seal[0] == 1
    assert (tmp_path / "out" / "files" / "ab" / "letter.pdf").read_bytes() == b"letter" * 100_000
    assert not (tmp_path / "out" / "secrets" / "tinhso_app").exists()
    assert (tmp_path / "kept.tar").stat().st_mode & 0o777 == 0o600


@pytest.mark.xdist_group("cluster")
def test_sealing_goes_on_after_the_move(own_database, empty_database, kept, tmp_path):
    here = {name: os.environ[name] for name in ("DATABASE_URL", "DATABASE_ADMIN_URL", "DATABASE_SEALER_URL")}
    write_and_seal(here)
    backup.write(tmp_path / "kept.tar", here["DATABASE_ADMIN_URL"], kept)
    manifest = archive.unpack(tmp_path / "kept.tar", tmp_path / "out")
    restore.bring_back(empty_database, tmp_path / "out", manifest)

    write_and_seal(empty_database)

    with psycopg.connect(empty_database["DATABASE_URL"]) as connection:
        report = verify.verify(connection)
    assert report.findings == []
    assert report.seals == 2
    assert report.sealed == 100


@pytest.mark.xdist_group("cluster")
def test_a_row_that_is_missing_after_the_restore_is_named(own_database, empty_database, kept, tmp_path):
    here = {name: os.environ[name] for name in ("DATABASE_URL", "DATABASE_ADMIN_URL", "DATABASE_SEALER_URL")}
    write_and_seal(here)
    backup.write(tmp_path / "kept.tar", here["DATABASE_ADMIN_URL"], kept)
    manifest = archive.unpack(tmp_path / "kept.tar", tmp_path / "out")
    manifest.counts["public.kernel_audit_entry"] = 51

    with pytest.raises(Failure, match=r"public\.kernel_audit_entry has 50 rows after the restore, 51 before"):
        restore.bring_back(empty_database, tmp_path / "out", manifest)


def packed(folder: Path, **members: bytes) -> Path:
    for name, content in members.items():
        (folder / name).write_bytes(content)
    path = folder / "some.tar"
    archive.pack(path, Manifest("2026-11-22", 15, {}), [(name, folder / name) for name in members])
    return path


def test_a_changed_member_is_named(tmp_path):
    path = packed(tmp_path, dump=b"as it was")
    path.write_bytes(path.read_bytes().replace(b"as it was", b"as it is!"))

    with pytest.raises(Failure, match="was damaged or changed: dump is not what the manifest says"):
        archive.unpack(path, tmp_path / "out")


def test_a_backup_that_was_cut_off_is_refused(tmp_path):
    path = packed(tmp_path, dump=b"x" * 50_000)
    path.write_bytes(path.read_bytes()[:30_000])

    with pytest.raises(Failure, match="is no whole backup"):
        archive.unpack(path, tmp_path / "out")


def test_a_member_that_would_leave_the_folder_is_refused(tmp_path):
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        (tmp_path / "x").touch()
        tar.add(tmp_path / "x", "../outside")

    with pytest.raises(Failure, match=r"holds \.\./outside"):
        archive.unpack(tmp_path / "bad.tar", tmp_path / "out")


def test_a_folder_that_is_not_there_is_told_in_one_line(tmp_path):
    with pytest.raises(Failure, match=r"^there is no folder .*/nowhere$"):
        backup.main([str(tmp_path / "nowhere" / "kept.tar")])


def test_a_backup_that_fails_leaves_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        archive.pack(tmp_path / "kept.tar", Manifest("2026-11-22", 15, {}), [("dump", tmp_path / "missing")])

    assert list(tmp_path.iterdir()) == []
