"""The test run's database: one migrated template per state of the migrations, one clone per worker.

Nothing is truncated (the audit refuses it): a test that commits takes `own_database`, a clone of its own.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo, sql

ROOT = Path(__file__).resolve().parent
PASSWORDS = {"tinhso_migrate": "tests", "tinhso_app": "tests", "tinhso_sealer": "tests"}


def admin_dsn() -> str:
    """Where the tests' own cluster listens, as its superuser."""
    return os.environ["TINHSO_TEST_CLUSTER"]


def url(role: str, name: str) -> str:
    parts = conninfo.conninfo_to_dict(admin_dsn())
    return f"postgresql://{role}:{PASSWORDS.get(role, '')}@/{name}?host={parts['host']}&port={parts['port']}"


def schema_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "src").rglob("migrations/*")):
        if path.is_file() and path.suffix in {".py", ".sql"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def clone(name: str, template: str) -> None:
    from tinhso.cli.database import create_database

    drop(name)
    create_database(admin_dsn(), name, template=template)


def drop(name: str) -> None:
    with psycopg.connect(admin_dsn(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def template_database() -> str:
    """The name of a database with all migrations applied, made once per state of the migrations."""
    from tinhso.cli.database import create_database, create_roles

    name = f"template_{schema_digest()}"
    with psycopg.connect(admin_dsn(), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(20202020)")
        found = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if not found:
            create_roles(admin_dsn(), PASSWORDS)
            drop(f"{name}_new")
            create_database(admin_dsn(), f"{name}_new")
            environment = {
                **os.environ,
                "TINHSO_ROLE": "migrate",
                "DJANGO_SETTINGS_MODULE": "tinhso.config.settings.test",
                "DATABASE_URL": url("tinhso_app", f"{name}_new"),
                "DATABASE_ADMIN_URL": url("tinhso_migrate", f"{name}_new"),
            }
            command = [sys.executable, "-m", "django", "migrate", "--no-input", "-v0"]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"the migrations failed:\n{done.stderr[-4000:]}")
            connection.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(f"{name}_new"), sql.Identifier(name))
            )
    return name


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: pytest.FixtureDef, worker_id: str) -> Iterator[None]:
    """Point Django at this worker's clone, as the application's own role."""
    name = f"test_{worker_id}_{os.getpid()}"
    clone(name, template_database)
    _point_django_at(name)
    yield
    from django.db import connections

    with django_db_blocker.unblock():
        connections.close_all()
    drop(name)


@pytest.fixture
def own_database(
    django_db_setup: None, template_database: str, worker_id: str, django_db_blocker: pytest.FixtureDef
) -> Iterator[str]:
    """A database for one test that commits: cloned before, dropped after."""
    from django.db import connection, connections

    before = connection.settings_dict["NAME"]
    name = f"own_{worker_id}_{os.getpid()}"
    clone(name, template_database)
    with django_db_blocker.unblock():
        connections.close_all()
        _point_django_at(name)
        try:
            yield name
        finally:
            connections.close_all()
            _point_django_at(before)
    drop(name)


def _point_django_at(name: str) -> None:
    from django.conf import settings
    from django.db import connections

    from tinhso.config import env

    os.environ["DATABASE_URL"] = url("tinhso_app", name)
    values = env.database("DATABASE_URL")
    settings.DATABASES["default"].update(values)
    connections["default"].settings_dict.update(values)
