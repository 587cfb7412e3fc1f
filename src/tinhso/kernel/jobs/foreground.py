"""Run loops as this process, until a signal says to end."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

import structlog

from tinhso.kernel.jobs.loops import LOOPS, Background

log = structlog.get_logger("background")


def run_until_told(names: list[str]) -> None:
    """Run the named loops; SIGTERM and SIGINT end them cleanly. Exits with 1 when one would not end."""
    background = Background([LOOPS.get(name) for name in names])
    told = threading.Event()

    def tell(number: int, frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)
    background.start()
    while not told.wait(3600):
        pass
    if late := background.end():
        log.error("loops did not end in time", loops=late)
        sys.exit(1)
