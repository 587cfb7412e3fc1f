"""The worker of deferred jobs."""

from __future__ import annotations

import asyncio
import contextlib
import threading

from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params

CONCURRENCY = 2
PATIENCE = 10.0  # seconds a running job gets to finish when the worker is told to stop


def work(stop: threading.Event) -> None:
    """Do deferred jobs until told to stop; a job cut off is taken up again by `retry_stalled`."""
    asyncio.run(_work(stop))


async def _work(stop: threading.Event) -> None:
    # An app of its own: `defer` in the other threads goes on over Django's connection.
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=CONCURRENCY + 2)
    own = app.with_connector(connector)
    async with own.open_async():
        worker = asyncio.create_task(
            own.run_worker_async(
                concurrency=CONCURRENCY,
                delete_jobs="successful",
                install_signal_handlers=False,
                shutdown_graceful_timeout=PATIENCE,
                name="tinhso",
            )
        )
        while not stop.is_set() and not worker.done():
            await asyncio.sleep(0.2)
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker
