"""What an operator sees and may do about deferred and periodic work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.jobs.models import JobFailure, PeriodicRun

QUEUES = """
select queue_name,
       count(*) filter (where status = 'todo'),
       count(*) filter (where status = 'doing'),
       count(*) filter (where status = 'failed'),
       min(coalesce(scheduled_at, clock_timestamp())) filter (where status = 'todo')
from procrastinate_jobs group by queue_name order by queue_name
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """How many jobs of a queue wait, are worked on, and were given up."""

    name: str
    waiting: int
    working: int
    failed: int
    first_due: datetime | None


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that was given up, with what its last try said."""

    id: int
    job: str
    queue: str
    args: dict[str, object]
    tries: int
    failed_at: datetime | None
    error: str


def queues() -> list[Queue]:
    with connection.cursor() as cursor:
        cursor.execute(QUEUES)
        return [Queue(*row) for row in cursor.fetchall()]


def failed_jobs(*, before: int | None = None, limit: int = 50) -> list[FailedJob]:
    """Jobs given up, newest first, a page at a time by id."""
    found = ProcrastinateJob.objects.filter(status="failed").order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    jobs = list(found[:limit])
    last = {failure.job_id: failure for failure in _failures([job.id for job in jobs])}
    return [_failed(job, last.get(job.id)) for job in jobs]


def periodic_runs() -> QuerySet[PeriodicRun]:
    """The periodic jobs, those that failed last first."""
    return PeriodicRun.objects.order_by("-failures", "name")


def retry(job_id: int) -> None:
    """Let a job that was given up be worked on again. Raises NotFound when it is not one."""
    _given_up(job_id)
    app.job_manager.retry_job_by_id(job_id, retry_at=clock.real())


def drop(job_id: int) -> None:
    """Forget a job that was given up. Raises NotFound when it is not one."""
    _given_up(job_id)
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs where id = %s::bigint and status = 'failed'", [job_id])


def _given_up(job_id: int) -> ProcrastinateJob:
    job: ProcrastinateJob | None = ProcrastinateJob.objects.filter(id=job_id, status=Status.FAILED.value).first()
    if job is None:
        raise NotFound
    return job


def _failures(jobs: list[int]) -> QuerySet[JobFailure]:
    return JobFailure.objects.filter(job_id__in=jobs).order_by("job_id", "at")


def _failed(job: ProcrastinateJob, failure: JobFailure | None) -> FailedJob:
    why = (failure.at, failure.error) if failure else (None, "")
    return FailedJob(job.id, job.task_name, job.queue_name, job.args, job.attempts, *why)
