from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tinhso.cli import cluster as clusters
from tinhso.cli.cluster import Cluster, cluster_home
from tinhso.cli.steps import Failure


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(cluster_home(tmp_path / "pg"), tmp_path / "password", tmp_path / "log", durable=False, memory="16MB")
    yield made
    made.forget()


def query(cluster: Cluster, text: str) -> object:
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        cursor = connection.execute(text)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def test_a_cluster_is_made_runs_and_keeps_its_data_through_a_crash(cluster):
    cluster.make()
    cluster.start()
    query(cluster, "create table kept as select 41 + 1 as answer")
    query(cluster, "checkpoint")

    os.kill(cluster.postmaster(), signal.SIGKILL)
    cluster.start()

    assert query(cluster, "select answer from kept") == 42
    assert query(cluster, "show listen_addresses") == ""
    assert query(cluster, "show data_checksums") == "on"
    assert query(cluster, "show log_parameter_max_length") == "0"
    assert cluster.stop()
    assert cluster.postmaster() is None
    assert not cluster.stop()


def test_a_cluster_that_cannot_be_made_leaves_nothing(cluster, monkeypatch):
    monkeypatch.setattr(clusters, "LEAST_FREE", 1 << 62)

    with pytest.raises(Failure, match=r"the disk is full: .* MB are needed"):
        cluster.make()

    assert not cluster.home.exists()


def test_a_wrong_program_leaves_no_half_cluster(cluster, monkeypatch, tmp_path):
    (tmp_path / "initdb").write_text(
        '#!/bin/sh\nmkdir -p "$2"\necho "could not write: No space left on device"\nexit 1'
    )
    (tmp_path / "initdb").chmod(0o755)
    monkeypatch.setattr(clusters, "newest_programs", lambda: tmp_path)
    monkeypatch.setattr(clusters, "_as_postgres", dict)

    with pytest.raises(Failure, match=r"^Database cluster: the disk is full$"):
        cluster.make()

    assert not list(cluster.home.glob("data*"))
    assert not (cluster.home / "password").exists()


def test_a_note_of_another_process_is_not_taken_for_the_server(cluster):
    cluster.store.mkdir(parents=True)
    (cluster.store / "postmaster.pid").write_text(f"{os.getpid()}\n")

    assert cluster.postmaster() is None


@pytest.mark.parametrize(
    ("versions", "postgis", "line"),
    [
        ((), (), "PostgreSQL is missing"),
        ((13, 14), (13, 14), "PostgreSQL 14 is too old: version 15 or newer is needed"),
        ((15,), (), "PostGIS is missing for PostgreSQL 15: install postgresql-15-postgis-3"),
    ],
)
def test_programs_that_will_not_do_are_named(tmp_path, monkeypatch, versions, postgis, line):
    _pretend(tmp_path, monkeypatch, versions, postgis)

    with pytest.raises(Failure, match=line):
        clusters.newest_programs()


def test_the_newest_programs_with_postgis_are_taken(tmp_path, monkeypatch):
    _pretend(tmp_path, monkeypatch, (9, 15, 16, 17), (15, 16))

    assert clusters.newest_programs() == tmp_path / "lib" / "16" / "bin"


def test_data_of_a_version_that_has_left_are_refused(tmp_path, monkeypatch):
    _pretend(tmp_path, monkeypatch, (17,), (17,))

    with pytest.raises(Failure, match="made by PostgreSQL 15, which is no longer installed"):
        clusters.programs_for("15")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_roots_data_leave_a_home_that_postgres_may_not_enter(tmp_path):
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)

    home = cluster_home(closed / "data" / "postgres")

    assert home.parent == Path("/var/lib/tinhso")
    assert home == cluster_home(closed / "data" / "postgres")


def _pretend(folder: Path, monkeypatch, versions, postgis) -> None:
    monkeypatch.setattr(clusters, "PROGRAMS", folder / "lib")
    monkeypatch.setattr(clusters, "EXTENSIONS", folder / "share")
    for version in versions:
        (folder / "lib" / str(version) / "bin").mkdir(parents=True)
    for version in postgis:
        (folder / "share" / str(version) / "extension").mkdir(parents=True)
        (folder / "share" / str(version) / "extension" / "postgis.control").touch()
