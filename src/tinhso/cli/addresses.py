"""Which database the platform works with: its private cluster, or the one that DATABASE_URL names."""

from __future__ import annotations

import os
import secrets
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from tinhso.cli import database, places
from tinhso.cli.cluster import OLDEST, Cluster, cluster_home
from tinhso.cli.steps import Failure

NAME = "tinhso"
ROLES = {
    "DATABASE_URL": database.APP,
    "DATABASE_ADMIN_URL": database.MIGRATE,
    "DATABASE_SEALER_URL": database.SEALER,
}


def private_cluster() -> Cluster:
    home = cluster_home(places.data_folder() / "postgres")
    return Cluster(home, places.secrets() / "postgres", places.logs() / "postgres.log")


def secret(name: str, length: int = 32) -> str:
    """A secret of this machine, made at the first asking; only its owner may read it."""
    path = places.make_private(places.secrets()) / name
    if not path.exists():
        new = path.with_name(f"{name}.new")
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(length))
        new.replace(path)
    return path.read_text().strip()


def passwords() -> dict[str, str]:
    return {role: secret(role) for role in ROLES.values()}


def of_private(cluster: Cluster) -> dict[str, str]:
    """Make roles and database where they are missing; gives the addresses for each role."""
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone()
    if not found:
        database.create_roles(cluster.dsn(), passwords())
        database.create_whole(cluster.dsn(), NAME)
    return {key: cluster.url(role, secret(role), NAME) for key, role in ROLES.items()}


def of_given(url: str) -> dict[str, str]:
    """The addresses when DATABASE_URL is given.

    With DATABASE_ADMIN_URL beside it, both are taken as they are. A superuser's address alone is used once
    to make our roles in that database; the processes then run as these. Raises Failure for anything else.
    """
    admin = os.environ.get("DATABASE_ADMIN_URL")
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
            row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    except psycopg.OperationalError as error:
        raise Failure(f"DATABASE_URL: {str(error).strip().splitlines()[0]}") from None
    if version < OLDEST:
        raise Failure(f"PostgreSQL {version} is too old: version {OLDEST} or newer is needed (DATABASE_URL)")
    if admin:
        sealer = os.environ.get("DATABASE_SEALER_URL", admin)
        return {"DATABASE_URL": url, "DATABASE_ADMIN_URL": admin, "DATABASE_SEALER_URL": sealer}
    if not (row and row[0]):
        raise Failure(
            "DATABASE_URL is not a superuser's: name DATABASE_ADMIN_URL too, a login that may become tinhso_owner"
        )
    database.create_roles(url, passwords())
    database.prepare(url)
    return {key: as_role(url, role, secret(role)) for key, role in ROLES.items()}


def as_role(url: str, role: str, password: str) -> str:
    """The same database for another login."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{place}"))
