"""One statement past the ORM: for the few that each request or step asks, where building them costs the most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState

CURSOR = "tinhso_rows"

Record = TypeVar("Record", bound=models.Model)


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of one statement on Django's own connection; parameters carry explicit casts. Raises DatabaseError."""
    here = connections[DEFAULT_DB_ALIAS]
    with here.wrap_database_errors:
        here.close_if_health_check_failed()
        here.ensure_connection()
        return on_driver(here.connection, sql, parameters)


def on_driver(driver: Any, sql: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The same on a driver's connection that stands, with the driver's own errors.

    The connection keeps one cursor for it: making one costs half a statement.
    """
    cursor: psycopg.Cursor[tuple[Any, ...]] | None = getattr(driver, CURSOR, None)
    if cursor is None:
        cursor = psycopg.Cursor(driver)
        setattr(driver, CURSOR, cursor)
    return cursor.execute(sql, parameters, prepare=True).fetchall()


def record_of(kind: type[Record], columns: Iterable[str], row: tuple[Any, ...]) -> Record:
    """A record that knows these columns and reads another one when somebody looks at it.

    It is made as unpickling makes one: `from_db` walks through all of a wide table's columns for the sake of few.
    """
    record = kind.__new__(kind)
    record._state = ModelState()
    record._state.adding, record._state.db = False, DEFAULT_DB_ALIAS
    record.__dict__.update(zip(columns, row, strict=True))
    return record
