"""The test run's databases: one migrated template per state of the migrations, one clone per worker.

Nothing is truncated (the audit refuses it): a test that commits takes `own_database`, a clone of its own.
Tests in the xdist group "cluster" look at a cluster as a whole (seals, outbox): their clone lies in a second one.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from psycopg import conninfo, sql

ROOT = Path(__file__).resolve().parent
PASSWORDS = {"tinhso_migrate": "tests", "tinhso_app": "tests", "tinhso_sealer": "tests"}
COUNTER = itertools.count()
SESSIONS: dict[str, Any] = {}  # of databases whose tests are rolled back, between two tests
# What `migrate` puts in, and what its migrations take from their rooms.
PUT_IN = ("migrations/*", "permissions.py", "migrate.py", "schema.py")

# A busy machine is not a wrong answer: examples have no limit of time, and none are kept between runs.
hypothesis.settings.register_profile("house", deadline=None, database=None)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """No test talks to the world: only to this machine and to the database's socket."""
    config.option.allow_hosts = "127.0.0.1,::1,localhost"
    config.option.allow_unix_socket = True


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes name no test: an archive made anew holds its time, and the workers must collect the same names."""
    return argname if isinstance(val, bytes) else None


def shared_cluster() -> str:
    """Where the tests' cluster listens, as its superuser."""
    try:
        return os.environ["TINHSO_TEST_CLUSTER"]
    except KeyError:
        raise pytest.UsageError("the tests need their cluster: run them by ./tinhso test") from None


def own_cluster() -> str:
    """The second cluster, for tests that look at a cluster as a whole; without one the first."""
    return os.environ.get("TINHSO_TEST_OWN_CLUSTER") or shared_cluster()


def url(cluster: str, role: str, name: str) -> str:
    parts = conninfo.conninfo_to_dict(cluster)
    return f"postgresql://{role}:{PASSWORDS[role]}@/{name}?host={parts['host']}&port={parts['port']}"


def environment_for(cluster: str, name: str) -> dict[str, str]:
    """The addresses of one database for each role, as every process reads them."""
    return {
        "DATABASE_URL": url(cluster, "tinhso_app", name),
        "DATABASE_ADMIN_URL": url(cluster, "tinhso_migrate", name),
        "DATABASE_SEALER_URL": url(cluster, "tinhso_sealer", name),
    }


def schema_digest() -> str:
    """Of all that `migrate` puts in: tables, and the roles that follow from the rooms' permissions; and its rights."""
    digest = hashlib.sha256()
    source = ROOT / "src"
    for path in sorted(
        [
            *(path for name in PUT_IN for path in source.rglob(name)),
            *source.glob("tinhso/cli/database.py"),
        ]
    ):
        if path.is_file() and path.suffix in {".py", ".sql"}:
            digest.update(str(path.relative_to(source)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def clone(cluster: str, name: str, template: str) -> None:
    from tinhso.cli.database import create_database

    drop(cluster, name)
    create_database(cluster, name, template=template)


def drop(cluster: str, name: str) -> None:
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def template_in(cluster: str) -> str:
    """The name of a database with all migrations applied, made once per cluster and state of the migrations."""
    name = f"template_{schema_digest()}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(20202020)")  # held until the connection closes
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            _make_template(cluster, name)
            connection.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(f"{name}_new"), sql.Identifier(name))
            )
    return name


def _make_template(cluster: str, name: str) -> None:
    from tinhso.cli.database import create_database, create_roles, drop_matching

    if os.environ.get("TINHSO_TEST_KEEP") == "one":  # the cluster is this checkout's alone
        drop_matching(
            cluster, "select datname from pg_database where datname like 'template\\_%' or datname like 'province\\_%'"
        )
    create_roles(cluster, PASSWORDS)
    drop(cluster, f"{name}_new")
    create_database(cluster, f"{name}_new")
    _django(cluster, f"{name}_new", "migrate", "--no-input", "-v0", role="migrate")


def _django(cluster: str, name: str, *command: str, role: str) -> None:
    """Run a management command on a database, in a process of its own."""
    environment = {
        **os.environ,
        **environment_for(cluster, name),
        "TINHSO_ROLE": role,
        "DJANGO_SETTINGS_MODULE": "tinhso.config.settings.test",
    }
    line = [sys.executable, "-m", "django", *command]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stderr[-4000:]}")


@pytest.fixture(autouse=True)
def _no_key_is_remembered() -> None:
    """A key that was good in one test is looked up anew in the next."""
    from tinhso.kernel.identity import remembered

    remembered.forget()


@pytest.fixture(autouse=True)
def _rules_are_looked_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dated row that a test writes is seen by its next look."""
    from tinhso.kernel.rulebook import held

    monkeypatch.setattr(held, "SECONDS", 0.0)
    held.forget()


@pytest.fixture(autouse=True)
def _nobody_asked_for_a_language_yet() -> None:
    """A test speaks the platform's language, whichever the request of the test before it asked for."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(autouse=True)
def _numbers_are_counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test has written is counted by its next look."""
    from tinhso.kernel.base import lately

    monkeypatch.setattr(lately, "SECONDS", 0.0)
    lately.forget_all()


@pytest.fixture(scope="session")
def template_database() -> str:
    return template_in(shared_cluster())


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """Point Django at this worker's clone, as the application's own role."""
    name = f"test_{worker_id}_{os.getpid()}"
    clone(shared_cluster(), name, template_database)
    _point_django_at(shared_cluster(), name)
    yield
    from django.db import connections

    with django_db_blocker.unblock():
        connections.close_all()
    drop(shared_cluster(), name)


@pytest.fixture
def own_database(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database for one test that commits: cloned before, dropped after.

    A test of the xdist group "cluster" gets its clone in the second cluster.
    """
    with _own(own_cluster() if _looks_at_a_cluster(request.node) else shared_cluster(), django_db_blocker) as name:
        yield name


