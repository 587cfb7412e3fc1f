"""What runs, in which version, and what stands still: one look for the operator."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime

import django
from django.db import connection

import tinhso

PROCESSES = """
select coalesce(nullif(application_name, ''), 'tinhso'), count(*), min(backend_start)
from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
group by 1 order by 1
"""
WORKERS = "select count(*), max(last_heartbeat) from procrastinate_workers"
VERSIONS = """
select current_setting('server_version'), (select extversion from pg_extension where extname = 'postgis'),
       pg_database_size(current_database())
"""


@dataclass(frozen=True, slots=True)
class Process:
    """Connections to the database under one name."""

    name: str
    connections: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Workers:
    """Workers of deferred jobs that are signed on."""

    count: int
    heartbeat: datetime | None


def processes() -> list[Process]:
    with connection.cursor() as cursor:
        cursor.execute(PROCESSES)
        return [Process(name, count, since) for name, count, since in cursor.fetchall() if since]


def workers() -> Workers:
    with connection.cursor() as cursor:
        cursor.execute(WORKERS)
        return Workers(*cursor.fetchone())


def versions() -> list[tuple[str, str]]:
    """Names and versions of what the platform stands on."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS)
        server, postgis, size = cursor.fetchone()
    return [
        ("Tỉnh Số", getattr(tinhso, "__version__", "0.1.0")),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("PostgreSQL", f"{server.split()[0]} ({size // 1_048_576} MB)"),
        ("PostGIS", postgis or "–"),
    ]
