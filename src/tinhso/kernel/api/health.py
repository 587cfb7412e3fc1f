"""What a supervisor asks: is the process up, is it ready to work, how is it doing."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tinhso.kernel.audit import queries as audit
from tinhso.kernel.base import clock
from tinhso.kernel.events import queries as events
from tinhso.kernel.metrics import queries

STARTED = clock.real().timestamp()
PAGE = resource.getpagesize()
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
RELAY_WITHIN, SEALER_WITHIN = timedelta(seconds=60), timedelta(seconds=30)
_current = False


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready to work: 200, or 503 with the names of what is not."""
    checks = {name: check() for name, check in CHECKS.items()}
    ready = all(verdict == "ok" for verdict in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return "cannot be reached"
    return "ok"


def _migrations() -> str:
    try:
        return "ok" if _is_migrated() else "are not all applied"
    except DatabaseError:
        return "cannot be read"


def _is_migrated() -> bool:
    """Asked until it is true once: a running process does not lose its migrations."""
    global _current
    if not _current:
        executor = MigrationExecutor(connection)
        _current = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _current


def _relay() -> str:
    return _fresh(lambda: events.standing().waiting_since, RELAY_WITHIN)


def _sealer() -> str:
    return _fresh(lambda: audit.sealing().unsealed_since, SEALER_WITHIN)


def _fresh(oldest: Callable[[], datetime | None], within: timedelta) -> str:
    """Whether the oldest thing that waits has not waited too long."""
    try:
        since = oldest()
    except DatabaseError:
        return "cannot be read"
    return "ok" if since is None or clock.real() - since < within else "is behind"


CHECKS = {"database": _database, "migrations": _migrations, "relay": _relay, "sealer": _sealer}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format: this process, and the figures that everybody may see."""
    return HttpResponse("".join(f"{line}\n" for line in _lines()), content_type=MEDIA_TYPE)


def _lines() -> Iterator[str]:
    worker = f'{{worker="{os.getpid()}"}}'
    usage = resource.getrusage(resource.RUSAGE_SELF)
    yield "# TYPE process_cpu_seconds_total counter"
    yield f"process_cpu_seconds_total{worker} {usage.ru_utime + usage.ru_stime:.3f}"
    yield "# TYPE process_resident_memory_bytes gauge"
    yield f"process_resident_memory_bytes{worker} {_resident()}"
    yield "# TYPE process_start_time_seconds gauge"
    yield f"process_start_time_seconds{worker} {STARTED:.3f}"
    yield "# TYPE process_threads gauge"
    yield f"process_threads{worker} {threading.active_count()}"
    for figure in queries.live_many(queries.names_for()):
        yield from _figure_lines(figure)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def _figure_lines(figure: queries.Figure) -> Iterator[str]:
    name = f"tinhso_{figure.name.replace('.', '_')}"
    if figure.value is None:
        return
    yield f"# HELP {name} {figure.unit}"
    yield f"# TYPE {name} gauge"
    for key, number in figure.values.items():
        pairs = zip(figure.dimensions, key, strict=False)
        labels = ",".join(f'{dimension}="{_escaped(value)}"' for dimension, value in pairs)
        yield f"{name}{{{labels}}} {number}" if labels else f"{name} {number}"
    yield f"# TYPE {name}_age_seconds gauge"
    yield f"{name}_age_seconds {figure.age:.1f}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
