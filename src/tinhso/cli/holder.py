"""Who runs this data folder: one lock that goes with its holder, however it dies, and says who that is."""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tinhso.cli import places, processes


def _file() -> Path:
    return places.run() / "lock"


@contextlib.contextmanager
def hold() -> Iterator[bool]:
    """Take the lock and note this process in it; gives False while another one holds it."""
    places.make_private(places.run())
    with _file().open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            note()
            yield True


def note() -> None:
    """Write into the lock that this process is its holder; the lock itself is handed on by a fork."""
    _file().write_text(json.dumps(asdict(processes.this_one("up"))))


def found() -> processes.Mark | None:
    """The process that holds the lock, if any does."""
    try:
        mark = processes.Mark(**json.loads(_file().read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return mark if mark.alive() else None
