"""Snapshots every five minutes and once more just before the day ends."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.metrics import snapshot
from tinhso.kernel.modules.declare import every


@every(seconds=300)
def take_figures(at: datetime) -> None:
    snapshot.take(at)


@every(cron="58 23 * * *")
def close_figures(at: datetime) -> None:
    snapshot.take(at)
