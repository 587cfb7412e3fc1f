"""One statement past the ORM: for the few that each request or step asks, where building them costs the most."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection

CURSOR = "tinhso_rows"


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of one statement on Django's own connection; parameters carry explicit casts. Raises DatabaseError."""
    with connection.wrap_database_errors:
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        return on_driver(sql, parameters)


def on_driver(sql: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The same on a connection that stands, with the driver's own errors.

    The driver's connection keeps one cursor for it: making one costs half a statement.
    """
    driver = connection.connection
    cursor: psycopg.Cursor[tuple[Any, ...]] | None = getattr(driver, CURSOR, None)
    if cursor is None:
        cursor = psycopg.Cursor(driver)
        setattr(driver, CURSOR, cursor)
    return cursor.execute(sql, parameters, prepare=True).fetchall()
