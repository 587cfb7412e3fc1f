"""Roles and databases of a cluster: who owns, who migrates, who only works (design: settled 6)."""

from __future__ import annotations

import psycopg
from psycopg import sql

from tinhso.cli.steps import Failure

OWNER, MIGRATE, APP, SEALER = "tinhso_owner", "tinhso_migrate", "tinhso_app", "tinhso_sealer"
EXTENSIONS = ("postgis", "pg_trgm", "unaccent", "btree_gist", "pgcrypto")


def create_roles(admin_dsn: str, passwords: dict[str, str]) -> None:
    """Make the four roles, or set their passwords anew. The owner cannot log in; only `migrate` may become it."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        have = {row[0] for row in connection.execute("select rolname from pg_roles")}
        if OWNER not in have:
            connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(OWNER)))
        for role in (MIGRATE, APP, SEALER):
            verb = sql.SQL("alter" if role in have else "create")
            connection.execute(
                sql.SQL("{} role {} login password {}").format(verb, sql.Identifier(role), sql.Literal(passwords[role]))
            )
        connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(OWNER), sql.Identifier(MIGRATE)))


def create_database(admin_dsn: str, name: str, *, template: str | None = None) -> None:
    """Make a database that the owner role owns; with `template` a copy of that one."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} owner {} template {}").format(
                sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template0")
            )
        )
    if template is None:
        prepare(psycopg.conninfo.make_conninfo(admin_dsn, dbname=name))


def create_whole(admin_dsn: str, name: str) -> None:
    """Make a database whole or not at all: it gets its name when everything in it stands."""
    half = f"{name}_new"
    drop(admin_dsn, half)
    create_database(admin_dsn, half)
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(half), sql.Identifier(name)))


def drop(admin_dsn: str, name: str) -> None:
    """Drop a database, whoever is connected to it; one that is missing is well."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def drop_matching(admin_dsn: str, names: str) -> int:
    """Drop every database that the query `names` gives. Gives how many."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        found = [row[0] for row in connection.execute(names)]
        for name in found:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
    return len(found)


def prepare(dsn: str) -> None:
    """Give an empty database our extensions and the rights of our roles; again is harmless.

    Raises Failure when the server lacks an extension.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        for extension in EXTENSIONS:
            try:
                connection.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(extension)))
            except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported):
                raise Failure(f"the database's server lacks the extension {extension}: install it there") from None
        connection.execute("revoke create on schema public from public")
        connection.execute(sql.SQL("grant all on schema public to {}").format(sql.Identifier(OWNER)))
        connection.execute(sql.SQL("alter table spatial_ref_sys owner to {}").format(sql.Identifier(OWNER)))
        _default_privileges(connection)


def _default_privileges(connection: psycopg.Connection) -> None:
    """What the application may do with each table and function that the owner makes, unless the room revokes it."""
    for rights in (
        "grant select, insert, update, delete on tables to {app}",
        "grant usage on sequences to {app}",
        "grant select on tables to {sealer}",
        "revoke execute on functions from public, {sealer}",
        "grant execute on functions to {app}",
    ):
        statement = "alter default privileges for role {owner} " + rights
        connection.execute(
            sql.SQL(statement).format(
                owner=sql.Identifier(OWNER), app=sql.Identifier(APP), sealer=sql.Identifier(SEALER)
            )
        )
