"""Work put off: it commits with the row that asks for it, and a worker does it, again when it fails."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import connections
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from tinhso.kernel.base import clock
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.jobs.loops import surrounded
from tinhso.kernel.jobs.models import JobFailure
from tinhso.kernel.modules.discovery import label_of, room_of

Function = TypeVar("Function", bound=Callable[..., Any])

TRIES = 6
FIRST_WAIT = 2  # seconds; the next waits are its powers: 2, 4, 8, 16, 32


class NotAJob(TypeError):
    """A function without `@job` was put off."""


def job(*, queue: str = "default", tries: int = TRIES, name: str | None = None) -> Callable[[Function], Function]:
    """Let a function be put off with `defer`. Its name `<label>.<function>` is for ever: waiting jobs hold it.

    It is called with plain JSON values (ids and moments as text) for the platform as the actor, at least
    once: what it does must bear being done again.
    """

    def declare(function: Function) -> Function:
        own = name or f"{label_of(room_of(function.__module__))}.{function.__name__}"
        # Zero attempts would mean no end of them.
        retry = RetryStrategy(max_attempts=tries - 1, exponential_wait=FIRST_WAIT) if tries > 1 else False
        app.task(name=own, queue=queue, retry=retry, pass_context=True)(_surrounded(own, function))
        function.job_name = own  # type: ignore[attr-defined]
        return function

    return declare


def defer(
    function: Callable[..., Any], /, *, after: datetime | None = None, lock: str | None = None, **args: Any
) -> int:
    """Put `function(**args)` off, in the caller's transaction; returns the job's number.

    `after` is by the machine's clock; of jobs with the same `lock` one at a time is worked on, in order.
    Raises NotAJob, and TypeError for an argument that has no plain form.
    """
    own = getattr(function, "job_name", None)
    if own is None:
        raise NotAJob(f"{function.__qualname__} is not declared with @job")
    plain = json.loads(canonical(args))
    return int(app.configure_task(own, schedule_at=after, lock=lock).defer(**plain))


def _surrounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def work(context: JobContext, **args: Any) -> Any:
        try:
            with surrounded():
                return function(**args)
        except Exception as error:
            _remember(context, name, error)
            raise
        finally:
            connections.close_all()  # the worker's threads come and go

    return work


def _remember(context: JobContext, name: str, error: Exception) -> None:
    last = traceback.extract_tb(error.__traceback__)[-1]
    JobFailure.objects.create(
        job_id=context.job.id or 0,
        job=name,
        at=clock.real(),
        error=f"{type(error).__name__}: {error} ({last.name}, line {last.lineno})"[:2000],
    )
