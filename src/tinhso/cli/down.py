"""`./tinhso down`: end all that `up` started, and nothing else."""

from __future__ import annotations

import os
import signal
import time

from tinhso.cli import addresses, holder, places, processes
from tinhso.cli.steps import Failure

LIMIT = 60.0  # seconds that a supervisor gets to end all in order


def main(args: list[str]) -> int:
    if args:  # whoever asks `down --help` wants to read, not to end the platform
        raise Failure(f"down takes no words, not {args[0]}")
    print("Tỉnh Số is down" if end() else "nothing was running")
    return 0


def end() -> bool:
    """Ask the supervisor to end everything, then clear what it could not. Gives whether anything ran."""
    found = _end_supervisor()
    marks = processes.noted(places.run() / "pids")
    found = bool(processes.end(marks)) or found
    for mark in marks:
        processes.forget(places.run() / "pids", mark.name)
    found = addresses.private_cluster().stop() or found
    (places.run() / "env").unlink(missing_ok=True)
    return found


def _end_supervisor() -> bool:
    mark = holder.found()
    if mark is None:
        return False
    os.kill(mark.pid, signal.SIGTERM)
    deadline = time.monotonic() + LIMIT
    while mark.alive():
        if time.monotonic() > deadline:
            raise Failure(f"the supervisor (process {mark.pid}) does not end")
        time.sleep(0.05)
    return True
