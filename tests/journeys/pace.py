"""Limits of time: ordinary tests wait for nothing and time nothing; `./tinhso soak` plays a journey at its own pace.

The variable TINHSO_PACE then names the file which gets a line for each thing that was timed, TINHSO_PACE_SHARE the
part of the waiting that is really waited (1 at full length).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE, SHARE = os.environ.get("TINHSO_PACE"), float(os.environ.get("TINHSO_PACE_SHARE", "1"))


class Pace:
    """The moments at which things are due, from one beginning on, in seconds."""

    def __init__(self) -> None:
        self.began = self.last = time.monotonic()

    def until(self, seconds: float) -> float:
        """Wait until so many seconds have passed since the beginning; the seconds that passed since the last wait."""
        if FILE:
            time.sleep(max(0.0, seconds * SHARE - (time.monotonic() - self.began)))
        now = time.monotonic()
        passed, self.last = now - self.last, now
        return passed

    def late(self, seconds: float) -> float:
        """How many seconds after that moment it is; nothing where nothing is waited for."""
        return max(0.0, time.monotonic() - self.began - seconds * SHARE) if FILE else 0.0


@contextmanager
def timed(what: str, *, most: float) -> Iterator[None]:
    """What it takes, and how many seconds it may take at most."""
    began = time.monotonic()
    yield
    note(what, time.monotonic() - began, most=most)


def note(what: str, took: float, *, most: float) -> None:
    if FILE:
        with Path(FILE).open("a") as file:
            file.write(json.dumps({"what": what, "took": round(took, 3), "most": most}, ensure_ascii=False) + "\n")
