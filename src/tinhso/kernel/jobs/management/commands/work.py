"""`work`: the worker of deferred jobs and the periodic jobs, as a process of its own."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tinhso.kernel.jobs.foreground import run_until_told


class Command(BaseCommand):
    help = "Run the worker of deferred jobs and the periodic jobs alone, until SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        run_until_told(["periodic", "work"])
