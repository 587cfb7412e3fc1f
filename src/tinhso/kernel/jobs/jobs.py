"""This room's own loops and periodic work."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app

from tinhso.kernel.base import clock
from tinhso.kernel.jobs import periodic, worker
from tinhso.kernel.jobs.loops import loop
from tinhso.kernel.jobs.models import JobFailure
from tinhso.kernel.modules.declare import every

FAILURES_KEPT = timedelta(days=30)


@loop("periodic")
def run_periodic(stop: threading.Event) -> None:
    periodic.run(stop)


@loop("work")
def run_worker(stop: threading.Event) -> None:
    worker.work(stop)


@every(seconds=60)
def retry_stalled(*, at: datetime) -> None:
    """Take up the jobs of workers that died while they worked."""
    async_to_sync(_retry_stalled)()


@every(seconds=86_400)
def forget_failures(*, at: datetime) -> None:
    JobFailure.objects.filter(at__lt=clock.real() - FAILURES_KEPT).delete()


async def _retry_stalled() -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        await app.job_manager.retry_job(job)
