"""Periodic work of files."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.files import actions
from tinhso.kernel.modules.declare import every


@every(seconds=600)
def scan_waiting_files(at: datetime) -> None:
    actions.scan_waiting()


@every(cron="20 2 * * *")
def end_retention_of_files(at: datetime) -> None:
    actions.end_retention(at)


@every(seconds=3600)
def purge_content(at: datetime) -> None:
    actions.purge()
