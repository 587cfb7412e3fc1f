"""Processes that we start, find again and end: each in a session of its own, known by pid and start time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT_LOGS = 5


@dataclass(frozen=True)
class Mark:
    """Which process it is: a pid may be given to another one, a pid with its start time may not."""

    name: str
    pid: int
    started: int  # clock ticks since the machine started

    def alive(self) -> bool:
        return start_of(self.pid) == self.started

    def members(self) -> list[int]:
        """All processes of its session, also after its leader has died.

        While a session has members its number is given to no new process; so a leader with another
        start time means that ours has ended to the last.
        """
        leader = start_of(self.pid)
        if leader is not None and leader != self.started:
            return []
        return [pid for pid, session, started in every_process() if session == self.pid and started >= self.started]


def start_of(pid: int) -> int | None:
    """When a process started, in clock ticks; None when it has gone or only waits to be reaped."""
    fields = _stat(pid)
    return None if fields is None or fields[0] in "ZX" else int(fields[19])


def every_process() -> Iterator[tuple[int, int, int]]:
    """(pid, session, start) of every process that lives."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            fields = _stat(int(entry.name))
            if fields is not None and fields[0] not in "ZX":
                yield int(entry.name), int(fields[3]), int(fields[19])


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name, which may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):
        return None


def this_one(name: str) -> Mark:
    return Mark(name, os.getpid(), start_of(os.getpid()) or 0)


def save(folder: Path, mark: Mark) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"{mark.name}.new"
    new.write_text(json.dumps(asdict(mark)))
    new.replace(folder / f"{mark.name}.pid")


def load(folder: Path, name: str) -> Mark | None:
    """The process noted under a name; None when there is no note, or half of one."""
    try:
        return Mark(**json.loads((folder / f"{name}.pid").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def noted(folder: Path) -> list[Mark]:
    found = (load(folder, path.stem) for path in sorted(folder.glob("*.pid")))
    return [mark for mark in found if mark is not None]


def forget(folder: Path, name: str) -> None:
    (folder / f"{name}.pid").unlink(missing_ok=True)


def start(folder: Path, name: str, args: Iterable[str], *, log: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own and note it, so that it can be found after we are killed."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(args),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=env,
        )
    save(folder, Mark(name, process.pid, start_of(process.pid) or 0))
    return process


def end(marks: Iterable[Mark], *, limit: float = 10.0, reap: Callable[[], object] = lambda: None) -> int:
    """Ask the processes to end, wait, and make the rest end. Gives how many were there."""
    members = {mark: mark.members() for mark in marks}
    found = [pid for pids in members.values() for pid in pids]
    for mark, pids in members.items():
        if mark.alive():
            _signal(mark.pid, signal.SIGTERM)  # the leader tells its own
        else:
            for pid in pids:
                _signal(pid, signal.SIGTERM)
    if not _wait_until_gone(members, limit, reap):
        for mark in members:
            for pid in mark.members():
                _signal(pid, signal.SIGKILL)
        _wait_until_gone(members, 5.0, reap)
    return len(found)


def _wait_until_gone(marks: Iterable[Mark], limit: float, reap: Callable[[], object]) -> bool:
    deadline = time.monotonic() + limit
    waiting = list(marks)
    while waiting:
        reap()
        waiting = [mark for mark in waiting if mark.members()]
        if not waiting or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    reap()
    return not waiting


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def rotate(log: Path) -> None:
    """Put the last run's log aside; keep five."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if not log.exists() or not log.stat().st_size:
        return
    for number in range(KEPT_LOGS - 1, 0, -1):
        old = log.with_name(f"{log.name}.{number}")
        if old.exists():
            old.replace(log.with_name(f"{log.name}.{number + 1}"))
    log.replace(log.with_name(f"{log.name}.1"))
