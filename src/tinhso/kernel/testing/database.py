"""What a test may do at the database beside Django: look, and tamper, as its superuser."""

from __future__ import annotations

import os
from typing import Any

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo


def dsn(**changes: str) -> str:
    """The database that Django is pointed at, as its cluster's superuser unless `changes` say otherwise."""
    values = connection.settings_dict
    place = {"host": values["HOST"], "port": values["PORT"], "dbname": values["NAME"]}
    return make_conninfo(os.environ["TINHSO_TEST_CLUSTER"], **{**place, **changes})


def superuser(*, autocommit: bool = False) -> psycopg.Connection[Any]:
    return psycopg.connect(dsn(), autocommit=autocommit)
