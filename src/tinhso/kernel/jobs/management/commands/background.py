"""`background`: all loops in one process (relay, sealer, periodic jobs, worker), to keep memory low."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tinhso.kernel.jobs.foreground import run_until_told
from tinhso.kernel.jobs.loops import LOOPS


class Command(BaseCommand):
    help = "Run the background loops in one process, until SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", default="", help="comma-separated names of loops")
        parser.add_argument("--without", default="", help="comma-separated names of loops to leave out")

    def handle(self, *args: Any, only: str, without: str, **options: Any) -> None:
        left_out = set(without.split(","))
        names = [name for name in (only.split(",") if only else LOOPS.names()) if name not in left_out]
        run_until_told(names)