@pytest.fixture
def own_cluster_database(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[str]:
    """Like `own_database`, always in the second cluster; only for tests of the xdist group "cluster"."""
    if not _looks_at_a_cluster(request.node):
        raise pytest.UsageError('own_cluster_database needs @pytest.mark.xdist_group("cluster")')
    with _own(own_cluster(), django_db_blocker) as name:
        yield name


@pytest.fixture(scope="session")
def province_database(template_database: str, worker_id: str) -> Iterator[str]:
    """This worker's clone of a database in which the province's reference data stand."""
    name = f"test_province_{worker_id}_{os.getpid()}"
    clone(shared_cluster(), name, province_template())
    yield name
    drop(shared_cluster(), name)


@pytest.fixture
def province(province_database: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The province's reference data, in a transaction that is rolled back after the test."""
    from django.db import transaction

    with _session_of(province_database, django_db_blocker), transaction.atomic():
        yield province_database
        transaction.set_rollback(True)


@pytest.fixture
def own_province(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The province's reference data in a clone of the test's own, for a test that commits."""
    with _own(shared_cluster(), django_db_blocker, province_template()) as name:
        yield name


def province_template() -> str:
    """A template with `load_profile` done, made once per state of the migrations and tables."""
    from tinhso.cli.database import drop_matching

    name = f"province_{schema_digest()}_{tables_digest()}"
    base = template_in(shared_cluster())
    with psycopg.connect(shared_cluster(), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(20202021)")
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            if os.environ.get("TINHSO_TEST_KEEP") == "one":
                drop_matching(shared_cluster(), "select datname from pg_database where datname like 'province\\_%'")
            clone(shared_cluster(), f"{name}_new", base)
            _django(shared_cluster(), f"{name}_new", "load_profile", role="app")
            connection.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(f"{name}_new"), sql.Identifier(name))
            )
    return name


def tables_digest() -> str:
    """Of the first rows: tables, what reads them in, and the words of notices, which handlers declare."""
    digest = hashlib.sha256()
    source = ROOT / "src"
    for path in sorted(path for name in ("tables/*", "profile.py", "handlers/*.py") for path in source.rglob(name)):
        if path.is_file():
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture
def empty_database(template_database: str) -> Iterator[dict[str, str]]:
    """The addresses of a database without tables, in the first cluster: what a restore begins with."""
    from tinhso.cli.database import create_database

    name = f"own_empty_{os.getpid()}_{next(COUNTER)}"
    drop(shared_cluster(), name)
    create_database(shared_cluster(), name)
    yield environment_for(shared_cluster(), name)
    drop(shared_cluster(), name)


def _looks_at_a_cluster(node: pytest.Item) -> bool:
    marks = node.iter_markers("xdist_group")
    return any("cluster" in (*mark.args, mark.kwargs.get("name")) for mark in marks)


@contextmanager
def _own(cluster: str, blocker: Any, template: str = "") -> Iterator[str]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    name = f"own_{worker}_{os.getpid()}_{next(COUNTER)}"
    clone(cluster, name, template or template_in(cluster))
    with _at(cluster, name, blocker):
        yield name
    drop(cluster, name)


@contextmanager
def _at(cluster: str, name: str, blocker: Any) -> Iterator[None]:
    """Inside the block Django works in that database, in a session of the block's own."""
    from django.db import connections

    with blocker.unblock():
        connections.close_all()
        with _pointed_at(cluster, name):
            try:
                yield
            finally:
                connections.close_all()


@contextmanager
def _session_of(name: str, blocker: Any) -> Iterator[None]:
    """As `_at`, in the session that the last test of this database left: its plans and compiled functions stay.

    Only for tests whose transaction is rolled back: nothing of them stays in the session.
    """
    from django.db import connections

    wrapper = connections["default"]
    with blocker.unblock(), _pointed_at(shared_cluster(), name):
        outer, wrapper.connection = wrapper.connection, SESSIONS.pop(name, None)
        try:
            yield
        finally:
            if wrapper.connection is not None and not wrapper.connection.closed:
                SESSIONS[name] = wrapper.connection
            wrapper.connection = outer


@contextmanager
def _pointed_at(cluster: str, name: str) -> Iterator[None]:
    from django.db import connection

    before = dict(connection.settings_dict)
    addresses = {key: os.environ.get(key) for key in environment_for(cluster, name)}
    _point_django_at(cluster, name)
    try:
        yield
    finally:
        for key, value in addresses.items():
            os.environ[key] = value or ""
        _use(before)


def _point_django_at(cluster: str, name: str) -> None:
    from tinhso.config import env

    os.environ.update(environment_for(cluster, name))
    _use(env.database("DATABASE_URL"))


def _use(values: dict[str, Any]) -> None:
    from django.conf import settings
    from django.db import connections

    settings.DATABASES["default"].update(values)
    connections["default"].settings_dict.update(values)
    _forget_types(connections["default"])


def _forget_types(connection: Any) -> None:
    """GeoDjango keeps PostGIS's type numbers for each alias; the second cluster has numbers of its own."""
    for held in connection._type_infos.values():
        held.pop(connection.alias, None)
