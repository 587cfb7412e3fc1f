"""Run the tests, on clusters of their own that are stopped afterwards; takes pytest's arguments."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tinhso.cli import browser, database, packages, places, setup
from tinhso.cli.cluster import Cluster, cluster_home
from tinhso.cli.steps import Failure, step

LEFT_BEHIND = "select datname from pg_database where datname like 'test\\_%' or datname like 'own\\_%'"


def main(args: list[str]) -> int:
    folder = places.data_folder() / "test"
    with alone(folder):
        prepare()
        with running(folder) as environment:
            command = [sys.executable, "-m", "pytest", *parallel(args), *args]
            return subprocess.call(command, cwd=places.ROOT, env=environment)


def prepare() -> None:
    """What tests need beyond the Python packages."""
    setup.machine()
    with step("System packages for tests") as told:
        told.skip(packages.install("test"))
    with step("Browser for tests") as told:
        told.skip(browser.ready())


def parallel(args: list[str]) -> list[str]:
    """A worker for each core, a marked group kept on one worker; unless the caller says how many."""
    if any(arg.startswith(("-n", "--numprocesses", "--dist", "-p")) for arg in args):
        return []
    return ["-n", str(os.cpu_count() or 2), "--dist", "loadgroup"]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One test run at a time on these clusters."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure("a test run is going on already here") from None
        yield


def clusters(folder: Path) -> dict[str, Cluster]:
    """The tests' cluster, and a second one for what looks at a cluster as a whole (seals, outbox)."""
    secret = folder / "password"
    return {
        name: Cluster(
            cluster_home(folder / kind), secret, places.logs() / f"test-{kind}.log", durable=False, memory=memory
        )
        for name, kind, memory in (
            ("TINHSO_TEST_CLUSTER", "shared", "128MB"),
            ("TINHSO_TEST_OWN_CLUSTER", "own", "32MB"),
        )
    }


@contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """The clusters, started before and stopped after; gives the environment that tells the tests of them."""
    environment = {**os.environ, "TINHSO_DATA": str(folder / "data"), "TINHSO_TEST_KEEP": "one"}
    started = clusters(folder)
    try:
        with step("Test clusters"):
            for name, cluster in started.items():
                if not cluster.exists():
                    cluster.make()
                cluster.start()
                database.drop_matching(cluster.dsn(), LEFT_BEHIND)
                environment[name] = cluster.dsn()
        # Settings want an address before the first test has a database; nothing connects there.
        nowhere = started["TINHSO_TEST_CLUSTER"].url(database.APP, "tests", "no_database_yet")
        environment |= {"DATABASE_URL": nowhere, "DATABASE_ADMIN_URL": nowhere, "DATABASE_SEALER_URL": nowhere}
        yield environment
    finally:
        for cluster in started.values():
            cluster.stop()
