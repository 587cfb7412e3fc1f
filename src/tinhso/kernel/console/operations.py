"""What runs, in which version, and what stands still: one look for the operator."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import UTC, datetime

import django
from django.db import connection

import tinhso

# One look for all of it: the page is asked for when the database has enough to do.
PRESENT = """
select current_setting('server_version'), (select extversion from pg_extension where extname = 'postgis'),
       pg_database_size(current_database()),
       (select count(*) from procrastinate_workers), (select max(last_heartbeat) from procrastinate_workers),
       coalesce((
           select json_agg(json_build_array(name, connections, extract(epoch from since)) order by name) from (
               select coalesce(nullif(application_name, ''), 'tinhso') as name, count(*) as connections,
                      min(backend_start) as since
               from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
               group by 1
           ) process where since is not null
       ), '[]')
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


@dataclass(frozen=True, slots=True)
class Present:
    """What the platform stands on (name, version), the workers that are signed on, and who is connected."""

    versions: list[tuple[str, str]]
    workers: Workers
    processes: list[Process]


def present() -> Present:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT)
        server, postgis, size, count, heartbeat, connected = cursor.fetchone()
    versions = [
        ("Tỉnh Số", getattr(tinhso, "__version__", "0.1.0")),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("PostgreSQL", f"{server.split()[0]} ({size // 1_048_576} MB)"),
        ("PostGIS", postgis or "–"),
    ]
    processes = [Process(name, number, datetime.fromtimestamp(since, UTC)) for name, number, since in connected]
    return Present(versions, Workers(count, heartbeat), processes)
