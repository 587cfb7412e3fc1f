"""A plain connection beside Django's: for listening, notifying and holding locks."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo


def dsn(application_name: str) -> str:
    """The application's own database, as the driver wants it said."""
    values = connection.get_connection_params()
    wanted = ("host", "port", "dbname", "user", "password", "options")
    known: dict[str, Any] = {name: values[name] for name in wanted if values.get(name)}
    return make_conninfo(**known, application_name=application_name)


def connect(application_name: str) -> psycopg.Connection[Any]:
    """An autocommit connection whose commits do not wait for the disk: nothing lasting is written over it."""
    plain = psycopg.connect(dsn(application_name), autocommit=True)
    plain.execute("set synchronous_commit to off")
    return plain
